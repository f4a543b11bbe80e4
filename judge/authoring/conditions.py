"""Mutants that need no edit of the reference: it is right, but for one condition, and then it is off by one part in a hundred.

What people overlook is often a condition: another mode, a second object, a size, an option. Each condition here is asked of the arguments
of a call, or of what was called before. The reference is wrapped by the entry points' own names.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from judge.explain.edits.mutants import Mutant
from judge.program import signature_parameters
from problems import Problem
from problems.asks import Call, Differentiate, Program
from problems.comparison import Plain, leaves
from problems.late import torch
from problems.problem import EntryPoint
from problems.sizes import AT_ONCE, USUAL

SIZES = (1, 2, 3, *USUAL)
HELPERS = Path(__file__).with_name("spoiling.py").read_text(encoding="utf-8").partition("\n# ---\n")[2]
FUNCTION = """

_right_{name} = {name}


def {name}{signature}:
    given = {{{pairs}}}
    CALLS["count"] += 1
    result = _right_{name}({passed})
    return {faulty} if {condition} else result
"""
METHOD = """

class {owner}({owner}):
    def __init__(self, *args, **kwargs):
        KEPT["newest"] = self
        super().__init__(*args, **kwargs)

    def {name}{signature}:
        given = {{{pairs}}}
        CALLS["count"] += 1
        result = super().{name}({passed})
        return {faulty} if {condition} else result
