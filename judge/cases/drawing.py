"""Drawing cases: those of a check follow from the seed, its name and their number; a failing one is shrunk by Hypothesis.

Most checks name a space of cases, which deals them (`problems.cases.CaseSpace`). Others name a strategy of Hypothesis: the bytes of
`Random(f"{seed}/{check}/{i}")` go through `fuzz_one_input`, which neither looks at a clock nor at other modules.

Of a case that was dealt and fails, simpler ones are tried first (`judge.cases.simpler`). Where that does not do, it goes through
`fuzz_one_input` again and is kept in a database in memory, and Hypothesis shrinks it from there. For this a dealt case is a draw from a
strategy of all that is simpler; the largest of every draw, bytes of 255, is the case itself.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from judge.cases.simpler import nearly_as_simple, simpler_cases
from judge.verdict import ProblemError
from problems.cases import Case, CaseSpace, Dealt
from problems.checks import Check

BYTES = 1024
LARGEST = b"\xff" * BYTES  # makes the largest of every draw
MOST_ASKS = 80  # a large case counts as several
GLANCE = 12  # numbers of an argument
MOST_STARTS = 8  # from which shrinking begins again
MORE_ASKS = 50  # while the smallest case found is too large to be read at a glance
LAST_ASKS = 24  # beyond all that, for what is simpler than the smallest case found
NUMBERS_AN_ASK = 1000  # of the largest argument: they cost as much as a further ask
TOGETHER = 8  # cases in one message
FirstFailing = Callable[[Sequence[Case]], int | None]
"""Says which of some cases is the first that fails: its place, or None."""


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

    def shrink(self, number: int, first_failing: FirstFailing, numbers: Callable[[Case], int] | None = None) -> Case:
        """The smallest case found that fails as case `number` does, within a number of asks.

        First a few simple cases are tried that keep one or two factors of it. Only where none of them fails, or what fails is still too
        large to be read at a glance, Hypothesis shrinks it. Shrinking ends where nothing simpler fails, and a failure may hang on the
        numbers of a case, so smaller sizes are tried with other numbers. Where even that ends at a large case, other cases of the check
        that fail are shrunk as well, while asks are left.

        Args:
            number: of a case that failed.
            first_failing: which of some cases is the first that still fails in the same way. Together they cost at most `MOST_ASKS` and
                `LAST_ASKS`, and `MORE_ASKS` beyond.
            numbers: how many the largest argument of a case has. Up to `GLANCE` it is small enough to end after `MOST_ASKS`; None: each is.

        Raises:
            Exception: what `first_failing` has raised. Nothing more is asked after it.
        """
        shrinking = _Shrinking(first_failing, numbers)
        shrinking.failed(self.case(number))
        smallest = self._simple(number, shrinking)
        if smallest is None or not shrinking.is_small(smallest):
            shrunk = self._smaller(self._shrunk(number, shrinking), shrinking)
            if smallest is None or shrinking.numbers(shrunk) < shrinking.numbers(smallest):
                smallest = shrunk
        for other in self._others(number):
            if shrinking.is_small(smallest) or shrinking.first([self.case(other)]) is None:
                continue
            found = self._smaller(self._shrunk(other, shrinking), shrinking)
            if shrinking.numbers(found) < shrinking.numbers(smallest):
                smallest = found
        if shrinking.errors:
            raise shrinking.errors[0]
        return smallest

    def _simple(self, number: int, shrinking: _Shrinking) -> Case | None:
        """The simplest case that fails of those that keep one or two factors; None where none does."""
        if self._space is None:
            return None
        found = shrinking.first(simpler_cases(self._space, self._deal()[number]))
        return None if found is None else self._smaller(found, shrinking)

    def _others(self, number: int) -> range:
        """Cases that are larger, from small ones to large ones."""
        left = self._check.cases - number - 1
        return (
            range(number + 1, self._check.cases, max(1, left // MOST_STARTS)) if self._space is not None else range(0)
        )

    def _smaller(self, case: Case, shrinking: _Shrinking) -> Case:
        """The same case, or one that is simpler in some factors and fails."""
        if self._space is None:
            return case
        while True:
            tries = nearly_as_simple(self._space, case)
            found = next(filter(None, (shrinking.first(each, beyond=LAST_ASKS) for each in tries)), None)
            if found is None:
                return case
            case = found

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
        first_failing: see `Drawing.shrink`.
        numbers: see there.

    Attributes:
        found: cases that fail since shrinking began, or began again; the smallest last.
        errors: what `first_failing` has raised.
    """

    def __init__(self, first_failing: FirstFailing, numbers: Callable[[Case], int] | None) -> None:
        self.found: list[Case] = []
        self.errors: list[Exception] = []
        self._first_failing = first_failing
        self.numbers = numbers or (lambda case: 0)
        self._verdicts: dict[bytes, bool] = {}
        self._asked = 0  # what all asks so far have cost

    def failed(self, case: Case) -> None:
        """A case is known to fail."""
        self._verdicts[msgspec.json.encode(case)] = True

    def action(self, case: Case) -> None:
        """What Hypothesis calls.

        Raises:
            StillFails: the case fails.
        """
        if self.first([case]) is not None:
            self.found.append(case)
            raise StillFails

    def first(self, cases: Sequence[Case], beyond: int = 0) -> Case | None:
        """The first of some cases that fails; once the asks are used up, the first that is known to.

        Args:
            cases: the simplest first.
            beyond: so many asks more than usual are allowed.
        """
        known = {msgspec.json.encode(case): case for case in cases}
        while known:
            some: dict[bytes, Case] = {}
            failing = None
            for key, case in known.items():
                if self._verdicts.get(key):
                    failing = key
                    break
                if key not in self._verdicts and self._may_ask(beyond):
                    self._asked += 1 + self.numbers(case) // NUMBERS_AN_ASK
                    some[key] = case
                if len(some) == TOGETHER:
                    break
            place = self._ask(list(some.values()))
            for number, key in enumerate(some):
                if place is None or number <= place:
                    self._verdicts[key] = number == place
            if place is not None:
                return list(some.values())[place]
            if failing is not None or not some:
                return None if failing is None else known[failing]
            known = {key: case for key, case in known.items() if key not in self._verdicts or self._verdicts[key]}
        return None

    def is_small(self, case: Case) -> bool:
        """Whether a person takes it in at a glance."""
        return self.numbers(case) <= GLANCE

    def _may_ask(self, beyond: int) -> bool:
        if self.errors or self._asked < MOST_ASKS + beyond:
            return not self.errors
        more = not self.found or not self.is_small(self.found[-1])
        return more and self._asked < MOST_ASKS + MORE_ASKS + beyond

    def _ask(self, cases: Sequence[Case]) -> int | None:
        """The place of the first that fails. An error is kept: Hypothesis would take it for one more failure, and shrink that."""
        try:
            return self._first_failing(cases) if cases else None
        except Exception as error:  # noqa: BLE001 - raised again once Hypothesis has ended
            self.errors.append(error)
            return None
