"""What right retrieval metrics are."""

from __future__ import annotations

from typing import Any

import msgspec
import torch

from problems.agreement import every_call_agrees, shape_finding
from problems.asks import Call, Handle, Overwrite, Program, Put
from problems.cases import Case
from problems.checks import CaseAnswers, Check
from problems.comparison import Finding, as_tensor, is_array, leaves
from problems.properties import other_case, raises_check
from problems.retrieval_metrics.calls import (
    EVERY,
    NUMBER,
    ONE_QUERY,
    arguments,
    call,
    draw,
    draw_from,
    every_call,
    query,
)

agrees = every_call_agrees(NUMBER)


def ask_of(target: str) -> Any:
    """One function, at the case's k, and where it has one at all others up to the length and beyond."""

    def ask(case: Case) -> Program:
        if target == "mrr":
            return [call(target, case)]
        lengths = (case.options["k"], 1, max(1, case.sizes["N"]), case.sizes["N"] + 1)
        return [call(target, case, {**arguments(target, case), "k": k}) for k in dict.fromkeys(lengths)]

    return ask


def draw_repeats() -> Any:
    """Rankings in which items come again."""
    return draw_from(N=(2, 3, 4, 6, 9), repeats=(True,), found=("some", "all"), R=(2, 1, 3, 5))


def draw_nothing() -> Any:
    """Nothing is relevant, or nothing came back, or nothing has a gain."""
    return draw_from(N=(0, 1, 3), R=(0, 0, 2), gains=("whole", "zero"))


def ask_reordered(case: Case) -> Program:
    """What is relevant in another order, with its gains; gains in another unit; what stands after k exchanged."""
    one, k = query(case), case.options["k"]
    order = torch.randperm(case.sizes["R"], generator=torch.Generator().manual_seed(case.seed))
    relevant, gains = one["relevant"][order], one["gains"][order]
    tail = one["ranked"].clone()
    tail[k:] = tail[k:].flip(0)
    program: Program = []
    for target in ONE_QUERY:
        given = arguments(target, case)
        worth = {"gains": gains} if target == "ndcg_at_k" else {}
        program += [
            call(target, case, {**given, "relevant": relevant, **worth}),
            call(target, case, {**given, "ranked": tail}),
        ]
    program.append(call("ndcg_at_k", case, {**arguments("ndcg_at_k", case), "gains": one["gains"] * 8}))
    return program


def draw_ranked() -> Any:
    """A few items on either side."""
    return draw_from(N=(3, 4, 6, 9), R=(2, 3, 5), repeats=(False, True))


def ask_queries(case: Case) -> Program:
    """All queries, in another order, twice, and each by itself."""
    program: Program = []
    for target in ("hit_rate", "mrr"):
        given = arguments(target, case)
        rankings, relevants = given["rankings"], given["relevants"]
        lists = [(rankings[::-1], relevants[::-1]), (rankings * 2, relevants * 2)]
        lists += [([ranked], [relevant]) for ranked, relevant in zip(rankings, relevants, strict=True)]
        program.append(call(target, case, given))
        program += [call(target, case, {**given, "rankings": first, "relevants": second}) for first, second in lists]
    return program


def draw_queries() -> Any:
    """Several queries."""
    return draw_from(Q=(2, 3, 5, 8))


def judge_shapes(asked: CaseAnswers) -> Finding | None:
    """A number each."""
    for place, target in enumerate(EVERY):
        if found := shape_finding(asked, place, NUMBER):
            return msgspec.structs.replace(found, sentence=f"{target}: {found.sentence}")
    return None


def judge_untouched(asked: CaseAnswers) -> Finding | None:
    """Arrays and lists hold what they held."""
    for place, target in enumerate(EVERY):
        after = asked.answers[place].echo[0]
        for (name, was), now in zip(arguments(target, asked.case).items(), after, strict=True):
            if isinstance(was, int):
                continue
            before, held = leaves(was), leaves(now)
            same = len(before) == len(held) and all(
                is_array(mine) and torch.equal(old, as_tensor(mine)) for old, mine in zip(before, held, strict=True)
            )
            if not same:
                return Finding(sentence=f"{target} changed its input `{name}`", step=place, name=name)
    return None


def ask_again(case: Case) -> Program:
    """Each function on other inputs, on its own again, and on arrays that are the same objects with other numbers in them."""
    other = other_case(case)
    program = [*every_call(case), *every_call(other), *every_call(case)]
    for target in EVERY:
        given, others = arguments(target, case), arguments(target, other)
        arrays = [name for name, value in given.items() if not isinstance(value, int)]
        held = {name: Handle(name) if name in arrays else value for name, value in given.items()}
        program += [Put(into=name, value=_contiguous(given[name])) for name in arrays]
        program.append(call(target, case, held))
        program += [Overwrite(into=name, value=_contiguous(others[name])) for name in arrays]
        program.append(call(target, case, held))
    return program


