"""What right top-k and top-p sampling does.

Ties and sums that can't be told from `top_p` leave several right answers, so kept sets are not compared with the reference's: each is
checked against what the definition allows (`allowed_sets`).
"""

from __future__ import annotations

from typing import Any

import msgspec
import torch

from problems.asks import Call, Handle, Program
from problems.cases import Case
from problems.checks import CaseAnswers, Check
from problems.comparison import Finding, as_tensor, is_array
from problems.properties import raises_check
from problems.sampling.calls import (
    TOP_K,
    TOP_P,
    draw_filter,
    draw_sample,
    generator,
    logits_of,
    sample_call,
    settled,
    tokens_fault,
)
from problems.sampling.filtering import (
    ask_close,
    ask_filter,
    ask_filter_again,
    ask_filter_echo,
    ask_forms,
    ask_rows,
    judge_close,
    judge_filter,
    judge_filter_again,
    judge_filter_echo,
    judge_forms,
    judge_shape,
)
from problems.sampling.frequencies import (
    ask_frequencies,
    ask_mixed_rows,
    ask_precise,
    ask_settings,
    draw_frequencies,
    draw_mixed_rows,
    draw_precise,
    judge_frequencies,
    judge_mixed_rows,
    judge_precise,
    judge_settings,
)


def ask_sample_echo(case: Case) -> Program:
    """The same for sample."""
    step = sample_call(logits_of(case), case)
    return [msgspec.structs.replace(step, echo=True)]


def judge_sample_echo(asked: CaseAnswers) -> Finding | None:
    """The logits are as they were."""
    after = asked.answers[0].echo[0][0]
    if not is_array(after) or not torch.equal(as_tensor(after), logits_of(asked.case)):
        return Finding(sentence="sample changed its input `logits`", step=0)
    return None


# sample


def ask_support(case: Case) -> Program:
    """A few draws."""
    logits = logits_of(case)
    return [sample_call(logits, case, seed=case.seed + n) for n in range(4)]


def judge_support(asked: CaseAnswers) -> Finding | None:
    """Only tokens that may be drawn."""
    logits = logits_of(asked.case)
    for place in range(len(asked.program)):
        if found := tokens_fault(asked, place, logits):
            return found
    return None


def ask_generators(case: Case) -> Program:
    """Two draws from one generator, the same from another of the same state and another global one; then the global one."""
    logits = logits_of(case)
    given = {"generator": Handle("g")}
    other = {"generator": Handle("h")}
    return [
        generator("g", case.seed),
        generator("h", case.seed),
        sample_call(logits, case, kwargs=given, seed=1),
        sample_call(logits, case, kwargs=given, seed=1),
        sample_call(logits, case, kwargs=other, seed=2),
        sample_call(logits, case, kwargs=other, seed=3),
        sample_call(logits, case, seed=case.seed),
        sample_call(logits, case, seed=case.seed),
    ]


def judge_generators(asked: CaseAnswers) -> Finding | None:
    """The same state gives the same tokens, whatever the global generator is at."""
    logits = logits_of(asked.case)
    places = [n for n, step in enumerate(asked.program) if isinstance(step, Call)]
    for place in places:
        if found := tokens_fault(asked, place, logits):
            return found
    got = [as_tensor(asked.answers[place].value) for place in places]
    pairs = (
        (0, 2, "from generators of the same state"),
        (1, 3, "in the second call from generators of the same state"),
    )
    for first, second, words in (*pairs, (4, 5, "from the global generator in the same state")):
        if not torch.equal(got[first], got[second]):
            return Finding(
                sentence=f"{words} came other tokens: {got[first].tolist()}, then {got[second].tolist()}",
                step=places[second],
            )
    return None


def draw_greedy() -> Any:
    """Temperature 0, and temperatures so small that only the largest logits count."""
    return draw_sample(
        temperature=(0.0, 0.0, 0, 1e-3, 1e-4),
        kinds=("small integers", "ordinary", "huge", "zero"),
        top_p=(None, 0.5, 0.9, 1.0),
    )


def draw_hot() -> Any:
    """Large temperatures."""
    return draw_sample(temperature=(100.0, 1e4, 1e6), kinds=("ordinary", "huge", "small integers"))


def ask_defaults(case: Case) -> Program:
    """Everything left out; everything by position."""
    logits, options = logits_of(case), case.options
    return [
        Call(target="sample", args=(logits,), seed=case.seed),
        Call(
            target="sample",
            args=(logits, options["temperature"], options["top_k"], options["top_p"], None),
            seed=case.seed,
        ),
        sample_call(logits, case),
    ]


