"""What a right rotary embedding does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import torch

from problems.agreement import calls_of, every_call_agrees, shape_finding
from problems.asks import Call, Differentiate, Program
from problems.cases import Case, Values, cases
from problems.checks import CaseAnswers, Check, Subject
from problems.comparison import Finding, Layout, as_tensor
from problems.gradients import gradient_check
from problems.patterns import listed
from problems.probes import INFLUENCE, Probe, Told
from problems.properties import (
    agreement_check,
    any_order_check,
    larger_check,
    no_memory_check,
    raises_check,
    rows_check,
    shape_check,
    untouched_check,
)

RESULT = Layout("result", "B H T Dh")
SIZES = {"B": (1, 2, 3), "H": (1, 2, 3), "T": (1, 2, 3, 5, 8), "Dh": (2, 4, 6, 8, 10)}
OFFSETS = (0, 1, 2, 7, 30, 1000)
BASES = (100.0, 10000.0, 500000.0, 2.5)
FAR = (4096, 32768, 65536, 100_000, 131_000)


def draw_from(**changes: Any) -> Any:
    """Cases over sizes, values, layouts, offsets and bases; what is named is drawn from another list."""
    sizes = {letter: changes.pop(letter, values) for letter, values in SIZES.items()}
    options = {"offset": changes.pop("offset", OFFSETS), "base": changes.pop("base", BASES)}
    return cases(sizes, options=options, **changes)


def draw() -> Any:
    """Everything."""
    return draw_from()


def features(case: Case, *, salt: int = 0) -> torch.Tensor:
    """Queries or keys; of kind "huge", of the size of 1e4."""
    sizes = case.sizes
    return Values(case, salt=salt, huge=1e4).laid_out(sizes["B"], sizes["H"], sizes["T"], sizes["Dh"])


def inputs(case: Case) -> dict[str, Any]:
    """x, offset and base."""
    return {"x": features(case), "offset": case.options["offset"], "base": case.options["base"]}


ROPE = Subject(draw=draw, inputs=inputs, target="apply_rope", result=RESULT, rows=("x",))


def result_shapes(case: Case) -> list[list[int]]:
    """Of the one result."""
    return [[case.sizes[letter] for letter in ("B", "H", "T", "Dh")]]


def turn(x: torch.Tensor, offset: int, case: Case) -> Call:
    """One call at another offset."""
    return Call(target="apply_rope", args=(x, offset, case.options["base"]), seed=case.seed)


def draw_chunks() -> Any:
    """Sequences that can be cut."""
    return draw_from(T=(2, 3, 5, 8))


def ask_chunks(case: Case) -> Program:
    """The whole sequence, then its pieces, each at the offset at which it begins."""
    x, start = features(case), case.options["offset"]
    lengths = piece_lengths(case)
    begins = [sum(lengths[:number]) for number in range(len(lengths))]
    pieces = [
        turn(x[:, :, begin : begin + length], start + begin, case)
        for begin, length in zip(begins, lengths, strict=True)
    ]
    return [turn(x, start, case), *pieces]


def piece_lengths(case: Case) -> list[int]:
    """Of a first piece of any length, and one token after the other, as in decoding."""
    length = case.sizes["T"]
    first = 1 + case.seed % (length - 1)
    return [first, *[1] * (length - first)]


def judge_chunks(asked: CaseAnswers) -> Finding | None:
    """The whole and each piece, against the reference."""
    lengths = [asked.case.sizes["T"], *piece_lengths(asked.case)]
    for step, length in enumerate(lengths):
        sized = msgspec.structs.replace(asked.case, sizes={**asked.case.sizes, "T": length})
        one = msgspec.structs.replace(asked, case=sized, program=asked.program[step : step + 1])
        if found := _at(one, step):
            where = f"piece {step} at offset {asked.program[step].args[1]}" if step else "the whole sequence"  # type: ignore[union-attr]
            return msgspec.structs.replace(found, sentence=f"{where}: {found.sentence}")
    return None


def _at(asked: CaseAnswers, step: int) -> Finding | None:
    """What is wrong with one call among several; `program` holds that call alone."""
    silent = [Call(target="apply_rope", answer=False)] * step
    return every_call_agrees(RESULT)(msgspec.structs.replace(asked, program=[*silent, *asked.program]))


def draw_distances() -> Any:
    """One query and one key."""
    return draw_from(
        B=(1,), H=(1,), T=(1,), kinds=("small integers", "ordinary"), layouts=("contiguous",), offset=(1, 2, 5, 40, 900)
    )


def ask_distances(case: Case) -> Program:
    """A query and a key at two positions, and at two others as far apart; `offset` is by how much they are moved."""
    query, key = features(case), features(case, salt=5)
    place = case.seed % 7
    moved = case.options["offset"]
    positions = (place + 3, place, place + 3 + moved, place + moved)
    return [turn(x, at, case) for x, at in zip((query, key, query, key), positions, strict=True)]


def judge_distances(asked: CaseAnswers) -> Finding | None:
    """The two scores are one."""
    for step in calls_of(asked.program):
        if found := shape_finding(asked, step, RESULT):
            return found
    turned = [as_tensor(asked.answers[step].value).double().flatten() for step in range(4)]
    query, key = (asked.program[step].args[0].double().flatten() for step in (0, 1))  # type: ignore[union-attr]
    near, far = float(turned[0] @ turned[1]), float(turned[2] @ turned[3])
    moved = asked.case.options["offset"]
    eps = torch.finfo(asked.case.torch_dtype).eps
    bound = 16 * eps * (20 + moved) * float(query.norm() * key.norm())
    if abs(near - far) <= bound:
        return None
    at = asked.program[1].args[1]  # type: ignore[union-attr]
    sentence = (
        f"the score of a query at {at + 3} and a key at {at} is {near:.6g}; at {at + 3 + moved} and {at + moved}, "
        f"as far apart, it is {far:.6g}"
    )
    return Finding(sentence=sentence, step=2)


def pairs_of(value: torch.Tensor) -> torch.Tensor:
    """[B, H, T, Dh] as [B, H, T, Dh/2, 2]."""
    return value.reshape(*value.shape[:-1], -1, 2).contiguous()


def judge_lengths(asked: CaseAnswers) -> Finding | None:
    """Every pair is as long as it was."""
    if found := shape_finding(asked, 0, RESULT):
        return found
    x, mine = inputs(asked.case)["x"].double(), as_tensor(asked.answers[0].value).detach().double()
    before, after = (pairs_of(value).square().sum(-1).sqrt() for value in (x, mine))
    eps = torch.finfo(asked.case.torch_dtype).eps
    off = torch.nan_to_num((after - before).abs(), nan=torch.inf)
    wrong = off > 16 * eps * before.max()
    if not bool(wrong.any()):
        return None
    b, h, t, p = (int(each) for each in wrong.nonzero()[0])
    sentence = (
        f"the pair of features {2 * p} and {2 * p + 1} of token {t} has length {float(after[b, h, t, p]):.6g} after the "
        f"rotation, and {float(before[b, h, t, p]):.6g} before"
    )
    return Finding(sentence=sentence, step=0)


def draw_far() -> Any:
    """Positions far into a long text."""
    return draw_from(offset=FAR, B=(1,), H=(1, 2), T=(1, 2, 5), kinds=("ordinary",), base=(10000.0, 500000.0))


def ask_in_turn(case: Case) -> Program:
    """The same tokens at other offsets and with another base, and at the first again."""
    given = inputs(case)
    other = BASES[(BASES.index(case.options["base"]) + 1) % len(BASES)]
    changes: tuple[dict[str, Any], ...] = ({}, {"offset": given["offset"] + 3}, {"base": other}, {"offset": 0}, {})
    return [ROPE.call(case, {**given, **change}) for change in changes]


def draw_heads() -> Any:
    """As many heads as tokens, or sequences: sizes that can be taken for each other."""
    return draw_from(B=(2, 3), H=(2, 3), T=(2, 3), Dh=(4, 6), layouts=("contiguous",))


def ask_words(case: Case) -> Program:
    """Arguments by name, by position, and left out."""
    given = inputs(case)
    x, offset, base = given.values()
    return [
        Call(target="apply_rope", args=(x,)),
        Call(target="apply_rope", args=(x, offset)),
        Call(target="apply_rope", args=(x,), kwargs={"base": base}),
        Call(target="apply_rope", kwargs={"base": base, "offset": offset, "x": x}),
    ]


def ask_errors(case: Case) -> Program:
    """Odd widths and negative offsets."""
    values = Values(case)
    odd = [values.plain(1, 2, case.sizes["T"], width) for width in (1, 3, 5)]
    even = values.plain(2, 1, case.sizes["T"] + 1, 4)
    calls: list[dict[str, Any]] = [{"args": (x,)} for x in odd]
    calls += [{"args": (odd[1], 3)}, {"args": (even, -1)}, {"args": (even,), "kwargs": {"offset": -7}}]
    return [Call(target="apply_rope", may_raise=True, **each) for each in calls]


def draw_larger() -> Any:
    """One size, or two, beyond those of the other checks; the rest small, so that slow answers are not punished."""
    return draw_from(
        B=(1, 2),
        H=(1, 2),
        T=(1, 2),
        Dh=(2, 4),
        kinds=("ordinary",),
        large=({"T": 150}, {"B": 65}, {"Dh": 64}, {"H": 33}, {"T": 70, "Dh": 12}),
    )


def special(name: str, sentence: str, draw_cases: Any, ask: Any, judge: Any = None, count: int = 25) -> Check:
    """A check of this problem's own."""
    judged = judge or every_call_agrees(RESULT)
    return Check(name=name, sentence=sentence, draw=draw_cases, ask=ask, judge=judged, cases=count)


