"""What a right beam search does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from problems.asks import Handle, Look, Program, Put
from problems.cases import Case, plain_cases
from problems.checks import CaseAnswers, Check, Subject
from problems.comparison import Finding, Plain
from problems.functions import token_scores
from problems.properties import (
    Given,
    agrees,
    bad_arguments_check,
    larger_check,
    larger_space,
    shape_check,
    standard_checks,
)
from problems.requirements import Agrees, RightTypes

EXACT = ("quarters", "equal")  # scores whose sums are often the same
PENALTIES = (0.0, 1.0, 0.5, 2.0)
SPACE = plain_cases(
    {"V": (2, 3, 1, 4, 5, 8, 12), "W": (2, 1, 3, 4, 6, 8), "T": (1, 2, 3, 4, 5, 9)},
    kinds=("quarters", "ordinary", "large", "equal"),
    options={"eos": ("first", "last", "none", "middle"), "penalty": PENALTIES},
)


def eos_of(case: Case) -> int | None:
    """The token that ends a text."""
    vocabulary = case.sizes["V"]
    return {"first": 0, "last": vocabulary - 1, "middle": vocabulary // 2, "none": None}[case.options["eos"]]


def inputs(case: Case) -> dict[str, Any]:
    """The arguments. Where scores tie exactly and some have three tokens, the penalty is 0: quotients need not be tied any more."""
    length, penalty = case.sizes["T"], case.options["penalty"]
    keeps_ties = case.kind not in EXACT or (length <= 2 and penalty == int(penalty))
    return {
        "log_probs": token_scores(case.sizes["V"], case.seed, case.kind, length=length - 1),
        "beam_width": case.sizes["W"],
        "max_length": length,
        "eos": eos_of(case),
        "length_penalty": penalty if keeps_ties else 0.0,
    }


SEARCH = Subject(draw=SPACE, inputs=inputs, target="beam_search", result=Plain(), defaults={"length_penalty": 0.0})


def ask_counted(case: Case) -> Program:
    """One call, and how often it asked the model."""
    given, held = inputs(case), Handle("log_probs")
    call = SEARCH.call(case, {**given, "log_probs": held})
    return [Put(into=held.name, value=given["log_probs"]), call, Look(of=(held,), attributes=("calls",))]


def judge_counted(asked: CaseAnswers) -> Finding | None:
    """At most once a step for each live hypothesis."""
    (calls,) = asked.answers[2].value
    most = 1 + asked.case.sizes["W"] * (asked.case.sizes["T"] - 1)
    if isinstance(calls, int) and calls <= most:
        return Agrees().finding(msgspec.structs.replace(asked, program=asked.program[:2]))
    words = f"1 + beam_width * (max_length - 1) = {most}"
    return Finding(sentence=f"log_probs was called {calls} times; at most {words} are asked for", step=2)


def judge_order(asked: CaseAnswers) -> Finding | None:
    """What holds of any result, whatever the model: as many as asked for, the best first, each once, each ended rightly."""
    if found := RightTypes().finding(asked):
        return found
    result, eos, width, steps = asked.answers[0].value, eos_of(asked.case), asked.case.sizes["W"], asked.case.sizes["T"]
    texts, scores = [tokens for tokens, _ in result], [score for _, score in result]

    def faults() -> Iterator[str]:
        if len(texts) > width:
            yield f"{len(texts)} hypotheses came back; beam_width is {width}"
        if scores != sorted(scores, reverse=True):
            yield f"the scores {scores} do not fall: the best hypothesis comes first"[:200]
        for place, tokens in enumerate(texts):
            if tokens in texts[:place]:
                yield f"{tokens} came back twice"
            if eos in tokens[:-1]:
                yield f"{tokens} goes on after eos, which is {eos}"
            if len(tokens) != steps and (not tokens or tokens[-1] != eos):
                yield f"{tokens} has neither eos at its end nor max_length tokens, {steps}"

    return next((Finding(sentence=fault, step=0) for fault in faults()), None)


def bad_sizes(case: Case) -> list[Given]:
    """Widths and lengths below 1; the model is not to be asked about them."""
    sizes = ((0, 2), (-1, 2), (2, 0), (2, -2), (0, 0))
    return [{"beam_width": width, "max_length": length} for width, length in sizes]


ENDED = "At most beam_width hypotheses come back, each once, the best first; each ends in eos or has max_length tokens."
TIED_SUMS = "Of hypotheses with the same sum the one with the smaller tokens comes first."
TIED_SCORES = "Of hypotheses with the same score the one with the smaller tokens comes first, whatever their sums."
CLOSE = "A sum that is larger in its eighth digit, or a later one, is larger."
PENALTY = "The ranking at the end divides each sum by a power of the length; the beam compares sums."
TYPES = "The result is a list of tuples, each of a list of ints and a float."
BAD = "ValueError is raised for a width or a length below 1."
TIED = SEARCH.on(kinds=EXACT, T=(2,), eos=("first", "last"), penalty=(1.0, 2.0))
LARGER = larger_space(SEARCH, ({"V": 30}, {"W": 12}, {"T": 14}), kinds=("ordinary", "quarters"))

CHECKS: tuple[Check, ...] = standard_checks(
    SEARCH,
    Check(
        name="ended-and-in-order",
        sentence=ENDED,
        draw=SPACE,
        ask=SEARCH.program,
        judge=judge_order,
        why="These hold whatever the model says, and tell more than that a result is another one.",
        cases=40,
    ),
    agrees("ties", TIED_SUMS, SEARCH.on(kinds=EXACT, penalty=(0.0,)), cases=60),
    agrees("tied-scores", TIED_SCORES, TIED, cases=40),
    agrees("close-scores-are-no-ties", CLOSE, SEARCH.on(kinds=("close",), W=(1, 2, 3, 4), T=(1, 2, 3, 5)), cases=24),
    agrees("length-penalty", PENALTY, SEARCH.on(kinds=("ordinary",), penalty=PENALTIES[1:]), cases=60),
    Check(
        name="model-asked-once-each",
        sentence="log_probs is called at most once a step for each live hypothesis.",
        draw=SPACE,
        ask=ask_counted,
        judge=judge_counted,
        why="The number of calls has an upper bound and no right value: ending early is fine.",
        cases=40,
    ),
    raises=bad_arguments_check(SEARCH, bad_sizes, sentence=BAD, cases=12),
    leave_out={
        "inputs-not-modified": "no argument can be changed: a function, numbers and None",
        "rows-are-independent": "there is no batch",
        "gradients": "plain Python has none",
    },
    others={
        "shape-and-dtype": shape_check(SEARCH).but(name="types", sentence=TYPES),
        "larger-sizes": larger_check(SEARCH, LARGER, cases=15),
    },
)
