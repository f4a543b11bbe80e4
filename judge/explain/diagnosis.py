"""Which of the known mistakes a failed solution made: the one that answers as it does, everywhere.

Each mistake is the reference with a small edit. On the cases that failed, and on some dozens more, the solution's answers are compared with
each mistake's: values, exceptions, gradients, what became of inputs and parameters, growth of cost. A mistake is named only where all of
that agrees and no other mistake agrees as well; nothing fits, no name. Where a statement leaves several answers right, such as which
of two equal tokens stays, a mistake may differ from the solution, if it agrees on all that is settled and is wrong there.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from judge.explain.evidence import Evidence, Exhibit
from judge.explain.suspects import Match, Suspect
from judge.verdict import Diagnosis
from problems import Problem
from problems.mistakes import Mistake, mistaken, read_mistakes

MOST_ASKS = 6000  # of all suspects together; counted, not timed, so that the same file always gets the same name

# What a check's own code, or a reference that two edits have torn apart, may stumble over.
STUMBLES = (TypeError, ValueError, LookupError, AttributeError, RuntimeError, ArithmeticError, NameError)


class TooMuch(Exception):
    """All asks are spent."""


def diagnose(problem: Problem, evidence: Sequence[Evidence], arrays: str) -> Diagnosis | None:
    """The mistake that agrees with all of the evidence, or two at once; None where none does, or several do.

    Args:
        problem: with its mistakes.
        evidence: of the solution's run.
        arrays: "tensor", "array" or "value": what the solution works with.

    Raises:
        BrokenProblem: the problem's mistakes can't be read.
    """
    if not any(item.failed for item in evidence):
        return None
    mistakes = read_mistakes(problem)
    exhibits = sorted((Exhibit(item, arrays) for item in evidence), key=lambda item: item.order)
    search = _Search(problem, exhibits)
    try:
        for together in (1, 2):
            found = search.among(list(itertools.combinations(mistakes, together)))
            if found:
                return _words(search.with_evidence(found[0])) if len(found) == 1 else None
    except TooMuch:
        return None
    return None


class _Search:
    """Asks suspects what the solution was asked, within a number of asks.

    Args:
        problem: whose mistakes they made.
        exhibits: what the solution answered, in the order in which it is looked at.
    """

    def __init__(self, problem: Problem, exhibits: Sequence[Exhibit]) -> None:
        self._problem = problem
        self._exhibits = exhibits
        self._left = MOST_ASKS

    def among(self, choices: Sequence[Sequence[Mistake]]) -> list[Sequence[Mistake]]:
        """Those that answer as the solution did everywhere; where there are none, those that do wherever one answer is right.

        Raises:
            TooMuch: all asks are spent.
        """
        same: list[Sequence[Mistake]] = []
        free: list[Sequence[Mistake]] = []
        for chosen in choices:
            source = mistaken(self._problem.solution, chosen)
            match None if source is None else self._verdict(source):
                case Match.SAME:
                    same.append(chosen)
                case Match.FREE:
                    free.append(chosen)
                case _:
                    pass
        return same or free

    def with_evidence(self, chosen: Sequence[Mistake]) -> Sequence[Mistake]:
        """Of two mistakes those without which some wrong answer would not be as it is: one may only make right again what the other spoils.

        Raises:
            TooMuch: all asks are spent.
        """
        if len(chosen) == 1:
            return chosen
        return [one for one in chosen if not self._explains([other for other in chosen if other is not one])] or chosen

    def _explains(self, chosen: Sequence[Mistake]) -> bool:
        """Whether these mistakes alone answer as the solution did wherever it is wrong."""
        source = mistaken(self._problem.solution, chosen)
        if source is None:
            return False
        try:
            suspect = Suspect(source, self._problem)
            for item in self._exhibits:
                if item.check.timed or item.shown is None:
                    continue
                self._left -= item.asks
                if self._left < 0:
                    raise TooMuch
                if suspect.match(item) is Match.OTHER:
                    return False
        except STUMBLES:
            return False
        return True

    def _verdict(self, source: str) -> Match:
        """What all of the evidence says of an edited reference. One that stumbles agrees with nothing."""
        differs, shows = False, False
        try:
            suspect = Suspect(source, self._problem)
            for item in self._exhibits:
                self._left -= item.asks
                if self._left < 0:
                    raise TooMuch
                match suspect.match(item):
                    case Match.OTHER:
                        return Match.OTHER
                    case Match.FREE:
                        differs = True
            if differs:
                shows = any(
                    item.single_answer and not item.check.timed and item.shown is not None for item in self._exhibits
                )
        except STUMBLES:
            return Match.OTHER
        if not differs:
            return Match.SAME
        return Match.FREE if shows else Match.OTHER


def _words(mistakes: Sequence[Mistake]) -> Diagnosis:
    return Diagnosis(
        mistake="+".join(mistake.id for mistake in mistakes),
        explanation="\n".join(mistake.explanation for mistake in mistakes),
        title="; ".join(mistake.title for mistake in mistakes),
        question=mistakes[0].question,
        hint=mistakes[0].hint,
    )
