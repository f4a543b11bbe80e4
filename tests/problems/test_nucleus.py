"""The right sets of tokens, against every subset judged by the definition itself."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator
from decimal import Decimal, getcontext

import pytest
import torch

from problems.nucleus import kept_fault, row_rules
from problems.sampling.calls import distinct_rows

getcontext().prec = 40
BORDER = Decimal("1e-6")


def subsets(tokens: list[int]) -> Iterator[frozenset[int]]:
    for size in range(1, len(tokens) + 1):
        yield from (frozenset(chosen) for chosen in itertools.combinations(tokens, size))


def is_top(kept: frozenset[int], among: frozenset[int], row: list[float]) -> bool:
    """Whether nothing outside is likelier than anything inside."""
    return not (among - kept) or min(row[t] for t in kept) >= max(row[t] for t in among - kept)


def with_ties(kept: frozenset[int], among: frozenset[int], row: list[float]) -> frozenset[int]:
    return kept | {t for t in among if row[t] == min(row[s] for s in kept)}


def after_top_k(row: list[float], top_k: int | None) -> set[frozenset[int]]:
    every = frozenset(range(len(row)))
    if top_k is None or top_k >= len(row):
        return {every}
    exactly = {s for s in subsets(list(every)) if len(s) == top_k and is_top(s, every, row)}
    return exactly | {with_ties(s, every, row) for s in exactly}


def smallest_sets(among: frozenset[int], row: list[float], top_p: float) -> Iterator[frozenset[int]]:
    """Sets of most likely tokens that reach top_p and would not without their least likely, give or take the border."""
    high = max(row[t] for t in among)
    weights = {t: Decimal(row[t] - high).exp() for t in among}
    total = sum(weights.values())
    whole = {t: w for t, w in weights.items() if w > Decimal("1e-300")}
    exact = all(w == 1 for w in whole.values()) and max(row) == 0 and len(whole) in (1, 2, 4) and top_p < 1
    if exact:
        weights = {t: Decimal(int(t in whole)) for t in among}
        total = Decimal(len(whole))
    border = Decimal(0) if exact else BORDER
    wanted = Decimal(top_p)
    for kept in subsets(sorted(among)):
        if not is_top(kept, among, row):
            continue
        reached = sum(weights[t] for t in kept) / total
        least = min(kept, key=lambda t: row[t])
        before = reached - weights[least] / total
        if reached >= wanted - border and (before < wanted + border if border else before < wanted):
            yield kept


def right_sets(row: list[float], top_k: int | None, top_p: float | None) -> set[frozenset[int]]:
    every = frozenset(range(len(row)))
    found: set[frozenset[int]] = set()
    for among in after_top_k(row, top_k):
        for kept in [among] if top_p is None else smallest_sets(among, row, top_p):
            found |= {kept, with_ties(kept, among, row), with_ties(kept, every, row)}
    return found


def taken_sets(row: list[float], top_k: int | None, top_p: float | None) -> set[frozenset[int]]:
    """The subsets that `kept_fault` finds nothing wrong with."""
    logits = torch.tensor(row, dtype=torch.float64)
    found = set()
    for kept in [frozenset[int](), *subsets(list(range(len(row))))]:
        inside = torch.tensor([t in kept for t in range(len(row))])
        if kept_fault(torch.where(inside, logits, -math.inf), logits, top_k, top_p) is None:
            found.add(kept)
    return found


FIXED = [
    ([0.0], None, 0.5),
    ([0.0, 0.0], None, 0.5),
    ([0.0, 0.0, 0.0, 0.0], None, 0.5),
    ([0.0, 0.0, 0.0, 0.0], None, 0.75),
    ([0.0, 0.0, 0.0, 0.0], None, 1.0),
    ([0.0, 0.0, 0.0, 0.0, 0.0], None, 0.6),
    ([0.0, 0.0, 0.0, 0.0, 0.0], 4, 0.5),
    ([1.5, -1e4, 1.5, -1e4, 1.5, 1.5], None, 0.5),
    ([1.5, -1e4, 1.5], None, 1.0),
    ([1.5, -1e4, 1.5], 3, None),
    ([2.0, 2.0, 1.0, 1.0, 0.0], 3, None),
    ([2.0, 2.0, 1.0, 1.0, 0.0], 3, 0.99),
    ([2.0, 1.0, 1.0, 1.0, 0.0], 2, 0.9),
    ([1e4, -1e4, 0.0], None, 0.99),
    ([1e4, -1e4, 0.0], None, 1.0),
    ([3.0, -20.0, 2.0], None, 1.0),
    ([1.0, 2.0, 3.0], 100, 1.0),
    ([1.0, 2.0, 3.0], None, None),
    ([math.log(0.5), math.log(0.25), math.log(0.25)], None, 0.5),
    ([math.log(0.5), math.log(0.3), math.log(0.2)], None, 0.8),
]


@pytest.mark.parametrize(("row", "top_k", "top_p"), FIXED)
def test_right_sets_are_those_of_the_definition(row: list[float], top_k: int | None, top_p: float | None) -> None:
    assert taken_sets(row, top_k, top_p) == right_sets(row, top_k, top_p)


def test_right_sets_are_those_of_the_definition_for_random_rows() -> None:
    chance = random.Random(7)
    for number in range(300):
        size = chance.randint(1, 5)
        draw = (lambda: float(chance.randint(-2, 2))) if number % 2 else (lambda: chance.gauss(0, 2))
        row = [draw() for _ in range(size)]
        top_k = chance.choice((None, 1, 2, 3, 5, 100))
        top_p = chance.choice((None, 0.01, 0.1, 0.25, 0.3, 0.5, 0.6, 0.75, 0.9, 0.99, 1.0))
        assert taken_sets(row, top_k, top_p) == right_sets(row, top_k, top_p), (row, top_k, top_p)


def test_a_sum_at_the_line_may_fall_either_way_within_a_millionth_only() -> None:
    row = [0.7, 0.2, -0.4, -1.0]
    sums = torch.tensor(row, dtype=torch.float64).softmax(0).cumsum(0)
    for shift, sizes in ((0.0, {2, 3}), (9e-7, {2, 3}), (-9e-7, {2, 3}), (3e-6, {3}), (-3e-6, {2})):
        taken = taken_sets(row, None, float(sums[1]) + shift)
        assert {len(kept) for kept in taken} == sizes


def test_what_may_be_drawn_is_in_some_right_set() -> None:
    chance = random.Random(8)
    for _ in range(100):
        row = [float(chance.randint(-2, 2)) for _ in range(chance.randint(1, 5))]
        top_k, top_p = chance.choice((None, 1, 2, 3)), chance.choice((None, 0.3, 0.5, 0.9, 1.0))
        rules = row_rules(torch.tensor(row).double(), top_k, top_p)
        sets = right_sets(row, top_k, top_p)
        assert rules.possible == [any(t in kept for kept in sets) for t in range(len(row))]
        assert rules.certain == (len(sets) == 1)
        assert float(rules.probabilities.sum()) == pytest.approx(1.0)


def test_a_changed_logit_is_told() -> None:
    logits = torch.tensor([[1.0, 2.0], [3.0, 0.0]])
    wrong = logits.clone()
    wrong[1, 0] = 2.5
    found = kept_fault(wrong, logits, None, None)
    assert found.worst_index == (1, 0)
    assert "in row [1], token 0 has the logit 2.5; kept logits stay as they are (3)" in found.sentence


@pytest.mark.parametrize("value", [math.nan, math.inf, -1e9, 0.0])
def test_a_removed_logit_is_minus_infinity_and_nothing_else(value: float) -> None:
    assert kept_fault(torch.tensor([3.0, value]), torch.tensor([3.0, 1.0]), 1, None) is not None


def test_too_many_and_too_few_are_counted() -> None:
    logits = torch.tensor([3.0, 1.0, 0.0])
    assert kept_fault(logits, logits, 2, None).sentence == "3 tokens are kept (numbers 0, 1, 2); right are 2"
    one = torch.tensor([3.0, -math.inf, -math.inf])
    assert kept_fault(one, logits, 2, None).sentence == "1 token is kept (number 0); right are 2"
    none = torch.full((3,), -math.inf)
    assert kept_fault(none, logits, 1, None).sentence == "no token is kept (none); right is 1"


def test_the_right_number_of_the_wrong_tokens_is_wrong() -> None:
    logits = torch.tensor([3.0, 1.0, 0.0])
    assert kept_fault(torch.tensor([3.0, -math.inf, 0.0]), logits, 2, None) is not None


def test_what_is_expected_has_the_shape_of_the_result_and_is_right_itself() -> None:
    logits = torch.tensor([[[3.0, 1.0, 0.0], [0.0, 2.0, 2.0]]])
    found = kept_fault(logits, logits, 2, 0.9)
    assert found.expected.shape == found.actual.shape == logits.shape
    assert found.worst_index == (0, 0, 2)
    assert kept_fault(found.expected, logits, 2, 0.9) is None


@pytest.mark.parametrize("rows", [0, 1, 300])
def test_rows_that_differ_are_found_with_the_place_of_each(rows: int) -> None:
    few = torch.tensor([[0.0, 1.0, 2.0], [0.0, 1.0, 2.5], [-1.0, 1.0, 2.0]])
    for logits in (few[torch.arange(rows) % 3], few[:1].expand(rows, 3)):
        distinct, which = distinct_rows(logits)
        assert torch.equal(distinct[which], logits)
        assert len(distinct) == len(torch.unique(logits, dim=0))
