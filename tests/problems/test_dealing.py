"""Every pair of classes occurs in every run by construction, the number of cases is bounded, and what is dealt can be shrunk."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import find, settings

from judge.cases import Drawing, load_checks
from problems import all_problems, find_problem
from problems.cases import BUDGET, MANY, Case, CaseSpace, cases, size_class
from problems.checks import Check
from problems.convolution import convolutions, output_length
from problems.dealing import CoveringArray, met_pairs, pairs_of

SEEDS = range(5)


@pytest.mark.parametrize("levels", [(2, 2), (3, 3, 3, 2, 6, 4), (7, 5, 4, 4, 3, 2, 2), (1, 4, 1), (9,)])
@pytest.mark.parametrize("seed", SEEDS)
def test_rows_cover_every_pair_with_few_more_than_there_must_be(levels: tuple[int, ...], seed: int) -> None:
    array, rows = CoveringArray(levels, random.Random(seed)), []
    least = sorted(levels)[-1] * (sorted(levels)[-2] if len(levels) > 1 else 1)
    for _ in range(2 * least + 6):
        row = array.row()
        array.tried(row, row)
        rows.append(row)
    assert len(met_pairs(rows)) == pairs_of(levels)


def test_a_pair_that_can_not_be_is_tried_no_more_than_a_few_times() -> None:
    array = CoveringArray((2, 2, 2), random.Random(0))
    asked = []
    for _ in range(30):
        row = array.row()
        array.tried(row, (row[0], 0 if row[0] else row[1], row[2]))  # the second class of both never meets
        asked.append(row)
    assert sum(row[:2] == (1, 1) for row in asked) < 15


SLUGS = [problem.slug for problem in all_problems()]


def spaces(slug: str) -> Iterator[tuple[Check, CaseSpace]]:
    """The checks of a problem, with the spaces that their cases are dealt from."""
    for check in load_checks(find_problem(slug)):
        space = check.draw if isinstance(check.draw, CaseSpace) else check.draw()
        assert isinstance(space, CaseSpace), f"{check.name} draws by luck"
        yield check, space


def has_enough(check: Check, space: CaseSpace) -> bool:
    """Whether there are cases for every pair. Of sizes that are replaced, and of cases left out or changed, not every pair can be had."""
    sizes = sorted((len(each) for each in space.factors.values()), reverse=True)
    free = len(space.large) == 1 and not space.then and not space.keeps
    return free and check.cases >= 1.6 * sizes[0] * sizes[1]


@pytest.mark.parametrize("slug", SLUGS)
def test_every_pair_of_classes_occurs_in_every_run(slug: str) -> None:
    for check, space in spaces(slug):
        for seed in SEEDS if has_enough(check, space) else ():
            met, pairs = space.coverage(Drawing(check, seed).cases())
            assert met == pairs, f"{check.name}, seed {seed}"


@pytest.mark.parametrize("slug", SLUGS)
def test_a_problem_has_a_check_that_meets_nearly_every_pair(slug: str) -> None:
    """Of its widest space: that of the check with most cases."""
    check, space = max(spaces(slug), key=lambda each: each[0].cases)
    for seed in SEEDS:
        met, pairs = space.coverage(Drawing(check, seed).cases())
        assert met >= 0.95 * pairs, f"{check.name}, seed {seed}: {met} of {pairs}"


SPACE = cases(
    {"B": (1, 2, 3, 4), "T": (1, 2, 3, 5, 9, 16, 33), "H": (1, 2, 8), "Dh": (1, 3, 8, 16, 32)},
    options={"mask": ("none", "2d", "full"), "same": (False, False, True)},
    derived={"D": lambda sizes: sizes["H"] * sizes["Dh"]},
)


def test_classes_are_told_by_size() -> None:
    assert [size_class(size) for size in (0, 1, 2, 7, 8, 64, 65)] == [
        *("none", "one", "small", "small", "moderate", "moderate", "large")
    ]
    assert SPACE.factors["T"] == ("one", "small", "moderate")
    assert SPACE.factors["same"] == (False, True)


def test_the_smallest_comes_first_and_one_has_every_size_as_large_as_it_gets() -> None:
    found = [SPACE.case(each) for each in SPACE.deal(MANY, "x")]
    products = [case.sizes["B"] * case.sizes["T"] * case.sizes["H"] * case.sizes["D"] for case in found]
    assert products[0] < products[-1]
    assert any(
        case.sizes["T"] >= 8 and case.sizes["H"] >= 8 and case.sizes["Dh"] >= 8 and case.sizes["B"] >= 2
        for case in found
    )


def test_sizes_that_leave_a_choice_stay_within_the_budget() -> None:
    for seed in range(20):
        for dealt in SPACE.deal(60, str(seed)):
            product = dealt.sizes["B"] * dealt.sizes["T"] * dealt.sizes["H"] * dealt.sizes["Dh"]
            assert product <= max(BUDGET, 2 * 9 * 8 * 8 * 2)


@pytest.mark.parametrize("seed", range(10))
def test_every_two_sizes_are_the_same_in_some_case_and_differ_in_others(seed: int) -> None:
    space = cases({"I": (1, 2, 3, 5, 8, 16, 33), "O": (1, 2, 4, 3, 9, 16, 32), "R": (1, 2, 3, 6, 8, 16)})
    found = [dealt.sizes for dealt in space.deal(30, str(seed))]
    for first, second in (("I", "O"), ("I", "R"), ("O", "R")):
        same = [sizes[first] == sizes[second] > 1 for sizes in found]
        assert 2 <= sum(same) <= 20


def test_a_deal_follows_from_its_seed_alone() -> None:
    assert SPACE.deal(50, "a") == SPACE.deal(50, "a")
    assert SPACE.deal(50, "a") != SPACE.deal(50, "b")


def test_a_space_says_what_it_does_not_have() -> None:
    with pytest.raises(ValueError, match="no 'X'; it has B, T, H, Dh, mask"):
        SPACE.but(X=(1,))


def test_a_filter_leaves_cases_out_and_the_rest_is_covered() -> None:
    kept = SPACE.filter(lambda case: case.sizes["B"] < 3)
    found = [kept.case(each) for each in kept.deal(80, "x")]
    assert all(case.sizes["B"] < 3 for case in found)
    met, pairs = kept.coverage(found)
    assert met == pairs  # the class "small" of B holds 2 as well


def test_a_filter_that_keeps_nothing_is_told() -> None:
    with pytest.raises(ValueError, match="none is kept"):
        SPACE.filter(lambda case: False).deal(1, "x")


@pytest.mark.parametrize("seed", SEEDS)
def test_the_largest_of_every_draw_is_the_case_that_was_dealt(seed: int) -> None:
    """What shrinking begins with."""
    check = Check(name="x", sentence="", draw=SPACE, ask=lambda case: [], judge=lambda asked: None, cases=60)
    drawing = Drawing(check, seed)
    for number, case in enumerate(drawing.cases()):
        asked: list[Case] = []

        def note(case: Case, into: list[Case] = asked) -> bool:
            into.append(case)
            return False

        assert drawing.shrink(number, lambda cases: note(cases[0]) or None) == case


def test_shrinking_ends_at_the_simplest() -> None:
    for dealt in SPACE.deal(10, "x"):
        found = find(SPACE.simpler(dealt), lambda case: True, settings=settings(database=None, derandomize=True))
        simplest = {"B": 1, "T": 1, "H": 1, "Dh": 1, "D": 1}
        assert found == Case(sizes=simplest, options={"mask": "none", "same": False})


def test_convolutions_fit() -> None:
    space = convolutions()
    found = [space.case(each) for each in space.deal(200, "x")]
    for case in found:
        for side, kernel, output in (("H", "Kh", "Ho"), ("W", "Kw", "Wo")):
            options = {name: case.options[name] for name in ("stride", "padding", "dilation")}
            places = [
                start
                for start in range(-options["padding"], case.sizes[side] + options["padding"], options["stride"])
                if start + options["dilation"] * (case.sizes[kernel] - 1) < case.sizes[side] + options["padding"]
            ]
            assert len(places) == case.sizes[output] >= 1
            assert output_length(case.sizes[side], case.sizes[kernel], **options) == len(places)
        assert case.sizes["C"] == case.sizes["G"] * case.sizes["Ci"]
    met, pairs = space.coverage(found)
    assert met >= 0.98 * pairs
