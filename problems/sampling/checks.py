"""What right top-k and top-p sampling does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

from problems.asks import Call, Construct, Handle, Program, Put
from problems.cases import Case
from problems.checks import Check, Subject
from problems.properties import (
    agrees,
    any_order_check,
    bad_arguments_check,
    modes_check,
    names_check,
    no_memory_check,
    rows_check,
    shape_check,
    together,
    untouched_check,
)
from problems.sampling.calls import FILTER, SAMPLE, TOP_K, TOP_P, by_name, clear_row, logits_of, settled
from problems.sampling.draws import Allowed, AsOften, SameTokens
from problems.sizes import usual_sizes

ROWS, FEWER_ROWS = 10_000, 4_000
CLOSE = 1e-5  # ten times what may fall either way
# At this distance from zero and this temperature, float64 tells logits apart and float32 does not.
FAR, SHARP = 9000.0, 1e-4
# Temperature, top_k and top_p of the calls whose frequencies are counted.
SETTINGS: tuple[tuple[float, int | None, float | None], ...] = (
    *((0.02, None, None), (0.3, None, None), (2.5, None, None), (10.0, None, None)),
    *((1.0, 3, None), (1.0, None, 0.8), (1.5, 3, 0.85), (0.4, 4, 0.9)),
)


def ask_filter(case: Case) -> Program:
    """One call."""
    return [by_name(FILTER, case, logits_of(case))]


def ask_support(case: Case) -> Program:
    """A few draws."""
    logits = logits_of(case)
    return [by_name(SAMPLE, case, logits, seed=case.seed + n) for n in range(4)]


def ask_close(case: Case) -> Iterator[Call]:
    """Values of top_p a little below and above sums of the most likely tokens; then tokens drawn from many equal rows."""
    logits = logits_of(case)
    sums = logits[0].double().softmax(-1).sort(descending=True).values.cumsum(-1)[:-1].tolist()
    close = [p for reached in sums[:4] for p in (reached - CLOSE, reached + CLOSE) if 0 < p < 1 - CLOSE]
    notes = {top_p: f"top_p = {top_p:.6f} is close to a sum of probabilities" for top_p in close}
    for top_p in close:
        yield by_name(FILTER, case, logits, note=notes[top_p], top_p=top_p)
    rows = logits.expand(64, -1).contiguous()
    for top_p in close[:4]:
        yield by_name(SAMPLE, case.resized(B=64), rows, note=notes[top_p], top_p=top_p)


def ask_generators(case: Case) -> Program:
    """Two draws from one generator, the same from another of the same state and another global one; then the global one."""
    logits, program = logits_of(case), Program()
    notes = [f"{words}from generators of the same state" for words in ("", "in the second call ")]
    for name, seeds in (("g", (1, 1)), ("h", (2, 3))):
        program.append(Construct(target="torch.Generator", args=(case.seed,), into=name))
        for seed, note in zip(seeds, notes, strict=True):
            program.append(by_name(SAMPLE, case, logits, seed=seed, note=note, generator=Handle(name)))
    return [*program, *[by_name(SAMPLE, case, logits, note="from the global generator in the same state")] * 2]


def ask_frequencies(case: Case) -> Program:
    """Ten thousand equal rows: twice from one generator, once and then a second time from the global one, and another seed."""
    row, held = clear_row(case), Handle("logits")
    logits = row.expand(ROWS, -1) if case.layout == "expanded" else row.repeat(ROWS, 1)
    generator = Construct(target="torch.Generator", args=(case.seed + 1,), into="g")
    drawn = by_name(SAMPLE, case, held, seed=1, generator=Handle("g"))
    seeds = ((case.seed + 2, 1), (case.seed + 2, 2), (case.seed + 3, 1))
    others = [by_name(SAMPLE, case, held, seed=seed, times=times) for seed, times in seeds]
    return [generator, Put(into="logits", value=logits), drawn, drawn, *others]


INDEPENDENT = (
    (0, 1, "two calls with one generator"),
    (2, 3, "two calls with the global generator"),
    (2, 4, "two states of the global generator"),
    (0, 2, "a generator and the global one"),
)


def ask_settings(case: Case) -> Iterator[Call]:
    """One call for each of the settings, on a row of its own."""
    for temperature, top_k, top_p in SETTINGS:
        own = case.resized(B=FEWER_ROWS).but(temperature=temperature, top_k=top_k, top_p=top_p)
        words = f"at temperature {temperature:g}{f', top_k {top_k}' if top_k else ''}{f', top_p {top_p:g}' if top_p else ''}"
        yield by_name(SAMPLE, own, clear_row(own).repeat(FEWER_ROWS, 1), note=words)


def ask_precise(case: Case) -> Program:
    """One call on equal rows of logits that lie close together and far from zero."""
    own = case.resized(B=FEWER_ROWS).but(temperature=SHARP)
    return [by_name(SAMPLE, own, (clear_row(own) + FAR).repeat(FEWER_ROWS, 1), note="in float64")]


def ask_mixed_rows(case: Case) -> Program:
    """One call over two rows in turn, one flat and one peaked."""
    row = clear_row(case.but(temperature=1.0, top_k=None, top_p=None))
    logits = torch.stack([row * 0.4, row.flip(0) * 2.5]).repeat(case.sizes["B"] // 2, 1)
    return [by_name(SAMPLE, case, logits)]


BAD_FILTERS: tuple[dict[str, Any], ...] = (
    *({"top_k": bad} for bad in (0, -1)),
    *({"top_p": bad} for bad in (0.0, -0.1, 1.5, 1.0001)),
    *({"top_k": 2, "top_p": bad} for bad in (0.0, 2, 0)),
    *({"top_k": bad, "top_p": 0.5} for bad in (0, -5)),
)
BAD_DRAWS: list[dict[str, Any]] = [{**bad, "temperature": each} for bad in BAD_FILTERS for each in (1.0, 0.0)]
BAD_DRAWS += [{"temperature": bad, **filters} for bad in (-1.0, -1e-3) for filters in ({}, {"top_k": 2, "top_p": 0.5})]


def check(name: str, sentence: str, subject: Subject, ask: Any, cases: int = 25, **fields: Any) -> Check:
    """A check of what is kept or drawn; sets and tokens that the definition allows are asked for where nothing else is."""
    known: dict[str, Any] = {"requires": Allowed(), "stochastic": subject.target == "sample"}
    return agrees(name, sentence, subject, ask, cases=cases, **known | fields)


EXACT_SUMS = FILTER.on(B=(1, 2), V=(4, 4, 5, 6), kinds=("zero", "halves"), top_k=(None, 4), top_p=(0.5, 0.25, 0.75))
P_OF_ONE = FILTER.on(V=(8, 5, 13, 16, 30), kinds=("ordinary",), top_k=(3, 2, 4, 5, 7, 11), top_p=(1.0,))
LARGE = ({"V": 301}, {"B": 65, "V": 5})
USUAL = usual_sizes({"B": (1, 2), "V": (3, 50)}, LARGE)
LARGER = FILTER.on(B=(1, 2), V=(3, 50), large=(*LARGE, *USUAL), top_k=(None, 7, 40)).on(
    kinds=("ordinary", "small integers", "huge", "tiny")
)
CLEAR = FILTER.on(B=(1,), V=(4, 2, 3, 5, 8, 13), kinds=("ordinary", "small integers"), dims=(2,)).on(
    top_k=(None,), top_p=(None,)
)
BY_TEMPERATURE = SAMPLE.on(V=(3, 2, 4, 5, 8), kinds=("ordinary", "small integers"), layouts=("contiguous",)).on(
    temperature=(0.5, 2.0, 3.0, 0.3), top_k=(None,), top_p=(0.9, 0.8, 0.6)
)
COLD = SAMPLE.on(temperature=(0.0, 0, 1e-3, 1e-4), top_p=(None, 0.5, 0.9, 1.0)).on(
    kinds=("small integers", "ordinary", "huge", "zero")
)
# Several rows that differ, each with one most likely token.
GREEDY = SAMPLE.on(B=(2, 3, 5), V=(3, 5, 8, 13), temperature=(0.0, 0), kinds=("ordinary", "small integers", "huge")).on(
    layouts=("contiguous", "transposed", "sliced")
)
HOT = SAMPLE.on(temperature=(100.0, 1e4, 1e6), kinds=("ordinary", "huge", "small integers"))
# One distribution of five tokens; the calls set temperature and filters themselves.
MANY = SAMPLE.on(B=(ROWS,), V=(5,), kinds=("ordinary",), layouts=("contiguous", "expanded")).on(
    temperature=(1.0,), top_k=(None,), top_p=(None,)
)
MIXED = MANY.on(
    B=(FEWER_ROWS,), layouts=("contiguous",), temperature=(1.0, 0.7), top_k=(None, 3), top_p=(0.8, 0.5, None)
)
FEW = SAMPLE.on(B=(1, 2), V=(4, 5), kinds=("ordinary",), top_k=(None,), top_p=(None,))

SETTLED_CHECKS: tuple[Check, ...] = (
    shape_check(FILTER).but(sentence="filter_logits returns a tensor of the same shape and dtype.", ask=ask_filter),
    check(
        "top-k-keeps-the-right-set",
        "top_k keeps the k most likely tokens, unchanged, and makes all others -inf.",
        FILTER.on(top_p=(None,), top_k=TOP_K[1:]),
        ask_filter,
        50,
    ),
    check(
        "top-p-keeps-the-right-set",
        "top_p keeps the smallest set of most likely tokens that adds up to at least top_p, the token that crosses it included.",
        FILTER.on(top_k=(None,), top_p=TOP_P[1:]),
        ask_filter,
        80,
    ),
    check(
        "a-sum-that-reaches-top-p-is-enough",
        "A set whose probability is exactly top_p is enough: no further token is kept, but for those equal to its last.",
        EXACT_SUMS,
        ask_filter,
    ),
    check(
        "top-k-then-top-p",
        "With both, top_p works on the distribution renormalised after top_k.",
        FILTER.on(top_k=TOP_K[1:], top_p=TOP_P[1:]),
        ask_filter,
        100,
    ),
    check(
        "top-p-of-one-leaves-top-k-alone",
        "With top_p = 1, what top_k keeps stays and nothing else, also where rounding keeps the sum just below 1.",
        P_OF_ONE,
        ask_filter,
        40,
    ),
    check("larger-vocabularies", "The right set is kept for hundreds of tokens, too.", LARGER, ask_filter, 16),
    names_check(FILTER).but(
        name="filters-by-name-or-position",
        sentence="Options may be given by position, by name, or left out.",
        requires=Allowed(),
    ),
    untouched_check(FILTER).but(sentence="filter_logits leaves the logits as they were."),
    modes_check(FILTER, gradients=False).but(name="filters-in-every-mode", requires=Allowed()),
    no_memory_check(FILTER).but(sentence="A call gives the same whatever was called before it.", requires=Allowed()),
    any_order_check(FILTER).but(ask=ask_filter, requires=Allowed()),
    rows_check(FILTER.on(dims=(2, 3))).but(sentence="Each row is filtered by that row alone.", requires=Allowed()),
    check(
        "sample-draws-what-may-be-drawn",
        "sample returns int64 tokens [B], never one that the filters remove.",
        SAMPLE,
        ask_support,
        60,
    ),
    check(
        "temperature-before-filters",
        "The filters of sample look at the probabilities that the temperature has made.",
        BY_TEMPERATURE,
        ask_support,
        60,
    ),
    check(
        "sums-are-precise",
        "Where a sum of probabilities is off top_p by 0.00001, it is seen on which side it is.",
        CLEAR,
        ask_close,
        16,
        stochastic=True,
    ),
    names_check(SAMPLE).but(
        name="sample-by-name-or-position",
        sentence="Options of sample may be given by position, by name, or left out.",
        requires=Allowed(),
        stochastic=True,
    ),
    check(
        "temperature-zero-and-tiny",
        "Temperature 0, and one close to it, take the most likely token.",
        COLD,
        ask_support,
        30,
    ),
    check("greedy-in-each-row", "Temperature 0 takes the most likely token of each row.", GREEDY, ask_support, 12),
    check("large-temperatures", "A large temperature flattens, within what the filters keep.", HOT, ask_support, 12),
    modes_check(SAMPLE, gradients=False).but(name="draws-in-every-mode", requires=Allowed(), stochastic=True),
    untouched_check(SAMPLE).but(
        name="sample-inputs-not-modified",
        sentence="sample leaves the logits as they were.",
        cases=12,
        stochastic=True,
    ),
    check(
        "same-state-same-tokens",
        "All randomness comes from the generator: the same state gives the same tokens.",
        SAMPLE,
        ask_generators,
        requires=SameTokens(),
    ),
    check(
        "frequencies",
        "Tokens come as often as their probabilities say; rows, and calls in a row, are drawn independently.",
        MANY,
        ask_frequencies,
        1,
        requires=AsOften(INDEPENDENT),
    ),
    check(
        "frequencies-with-options",
        "Tokens come as often as their probabilities say, at any temperature and after either filter or both.",
        MANY,
        ask_settings,
        1,
        requires=AsOften(),
    ),
    check(
        "sample-is-precise",
        "In float64, logits that are close together and far from zero are told apart.",
        MANY.on(dtypes=("float64",)),
        ask_precise,
        1,
        requires=AsOften(),
    ),
    check(
        "rows-have-their-own-nuclei",
        "In one batch, every row is drawn from its own distribution.",
        MIXED,
        ask_mixed_rows,
        4,
        requires=AsOften(),
    ),
)
BAD = "top_k below 1, top_p outside (0, 1] and a negative temperature raise ValueError, at temperature 0 too."
CHECKS: tuple[Check, ...] = (
    *(each.but(single_answer=settled) for each in SETTLED_CHECKS),
    together(
        bad_arguments_check(FILTER.on(FEW.space), lambda case: BAD_FILTERS, sentence=BAD, cases=2),
        bad_arguments_check(SAMPLE, lambda case: BAD_DRAWS, sentence=BAD),
        stochastic=True,
    ),
)
