"""Cases are a function of seed, check and number alone, and a failing one is shrunk within a number of asks."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
import torch
from hypothesis import strategies as st

from judge.cases import load_checks
from judge.cases.drawing import GLANCE, LAST_ASKS, MORE_ASKS, MOST_ASKS, Drawing, FirstFailing, _Shrinking
from judge.oracle import Reference, reference_of
from judge.verdict import ProblemError
from problems import find_problem
from problems.asks import Call
from problems.cases import Case, cases
from problems.checks import Check

SIZES = {"B": (1, 2, 3, 5, 8), "T": (1, 2, 3, 5, 8, 13), "H": (1, 2, 4)}


def check_of(draw: Any = None, *, name: str = "a-check", count: int = 40) -> Check:
    return Check(
        name=name,
        sentence="",
        draw=draw or (lambda: cases(SIZES, options={"mask": ("none", "2d", "full")})),
        ask=lambda case: [Call(target="f")],
        judge=lambda asked: None,
        cases=count,
    )


PROGRAM = """
import sys
{imports}
import hashlib, msgspec
from judge.cases.drawing import Drawing
from judge.cases import load_checks
from problems import find_problem
found = []
for slug in ("lstm", "multi_head_attention", "sampling"):
    for check in load_checks(find_problem(slug))[:4]:
        found.append(Drawing(check, 7).cases())
