"""Sentences are said only where they are true and say something."""

from __future__ import annotations

import torch

from problems.patterns import pattern_lines


def lines(mine: list[float], exact: list[float], bound: float = 1e-12) -> tuple[str, ...]:
    return pattern_lines(
        torch.tensor(mine, dtype=torch.float64), torch.tensor(exact, dtype=torch.float64), bound, ["axis 0"]
    )


def test_a_factor_is_told_where_different_numbers_have_it() -> None:
    assert lines([2.0, 4.0, -6.0], [1.0, 2.0, -3.0]) == ("yours / expected = 2 everywhere",)


def test_no_factor_is_told_of_numbers_of_one_size() -> None:
    assert not any("yours / expected" in line for line in lines([2.0, -2.0], [1.0, -1.0]))
    assert not any("everywhere" in line and "/" in line for line in lines([2.0, 2.0, 2.0], [1.0, 1.0, 1.0]))


def test_no_factor_is_told_of_what_rounding_left() -> None:
    assert lines([0.3, 0.6], [1e-17, 2e-17], bound=1e-16) == ()
