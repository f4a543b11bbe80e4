"""Probes: what else is asked on a failing case, for facts about the solution that its one wrong result does not show.

A probe makes other programs from the one that failed: an input with other numbers, weights that let something be seen. From what the
solution and the reference answer to them it tells facts, which are true because they were measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from problems.asks import Answer, Assign, Call, Differentiate, Program
from problems.comparison import as_tensor, is_array, leaves
from problems.late import torch
from problems.patterns import largest_of, listed

MOST_PLACES = 4  # along an axis, that are changed one at a time
MOVED = 1e-3  # of the largest number: more than any rounding


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a probe may look at: for each of its programs, the answers at the failing step.

    Attributes:
        name: of the result that is wrong, "" where there is only one.
        leaf: its place among the tensors of the result.
        program: that failed, up to the failing step.
        before: the solution's answer to it, and the reference's in float64.
        after: the same for each program of the probe.
    """

    name: str
    leaf: int
    program: Program
    before: tuple[Answer, Answer]
    after: list[tuple[Answer, Answer]]

    def result(self, answer: Answer) -> torch.Tensor | None:
        """The tensor in question, where the answer has one of its shape."""
        right = leaves(self.before[1].value)[self.leaf]
        found = leaves(answer.value)
        mine = found[self.leaf] if self.leaf < len(found) else None
        if mine is None or not is_array(mine) or tuple(mine.shape) != tuple(right.shape):
            return None
        return as_tensor(mine).detach().double()


class Probe(msgspec.Struct, frozen=True):
    """Something to ask besides.

    Attributes:
        ask: programs, each with the failing step at its end. Arguments: the program up to there, names of the call's parameters.
        tell: facts, from the answers.
    """

    ask: Callable[[Program, Sequence[str]], list[Program]]
    tell: Callable[[Told, Sequence[str]], tuple[str, ...]]


class _Change(msgspec.Struct, frozen=True):
    """One input with other numbers, all of them or those at one place along an axis; `words` as Python writes it.

    All of an input is changed twice, differently: a function with steps stands still under many a change.
    """

    words: str
    whole: bool
    program: Program


def _changes(program: Program, names: Sequence[str]) -> Iterator[_Change]:
    """Every weight that is loaded and every array of the last call, changed by itself."""
    for place, step in enumerate(program[:-1]):
        if isinstance(step, Assign):
            for name, value in step.state.items():
                if value is None:  # a gradient that there is none of
                    continue
                for other in (_other(value), _other(value, turn=1)):
                    changed = msgspec.structs.replace(step, state={**step.state, name: other})
                    yield _Change(name, True, [*program[:place], changed, *program[place + 1 :]])
    last = program[-1]
    assert isinstance(last, (Call, Differentiate))
    for place, value in enumerate(last.args):
        name = names[place] if place < len(names) else f"argument {place}"
        for words, whole, other in _values(name, value):
            args = (*last.args[:place], other, *last.args[place + 1 :])
            yield _Change(words, whole, [*program[:-1], msgspec.structs.replace(last, args=args)])
    for name, value in last.kwargs.items():
        for words, whole, other in _values(name, value):
            kwargs = {**last.kwargs, name: other}
            yield _Change(words, whole, [*program[:-1], msgspec.structs.replace(last, kwargs=kwargs)])


def _values(name: str, value: Any) -> Iterator[tuple[str, bool, Any]]:
    """The changes of one argument: of all of it, and of one place along each axis."""
    if isinstance(value, tuple):
        for place, part in enumerate(value):
            for words, whole, other in _values(f"{name}[{place}]", part):
                yield words, whole, (*value[:place], other, *value[place + 1 :])
    if not isinstance(value, torch.Tensor) or not value.is_floating_point() or not value.numel():
        return
    other = _other(value)
    yield name, True, other
    yield name, True, _other(value, turn=1)
    for axis in range(value.dim()):
        for at in range(value.shape[axis]) if 1 < value.shape[axis] <= MOST_PLACES else ():
            mixed = value.clone(memory_format=torch.contiguous_format)
            mixed.select(axis, at).copy_(other.select(axis, at))
            yield f"{name}{_index(value.dim(), axis, at)}", False, mixed


