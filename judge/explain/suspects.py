"""A suspect: the reference with a known mistake in it, asked what the solution was asked."""

from __future__ import annotations

import collections
import math
from enum import Enum
from types import ModuleType

import msgspec

from judge.explain.evidence import MANY_NUMBERS, Exhibit, Shown
from judge.explain.match import alike, same_answer, same_failure, same_parts
from judge.oracle import Expected, reference_of
from problems import Problem
from problems.asks import Answers, Call, Construct, Program
from sandbox.guest.line_limit import TooManyLines, limited

MORE_SEEDS = 5  # with which a suspect is asked again what is drawn, where it did not show the same
MOST_DOUBT = 6.0  # in nats: what chance showed the solution against what it mostly shows the suspect, over all cases


# What may stumble: a check's own code over strange answers, an edited reference, a file that is not run as it was written.
STUMBLES = (
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    RuntimeError,
    ArithmeticError,
    NameError,
    OSError,
    ImportError,
    AssertionError,
    MemoryError,
)


class Match(Enum):
    """How a suspect's answers to one case stand to the solution's.

    Attributes:
        SAME: they agree.
        FREE: they differ where several answers are right, and speak neither for the suspect nor against it.
        OTHER: they differ.
    """

    SAME = "same"
    FREE = "free"
    OTHER = "other"


class Suspect:
    """The reference with a mistake in it.

    Args:
        source: of the reference, edited.
        problem: whose.
    """

    def __init__(self, source: str, problem: Problem) -> None:
        module = ModuleType(f"_mistaken_{problem.slug}")
        self._filename = f"<{problem.slug} with a mistake>"
        exec(compile(source, self._filename, "exec", dont_inherit=True), module.__dict__)
        self._reference = reference_of(problem, source, vars(module), tolerant=True)
        self._doubt = 0.0

    def begin(self) -> None:
        """What it is asked from now on counts."""
        self._reference.runs = 0

    @property
    def runs(self) -> int:
        """How many programs it was asked: several for an answer that is compared closely."""
        return self._reference.runs

    def match_within(self, item: Exhibit, most_lines: int) -> tuple[Match, int]:
        """The same of an edit that nobody has looked at, and how many lines it took: one that takes more than that answers otherwise."""
        try:
            with limited(self._filename, most_lines) as lines:
                return self.match(item), lines.count
        except TooManyLines:
            return Match.OTHER, most_lines

    def is_right(self, item: Exhibit, most_lines: int) -> bool:
        """Whether it answers a case rightly, or takes more than so many lines, which tells nothing."""
        try:
            with limited(self._filename, most_lines):
                return item.shown_by(self._reference.answers(item.program)) is None
        except TooManyLines:
            return True

    def match(self, item: Exhibit) -> Match:
        """Whether it answers one case as the solution did."""
        if item.check.timed:
            same = not item.failed or self._grows(item) or self._raises_as_well(item)
            return Match.SAME if same else Match.OTHER
        own = self._reference.answers(item.program)
        if own.keys() != item.answers.keys():
            return Match.OTHER
        same = self._agrees_at_random(item, own) if item.check.stochastic else self._agrees_in_value(item, own)
        if same:
            return Match.SAME if not item.failed or _is_wrong(item, own) else Match.OTHER
        return Match.FREE if not item.single_answer and _may_differ(item, own) else Match.OTHER

    def _agrees_in_value(self, item: Exhibit, own: Answers) -> bool:
        expected = Expected(self._reference, item.program, item.case.seed)
        if all(
            same_answer(item.answers[place], theirs, expected, place, item.program[place], item.case.dtype)
            for place, theirs in own.items()
        ):
            return True
        if not (item.coarse and item.nearly_right(own)):
            return False
        return (item.shown is None) == (
            item.shown_by(own) is None
        )  # both were computed in float32, each in its own way

    def _agrees_at_random(self, item: Exhibit, own: Answers) -> bool:
        """Where answers are drawn: the same shapes, distributions that fit, the same judged of both."""
        for place, theirs in own.items():
            mine = item.answers[place]
            if mine.failure is not None or theirs.failure is not None:
                may = getattr(item.program[place], "may_raise", False)
                if not same_failure(mine.failure, theirs.failure, may=may):
                    return False
                if not may:  # the program ends here, and there is nothing to judge
                    return True
            elif not alike(mine.value, theirs.value) or not same_parts(mine, theirs):
                return False
        if item.shown == item.shown_by(own):
            return True
        if item.numbers > MANY_NUMBERS:  # many draws: what they show is no matter of chance
            return False
        return self._shows_by_chance(item, own)

    def _shows_by_chance(self, item: Exhibit, own: Answers) -> bool:
        """What shows by chance alone may show with another seed; if seldom, it may not do so often."""
        seen: collections.Counter[Shown] = collections.Counter()
        for shift in range(1, MORE_SEEDS + 1):
            again = self._reference.answers(_reseeded(item.program, shift))
            if again.keys() == own.keys():
                seen[item.shown_by(again)] += 1
        if not seen[item.shown]:
            return False
        self._doubt += math.log(max(seen.values()) / seen[item.shown])
        return self._doubt <= MOST_DOUBT

    def _raises_as_well(self, item: Exhibit) -> bool:
        """Whether the solution ended in an exception, and it at the same step."""
        place = next((place for place, answer in item.answers.items() if answer.failure is not None), None)
        if place is None:
            return False
        own = self._reference.answers(item.program).get(place)
        return own is not None and same_failure(item.answers[place].failure, own.failure, may=False)

    def _grows(self, item: Exhibit) -> bool:
        """Whether its cost grows as the solution's did: measured until that shows."""
        if any(answer.failure is not None for answer in item.answers.values()):
            return False
        return any(item.finding(answers) is not None for answers in self._reference.measured(item.program))


def _is_wrong(item: Exhibit, own: Answers) -> bool:
    """Whether a suspect's answers are wrong as well: one as right as the reference, but for rounding, explains nothing."""
    raised = any(answer.failure is not None for answer in item.answers.values())
    return raised or item.shown_by(own) is not None


def _may_differ(item: Exhibit, own: Answers) -> bool:
    """Where several answers are right: not if the solution raises, nor if of two that draw the suspect alone is wrong."""
    if any(answer.failure is not None for answer in item.answers.values()):
        return False
    raised = any(answer.failure is not None for answer in own.values())
    return not item.check.stochastic or raised or item.shown is not None


def _reseeded(program: Program, shift: int) -> Program:
    """The same program with all its seeds and generators moved on together."""
    moved: Program = []
    for step in program:
        if isinstance(step, Construct) and step.target == "torch.Generator":
            moved.append(msgspec.structs.replace(step, args=(step.args[0] + 1000 * shift,)))
        elif isinstance(step, Call):
            moved.append(msgspec.structs.replace(step, seed=step.seed + 1000 * shift))
        else:
            moved.append(step)
    return moved
