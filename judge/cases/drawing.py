"""Drawing cases: those of a check follow from the seed, its name and their number; a failing one is shrunk by Hypothesis.

Most checks name a space of cases, which deals them (`problems.cases.CaseSpace`). Others name a strategy of Hypothesis: the bytes of
`Random(f"{seed}/{check}/{i}")` go through `fuzz_one_input`, which neither looks at a clock nor at other modules.

A case that fails goes through `fuzz_one_input` again, is kept in a database in memory, and Hypothesis shrinks it from there. Of a case that
was dealt, that is a strategy of all that is simpler; the largest of every draw, bytes of 255, is the case itself.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from typing import Any

import msgspec

from judge.verdict import ProblemError
from problems.cases import Case, CaseSpace, Dealt
from problems.checks import Check

BYTES = 1024
LARGEST = b"\xff" * BYTES  # makes the largest of every draw
MOST_ASKS = 50
GLANCE = 12  # numbers of an argument
MOST_STARTS = 8  # from which shrinking begins again
MORE_ASKS = 50  # while the smallest case found is too large to be read at a glance
SEEDS = range(4)  # that smaller sizes are tried with


class StillFails(Exception):
    """Tells Hypothesis that a case fails."""


class Drawing:
    """The cases of one check.

    Args:
        check: whose strategy is drawn from.
        seed: of the run.
    """

    def __init__(self, check: Check, seed: int) -> None:
        self._check = check
        self._seed = seed
        found = check.draw if isinstance(check.draw, CaseSpace) else check.draw()
        self._space = found if isinstance(found, CaseSpace) else None
        self._strategy = None if isinstance(found, CaseSpace) else found
        self._dealt: list[Dealt] | None = None

    def _bytes(self, number: int) -> bytes:
        return random.Random(f"{self._seed}/{self._check.name}/{number}").randbytes(BYTES)

    def cases(self) -> list[Case]:
        """The cases of this check, in order.

        Raises:
            ProblemError: the strategy draws more than there are bytes, or rejects its draws.
        """
        return [self.case(number) for number in range(self._check.cases)]

    def case(self, number: int) -> Case:
        """One of them.

        Raises:
            ProblemError: as `cases`.
        """
        if self._space is not None:
            return self._space.case(self._deal()[number])
        found: list[Case] = []
        _test(self._strategy, found.append).hypothesis.fuzz_one_input(self._bytes(number))
        if len(found) != 1:
            raise ProblemError(f"the strategy of the check {self._check.name} made no case of draw {number}")
        return found[0]

    def _deal(self) -> list[Dealt]:
        assert self._space is not None
        if self._dealt is None:
            try:
                self._dealt = self._space.deal(self._check.cases, f"{self._seed}/{self._check.name}")
            except ValueError as error:
                raise ProblemError(f"the cases of the check {self._check.name} can't be dealt: {error}") from error
        return self._dealt

    def shrink(self, number: int, fails: Callable[[Case], bool], numbers: Callable[[Case], int] | None = None) -> Case:
        """The smallest case found on which `fails` says yes, from case `number` on, within a number of asks.

        Shrinking ends where nothing simpler fails, and a failure may hang on the numbers of a case. So smaller sizes are tried with
        other numbers. Where even that ends at a large case, other cases of the check that fail are shrunk as well, while asks are left.

        Args:
            number: of a case that failed.
            fails: whether a case still fails in the same way; asked at most `MOST_ASKS` times, and `MORE_ASKS` beyond.
            numbers: how many the largest argument of a case has. Up to `GLANCE` it is small enough to end after `MOST_ASKS`; None: each is.

        Raises:
            Exception: what `fails` has raised. Nothing more is asked after it.
        """
        shrinking = _Shrinking(fails, numbers)
        smallest = self._smaller(self._shrunk(number, shrinking), shrinking)
        for other in self._others(number):
            if shrinking.is_small(smallest) or not shrinking.fails(self.case(other)):
                continue
            found = self._smaller(self._shrunk(other, shrinking), shrinking)
            if shrinking.numbers(found) < shrinking.numbers(smallest):
                smallest = found
        if shrinking.errors:
            raise shrinking.errors[0]
        return smallest

    def _others(self, number: int) -> range:
        """Cases that are larger, from small ones to large ones."""
        left = self._check.cases - number - 1
        return (
            range(number + 1, self._check.cases, max(1, left // MOST_STARTS)) if self._space is not None else range(0)
        )

    def _smaller(self, case: Case, shrinking: _Shrinking) -> Case:
        """The same case, or one with smaller sizes and other numbers that fails."""
        space = self._space
        if space is None:
            return case
        for letter, sizes in space.sizes.items():
            size = case.sizes[letter]
            if size not in sizes or any(letter in each for each in space.large):
                continue
            tries = (
                space.follow(case.resized(**{letter: less}).but(seed=seed))
                for less in sizes[: sizes.index(size)]
                for seed in SEEDS
            )
            case = next((each for each in tries if space.keeps_case(each) and shrinking.fails(each)), case)
        return case

    def _shrunk(self, number: int, shrinking: _Shrinking) -> Case:
        """The smallest case that is found from this one on."""
        if self._space is None:
            strategy, origin = self._strategy, self._bytes(number)
        else:
            strategy, origin = self._space.simpler(self._deal()[number]), LARGEST
        test = _test(strategy, shrinking.action)
        shrinking.found.clear()
        with contextlib.suppress(StillFails):
            test.hypothesis.fuzz_one_input(origin)
        with contextlib.suppress(StillFails):
            test()
        return shrinking.found[-1]


def _test(strategy: Any, action: Callable[[Case], None]) -> Any:
    """A test of Hypothesis that gives every case to an action. It is imported here: who only deals cases does without."""
    from hypothesis import HealthCheck, Phase, given, seed, settings
    from hypothesis.database import InMemoryExampleDatabase

    @settings(
        database=InMemoryExampleDatabase(),
        phases=[Phase.reuse, Phase.shrink],
        deadline=None,
        max_examples=1,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        derandomize=False,
        print_blob=False,
    )
    # The shrinker draws random numbers: the same ones each time. A seed takes the database away, so `settings` is applied after it.
    @seed(0)
    @given(strategy)
    def test(case: Case) -> None:
        action(case)

    return test


class _Shrinking:
    """A case that is shrunk.

    Args:
        fails: see `Drawing.shrink`.
        numbers: see there.

    Attributes:
        found: cases that fail since shrinking began, or began again; the smallest last.
        errors: what `fails` has raised.
    """

    def __init__(self, fails: Callable[[Case], bool], numbers: Callable[[Case], int] | None) -> None:
        self.found: list[Case] = []
        self.errors: list[Exception] = []
        self._fails = fails
        self.numbers = numbers or (lambda case: 0)
        self._verdicts: dict[bytes, bool] = {}

    def action(self, case: Case) -> None:
        """What Hypothesis calls.

        Raises:
            StillFails: the case fails.
        """
        if self.fails(case):
            self.found.append(case)
            raise StillFails

    def fails(self, case: Case) -> bool:
        """Whether a case fails; the first one does, and no more is known once the asks are used up."""
        key = msgspec.json.encode(case)
        if key not in self._verdicts:
            self._verdicts[key] = (not self._verdicts) or (self._may_ask() and self._asked(case))
        return self._verdicts[key]

    def is_small(self, case: Case) -> bool:
        """Whether a person takes it in at a glance."""
        return self.numbers(case) <= GLANCE

    def _may_ask(self) -> bool:
        asked = len(self._verdicts)
        if self.errors or asked < MOST_ASKS:
            return not self.errors
        more = not self.found or not self.is_small(self.found[-1])
        return more and asked < MOST_ASKS + MORE_ASKS

    def _asked(self, case: Case) -> bool:
        """Whether it fails. An error is kept: Hypothesis would take it for one more failure, and shrink that."""
        try:
            return self._fails(case)
        except Exception as error:  # noqa: BLE001 - raised again once Hypothesis has ended
            self.errors.append(error)
            return False