print(hashlib.sha256(msgspec.json.encode(found)).hexdigest())
"""


def test_five_processes_draw_the_same_cases_whatever_is_loaded_and_however_they_hash() -> None:
    imports = [
        "",
        "import numpy, torch",
        "import decimal, xml.dom.minidom",
        "import rich.console, cyclopts",
        "import hypothesis.extra.numpy, random; random.seed(5)",
    ]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM.format(imports=each)],
            env={"PYTHONHASHSEED": str(number * 1000 + 1), "PATH": "/usr/bin:/bin"},
            stdout=subprocess.PIPE,
            text=True,
        )
        for number, each in enumerate(imports)
    ]  # fmt: skip
    digests = {process.communicate(timeout=100)[0].strip() for process in running}
    assert len(digests) == 1
    assert len(digests.pop()) == 64


def test_drawing_twice_gives_the_same() -> None:
    drawing = Drawing(check_of(), 1)
    first = list(drawing.cases())
    assert list(drawing.cases()) == first
    assert Drawing(check_of(), 1).cases() == first


def test_cases_drawn_before_stay_as_they_were() -> None:
    drawing = Drawing(check_of(), 1)
    first = drawing.cases()
    kept = list(first)
    drawing.cases()
    assert first == kept


def test_another_seed_or_check_draws_other_cases() -> None:
    first = Drawing(check_of(), 1).cases()
    assert Drawing(check_of(), 2).cases() != first
    assert Drawing(check_of(name="another-check"), 1).cases() != first


@pytest.mark.parametrize("seed", [0, 2**32, 2**63 - 1])
def test_every_seed_draws(seed: int) -> None:
    assert len(Drawing(check_of(count=10), seed).cases()) == 10


def test_a_strategy_that_rejects_its_draws_is_a_broken_problem() -> None:
    rejecting = check_of(lambda: cases(SIZES).filter(lambda case: False))
    with pytest.raises(ProblemError, match="a-check"):
        Drawing(rejecting, 0).cases()


def test_a_strategy_that_needs_more_than_there_is_is_a_broken_problem() -> None:
    endless = check_of(
        lambda: st.lists(st.integers(0, 2**62), min_size=500).map(lambda drawn: Case(sizes={"B": len(drawn)}))
    )
    with pytest.raises(ProblemError, match="a-check"):
        Drawing(endless, 0).cases()


# shrinking


def first_failing(drawing: Drawing, fails: Any) -> int:
    return next(number for number, case in enumerate(drawing.cases()) if fails(case))


def first_of(fails: Callable[[Case], bool]) -> FirstFailing:
    """Asks one after the other."""
    return lambda cases: next((place for place, case in enumerate(cases) if fails(case)), None)


CONDITIONS = {
    "everything": lambda case: True,
    "two rows": lambda case: case.sizes["B"] >= 2,
    "two steps and heads": lambda case: case.sizes["T"] > 1 and case.sizes["H"] > 1,
    "a mask": lambda case: case.options["mask"] == "full",
    "float64 in another layout": lambda case: case.dtype == "float64" and case.layout != "contiguous",
    "a kind of values": lambda case: case.kind == "huge" and case.sizes["T"] >= 3,
    "some seeds": lambda case: case.seed % 5 == 3,
}


def test_shrinking_goes_on_for_a_while_where_the_case_is_still_large() -> None:
    def fails(case: Case) -> bool:
        scattered = hashlib.sha256(str(case.seed).encode()).digest()[0] % 4 == 1
        return case.sizes["T"] * case.sizes["H"] >= 6 and scattered

    asks: dict[bool, list[int]] = {True: [], False: []}
    for wanted, counts in asks.items():
        for seed in range(6):
            asked: list[Case] = []

            def ask(case: Case, into: list[Case] = asked) -> bool:
                into.append(case)
                return fails(case)

            drawing = Drawing(check_of(count=100), seed)
            failing = [number for number, case in enumerate(drawing.cases()) if fails(case)]
            drawing.shrink(failing[-1], first_of(ask), lambda case, small=wanted: 1 if small else 100)
            counts.append(len(asked))
    assert max(asks[True]) <= MOST_ASKS + LAST_ASKS
    assert MOST_ASKS + LAST_ASKS < max(asks[False]) <= MOST_ASKS + MORE_ASKS + LAST_ASKS


@pytest.mark.parametrize("name", CONDITIONS)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_shrinking_ends_within_its_asks_at_a_case_that_fails(name: str, seed: int) -> None:
    fails = CONDITIONS[name]
    drawing = Drawing(check_of(count=100), seed)
    asked: list[Case] = []

    def ask(case: Case) -> bool:
        asked.append(case)
        return bool(fails(case))

    number = first_failing(drawing, fails)
    smallest = drawing.shrink(number, first_of(ask))
    assert fails(smallest)
    assert len(asked) <= MOST_ASKS + LAST_ASKS
    assert len({msgspec.json.encode(case) for case in asked}) == len(asked), "no case is asked about twice"
    again = Drawing(check_of(count=100), seed)
    assert again.shrink(number, first_of(fails)) == smallest


@pytest.mark.parametrize(
    ("name", "sizes"),
    [("everything", {"B": 1, "T": 1, "H": 1}), ("two rows", {"B": 2, "T": 1, "H": 1}), ("two steps and heads", {"B": 1, "T": 2, "H": 2})],
)  # fmt: skip
def test_shrinking_ends_at_the_smallest_sizes(name: str, sizes: dict[str, int]) -> None:
    drawing = Drawing(check_of(count=100), 3)
    smallest = drawing.shrink(first_failing(drawing, CONDITIONS[name]), first_of(CONDITIONS[name]))
    assert smallest.sizes == sizes
    assert (smallest.kind, smallest.dtype, smallest.layout) == ("small integers", "float32", "contiguous")
    assert smallest.options == {"mask": "none"}


def test_where_nothing_smaller_fails_the_case_itself_comes_back() -> None:
    drawing = Drawing(check_of(), 0)
    case = list(drawing.cases())[3]
    assert drawing.shrink(3, first_of(lambda other: False)) == case


@pytest.mark.parametrize("good", [0, 1, 5])
def test_an_error_while_asking_ends_it_and_comes_out_as_it_is(good: int) -> None:
    asked: list[Case] = []

    def broken(case: Case) -> bool:
        asked.append(case)
        if len(asked) == good + 1:  # as where a process is killed: it does not come again
            raise ProblemError("the check itself failed")
        return CONDITIONS["two rows"](case)

    drawing = Drawing(check_of(count=100), 0)
    with pytest.raises(ProblemError, match="the check itself failed"):
        drawing.shrink(first_failing(drawing, CONDITIONS["two rows"]), first_of(broken))
    assert len(asked) == good + 1


def test_drawing_after_shrinking_gives_the_same_cases() -> None:
    drawing = Drawing(check_of(), 0)
    before = list(drawing.cases())
    drawing.shrink(0, first_of(lambda case: case.sizes["B"] == 1))
    assert list(drawing.cases()) == before


def test_every_check_of_the_catalogue_draws_and_shrinks() -> None:
    for slug in ("kv_cache", "lora", "lstm", "multi_head_attention", "sampling"):
        for check in load_checks(find_problem(slug)):
            one = msgspec.structs.replace(check, cases=min(check.cases, 3))
            drawing = Drawing(one, 11)
            assert len(drawing.cases()) == one.cases
            smallest = drawing.shrink(0, first_of(lambda case: True))
            assert msgspec.json.decode(msgspec.json.encode(smallest), type=Case).sizes == smallest.sizes


def test_where_one_case_shrinks_to_a_large_one_another_is_shrunk() -> None:
    """From float32, which is simpler, shrinking never comes to float64, where small cases fail as well."""

    def numbers(case: Case) -> int:
        return case.sizes["T"] * case.sizes["B"]

    def fails(case: Case) -> bool:
        return numbers(case) > GLANCE or (case.dtype == "float64" and case.sizes["H"] > 1)

    ends = []
    for seed in range(10):
        drawing = Drawing(check_of(count=60), seed)
        number = first_failing(drawing, lambda case: fails(case) and case.dtype == "float32")
        alone = drawing._shrunk(number, _Shrinking(first_of(fails), numbers))
        found = drawing.shrink(number, first_of(fails), numbers)
        assert fails(found)
        ends.append((numbers(alone) <= GLANCE, numbers(found) <= GLANCE))
    assert sum(found for _, found in ends) >= 8
    assert not any(alone for alone, _ in ends), "one start is not enough here"


def test_smaller_sizes_are_tried_with_other_numbers() -> None:
    """A failure that hangs on the numbers: what Hypothesis keeps does not fail where a size is smaller."""

    def numbers(case: Case) -> int:
        return case.sizes["T"] * case.sizes["B"]

    def fails(case: Case) -> bool:
        return case.sizes["T"] == 13 or (case.sizes["T"] == 2 and case.seed % 4 == 3)

    ends = []
    for seed in range(10):
        drawing = Drawing(check_of(count=60), seed)
        number = first_failing(drawing, lambda case: case.sizes["T"] == 13)
        alone = drawing._shrunk(number, _Shrinking(first_of(fails), numbers))
        ends.append((alone.sizes["T"], drawing.shrink(number, first_of(fails), numbers).sizes["T"]))
    assert all(found == 2 for _, found in ends)
    assert sum(alone == 13 for alone, _ in ends) >= 5, "Hypothesis alone is not enough here"


def test_shrinking_twice_asks_the_same_in_the_same_order() -> None:
    """Where it ends hangs on the numbers of the cases, the shrinker tosses coins, and these must fall alike."""
    problem = find_problem("multi_head_attention")
    check = next(check for check in load_checks(problem) if check.name == "agrees-with-reference")
    unscaled = problem.solution.replace(" / math.sqrt(self.head_width)", "")
    assert unscaled != problem.solution

    def loaded(source: str) -> Reference:
        names: dict[str, Any] = {}
        exec(compile(source, "solution", "exec"), names)
        return reference_of(problem, source, names, tolerant=True)

    right, wrong = loaded(problem.solution), loaded(unscaled)

    def fails(case: Case) -> bool:
        program = check.ask(case)
        first, second = right.answers(program), wrong.answers(program)
        return not torch.allclose(first[max(first)].value, second[max(first)].value, atol=1e-5)

    def asked() -> list[Case]:
        found: list[Case] = []

        def ask(case: Case) -> bool:
            found.append(case)
            return fails(case)

        Drawing(check, 2).shrink(94, first_of(ask))
        return found

    every = [asked() for _ in range(4)]
    assert all(each == every[0] for each in every)