def _other(value: torch.Tensor, turn: int = 0) -> torch.Tensor:
    """Other numbers of the same size, none of them as before; at another turn, others again."""
    seed = value.numel() + 1_000_003 * turn
    noise = torch.rand(value.shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    size = max(1.0, largest_of(value)) * (-1.0 if turn else 1.0)
    return (value.double() * -0.5 + size * (0.75 + 0.5 * noise)).to(value.dtype)


def _index(rank: int, axis: int, at: int) -> str:
    """The part of an array as Python writes it: "[:, 1]"."""
    parts = [":"] * axis + [str(at)]
    return f"[{', '.join(parts)}]" if rank > 1 else f"[{at}]"


def _ask_influence(program: Program, names: Sequence[str]) -> list[Program]:
    """The same call with another state of the random generators, and each change."""
    *before, last = program
    assert isinstance(last, (Call, Differentiate))
    again = msgspec.structs.replace(last, seed=last.seed + 1)
    return [[*before, again], *[change.program for change in _changes(program, names)]]


def _tell_influence(told: Told, names: Sequence[str]) -> tuple[str, ...]:
    """Inputs that move nothing, though they should; and places that move, though they should not."""
    (again, right_again), *changed = told.after
    mine, right = (
        _moved(told.result(told.before[place]), told.result(each)) for place, each in enumerate((again, right_again))
    )
    if mine is not None and right is not None and bool(mine.any()) and not bool(right.any()):
        return (f"the same call gives another {told.name or 'result'} each time: something in it is random",)
    idle: dict[str, bool] = {}
    undue: list[str] = []
    for change, (after, right_after) in zip(_changes(told.program, names), changed, strict=True):
        mine = _moved(told.result(told.before[0]), told.result(after))
        right = _moved(told.result(told.before[1]), told.result(right_after))
        if mine is None or right is None:
            continue
        scale = max(largest_of(told.result(told.before[1])), largest_of(told.result(right_after)))  # type: ignore[arg-type]
        if change.whole:
            stands = not bool(mine.any()) and float(right.max()) > MOVED * scale
            idle[change.words] = idle.get(change.words, True) and stands
        elif not undue and not change.whole:
            undue += _undue(told.name or "result", change.words, mine, right, scale)
    still = [words for words, stands in idle.items() if stands]
    facts = [f"nothing in your {told.name or 'result'} changes with {listed(still, 'or')}"] if still else []
    return (*facts, *undue[:1])


def _moved(before: torch.Tensor | None, after: torch.Tensor | None) -> torch.Tensor | None:
    """By how much each number moved; None where that can't be said."""
    if before is None or after is None or not before.numel():
        return None
    if not bool(torch.isfinite(before).all()) or not bool(torch.isfinite(after).all()):
        return None
    return (after - before).abs()


def _undue(name: str, changed: str, mine: torch.Tensor, right: torch.Tensor, scale: float) -> Iterator[str]:
    """A part of the result that stands still in the right one, and moved."""
    for axis in range(right.dim()):
        for at in range(right.shape[axis]) if right.shape[axis] > 1 else ():
            still = not bool(right.select(axis, at).any())
            by = float(mine.select(axis, at).max())
            if still and by > MOVED * max(scale, largest_of(mine)):
                where = _index(right.dim(), axis, at)
                yield f"your {name}{where} moved by {by:.3g} when {changed} changed; the right one stays as it was"


INFLUENCE = Probe(_ask_influence, _tell_influence)
"""Which inputs a result depends on."""


def with_weights(program: Program, change: Callable[[Mapping[str, Any]], dict[str, Any]]) -> Program:
    """The same program with other weights loaded."""
    return [
        msgspec.structs.replace(step, state=change(step.state)) if isinstance(step, Assign) else step
        for step in program
    ]


__all__ = ["INFLUENCE", "Probe", "Told", "with_weights"]
