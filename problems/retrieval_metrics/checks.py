"""What right retrieval metrics are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch

from problems.asks import Call, Program
from problems.cases import Case
from problems.checks import Check, Subject
from problems.properties import (
    Given,
    agrees,
    any_order_check,
    bad_arguments_check,
    names_check,
    no_memory_check,
    shape_check,
    together,
    untouched_check,
)
from problems.retrieval_metrics.calls import EVERY, HIT_RATE, MRR, NDCG, PRECISION, RECALL, query
from problems.sizes import usual_sizes


def ask_reordered(case: Case) -> Iterator[Call]:
    """What is relevant in another order, with its gains; gains in another unit; what stands after k exchanged."""
    one, k = query(case), case.options["k"]
    order = torch.randperm(case.sizes["R"], generator=torch.Generator().manual_seed(case.seed))
    other = {name: one[name][order] for name in ("relevant", "gains")}
    tail = torch.cat([one["ranked"][:k], one["ranked"][k:].flip(0)])
    for subject in (PRECISION, RECALL, NDCG):
        given = subject.inputs(case)
        yield subject.call(case, given | {name: value for name, value in other.items() if name in given})
        yield subject.call(case, {**given, "ranked": tail})
    yield NDCG.call(case, {**NDCG.inputs(case), "gains": one["gains"] * 8})


def ask_queries(case: Case) -> Program:
    """All queries, in another order, twice, and each by itself."""
    given = MRR.inputs(case)
    rankings, relevants = given["rankings"], given["relevants"]
    lists = [(rankings, relevants), (rankings[::-1], relevants[::-1]), (rankings * 2, relevants * 2)]
    lists += [([ranked], [relevant]) for ranked, relevant in zip(rankings, relevants, strict=True)]
    return [
        subject.call(case, {**subject.inputs(case), "rankings": first, "relevants": second})
        for subject in (HIT_RATE, MRR)
        for first, second in lists
    ]


def bad_arguments(subject: Subject) -> Callable[[Case], Iterator[Given]]:
    """k below 1, gains of another length, more rankings than relevants and the other way round."""

    def changes(case: Case) -> Iterator[Given]:
        given = subject.inputs(case)
        if "k" in given:
            yield from ({"k": bad} for bad in (0, -1, -5))
        if "gains" in given:
            yield from ({"gains": given["gains"][:n]} for n in (-1, 1))
            yield {"relevant": given["relevant"][:-1]}
        elif "ranked" in given:
            yield from ({"k": 0, name: given[name][:0]} for name in ("ranked", "relevant"))
        else:
            yield from ({name: given[name][:-1]} for name in ("rankings", "relevants"))

    return changes


def at_lengths(name: str, sentence: str, subject: Subject, cases: int = 30) -> Check:
    """One function, at the case's k and where it has one at others up to the length and beyond."""

    def ask(case: Case) -> Iterator[Given]:
        given = subject.inputs(case)
        lengths = (case.options["k"], 1, max(1, case.sizes["N"]), case.sizes["N"] + 1)
        yield from ({**given, "k": k} for k in dict.fromkeys(lengths)) if "k" in given else (given,)

    return agrees(name, sentence, subject, ask, cases=cases)


def every(make: Callable[[Subject], Check], changes: Mapping[str, Any] | None = None, **fields: Any) -> Check:
    """One check of all functions, on the same cases; `changes` are those of the space."""
    return together(*[make(subject.on(**changes or {})) for subject in EVERY], **fields)


def every_agrees(name: str, sentence: str, cases: int, **changes: Any) -> Check:
    """All functions are right on these cases."""
    return every(lambda subject: agrees(name, sentence, subject, cases=cases), changes)


PRECISE = "precision_at_k is the share of the first k places that hit, k places whatever the length of the list."
BEST = "ndcg_at_k divides by the best ranking there is, made of all that is relevant and cut at k."
ORDER = "The order of what is relevant, the unit of the gains and what stands after place k change nothing."
NOTHING = "Where nothing is relevant, nothing came back or nothing has a gain, the value is 0."
BAD = "k below 1, and gains, rankings or relevants of different lengths, raise ValueError."
REPEATS = {"N": (2, 3, 4, 6, 9, 16), "R": (2, 1, 3, 5, 12), "repeats": (True,), "found": ("some", "all")}
LONG = ({"N": 1000}, {"R": 300}, {"Q": 60}, {"N": 300, "R": 200})
LARGER: dict[str, Any] = {"N": (40, 9), "R": (20, 5), "Q": (2,), "k": (10, 50, 700)}
LARGER["large"] = (*LONG, *usual_sizes({letter: LARGER[letter] for letter in "NRQ"}, LONG))
FAR_DOWN = {
    "N": (300, 1000),
    "R": (8, 20),
    "Q": (1, 2),
    "k": (700,),
    "found": ("late",),
    "gains": ("whole", "ordinary"),
}
FEW = {"N": (3, 4), "R": (2, 3), "Q": (2, 3), "layouts": ("contiguous",)}

CHECKS: tuple[Check, ...] = (
    every(shape_check, sentence="Each function returns one float."),
    at_lengths("precision", PRECISE, PRECISION),
    at_lengths("recall", "recall_at_k is the share of all that is relevant.", RECALL),
    at_lengths("ndcg", BEST, NDCG, 50),
    at_lengths("hit-rate", "hit_rate is the share of the queries with a hit.", HIT_RATE),
    at_lengths("mrr", "mrr is the mean of 1 / place of the first hit, over all queries.", MRR, 40),
    every_agrees("items-that-come-again", "An item that comes again takes up its place and is no hit.", 40, **REPEATS),
    every_agrees("nothing-relevant", NOTHING, 25, N=(0, 1, 3, 12), R=(0, 2), gains=("whole", "zero")),
    agrees("order-where-it-counts", ORDER, NDCG.on(N=(3, 4, 6, 9, 16), R=(2, 3, 5, 12)), ask_reordered, cases=30),
    agrees(
        "means-over-queries",
        "hit_rate and mrr are means over all queries, in any order.",
        MRR.on(Q=(2, 3, 5, 8, 12)),
        ask_queries,
    ),
    every_agrees("larger-sizes", "Long rankings and many queries are measured rightly, too.", 14, **LARGER),
    every_agrees("far-down", "What is relevant counts hundreds of places down, too.", 4, **FAR_DOWN),
    every(names_check, name="by-name", sentence="Arguments may be given by name.", cases=8),
    every(untouched_check),
    every(no_memory_check, cases=15),
    every(any_order_check),
    every(lambda subject: bad_arguments_check(subject, bad_arguments(subject), sentence=BAD, cases=3), FEW),
)
