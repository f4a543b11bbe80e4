"""Checks that are ready to be asked, with what is known of right answers to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Protocol

import msgspec

from judge.cases.recognising import KnownRight
from judge.oracle import Expected
from judge.program import to_steps
from problems.asks import Program
from problems.cases import Case
from problems.checks import CaseAnswers, Check, CheckFacts
from problems.growth import Growth
from problems.sufficient import RightAnswers, Unsure
from sandbox import Asking, EncodedProgram, Reply, encoded, step_by_step


class ReadyCheck(Protocol):
    """A check, ready to be asked: drawn just now (`PreparedCheck`), or read from a file (`judge.cases.stored`)."""

    @property
    def facts(self) -> CheckFacts:
        """What is known of it without its code."""

    @property
    def count(self) -> int:
        """How many cases there are."""

    @property
    def check(self) -> Check:
        """It."""

    @property
    def cases(self) -> Sequence[Case]:
        """That were drawn."""

    @property
    def programs(self) -> Sequence[Program]:
        """What is asked on each."""

    @property
    def rights(self) -> Sequence[Expected]:
        """What the reference answers to each."""

    @property
    def asking(self) -> Asking:
        """All programs as the door takes them."""

    @property
    def halves(self) -> tuple[Asking, Asking]:
        """The cases of even numbers and those of odd ones, for two processes (`judge.running.parallel`)."""

    @property
    def measured(self) -> list[list[Asking]]:
        """The programs of a check whose steps are sent one by one."""

    @property
    def known(self) -> Sequence[RightAnswers | None]:
        """Of each case, what its answers must hold to be certainly right; empty where nothing is known of any."""


class PreparedCheck(msgspec.Struct, frozen=True, dict=True):
    """A check whose cases are drawn, and what is right, as far as anybody has asked.

    Attributes:
        check: it.
        cases: drawn.
        programs: what is asked on each.
        rights: what the reference answers to each.
        arrays: "tensor", "array" or "value".
        exchanged: the module whose tensors go through the door, or None.
        known: see `ReadyCheck`.
    """

    check: Check
    cases: list[Case]
    programs: list[Program]
    rights: list[Expected]
    arrays: str
    exchanged: Any
    known: Sequence[RightAnswers | None] = ()

    @property
    def facts(self) -> CheckFacts:
        """What is known of it without its code."""
        return self.check

    @property
    def count(self) -> int:
        """How many cases there are."""
        return len(self.cases)

    @property
    def _steps(self) -> Iterator[list[dict[str, Any]]]:
        return (to_steps(program, arrays=self.arrays) for program in self.programs)

    @cached_property
    def encoded(self) -> list[EncodedProgram]:
        """The programs as the door takes them."""
        return [encoded(steps, self.exchanged) for steps in self._steps]

    @cached_property
    def asking(self) -> Asking:
        """All programs in one message."""
        return asking_of(self.encoded, self.known)

    @cached_property
    def halves(self) -> tuple[Asking, Asking]:
        """The cases of even numbers and those of odd ones, for two processes."""
        return halves_of(self.encoded, self.known)

    @property
    def measured(self) -> list[list[Asking]]:
        """The programs of a check whose steps are sent one by one."""
        known = self.known or [None] * len(self.programs)
        return [
            measured_of([step.programs[0] for step in step_by_step(steps, self.exchanged)], right)
            for steps, right in zip(self._steps, known, strict=True)
        ]

    def each_known(self, *, thorough: bool) -> Iterator[RightAnswers | None]:
        """What is certainly right, one case after the other; None where that can't be said.

        Args:
            thorough: with one step of the comparison more, which takes as long as all others together: then less is unsure.
        """
        sufficient = None if self.check.judge is not None else getattr(self.check.requires, "sufficient", None)
        for case, program, right in zip(self.cases, self.programs, self.rights, strict=True):
            asked = CaseAnswers(
                case=case, program=program, answers={}, right=right, arrays=self.arrays, thorough=thorough
            )
            try:
                yield None if sufficient is None else RightAnswers(sufficient(asked), self._growth(program))
            except (Unsure, LookupError):
                yield None

    def _growth(self, program: Program) -> Growth | None:
        """How its cost may grow, where that is measured."""
        growth = getattr(self.check.requires, "growth", None)
        return None if growth is None else growth(program)

    def part(self, numbers: Sequence[int]) -> PreparedCheck:
        """Some of its cases."""
        return PreparedCheck(
            self.check,
            [self.cases[number] for number in numbers],
            [self.programs[number] for number in numbers],
            [self.rights[number] for number in numbers],
            self.arrays,
            self.exchanged,
        )


def asking_of(programs: Sequence[EncodedProgram], known: Sequence[RightAnswers | None]) -> Asking:
    """Programs in one message, with what is known of their answers."""
    return Asking(programs, recogniser=KnownRight(known) if known else None)


def halves_of(programs: Sequence[EncodedProgram], known: Sequence[RightAnswers | None]) -> tuple[Asking, Asking]:
    """Those of even numbers and those of odd ones."""
    return asking_of(programs[0::2], known[0::2]), asking_of(programs[1::2], known[1::2])


def measured_of(steps: Sequence[EncodedProgram], right: RightAnswers | None) -> list[Asking]:
    """The steps of one program, each in a message of its own, with what is known of its answer."""
    return [
        Asking([step], keep=place > 0, recogniser=None if right is None else KnownRight([_only_step(right, place)]))
        for place, step in enumerate(steps)
    ]


def _only_step(right: RightAnswers, place: int) -> RightAnswers | None:
    """What is known of one step, which is the only one of its message."""
    return RightAnswers({0: right.replies[place]}) if place in right.replies else None


def surely_right(ready: ReadyCheck, number: int, replies: Sequence[Reply]) -> bool:
    """Whether all that came back on a case was recognised as right, so that nothing need be looked at."""
    return is_right(ready.known[number] if ready.known else None, replies)


def is_right(wanted: RightAnswers | None, replies: Sequence[Reply]) -> bool:
    """The same, given what the answers must hold."""
    if wanted is None or len(replies) != len(wanted.replies):
        return False
    if not all(reply.recognised and reply.step in wanted.replies for reply in replies):
        return False
    return wanted.cost is None or wanted.cost.is_fine({reply.step: reply.cpu_seconds for reply in replies})