CHECKS: tuple[Check, ...] = (
    shape_check(ROPE),
    agreement_check(ROPE),
    larger_check(ROPE, draw_larger, cases=20),
    special(
        "pieces-equal-the-whole",
        "Cut into pieces, each at its offset, a sequence is turned as in one piece.",
        draw_chunks,
        ask_chunks,
        judge_chunks,
    ),
    special("far-positions", "Positions up to 131,071 are turned rightly.", draw_far, ROPE.program, count=20),
    special(
        "scores-depend-on-distance",
        "The score of a query and a key depends on how far apart they are, not on where they stand.",
        draw_distances,
        ask_distances,
        judge_distances,
    ),
    special("lengths-stay", "A rotation keeps the length of every pair.", draw, ROPE.program, judge_lengths),
    special(
        "positions-run-along-the-tokens",
        "A token's position is the same in every sequence and head.",
        draw_heads,
        ROPE.program,
        count=12,
    ),
    special(
        "an-offset-holds-for-its-call",
        "Offset and base hold for the call they are passed to, and for no other.",
        draw,
        ask_in_turn,
        count=12,
    ),
    special("called-by-name", "Arguments may be given by position, by name, or left out.", draw, ask_words, count=8),
    untouched_check(ROPE),
    no_memory_check(ROPE),
    any_order_check(ROPE),
    rows_check(ROPE),
    raises_check(
        lambda: draw_from(B=(1,), H=(1,), T=(1, 2), kinds=("ordinary",), layouts=("contiguous",)),
        ask_errors,
        sentence="An odd width and a negative offset raise ValueError.",
        cases=2,
    ),
    gradient_check(ROPE, result_shapes, cases=50),
)


