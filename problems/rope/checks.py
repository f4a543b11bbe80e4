"""What a right rotary embedding does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch

from problems.agreement import calls_of, shape_finding
from problems.asks import Call, Differentiate
from problems.cases import Case, Values, cases
from problems.checks import CaseAnswers, Check, Subject
from problems.comparison import Finding, Layout, as_tensor
from problems.patterns import listed
from problems.probes import INFLUENCE, Probe, Told
from problems.properties import Given, agrees, bad_arguments_check, in_turn_check, standard_checks

RESULT = Layout("result", "B H T Dh")
SIZES = {"B": (1, 2, 3, 4), "H": (1, 2, 3, 8), "T": (1, 2, 3, 5, 9, 16, 25), "Dh": (2, 4, 6, 8, 10, 16, 32)}
BASES = (100.0, 10000.0, 500000.0, 2.5)
OPTIONS = {"offset": (0, 1, 2, 7, 30, 1000), "base": BASES}
FAR = (4096, 32768, 65536, 100_000, 131_000)
LARGER = ({"T": 150}, {"B": 65}, {"Dh": 64}, {"H": 33}, {"T": 70, "Dh": 12}, {"B": 9, "H": 9, "T": 9, "Dh": 10})


def features(case: Case, *, salt: int = 0) -> torch.Tensor:
    """Queries or keys; of kind "huge", of the size of 1e4."""
    return Values(case, salt=salt, huge=1e4).laid_out(*case.shape("B H T Dh"))


def inputs(case: Case) -> dict[str, Any]:
    """x, offset and base."""
    return {"x": features(case), "offset": case.options["offset"], "base": case.options["base"]}


ROPE = Subject(
    draw=cases(SIZES, options=OPTIONS),
    inputs=inputs,
    target="apply_rope",
    result=RESULT,
    rows=("x",),
    defaults={"offset": 0, "base": 10000.0},
)
PLAIN = ROPE.on(B=(1,), H=(1,), kinds=("ordinary", "small integers"), layouts=("contiguous",))


def ask_pieces(case: Case) -> Iterator[Call]:
    """The whole sequence; a first piece of any length; then one token after the other, as in decoding."""
    given, length = inputs(case), case.sizes["T"]
    ends = range(1 + case.seed % (length - 1), length + 1)
    yield ROPE.call(case, given, note="the whole sequence")
    for number, (begin, end) in enumerate(zip((0, *ends), ends, strict=False), 1):
        at = given["offset"] + begin
        piece = given | {"x": given["x"][:, :, begin:end], "offset": at}
        yield ROPE.call(case.resized(T=end - begin), piece, note=f"piece {number} at offset {at}")


def ask_distances(case: Case) -> Iterator[Given]:
    """A query and a key at two positions, and at two others as far apart; `offset` is by how much they are moved."""
    query, key, place = features(case), features(case, salt=5), case.seed % 7
    for at in (place, place + case.options["offset"]):
        yield {"x": query, "offset": at + 3, "base": case.options["base"]}
        yield {"x": key, "offset": at, "base": case.options["base"]}


def judge_distances(asked: CaseAnswers) -> Finding | None:
    """The two scores are one."""
    calls = calls_of(asked.program)
    for step in calls:
        if found := shape_finding(asked, step, RESULT):
            return found
    turned = [as_tensor(asked.answers[step].value).double().flatten() for step in calls]
    asked_of: list[Any] = [asked.program[step] for step in calls]
    query, key = (step.args[0].double() for step in asked_of[:2])
    places = [step.args[1] for step in asked_of]
    near, far = float(turned[0] @ turned[1]), float(turned[2] @ turned[3])
    bound = 16 * torch.finfo(asked.case.torch_dtype).eps * (20 + places[3] - places[1])
    if abs(near - far) <= bound * float(query.norm() * key.norm()):
        return None
    sentence = (
        f"the score of a query at {places[0]} and a key at {places[1]} is {near:.6g}; at {places[2]} and {places[3]}, "
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
    before, after = (pairs_of(value).norm(dim=-1) for value in (x, mine))
    off = torch.nan_to_num((after - before).abs(), nan=torch.inf)
    wrong = off > 16 * torch.finfo(asked.case.torch_dtype).eps * before.max()
    for b, h, t, p in wrong.nonzero()[:1].tolist():
        sentence = (
            f"the pair of features {2 * p} and {2 * p + 1} of token {t} has length {after[b, h, t, p]:.6g} after the "
            f"rotation, and {before[b, h, t, p]:.6g} before"
        )
        return Finding(sentence=sentence, step=0)
    return None


def other_places(case: Case) -> Iterator[Given]:
    """Other offsets, and another base."""
    yield {"offset": case.options["offset"] + 3}
    yield {"base": BASES[(BASES.index(case.options["base"]) + 1) % len(BASES)]}
    yield {"offset": 0}


def bad_arguments(case: Case) -> Iterator[Given]:
    """Odd widths and negative offsets."""
    values, length = Values(case), case.sizes["T"]
    for width, offset in ((1, 0), (3, 0), (5, 0), (3, 3)):
        yield {"x": values.plain(1, 2, length, width), "offset": offset}
    for offset in (-1, -7):
        yield {"x": values.plain(2, 1, length + 1, 4), "offset": offset}


CHECKS: tuple[Check, ...] = standard_checks(
    ROPE,
    agrees(
        "pieces-equal-the-whole",
        "Cut into pieces, each at its offset, a sequence is turned as in one piece.",
        ROPE.on(T=(2, 3, 5, 8, 9, 16)),
        ask_pieces,
    ),
    agrees(
        "far-positions",
        "Positions up to 131,071 are turned rightly.",
        ROPE.on(offset=FAR, B=(1,), T=(1, 2, 5, 9), kinds=("ordinary",), base=(10000.0, 500000.0)),
        cases=20,
    ),
    agrees(
        "scores-depend-on-distance",
        "The score of a query and a key depends on how far apart they are, not on where they stand.",
        PLAIN.on(T=(1,), offset=(1, 2, 5, 40, 900)),
        ask_distances,
        judge=judge_distances,
        why="A product of two answers is compared with that of two others, with nothing from the reference.",
    ),
    agrees(
        "lengths-stay",
        "A rotation keeps the length of every pair.",
        ROPE,
        judge=judge_lengths,
        why="Lengths of parts of the answer are compared with those of the input, with nothing from the reference.",
    ),
    agrees(
        "positions-run-along-the-tokens",
        "A token's position is the same in every sequence and head.",
        # As many heads as tokens, or sequences: sizes that can be taken for each other.
        ROPE.on(B=(2, 3), H=(2, 3), T=(2, 3), Dh=(4, 6), layouts=("contiguous",)),
        cases=12,
    ),
    in_turn_check(
        ROPE,
        "an-offset-holds-for-its-call",
        "Offset and base hold for the call they are passed to, and for no other.",
        other_places,
    ),
    larger=LARGER,
    bounded="Dh",
    limits=({"T": 16, "offset": 131_056}, {"T": 1, "offset": 131_071}),
    raises=bad_arguments_check(
        PLAIN.on(T=(1, 2)), bad_arguments, sentence="An odd width and a negative offset raise ValueError.", cases=2
    ),
    counts={"called-by-name": 8, "gradients": 50},
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