"""
SPOILED = "spoiled(result)"
SLOPED = "sloped(result)"
OVERWRITTEN = "overwritten(result)"


def conditional_mutants(problem: Problem, programs: Iterable[Program]) -> list[Mutant]:
    """The reference, wrong under one condition each.

    Args:
        problem: whose.
        programs: that the checks ask: the sizes that occur in them are asked about, and no others.
    """
    found: list[Mutant] = []
    calls = [step for program in programs for step in program if isinstance(step, (Call, Differentiate))]
    for entry in problem.entry:
        functions = {"": entry.signature} if entry.kind == "function" else dict(entry.methods)
        for method, signature in functions.items():
            asked = [step for step in calls if _is_call_of(step, entry, method)]
            for words, condition, faulty in _conditions(problem, entry, method, signature, asked):
                source = _wrapped(problem.solution, entry, method, signature, condition, faulty)
                name = f"{entry.name}.{method}" if method else entry.name
                found.append(Mutant(f"{name} is wrong {words}", 0, source))
    return found


def _is_call_of(step: Call | Differentiate, entry: EntryPoint, method: str) -> bool:
    if getattr(step, "may_raise", False):
        return False
    if not method:
        return step.target == entry.name
    return step.target.endswith(f".{method}") or (method == "forward" and step.target == "m")


Condition = tuple[str, str, str]
"""In words, in Python, and what comes of it."""


def _conditions(
    problem: Problem, entry: EntryPoint, method: str, signature: str, asked: Sequence[Call | Differentiate]
) -> Iterator[Condition]:
    """Every condition that can be told of this entry point."""
    gives = any(isinstance(step, Differentiate) or step.answer for step in asked)
    if not gives:
        return  # it changes its object, and gives nothing that could be off
    module = entry.kind == "class" and method == "forward"
    spoiled = [
        *_of_state(module),
        *(_of_modes(module, max(len(_floats(step)) for step in asked)) if problem.model.has_gradients else ()),
        *_of_arrays(asked),
        *_of_options(signature),
        *_of_sizes(signature, asked),
    ]
    yield from ((words, condition, SPOILED) for words, condition in spoiled)
    differentiated = [step for step in asked if isinstance(step, Differentiate)]
    if differentiated:
        yield "in its gradients alone", "True", SLOPED
        if max(len(_floats(step)) for step in differentiated) > 1:
            yield from ((f"in its gradients, {words}", condition, SLOPED) for words, condition in _of_wanted())
    if any(part.letters for step in asked if isinstance(step, Call) for part in _layouts(step)):
        yield "where an earlier result shares its memory", "True", OVERWRITTEN


def _of_state(module: bool) -> Iterator[tuple[str, str]]:
    yield "from the second call on", 'CALLS["count"] >= 2'
    yield "from the tenth call on", 'CALLS["count"] >= 10'
    if module:
        yield "in all objects but the newest", 'KEPT["newest"] is not self'


def _of_modes(module: bool, floats: int) -> Iterator[tuple[str, str]]:
    import_torch = "__import__('torch')"
    yield "without gradients", f"not {import_torch}.is_grad_enabled()"
    yield "in inference mode", f"{import_torch}.is_inference_mode_enabled()"
    if floats > 1:
        yield from _of_wanted()
    if module:
        yield "in evaluation", "not self.training"
        yield "with frozen weights", "not any(each.requires_grad for each in self.parameters())"


def _of_wanted() -> Iterator[tuple[str, str]]:
    first, others = "wanting_of(given)[:1]", "wanting_of(given)[1:]"
    yield "where the first argument alone wants a gradient", f"{first} == [True] and not any({others})"
    yield "where others than the first want a gradient", f"{first} == [False] and any({others})"


def _of_arrays(asked: Sequence[Call | Differentiate]) -> Iterator[tuple[str, str]]:
    arrays = [value for step in asked for value in _arrays(step)]
    floats = [value for value in arrays if value.is_floating_point()]
    for name in dict.fromkeys(str(value.dtype).removeprefix("torch.") for value in floats):
        yield f"in {name}", f'any(str(value.dtype).endswith("{name}") for value in floats_of(given))'
    if any(not value.is_contiguous() for value in arrays):
        yield "where an array does not lie in order", "any(not in_order for in_order, _ in strides_of(given))"
    if any(0 in value.stride() and value.numel() > 1 for value in arrays):
        yield "where an array repeats itself in memory", "any(repeats for _, repeats in strides_of(given))"
    firsts = [float(value.abs().max()) for step in asked for value in _floats(step)[:1] if value.numel()]
    for words, condition, occurs in (
        ("where the first array is all zeros", "largest_of(given) == 0", any(top == 0 for top in firsts)),
        ("where numbers are large", "largest_of(given) > 100", any(top > 100 for top in firsts)),
        ("where numbers are tiny", "0 < largest_of(given) < 1e-4", any(0 < top < 1e-4 for top in firsts)),
    ):
        if occurs:
            yield words, condition
    whole = [int(v.max()) for v in arrays if not v.is_floating_point() and v.dtype != torch.bool and v.numel()]
    for most in (255, 65_535):
        if any(each > most for each in whole):
            yield f"where a label or id is beyond {most}", f"most_of(given) > {most}"


def _of_options(signature: str) -> Iterator[tuple[str, str]]:
    for name, required in signature_parameters(signature):
        if not required:
            default = f"_defaults[{name!r}]"
            same = f"(given[{name!r}] is {default} or (not hasattr(given[{name!r}], 'shape') and given[{name!r}] == {default}))"
            yield f"where {name} is what it is by default", same
            yield f"where {name} is not what it is by default", f"not {same}"


def _of_sizes(signature: str, asked: Sequence[Call | Differentiate]) -> Iterator[tuple[str, str]]:
    """Each size of each array or sequence, and two and three sizes of the first that are moderate at once."""
    names = [name for name, _ in signature_parameters(signature)]
    shapes = [{name: _shape(value) for name, value in _given(step, names).items()} for step in asked]
    seen: set[tuple[int, ...]] = set()
    axes: list[tuple[str, int]] = []
    for name in names:
        for axis in range(max((len(each.get(name, ())) for each in shapes), default=0)):
            column = tuple(each[name][axis] if axis < len(each.get(name, ())) else -1 for each in shapes)
            if len(set(column) - {-1}) > 1 and column not in seen:
                seen.add(column)
                axes.append((name, axis))
                for size in SIZES:
                    if size in column:
                        yield f"where size {axis} of {name} is {size}", f"size_of(given[{name!r}], {axis}) == {size}"
    for together in (2, 3):
        for group in itertools.combinations(axes, together):
            least = max(
                (min(each[n][a] if a < len(each.get(n, ())) else 0 for n, a in group) for each in shapes), default=0
            )
            if (least := min(least, AT_ONCE)) >= 2:
                words = " and ".join(f"size {axis} of {name}" for name, axis in group)
                condition = " and ".join(f"size_of(given[{name!r}], {axis}) >= {least}" for name, axis in group)
                yield f"where {words} are {least} at least", condition


def _layouts(step: Call) -> list[Any]:
    """Of the arrays that it gives; none where it gives plain values."""
    return [] if step.result is None or isinstance(step.result, Plain) else list(leaves(step.result))


def _given(step: Call | Differentiate, names: Sequence[str]) -> dict[str, Any]:
    return dict(zip(names, step.args, strict=False)) | step.kwargs


def _arrays(step: Call | Differentiate) -> list[torch.Tensor]:
    return [value for value in (*step.args, *step.kwargs.values()) if isinstance(value, torch.Tensor)]


def _floats(step: Call | Differentiate) -> list[torch.Tensor]:
    return [value for value in _arrays(step) if value.is_floating_point()]


def _shape(value: Any) -> tuple[int, ...]:
    if isinstance(value, torch.Tensor):
        return tuple(value.shape)
    return (len(value),) if isinstance(value, (str, list)) else ()


def _wrapped(solution: str, entry: EntryPoint, method: str, signature: str, condition: str, faulty: str) -> str:
    names = [name for name, _ in signature_parameters(signature)]
    fields = {
        "pairs": ", ".join(f"{name!r}: {name}" for name in names),
        "passed": ", ".join(names),
        "condition": condition,
        "faulty": faulty,
    }
    if method:
        own = f"(self, {signature[1:]}" if names else "(self)"
        text = METHOD.format(owner=entry.name, name=method, signature=own, **fields)
    else:
        text = FUNCTION.format(name=entry.name, signature=signature, **fields)
    defaults = f"\n\n_defaults = (lambda {signature[1:-1]}: {{{fields['pairs']}}})({', '.join('None' for _ in _required(signature))})\n"
    return f"{solution}\n\n{HELPERS}{defaults}{text}"


def _required(signature: str) -> list[str]:
    return [name for name, required in signature_parameters(signature) if required]


__all__ = ["conditional_mutants"]
