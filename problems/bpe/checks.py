"""What a right byte-pair encoding does."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec

from problems.asks import Call, Handle, Program
from problems.cases import Case, plain_cases
from problems.checks import CaseAnswers, Check, Subject
from problems.comparison import Finding, Plain
from problems.properties import (
    agreement_check,
    any_order_check,
    growth_check,
    larger_check,
    no_memory_check,
    raises_check,
    shape_check,
    untouched_check,
)

from .texts import KINDS, ids_of, merges_of, text_of

LENGTHS = (1, 2, 3, 4, 6, 8, 12, 0, 20, 35)
RESULT = Plain()
GROWTH = (2_000, 8_000)
# "th", "the", "er", "lo", "ew", "lo" and "w", " a", "wi": they stand everywhere in texts of words.
COMMON = [(116, 104), (256, 101), (101, 114), (108, 111), (101, 119), (259, 119), (32, 97), (119, 105)]


def draw() -> Any:
    """Short texts of every kind, with as many merges as fit and more."""
    return plain_cases({"N": LENGTHS, "M": (1, 2, 3, 5, 8, 0, 13)}, kinds=KINDS)


def draw_larger() -> Any:
    """Longer texts, more merges."""
    return plain_cases({"N": (100, 300, 700), "M": (20, 40, 60)}, kinds=KINDS)


def subject(target: str, draw: Any, **arguments: Any) -> Subject:
    """A call of one of the three functions."""
    return Subject(
        draw=draw,
        inputs=lambda case: {name: make(case) for name, make in arguments.items()},
        target=target,
        result=RESULT,
    )


TRAIN = subject("train", draw, text=text_of, num_merges=lambda case: case.sizes["M"])
ENCODE = subject("encode", draw, text=text_of, merges=merges_of)
DECODE = subject("decode", draw, ids=ids_of, merges=merges_of)


def ask_each(case: Case) -> Program:
    """One call of each function."""
    return [TRAIN.call(case), ENCODE.call(case), DECODE.call(case)]


EACH = Subject(draw=draw, inputs=TRAIN.inputs, target="train", result=RESULT)


def judge_types(asked: CaseAnswers) -> Finding | None:
    """The types of all three."""
    judge = shape_check(EACH).judge
    for step in range(len(asked.program)):
        only = msgspec.structs.replace(asked, program=asked.program[: step + 1])
        if found := judge(only):
            name = asked.program[step].target  # type: ignore[union-attr]
            sentence = found.sentence.replace("you returned", f"your {name} returned").replace(
                "result", f"result of {name}"
            )
            return msgspec.structs.replace(found, sentence=sentence)
    return None


def ask_round_trip(case: Case) -> Program:
    """Train on one text, encode another one with what was learned, and decode it again."""
    text = text_of(case, salt=1)
    merges, ids = Handle("merges"), Handle("ids")
    return [
        Call(target="train", args=(text_of(case) * 2, case.sizes["M"]), into="merges", answer=False),
        Call(target="encode", args=(text, merges), into="ids", answer=False),
        Call(target="decode", args=(ids, merges)),
    ]


def judge_round_trip(asked: CaseAnswers) -> Finding | None:
    """What was encoded comes back, whatever was learned."""
    text = text_of(asked.case, salt=1)
    answer = asked.answers[len(asked.program) - 1].value
    if answer == text:
        return None
    return Finding(
        sentence=f"{text!r}, encoded with what you learned and decoded again, is {answer!r}"[:300],
        step=len(asked.program) - 1,
        expected=text,
        actual=answer if isinstance(answer, str) else None,
    )


def ask_tokens(case: Case) -> Program:
    """Every token by itself, and every byte."""
    merges = merges_of(case)
    tokens = [*range(0, 256, 1 + case.seed % 7), *range(256, 256 + len(merges))]
    return [
        *(Call(target="decode", args=([token], merges)) for token in tokens[-24:]),
        Call(target="decode", args=([], merges)),
    ]


def draw_ties() -> Any:
    """Texts in which many pairs stand equally often."""
    return plain_cases({"N": (2, 3, 4, 5, 6), "M": (1, 2, 3)}, kinds=("letters",))


def tied_text(case: Case) -> str:
    """Different letters, falling in the alphabet, each two of them twice or three times."""
    letters = "zyxwvutsé"[: case.sizes["N"] + 1]
    pairs = [first + second for first, second in itertools.pairwise(letters)]
    order = sorted(pairs, key=lambda pair: (case.seed * 31 + ord(pair[0])) % 7)
    return ".".join(order * (2 + case.seed % 2))


TIED = subject("train", draw_ties, text=tied_text, num_merges=lambda case: case.sizes["M"])


def draw_runs() -> Any:
    """One letter, again and again."""
    return plain_cases({"N": tuple(range(1, 20)), "M": (1, 2, 3, 4)}, kinds=("runs",))


def run_text(case: Case) -> str:
    """Runs of one letter, with another one between them now and then."""
    run = "a" * case.sizes["N"]
    return {0: run, 1: f"{run}b{run}", 2: f"b{run}"}[case.seed % 3]


RUNS = subject("train", draw_runs, text=run_text, num_merges=lambda case: case.sizes["M"])
RUNS_ENCODED = subject(
    "encode", draw_runs, text=run_text, merges=lambda case: [(97, 97), (256, 97), (256, 256), (97, 256)]
)


def ask_runs(case: Case) -> Program:
    """Trained on, and encoded."""
    return [RUNS.call(case), RUNS_ENCODED.call(case)]


def ask_invalid(case: Case) -> Program:
    """A negative number of merges, and tokens that there are not."""
    merges, known = merges_of(case), ids_of(case)
    return [
        Call(target="train", args=(text_of(case), -1 - case.seed % 3), may_raise=True),
        *(
            Call(target="decode", args=([*known, token, *([97] * (case.seed % 2))], merges), may_raise=True)
            for token in (256 + len(merges), -1, 300 + len(merges), -256)
        ),
        Call(target="decode", args=([256], []), may_raise=True),
    ]


def ask_growth(target: str, case: Case) -> tuple[Program, dict[int, int]]:
    """2,000 and 8,000 characters in turn, with the same merges."""
    program: Program = []
    measured: dict[int, int] = {}
    for repeat in range(3):
        for length in GROWTH:
            text = text_of(case, salt=repeat, length=length)
            more: Any = 8 if target == "train" else COMMON
            if repeat:
                measured[len(program)] = length
            program.append(Call(target=target, args=(text, more)))
    return program, measured


def growth(target: str) -> Check:
    """Of training and of encoding."""
    found = growth_check(
        lambda: plain_cases({"M": (8,)}, kinds=("words",)),
        lambda case: ask_growth(target, case),
        letter="N",
        sizes=GROWTH,
        result=RESULT,
        sentence=f"The time of {target} grows linearly with the text.",
    )
    return msgspec.structs.replace(found, name=f"{target}-costs-linearly")


def named(check: Check, name: str, sentence: str = "") -> Check:
    """A check by another name."""
    return msgspec.structs.replace(check, name=name, sentence=sentence or check.sentence)


ENDS = "Equally frequent pairs are taken in the order of their tokens, and what stands there once is left alone."

CHECKS: tuple[Check, ...] = (
    msgspec.structs.replace(
        named(shape_check(EACH), "types", "Results have the types that the statement asks for."),
        ask=ask_each,
        judge=judge_types,
    ),
    agreement_check(TRAIN, name="learns-the-right-merges"),
    agreement_check(ENCODE, name="encodes-in-the-order-of-merges"),
    agreement_check(DECODE, name="decodes-bytes-together"),
    named(agreement_check(TIED, cases=40), "ties-and-the-end", ENDS),
    msgspec.structs.replace(
        named(
            agreement_check(RUNS, cases=40),
            "runs-of-one-letter",
            "In a run of one letter pairs overlap when they are counted, and do not when they are replaced.",
        ),
        ask=ask_runs,
    ),
    larger_check(TRAIN, draw_larger, cases=12),
    named(larger_check(ENCODE, draw_larger, cases=12), "larger-sizes-encoded"),
    Check(
        name="round-trip",
        sentence="Any text, encoded and decoded again, is what it was.",
        draw=draw,
        ask=ask_round_trip,
        judge=judge_round_trip,
        cases=60,
    ),
    Check(
        name="every-token",
        sentence="Every token by itself is spelled rightly, also a part of a character.",
        draw=lambda: plain_cases({"M": (1, 2, 4, 8)}, kinds=("letters", "unicode")),
        ask=ask_tokens,
        judge=agreement_check(DECODE).judge,
        cases=8,
    ),
    untouched_check(ENCODE),
    named(untouched_check(DECODE), "tokens-not-modified"),
    no_memory_check(ENCODE),
    named(no_memory_check(DECODE), "nothing-kept-by-decode"),
    named(no_memory_check(TRAIN), "nothing-kept-by-train"),
    any_order_check(TRAIN),
    raises_check(
        draw,
        ask_invalid,
        sentence="ValueError is raised for a negative number of merges and for tokens that there are not.",
    ),
    growth("train"),
    growth("encode"),
)
