"""Sizes that people use are asked in every run, alone and several at once."""

from __future__ import annotations

import itertools

import pytest

from judge.cases import Drawing, load_checks
from problems import all_problems, find_problem
from problems.cases import Case, CaseSpace
from problems.sizes import AT_ONCE, MOST_NUMBERS, USUAL, usual_sizes

SLUGS = [problem.slug for problem in all_problems()]
# Sizes that another one bounds: a kernel lies in an image, a rotated width is even, each head has its own query heads.
BOUNDED = {"rope": {"Dh": {1, 3, 5, 17}}, "conv2d": {"Kh": {8}, "Kw": {8}}}
TOGETHER_BOUNDED = {"conv2d": {"Kh", "Kw"}, "autograd": {"L"}}


def asked(slug: str, seed: int) -> tuple[list[Case], set[str]]:
    """Cases of all checks that are not about cost, and the letters that are chosen."""
    cases, letters = list[Case](), set[str]()
    for check in load_checks(find_problem(slug)):
        if not check.timed:
            space = check.draw if isinstance(check.draw, CaseSpace) else check.draw()
            letters |= set(space.sizes)
            cases += Drawing(check, seed).cases()
    return cases, letters


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("seed", [0, 7])
def test_every_size_has_every_usual_value_that_it_may_have(slug: str, seed: int) -> None:
    cases, letters = asked(slug, seed)
    for letter in letters:
        found = {case.sizes[letter] for case in cases if letter in case.sizes}
        missing = {size for size in (1, 2, 3, *USUAL) if min(found) <= size <= max(found)} - found
        assert missing <= BOUNDED.get(slug, {}).get(letter, set()), letter


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("seed", [0, 7])
def test_every_two_sizes_are_moderate_at_once(slug: str, seed: int) -> None:
    cases, letters = asked(slug, seed)
    most = {letter: max(case.sizes.get(letter, 0) for case in cases) for letter in letters}
    for pair in itertools.combinations(sorted(letters - TOGETHER_BOUNDED.get(slug, set())), 2):
        wanted = [min(AT_ONCE, most[letter]) for letter in pair]
        found = max(
            min(case.sizes.get(a, 0) / wanted[0], case.sizes.get(b, 0) / wanted[1]) for case in cases for a, b in [pair]
        )
        assert found >= 1, pair


def test_sizes_that_are_dealt_anyway_are_not_asked_again() -> None:
    assert usual_sizes({"A": (1, 2, 4, 5, 8, 9)}, [{"A": 20}]) == [{"A": 17}, {"A": 16}, {"A": 9}]


def test_no_case_is_too_large_for_answers_that_loop() -> None:
    lists = dict.fromkeys("ABCDEFGH", (1, 2, 3))
    found = usual_sizes(lists, [dict.fromkeys(lists, 64)])
    for sizes in found:
        beside = 2 ** (len(lists) - len(sizes))
        product = beside
        for size in sizes.values():
            product *= size
        assert product <= MOST_NUMBERS
    for letter in lists:
        assert {sizes.get(letter) for sizes in found} >= set(USUAL)
