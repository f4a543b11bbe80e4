"""What a right beam search does."""

from __future__ import annotations

from typing import Any

import msgspec

from problems.agreement import every_call_agrees
from problems.asks import Call, Given, Handle, Look, Program, Put
from problems.cases import Case, plain_cases
from problems.checks import CaseAnswers, Check, Subject
from problems.comparison import Finding, Plain
from problems.functions import token_scores
from problems.properties import agreement_check, any_order_check, larger_check, other_case, raises_check, shape_check

RESULT = Plain()
SIZES = {"V": (2, 3, 1, 4, 5), "W": (2, 1, 3, 4, 6), "T": (1, 2, 3, 4, 5)}
ENDS = ("first", "last", "none", "middle")
EXACT = ("quarters", "equal")  # scores whose sums are often the same
PENALTIES = (0.0, 1.0, 0.5, 2.0)


def draw() -> Any:
    """Few tokens, narrow beams, short texts."""
    return plain_cases(
        SIZES, kinds=("quarters", "ordinary", "large", "equal"), options={"eos": ENDS, "penalty": PENALTIES}
    )


def draw_ordinary() -> Any:
    """Scores that are all different, every penalty."""
    return plain_cases(SIZES, kinds=("ordinary",), options={"eos": ENDS, "penalty": PENALTIES[1:]})


def draw_tied() -> Any:
    """Scores that are often the same."""
    return plain_cases(SIZES, kinds=EXACT, options={"eos": ENDS, "penalty": (0.0,)})


def draw_tied_scores() -> Any:
    """Texts of one token and of two, whose scores are often the same though their sums are not."""
    return plain_cases({**SIZES, "T": (2,)}, kinds=EXACT, options={"eos": ENDS[:2], "penalty": (1.0, 2.0)})


def draw_larger() -> Any:
    """More tokens, wider beams, longer texts."""
    return plain_cases(
        {"V": (7, 15, 30), "W": (5, 9, 12), "T": (6, 9, 14)},
        kinds=("ordinary", "quarters"),
        options={"eos": ENDS, "penalty": PENALTIES},
    )


def model(case: Case) -> Given:
    """The function of a case."""
    return token_scores(case.sizes["V"], case.seed, case.kind, length=case.sizes["T"] - 1)


