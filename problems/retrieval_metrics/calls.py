"""Cases and calls of the retrieval metrics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from problems.cases import Case, Values, cases, relaid
from problems.checks import Subject
from problems.comparison import Layout

SPACE = cases(
    {
        "N": (3, 1, 2, 0, 4, 6, 9, 12, 16, 25, 33),
        "R": (2, 1, 3, 0, 4, 5, 8, 12, 20),
        "Q": (1, 2, 3, 4, 5, 8),
    },
    kinds=("ordinary",),
    dtypes=("float64",),
    layouts=("contiguous", "sliced"),
    options={
        "k": (2, 1, 3, 5, 4, 10, 16, 100),
        "repeats": (False, True),
        "found": ("some", "none", "all", "late"),
        "ids": ("small", "spread", "huge"),
        "gains": ("whole", "ordinary", "equal", "some zero", "zero"),
    },
)


def query(case: Case, number: int = 0) -> dict[str, torch.Tensor]:
    """One query: ranked, relevant and gains. Lengths follow from the sizes alone, those of later queries may be 0."""
    n, r = case.sizes["N"], case.sizes["R"]
    if number:
        n, r = (n + 2 * number) % (n + 2), (r + number) % (r + 2)
    values = Values(case, salt=number)
    order = _shuffled(n + r + 4, case.seed * 31 + number)
    relevant, outside = order[:r], order[r:]
    match case.options["found"]:
        case "none":
            ranked = outside[:n].clone()
        case "all":
            ranked = order[:n][_shuffled(n, case.seed + 5)]
        case "late":
            ranked = torch.cat([outside[: n // 2], relevant, outside[n // 2 :]])[:n]
        case _:
            ranked = order[_shuffled(len(order), case.seed + number)][:n]
    for place in range(1, n if case.options["repeats"] else 0):
        if values.choice(2):
            ranked[place] = ranked[values.choice(place)]
    made = {"ranked": named(ranked, case), "relevant": named(relevant, case), "gains": gains(values, r, case)}
    return {name: relaid(value, case.layout) for name, value in made.items()}


def _shuffled(count: int, seed: int) -> torch.Tensor:
    return torch.randperm(count, generator=torch.Generator().manual_seed(seed))


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
    match case.options["gains"]:
        case "equal":
            return torch.ones(count, dtype=torch.float64)
        case "ordinary":
            return values.plain(count, kind="ordinary").abs()
        case "zero":
            return torch.zeros(count, dtype=torch.float64)
        case kind:
            return values.plain(count, kind="small integers").abs() + int(kind == "whole")


def inputs(*names: str) -> Callable[[Case], dict[str, Any]]:
    """These arguments: of one query, or of all."""

    def made(case: Case) -> dict[str, Any]:
        every = [query(case, number) for number in range(case.sizes["Q"])]
        found: dict[str, Any] = {**every[0], "k": case.options["k"]}
        found |= {"rankings": [each["ranked"] for each in every], "relevants": [each["relevant"] for each in every]}
        return {name: found[name] for name in names}

    return made


ARGUMENTS = {
    "precision_at_k": ("ranked", "relevant", "k"),
    "recall_at_k": ("ranked", "relevant", "k"),
    "ndcg_at_k": ("ranked", "relevant", "gains", "k"),
    "hit_rate": ("rankings", "relevants", "k"),
    "mrr": ("rankings", "relevants"),
}
EVERY = [
    Subject(draw=SPACE, inputs=inputs(*names), target=target, result=Layout("result", ""))
    for target, names in ARGUMENTS.items()
]
PRECISION, RECALL, NDCG, HIT_RATE, MRR = EVERY