def _tell_angles(told: Told, names: Sequence[str]) -> tuple[str, ...]:
    """By how much the first pair that is wrong was turned, where it was turned at all."""
    last = told.program[-1]
    assert isinstance(last, (Call, Differentiate))
    mine, right = told.result(told.before[0]), told.result(told.before[1])
    x = last.args[0] if last.args else last.kwargs["x"]
    if mine is None or right is None or isinstance(last, Differentiate) or tuple(x.shape) != tuple(mine.shape):
        return ()
    if not bool(torch.isfinite(mine).all()):
        return ()
    return tuple(_turns(x.double(), mine, right))[:1]


def _turns(x: torch.Tensor, mine: torch.Tensor, right: torch.Tensor) -> Iterator[str]:
    """Pairs that are wrong: by which angle they were turned, or which length they have."""
    before, after, wanted = (torch.view_as_complex(pairs_of(each)) for each in (x, mine, right))
    off = (after - wanted).abs() > 1e-3 * wanted.abs()
    for b, h, t, p in off.nonzero().tolist():
        where = f"features {listed([str(2 * p), str(2 * p + 1)])} of token {t}"
        if abs(after[b, h, t, p].abs() - before[b, h, t, p].abs()) > 1e-3 * before[b, h, t, p].abs():
            yield f"a rotation keeps lengths, and yours changes that of the pair of {where}"
        elif float(before[b, h, t, p].abs()) > 0:
            turned, asked = (float((each[b, h, t, p] / before[b, h, t, p]).angle()) for each in (after, wanted))
            yield f"the pair of {where} is turned by {turned:.4g} radians; right is {asked:.4g}"


ANGLES = Probe(lambda program, names: [], _tell_angles)
PROBES: tuple[Probe, ...] = (ANGLES, INFLUENCE)