def judge_defaults(asked: CaseAnswers) -> Finding | None:
    """By position and by name gives the same; left out, nothing is filtered."""
    logits = logits_of(asked.case)
    plain = {**asked.case.options, "temperature": 1.0, "top_k": None, "top_p": None}
    first = msgspec.structs.replace(asked, case=msgspec.structs.replace(asked.case, options=plain))
    if found := tokens_fault(first, 0, logits):
        return found
    for place in (1, 2):
        if found := tokens_fault(asked, place, logits):
            return found
    return None


BAD_FILTERS: tuple[dict[str, Any], ...] = (
    {"top_k": 0},
    {"top_k": -1},
    {"top_k": -5, "top_p": 0.5},
    {"top_p": 0.0},
    {"top_p": -0.1},
    {"top_p": 1.5},
    {"top_p": 1.0001},
    {"top_k": 2, "top_p": 0.0},
    {"top_k": 2, "top_p": 2},
    {"top_k": 0, "top_p": 0.5},
    {"top_k": 2, "top_p": 0},
)


def ask_errors(case: Case) -> Program:
    """Every wrong option, to both functions, at temperature 1 and 0."""
    logits = logits_of(msgspec.structs.replace(case, options={**case.options, "dims": 2}))
    program: Program = []
    for bad in BAD_FILTERS:
        program.append(Call(target="filter_logits", args=(logits,), kwargs=bad, may_raise=True))
        for temperature in (1.0, 0.0):
            kwargs = {"temperature": temperature, **bad}
            program.append(Call(target="sample", args=(logits,), kwargs=kwargs, may_raise=True))
    for temperature in (-1.0, -1e-3):
        program.append(Call(target="sample", args=(logits,), kwargs={"temperature": temperature}, may_raise=True))
        kwargs = {"temperature": temperature, "top_k": 2, "top_p": 0.5}
        program.append(Call(target="sample", args=(logits,), kwargs=kwargs, may_raise=True))
    return program


def check(name: str, sentence: str, draw: Any, ask: Any, judge: Any, count: int = 25, **fields: Any) -> Check:
    """One check."""
    return Check(
        name=name, sentence=sentence, draw=draw, ask=ask, judge=judge, cases=count, single_answer=settled, **fields
    )