def eos_of(case: Case) -> int | None:
    """The token that ends a text."""
    vocabulary = case.sizes["V"]
    return {"first": 0, "last": vocabulary - 1, "middle": vocabulary // 2, "none": None}[case.options["eos"]]


def inputs(case: Case) -> dict[str, Any]:
    """The arguments; where scores tie exactly and some have three tokens no penalty is asked for: a quotient need not keep them tied."""
    penalty = case.options["penalty"]
    keeps_ties = case.kind not in EXACT or (case.sizes["T"] <= 2 and penalty == int(penalty))
    return {
        "log_probs": model(case),
        "beam_width": case.sizes["W"],
        "max_length": case.sizes["T"],
        "eos": eos_of(case),
        "length_penalty": penalty if keeps_ties else 0.0,
    }


SEARCH = Subject(draw=draw, inputs=inputs, target="beam_search", result=RESULT)


def ask_defaults(case: Case) -> Program:
    """Without a penalty, and by names."""
    given = inputs(case)
    names = ("log_probs", "beam_width", "max_length", "eos")
    return [
        Call(target="beam_search", args=tuple(given[name] for name in names)),
        Call(target="beam_search", kwargs=given),
        Call(target="beam_search", args=(given["log_probs"],), kwargs={name: given[name] for name in names[:0:-1]}),
    ]


def ask_counted(case: Case) -> Program:
    """One call, and how often it asked the model."""
    given = inputs(case)
    call = Call(target="beam_search", args=(Handle("log_probs"), *list(given.values())[1:]))
    return [
        Put(into="log_probs", value=given["log_probs"]),
        call,
        Look(of=(Handle("log_probs"),), attributes=("calls",)),
    ]


def judge_counted(asked: CaseAnswers) -> Finding | None:
    """At most once a step for each live hypothesis."""
    (calls,) = asked.answers[2].value
    width, steps = asked.case.sizes["W"], asked.case.sizes["T"]
    most = 1 + width * (steps - 1)
    if isinstance(calls, int) and calls <= most:
        return every_call_agrees(RESULT)(msgspec.structs.replace(asked, program=asked.program[:2]))
    words = f"1 + beam_width * (max_length - 1) = {most}"
    return Finding(sentence=f"log_probs was called {calls} times; at most {words} are asked for", step=2)


def ask_two_models(case: Case) -> Program:
    """Two models of the same sizes, in turn."""
    first, second = inputs(case), inputs(msgspec.structs.replace(other_case(case), kind=case.kind))
    return [
        Call(target="beam_search", args=tuple(each.values()), seed=case.seed) for each in (first, second, first, second)
    ]


def ask_invalid(case: Case) -> Program:
    """Widths and lengths below 1; the model is not to be asked about them."""
    given = inputs(case)
    wrong = (
        {"beam_width": 0},
        {"beam_width": -1},
        {"max_length": 0},
        {"max_length": -2},
        {"beam_width": 0, "max_length": 0},
    )
    return [Call(target="beam_search", args=tuple({**given, **each}.values()), may_raise=True) for each in wrong]


def judge_order(asked: CaseAnswers) -> Finding | None:
    """What holds of any result, whatever the model: as many as asked for, the best first, each once, each ended rightly."""
    found = shape_check(SEARCH).judge(asked)
    if found is not None:
        return found
    result, case = asked.answers[0].value, asked.case
    eos, width, steps = eos_of(case), case.sizes["W"], case.sizes["T"]
    texts, scores = [tokens for tokens, _ in result], [score for _, score in result]
    if len(texts) > width:
        return Finding(sentence=f"{len(texts)} hypotheses came back; beam_width is {width}", step=0)
    if scores != sorted(scores, reverse=True):
        return Finding(sentence=f"the scores {scores} do not fall: the best hypothesis comes first"[:200], step=0)
    for place, tokens in enumerate(texts):
        if tokens in texts[:place]:
            return Finding(sentence=f"{tokens} came back twice", step=0)
        if eos in tokens[:-1]:
            return Finding(sentence=f"{tokens} goes on after eos, which is {eos}", step=0)
        if len(tokens) != steps and (not tokens or tokens[-1] != eos):
            return Finding(sentence=f"{tokens} has neither eos at its end nor max_length tokens, {steps}", step=0)
    return None


CHECKS: tuple[Check, ...] = (
    msgspec.structs.replace(
        shape_check(SEARCH),
        name="types",
        sentence="The result is a list of tuples, each of a list of ints and a float.",
    ),
    agreement_check(SEARCH),
    Check(
        name="ended-and-in-order",
        sentence="At most beam_width hypotheses come back, each once, the best first; each ends in eos or has max_length tokens.",
        draw=draw,
        ask=SEARCH.program,
        judge=judge_order,
        cases=40,
    ),
    msgspec.structs.replace(
        agreement_check(msgspec.structs.replace(SEARCH, draw=draw_tied), cases=60, name="ties"),
        sentence="Of hypotheses with the same sum the one with the smaller tokens comes first.",
    ),
    msgspec.structs.replace(
        agreement_check(msgspec.structs.replace(SEARCH, draw=draw_tied_scores), cases=40, name="tied-scores"),
        sentence="Of hypotheses with the same score the one with the smaller tokens comes first, whatever their sums.",
    ),
    msgspec.structs.replace(
        agreement_check(msgspec.structs.replace(SEARCH, draw=draw_ordinary), cases=60, name="length-penalty"),
        sentence="The ranking at the end divides each sum by a power of the length; the beam compares sums.",
    ),
    larger_check(SEARCH, draw_larger, cases=15),
    Check(
        name="called-by-name",
        sentence="Arguments may be given by name, and length_penalty left out.",
        draw=draw_ordinary,
        ask=ask_defaults,
        judge=every_call_agrees(RESULT),
        cases=12,
    ),
    Check(
        name="model-asked-once-each",
        sentence="log_probs is called at most once a step for each live hypothesis.",
        draw=draw,
        ask=ask_counted,
        judge=judge_counted,
        cases=40,
    ),
    Check(
        name="nothing-kept-between-calls",
        sentence="A call gives the same result whatever was called before it.",
        draw=draw,
        ask=ask_two_models,
        judge=every_call_agrees(RESULT),
    ),
    any_order_check(SEARCH),
    raises_check(draw, ask_invalid, sentence="ValueError is raised for a width or a length below 1."),
)
