"""A right answer is rejected less than once in 1e9 runs, and a wrong distribution is seen."""

from __future__ import annotations

import math
import sys
from typing import Any

import pytest
import torch

from judge.cases import Drawing, load_checks
from judge.oracle import Expected, Reference, load_module
from problems import find_problem
from problems.checks import CaseAnswers, Check
from problems.frequencies import TAIL, divergence, unlikely

A_RUN = 1e-9


def chance_of(count: int, draws: int, probability: float) -> float:
    """Of a binomial count."""
    log = math.lgamma(draws + 1) - math.lgamma(count + 1) - math.lgamma(draws - count + 1)
    return math.exp(log + count * math.log(probability) + (draws - count) * math.log1p(-probability))


@pytest.mark.parametrize("draws", [1, 10, 100, 1000, 5000])
@pytest.mark.parametrize("probability", [1e-6, 1e-3, 0.02, 0.25, 0.5, 0.9, 0.999])
def test_a_right_count_is_rejected_with_less_than_the_bound(draws: int, probability: float) -> None:
    rejected = [count for count in range(draws + 1) if unlikely(count, draws, probability)]
    assert math.fsum(chance_of(count, draws, probability) for count in rejected) <= TAIL


def counted_tests(slug: str, name: str, seed: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many counts are tested when the reference itself is judged by a check."""
    problem = find_problem(slug)
    checks = {check.name: check for check in load_checks(problem)}
    reference = Reference(vars(load_module(problem.reference, f"_counted_{slug}")))
    check: Check = checks[name]
    calls = 0

    def counting(count: int, draws: int, probability: float) -> bool:
        nonlocal calls
        calls += 1
        return unlikely(count, draws, probability)

    for module in list(sys.modules.values()):
        if vars(module).get("unlikely") is unlikely and module.__name__ != __name__:
            monkeypatch.setattr(module, "unlikely", counting)
    for case in Drawing(check, seed).cases():
        program = check.ask(case)
        answers = reference.answers(program, case.torch_dtype)
        right = Expected(reference, program, case.seed)
        asked = CaseAnswers(case=case, program=program, answers=answers, right=right, arrays="tensor")
        assert check.finding(asked) is None
    monkeypatch.undo()
    return calls


def random_checks() -> list[tuple[str, str]]:
    """The checks that count how often something was drawn."""
    found = []
    for slug in ("sampling", "lora"):
        for check in load_checks(find_problem(slug)):
            judging = check.judge or type(check.requires).finding
            if check.stochastic and "unlikely" in judging.__globals__ and counts(judging):
                found.append((slug, check.name))
    return found


def counts(function: Any) -> bool:
    """Whether a function of a module calls `unlikely`, or calls one of its functions that does."""
    names = function.__code__.co_names
    others = [function.__globals__.get(name) for name in names]
    own = [each for each in others if hasattr(each, "__code__") and each.__globals__ is function.__globals__]
    return "unlikely" in names or any(counts(each) for each in own)


def test_all_tests_of_a_run_together_reject_a_right_answer_less_than_once_in_a_billion_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = random_checks()
    assert {slug for slug, _ in found} == {"sampling", "lora"}
    for slug in ("sampling", "lora"):
        most = 0
        for seed in range(2):
            most = max(
                most, sum(counted_tests(slug, name, seed, monkeypatch) for other, name in found if other == slug)
            )
        assert most > 20
        assert 4 * most * TAIL < A_RUN, "four times as many as were counted, since sizes are drawn"


@pytest.mark.parametrize("probability", [0.02, 0.1, 0.25, 0.4, 0.5, 0.7, 0.9, 0.95])
@pytest.mark.parametrize("shift", [-0.05, 0.05])
def test_a_shift_of_five_per_cent_is_seen_in_ten_thousand_draws(probability: float, shift: float) -> None:
    wrong = probability + shift
    if not 0 <= wrong <= 1:
        return
    draws = 10_000
    missed = [n for n in range(draws + 1) if not unlikely(n, draws, probability)]
    chance = 0.0 if wrong in (0.0, 1.0) else math.fsum(chance_of(n, draws, wrong) for n in missed)
    assert chance < 0.05
    assert unlikely(round(wrong * draws), draws, probability)


def test_a_shift_of_five_per_cent_is_seen_by_simulation() -> None:
    right = torch.tensor([0.5, 0.3, 0.15, 0.05])
    for seed in range(20):
        generator = torch.Generator().manual_seed(seed)
        for wrong, expected in ((right, False), (torch.tensor([0.45, 0.35, 0.15, 0.05]), True)):
            tokens = torch.multinomial(wrong, 10_000, replacement=True, generator=generator)
            counts = torch.bincount(tokens, minlength=4).tolist()
            seen = any(unlikely(n, 10_000, float(p)) for n, p in zip(counts, right, strict=True))
            assert seen == expected


def test_what_cannot_be_is_always_unlikely_and_what_must_be_never() -> None:
    assert unlikely(1, 10_000, 0.0)
    assert not unlikely(0, 10_000, 0.0)
    assert not unlikely(10_000, 10_000, 1.0)
    assert unlikely(9_999, 10_000, 1.0)
    assert not unlikely(10_000, 10_000, 1.0 + 1e-12)


def test_divergence_is_zero_only_for_equal_coins() -> None:
    assert divergence(0.3, 0.3) == 0.0
    assert divergence(0.3, 0.31) > 0
    assert divergence(0.0, 0.5) == pytest.approx(math.log(2))
    assert divergence(0.5, 0.0) == math.inf