def _contiguous(value: Any) -> Any:
    return [each.contiguous() for each in value] if isinstance(value, list) else value.contiguous()


def ask_names(case: Case) -> Program:
    """All arguments by name."""
    return [
        Call(target=target, kwargs=dict(reversed(arguments(target, case).items())), seed=case.seed) for target in EVERY
    ]


def draw_larger() -> Any:
    """Long rankings, and many queries."""
    return draw_from(
        N=(40, 9), R=(20, 5), Q=(2,), k=(10, 50, 700), large=({"N": 1000}, {"R": 300}, {"Q": 60}, {"N": 300, "R": 200})
    )


def draw_bad() -> Any:
    """Two queries at least."""
    return draw_from(N=(3, 4), R=(2, 3), Q=(2, 3), layouts=("contiguous",))


def ask_bad(case: Case) -> Program:
    """k below 1, gains of another length, more rankings than relevants and the other way round."""
    program: Program = []
    for target in EVERY:
        given = arguments(target, case)
        wrong: list[dict[str, Any]] = []
        if "k" in given:
            wrong += [{"k": bad} for bad in (0, -1, -5)]
            wrong += [
                {"k": 0, name: given[name][:0]}
                for name in ("ranked", "relevant")
                if name in given and "gains" not in given
            ]
        if "gains" in given:
            wrong += [{"gains": given["gains"][:n]} for n in (-1, 1)] + [{"relevant": given["relevant"][:-1]}]
        if "rankings" in given:
            wrong += [{"rankings": given["rankings"][:-1]}, {"relevants": given["relevants"][:-1]}]
        program += [call(target, case, {**given, **each}, may_raise=True) for each in wrong]
    return program


def check(
    name: str, sentence: str, draw_cases: Any, ask: Any, cases: int = 30, judge: Any = agrees, **fields: Any
) -> Check:
    """A check of which every call must agree with the reference."""
    return Check(name=name, sentence=sentence, draw=draw_cases, ask=ask, judge=judge, cases=cases, **fields)


CHECKS: tuple[Check, ...] = (
    check("shape-and-dtype", "Each function returns one float.", draw, every_call, 25, judge_shapes, gate=True),
    check(
        "precision",
        "precision_at_k is the share of the first k places that hit, k places whatever the length of the list.",
        draw,
        ask_of("precision_at_k"),
    ),
    check("recall", "recall_at_k is the share of all that is relevant.", draw, ask_of("recall_at_k")),
    check(
        "ndcg",
        "ndcg_at_k divides by the best ranking there is, made of all that is relevant and cut at k.",
        draw,
        ask_of("ndcg_at_k"),
        50,
    ),
    check("hit-rate", "hit_rate is the share of the queries with a hit.", draw, ask_of("hit_rate")),
    check("mrr", "mrr is the mean of 1 / place of the first hit, over all queries.", draw, ask_of("mrr"), 40),
    check(
        "items-that-come-again",
        "An item that comes again takes up its place and is no hit.",
        draw_repeats,
        every_call,
        40,
    ),
    check(
        "nothing-relevant",
        "Where nothing is relevant, nothing came back or nothing has a gain, the value is 0.",
        draw_nothing,
        every_call,
        25,
    ),
    check(
        "order-where-it-counts",
        "The order of what is relevant, the unit of the gains and what stands after place k change nothing.",
        draw_ranked,
        ask_reordered,
    ),
    check(
        "means-over-queries",
        "hit_rate and mrr are means over all queries, in any order.",
        draw_queries,
        ask_queries,
        25,
    ),
    check("larger-sizes", "Long rankings and many queries are measured rightly, too.", draw_larger, every_call, 10),
    check("by-name", "Arguments may be given by name.", draw, ask_names, 8),
    check(
        "inputs-not-modified",
        "The inputs are left as they were.",
        draw,
        lambda case: every_call(case, echo=True),
        25,
        judge_untouched,
    ),
    check(
        "nothing-kept-between-calls", "A call gives the same result whatever was called before it.", draw, ask_again, 15
    ),
    check(
        "right-in-any-order",
        "The result does not depend on the order of the cases: a fresh process answers them rightly, too.",
        draw,
        every_call,
        25,
        own_process=True,
    ),
    raises_check(
        draw_bad,
        ask_bad,
        sentence="k below 1, and gains, rankings or relevants of different lengths, raise ValueError.",
        cases=3,
    ),
)
