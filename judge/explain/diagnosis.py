"""Which of the known mistakes a failed solution made: the one that answers as it does, everywhere.

Each mistake is the reference with a small edit. On the cases that failed, and on some dozens more, the solution's answers are compared with
each mistake's: values, exceptions, gradients, what became of inputs and parameters, growth of cost. A mistake is named only where all of
that agrees and no other mistake agrees as well; nothing fits, no name. Where a statement leaves several answers right, such as which
of two equal tokens stays, a mistake may differ from the solution, if it agrees on all that is settled and is wrong there.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Sequence

import msgspec

from judge.explain.edits.mutants import Mutant, mutants
from judge.explain.edits.words import WORDS, place_words
from judge.explain.evidence import Evidence, Exhibit
from judge.explain.suspects import STUMBLES, Match, Suspect
from judge.verdict import Diagnosis
from problems import Problem
from problems.mistakes import Mistake, mistaken, read_mistakes

MOST_EDITS = 500  # that are looked at; where the lines allow more, none is
MOST_EDITS_ASKED = 1500
MOST_LISTS = 8  # of edits that are kept: whoever mends a file asks about the same lines again
MOST_ALIKE = 4  # kinds and places of edits that explain alike: where there are more, none says much
MOST_LINES = 20_000  # that an edited reference carries out for one case
LINES_OF_PASSED = 4_000  # of one case that the solution answered rightly
LINES_AN_ASK = 500  # so many of them count as a further ask
MOST_ASKS = 6000  # of all suspects together; counted, not timed, so that the same file always gets the same name


class TooMuch(Exception):
    """All asks are spent."""


class Named(msgspec.Struct, frozen=True):
    """A mistake that was recognised.

    Attributes:
        diagnosis: its words.
        source: of a reference that holds it.
    """

    diagnosis: Diagnosis
    source: str


Passed = Callable[[], Iterator[Evidence]]
"""Further cases that the solution answered rightly, without its answers."""


def _none_passed() -> Iterator[Evidence]:
    return iter(())


def diagnose(
    problem: Problem, evidence: Sequence[Evidence], arrays: str, passed: Passed = _none_passed
) -> Named | None:
    """The mistake of the catalogue that agrees with all of the evidence, or two at once; None where none does, or several do.

    Args:
        problem: with its mistakes.
        evidence: of the solution's run.
        arrays: "tensor", "array" or "value": what the solution works with.
        passed: who agrees with the evidence must answer these rightly as well.

    Raises:
        BrokenProblem: the problem's mistakes can't be read.
    """
    if not any(item.failed for item in evidence):
        return None
    mistakes = read_mistakes(problem)
    exhibits = sorted((Exhibit(item, arrays) for item in evidence), key=lambda item: item.order)
    search = _Search(problem, exhibits, passed=_Passed(passed, arrays))
    try:
        for together in (1, 2):
            found = search.among(list(itertools.combinations(mistakes, together)))
            if len(found) > 1:
                return None
            if found:
                chosen = search.with_evidence(found[0])
                return Named(_words(chosen), mistaken(problem.solution, chosen) or problem.solution)
    except TooMuch:
        return None
    return None


def recognise_edit(
    problem: Problem,
    evidence: Sequence[Evidence],
    arrays: str,
    lines: frozenset[int] | None,
    passed: Passed = _none_passed,
) -> Named | None:
    """The generated edit of the reference that agrees with all of the evidence; of several that do, that of the plainest kind.

    Args:
        problem: whose reference is edited.
        evidence: of the solution's run.
        arrays: "tensor", "array" or "value": what the solution works with.
        lines: of the reference that may hold it; None: any.
        passed: see `diagnose`.
    """
    exhibits = sorted((Exhibit(item, arrays) for item in evidence), key=lambda item: item.order)
    exhibits = [item for item in exhibits if not item.check.timed]
    search = _Search(problem, exhibits, MOST_EDITS_ASKED, each_run=True, passed=_Passed(passed, arrays))
    found: list[Mutant] = []
    edits = _edits(problem, lines)
    try:
        if len(edits) > MOST_EDITS:
            return None
        found += [edit for edit in edits if search.verdict(edit.source) is Match.SAME]
    except TooMuch:
        return None  # one that was not asked may agree as well
    if not found or len({(edit.operator, edit.line) for edit in found}) > MOST_ALIKE:
        return None
    edit = min(found, key=lambda each: (list(WORDS).index(each.operator), each.line))
    words, (where, what) = WORDS[edit.operator], place_words(edit.target)
    diagnosis = Diagnosis(
        mistake=f"edit:{edit.operator.replace(' ', '-')}",
        title=words.title,
        question=words.question.format(what=what),
        explanation=words.explanation.format(where=where),
        source="edit",
    )
    return Named(diagnosis, edit.source)


def edits_alike(problem: Problem, evidence: Sequence[Evidence], arrays: str) -> tuple[Sequence[Mutant], list[Mutant]]:
    """All generated edits of the reference; and those that answer as it does, so that no input of these tells them from it.

    Args:
        problem: whose reference is edited.
        evidence: cases with the reference's own answers.
        arrays: "tensor", "array" or "value": what solutions work with.
    """
    edits = _edits(problem, None)
    exhibits = sorted((Exhibit(item, arrays) for item in evidence), key=lambda item: item.order)
    alike = [
        edit
        for edit in edits
        if _Search(problem, exhibits, MOST_ASKS, each_run=True).verdict(edit.source) is not Match.OTHER
    ]
    return edits, alike


def _edits(problem: Problem, lines: frozenset[int] | None) -> tuple[Mutant, ...]:
    return _edits_of(problem.solution, problem.model.has_gradients, problem.plain, lines)


@functools.lru_cache(MOST_LISTS)
def _edits_of(source: str, gradients: bool, plain: bool, lines: frozenset[int] | None) -> tuple[Mutant, ...]:
    return tuple(mutants(source, gradients=gradients, plain=plain, wide=True, lines=lines))


class _Passed:
    """Further cases that the solution answered rightly, drawn once they are needed.

    Args:
        draw: draws them.
        arrays: "tensor", "array" or "value": what the solution works with.
    """

    def __init__(self, draw: Passed, arrays: str) -> None:
        self._draw = draw
        self._arrays = arrays

    @functools.cached_property
    def exhibits(self) -> list[Exhibit]:
        """Those that cost little and have one right answer."""
        every = (Exhibit(item, self._arrays) for item in self._draw())
        return [item for item in every if item.asks == 1 and item.single_answer]


class _Search:
    """Asks suspects what the solution was asked, within a number of asks.

    Args:
        problem: whose mistakes they made.
        exhibits: what the solution answered, in the order in which it is looked at.
        asks: how many.
        each_run: the suspects are edits that nobody has looked at: every program that one is asked counts, also those that tell how its
            answers round, and none may carry out more than `MOST_LINES`.
        passed: who agrees with all exhibits is asked these as well.
    """

    def __init__(
        self,
        problem: Problem,
        exhibits: Sequence[Exhibit],
        asks: int = MOST_ASKS,
        *,
        each_run: bool = False,
        passed: _Passed | None = None,
    ) -> None:
        self._problem = problem
        self._exhibits = exhibits
        self._left = asks
        self._each_run = each_run
        self._passed = passed

    def among(self, choices: Sequence[Sequence[Mistake]]) -> list[Sequence[Mistake]]:
        """Those that answer as the solution did everywhere; where there are none, those that do wherever one answer is right.

        Raises:
            TooMuch: all asks are spent.
        """
        same: list[Sequence[Mistake]] = []
        free: list[Sequence[Mistake]] = []
        for chosen in choices:
            source = mistaken(self._problem.solution, chosen)
            match None if source is None else self.verdict(source):
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

    def verdict(self, source: str) -> Match:
        """What all of the evidence says of an edited reference. One that stumbles agrees with nothing."""
        differs, shows = False, False
        try:
            suspect = Suspect(source, self._problem)
            for item in self._exhibits:
                self._left -= item.asks
                if self._left < 0:
                    raise TooMuch
                if self._each_run:
                    found, lines = suspect.match_within(item, MOST_LINES)
                    self._left -= (suspect.runs - 1) * item.asks + lines // LINES_AN_ASK
                    suspect.begin()
                else:
                    found = suspect.match(item)
                match found:
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
            return Match.SAME if self._passes(suspect) else Match.OTHER
        return Match.FREE if shows else Match.OTHER

    def _passes(self, suspect: Suspect) -> bool:
        """Whether it answers rightly what the solution answered rightly. These few cases are not counted as asks: only few come to them."""
        try:
            return self._passed is None or all(
                suspect.is_right(item, LINES_OF_PASSED) for item in self._passed.exhibits
            )
        except STUMBLES:
            return False


def _words(mistakes: Sequence[Mistake]) -> Diagnosis:
    return Diagnosis(
        mistake="+".join(mistake.id for mistake in mistakes),
        explanation="\n".join(mistake.explanation for mistake in mistakes),
        title="; ".join(mistake.title for mistake in mistakes),
        question=mistakes[0].question,
        hint=mistakes[0].hint,
    )
