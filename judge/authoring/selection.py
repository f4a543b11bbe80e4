"""Selection: what showed most wrong answers to be wrong is asked first, in a few cases of each check.

Programs start from nothing, so that what fails on one of these cases fails on it among all others as well. What passes them has shown
nothing yet.
"""

from __future__ import annotations

import collections
from collections.abc import Mapping, Sequence

from judge.cases import CaseSet, PreparedCheck
from judge.judging import Failure
from judge.oracle import Reference
from problems import Framework, Problem
from problems.checks import Check, CheckFacts

MOST_CASE_SETS = 4  # that are kept: two seeds in two frameworks


class CaseSets:
    """The checks of a problem, kept for all answers that are judged with one seed: those used last."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._kept: dict[tuple[Framework, int], CaseSet] = {}

    def case_set(self, framework: Framework, seed: int) -> CaseSet:
        """That of a framework and seed."""
        key = framework, seed
        found = self._kept.pop(key, None) or CaseSet(self._problem, framework, seed, kept=True)
        self._kept[key] = found
        while len(self._kept) > MOST_CASE_SETS:
            del self._kept[next(iter(self._kept))]
        return found


class CaseSubset(CaseSet):
    """Some checks of a case set, in an order of their own, and some of their cases. What is right is computed once for both.

    Args:
        whole: the case set.
        chosen: numbers of cases, by the name of the check.
    """

    def __init__(self, whole: CaseSet, chosen: Mapping[str, Sequence[int]]) -> None:
        super().__init__(whole.problem, whole.framework, whole.seed)
        self._whole = whole
        self._chosen = chosen
        self._made: dict[str, PreparedCheck] = {}

    @property
    def checks(self) -> list[Check]:
        """Those that were chosen."""
        every = {check.name: check for check in self._whole.checks}
        return [every[name] for name in self._chosen]

    @property
    def reference(self) -> Reference:
        """The case set's."""
        return self._whole.reference

    def prepare(self, facts: CheckFacts) -> PreparedCheck:
        """The chosen cases of a check."""
        if facts.name not in self._made:
            whole, numbers = self._whole.prepare(facts), self._chosen[facts.name]
            assert isinstance(whole, PreparedCheck)
            self._made[facts.name] = whole.part(numbers)
        return self._made[facts.name]

    def number(self, check: Check, place: int) -> int:
        """Which case of the case set one of these is."""
        return self._chosen[check.name][place]


class Selection:
    """Remembers which cases showed answers to be wrong, and chooses what the next are asked."""

    def __init__(self) -> None:
        self._cases: collections.Counter[tuple[int, str, int]] = collections.Counter()
        self._checks: collections.Counter[str] = collections.Counter()

    def note(self, seed: int, check: str, case: int) -> None:
        """A case of a check has shown an answer to be wrong."""
        self._cases[seed, check, case] += 1
        self._checks[check] += 1

    def note_failure(self, case_set: CaseSet, failure: Failure) -> None:
        """The same for a trial with such a case set."""
        check, number = failure.check, failure.number
        if check.own_process or check.timed:
            return  # they are asked of one answer at a time
        self.note(
            case_set.seed, check.name, case_set.number(check, number) if isinstance(case_set, CaseSubset) else number
        )

    def few(self, case_set: CaseSet, count: int, *, costly: bool = False) -> CaseSubset:
        """So many cases of each check: first the gate, then the checks that showed most.

        Without `costly` what is measured is left out, and what is asked in a run of its own.
        """
        checks = [check for check in case_set.checks if costly or not (check.timed or check.own_process)]
        checks.sort(key=lambda check: (not check.gate, -self._checks[check.name]))
        return CaseSubset(case_set, {check.name: self._best(case_set.seed, check, count) for check in checks})

    def _best(self, seed: int, check: Check, count: int) -> list[int]:
        """The cases that showed most, else the first ones, in the order they stand in."""
        best = sorted(range(check.cases), key=lambda case: -self._cases[seed, check.name, case])[:count]
        return sorted(best)


__all__ = ["CaseSets", "CaseSubset", "Selection"]