CHECKS: tuple[Check, ...] = (
    check(
        "shape-and-dtype",
        "filter_logits returns a tensor of the same shape and dtype.",
        draw_filter,
        ask_filter,
        judge_shape,
        gate=True,
    ),
    check(
        "top-k-keeps-the-right-set",
        "top_k keeps the k most likely tokens, unchanged, and makes all others -inf.",
        lambda: draw_filter(top_p=(None,), top_k=TOP_K[1:]),
        ask_filter,
        judge_filter,
        50,
    ),
    check(
        "top-p-keeps-the-right-set",
        "top_p keeps the smallest set of most likely tokens that adds up to at least top_p, the token that crosses it included.",
        lambda: draw_filter(top_k=(None,), top_p=TOP_P[1:]),
        ask_filter,
        judge_filter,
        80,
    ),
    check(
        "a-sum-that-reaches-top-p-is-enough",
        "A set whose probability is exactly top_p is enough: no further token is kept, but for those equal to its last.",
        lambda: draw_filter(
            sizes={"B": (1, 2), "V": (4, 4, 5, 6)},
            kinds=("zero", "halves"),
            top_k=(None, 4),
            top_p=(0.5, 0.25, 0.75),
        ),
        ask_filter,
        judge_filter,
        25,
    ),
    check(
        "top-k-then-top-p",
        "With both, top_p works on the distribution renormalised after top_k.",
        lambda: draw_filter(top_k=TOP_K[1:], top_p=TOP_P[1:]),
        ask_filter,
        judge_filter,
        100,
    ),
    check(
        "top-p-of-one-leaves-top-k-alone",
        "With top_p = 1, what top_k keeps stays and nothing else, also where rounding keeps the sum just below 1.",
        lambda: draw_filter(
            sizes={"B": (1, 2, 3), "V": (8, 5, 13, 30)},
            kinds=("ordinary",),
            top_k=(3, 2, 4, 5, 7, 11),
            top_p=(1.0,),
        ),
        ask_filter,
        judge_filter,
        40,
    ),
    check(
        "larger-vocabularies",
        "The right set is kept for hundreds of tokens, too.",
        lambda: draw_filter(
            sizes={"B": (1, 2), "V": (3, 50)},
            large=({"V": 301}, {"V": 301}, {"B": 65, "V": 5}),
            top_k=(None, 7, 40),
            kinds=("ordinary", "small integers", "huge", "tiny"),
        ),
        ask_filter,
        judge_filter,
        16,
    ),
    check(
        "filters-by-name-or-position",
        "Options may be given by position, by name, or left out.",
        draw_filter,
        ask_forms,
        judge_forms,
        12,
    ),
    check(
        "inputs-not-modified",
        "filter_logits leaves the logits as they were.",
        draw_filter,
        ask_filter_echo,
        judge_filter_echo,
    ),
    check(
        "nothing-kept-between-calls",
        "A call gives the same whatever was called before it.",
        lambda: draw_filter(),
        ask_filter_again,
        judge_filter_again,
    ),
    check(
        "right-in-any-order",
        "The result does not depend on the order of the cases: a fresh process answers them rightly, too.",
        draw_filter,
        ask_filter,
        judge_filter,
        own_process=True,
    ),
    check(
        "rows-are-independent",
        "Each row is filtered by that row alone.",
        lambda: draw_filter(dims=(2, 3)),
        ask_rows,
        judge_filter,
    ),
    check(
        "sample-draws-what-may-be-drawn",
        "sample returns int64 tokens [B], never one that the filters remove.",
        draw_sample,
        ask_support,
        judge_support,
        60,
        stochastic=True,
    ),
    check(
        "temperature-before-filters",
        "The filters of sample look at the probabilities that the temperature has made.",
        lambda: draw_sample(
            sizes={"B": (1, 2, 3), "V": (3, 2, 4, 5)},
            kinds=("ordinary", "small integers"),
            layouts=("contiguous",),
            temperature=(0.5, 2.0, 3.0, 0.3),
            top_k=(None,),
            top_p=(0.9, 0.8, 0.6),
        ),
        ask_support,
        judge_support,
        60,
        stochastic=True,
    ),
    check(
        "sums-are-precise",
        "Where a sum of probabilities is off top_p by 0.00001, it is seen on which side it is.",
        lambda: draw_filter(
            sizes={"B": (1,), "V": (4, 2, 3, 5, 8, 13)},
            kinds=("ordinary", "small integers"),
            dims=(2,),
            top_k=(None,),
            top_p=(None,),
        ),
        ask_close,
        judge_close,
        16,
        stochastic=True,
    ),
    check(
        "sample-by-name-or-position",
        "Options of sample may be given by position, by name, or left out.",
        draw_sample,
        ask_defaults,
        judge_defaults,
        12,
        stochastic=True,
    ),
    check(
        "temperature-zero-and-tiny",
        "Temperature 0, and one close to it, take the most likely token.",
        draw_greedy,
        ask_support,
        judge_support,
        30,
        stochastic=True,
    ),
    check(
        "large-temperatures",
        "A large temperature flattens, within what the filters keep.",
        draw_hot,
        ask_support,
        judge_support,
        12,
        stochastic=True,
    ),
    check(
        "sample-inputs-not-modified",
        "sample leaves the logits as they were.",
        draw_sample,
        ask_sample_echo,
        judge_sample_echo,
        12,
        stochastic=True,
    ),
    check(
        "same-state-same-tokens",
        "All randomness comes from the generator: the same state gives the same tokens.",
        draw_sample,
        ask_generators,
        judge_generators,
        stochastic=True,
    ),
    check(
        "frequencies",
        "Tokens come as often as their probabilities say; rows, and calls in a row, are drawn independently.",
        draw_frequencies,
        ask_frequencies,
        judge_frequencies,
        1,
        stochastic=True,
    ),
    check(
        "frequencies-with-options",
        "Tokens come as often as their probabilities say, at any temperature and after either filter or both.",
        draw_frequencies,
        ask_settings,
        judge_settings,
        1,
        stochastic=True,
    ),
    check(
        "sample-is-precise",
        "In float64, logits that are close together and far from zero are told apart.",
        draw_precise,
        ask_precise,
        judge_precise,
        1,
        stochastic=True,
    ),
    check(
        "rows-have-their-own-nuclei",
        "In one batch, every row is drawn from its own distribution.",
        draw_mixed_rows,
        ask_mixed_rows,
        judge_mixed_rows,
        4,
        stochastic=True,
    ),
    raises_check(
        lambda: draw_sample(sizes={"B": (1, 2), "V": (4, 5)}, kinds=("ordinary",)),
        ask_errors,
        sentence="top_k below 1, top_p outside (0, 1] and a negative temperature raise ValueError, at temperature 0 too.",
        cases=2,
        stochastic=True,
    ),
)
