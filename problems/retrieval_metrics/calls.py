"""Cases and calls of the retrieval metrics."""

from __future__ import annotations

from typing import Any

import torch

from problems.asks import Call, Program
from problems.cases import Case, Values, cases, relaid
from problems.comparison import Layout

NUMBER = Layout("result", "")
SIZES = {"N": (3, 1, 2, 0, 4, 6, 9), "R": (2, 1, 3, 0, 5, 8), "Q": (1, 2, 3, 5)}
ONE_QUERY = ("precision_at_k", "recall_at_k", "ndcg_at_k")
EVERY = (*ONE_QUERY, "hit_rate", "mrr")
OPTIONS: dict[str, tuple[Any, ...]] = {
    "k": (2, 1, 3, 5, 4, 10, 100),
    "repeats": (False, True),
    "found": ("some", "none", "all", "late"),
    "ids": ("small", "spread", "huge"),
    "gains": ("whole", "ordinary", "equal", "some zero", "zero"),
}


def draw_from(**changes: Any) -> Any:
    """Rankings with and without repeats, which find all, some or nothing of what is relevant."""
    sizes = {letter: changes.pop(letter, values) for letter, values in SIZES.items()}
    options = {name: changes.pop(name, values) for name, values in OPTIONS.items()}
    layouts = changes.pop("layouts", ("contiguous", "sliced"))
    return cases(sizes, kinds=("ordinary",), dtypes=("float64",), layouts=layouts, options=options, **changes)


def draw() -> Any:
    """Everything."""
    return draw_from()


def query(case: Case, number: int = 0) -> dict[str, torch.Tensor]:
    """One query: ranked, relevant and gains. Lengths follow from the sizes alone, those of later queries may be 0."""
    n, r = lengths(case, number)
    values = Values(case, salt=number)
    order = torch.randperm(n + r + 4, generator=torch.Generator().manual_seed(case.seed * 31 + number))
    relevant = order[:r]
    outside = order[r:]
    match case.options["found"]:
        case "none":
            pool = outside
        case "all":
            pool = torch.cat([relevant, outside])
        case "late":
            pool = torch.cat([outside[: n // 2], relevant, outside[n // 2 :]])
        case _:
            pool = order[torch.randperm(len(order), generator=torch.Generator().manual_seed(case.seed + number))]
    ranked = pool[:n].clone()
    if case.options["found"] == "all":
        ranked = ranked[torch.randperm(n, generator=torch.Generator().manual_seed(case.seed + 5))]
    if case.options["repeats"]:
        for place in range(1, n):
            if values.choice(2):
                ranked[place] = ranked[values.choice(place)]
    made = {"ranked": named(ranked, case), "relevant": named(relevant, case), "gains": gains(values, r, case)}
    return {name: relaid(value, case.layout) for name, value in made.items()}


def lengths(case: Case, number: int) -> tuple[int, int]:
    """Of the ranking and of what is relevant."""
    n, r = case.sizes["N"], case.sizes["R"]
    return (n, r) if number == 0 else ((n + 2 * number) % (n + 2), (r + number) % (r + 2))


def named(places: torch.Tensor, case: Case) -> torch.Tensor:
    """Ids for numbers from 0: these themselves, far apart and on both sides of 0, or neighbours that no float can tell apart."""
    match case.options["ids"]:
        case "small":
            return places
        case "spread":
            return (places - 3) * 1_000_003
        case _:
            return places - 3 + torch.where(places % 3 == 0, -(2**62), 2**62)


def gains(values: Values, count: int, case: Case) -> torch.Tensor:
    """What relevant items are worth."""
    kind = case.options["gains"]
    if kind == "equal":
        return torch.full((count,), 1.0, dtype=torch.float64)
    if kind == "ordinary":
        return values.plain(count, kind="ordinary").abs()
    found = values.plain(count, kind="small integers").abs()
    if kind == "zero":
        return found * 0
    return found if kind == "some zero" else found + 1


def arguments(target: str, case: Case, **changes: Any) -> dict[str, Any]:
    """The arguments of one function; `changes` takes the place of some."""
    k = {"k": case.options["k"]}
    one = query(case)
    if target in ONE_QUERY:
        names = ("ranked", "relevant", "gains") if target == "ndcg_at_k" else ("ranked", "relevant")
        return {**{name: one[name] for name in names}, **k, **changes}
    several = [query(case, number) for number in range(case.sizes["Q"])]
    given = {"rankings": [each["ranked"] for each in several], "relevants": [each["relevant"] for each in several]}
    return {**given, **({} if target == "mrr" else k), **changes}


def call(target: str, case: Case, given: dict[str, Any] | None = None, **fields: Any) -> Call:
    """One call, its arguments by position."""
    chosen = arguments(target, case) if given is None else given
    return Call(target=target, args=tuple(chosen.values()), seed=case.seed, **fields)


def every_call(case: Case, **fields: Any) -> Program:
    """A call of each function."""
    return [call(target, case, **fields) for target in EVERY]
