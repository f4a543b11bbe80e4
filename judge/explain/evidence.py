"""What a solution answered, kept for the diagnosis: the case that failed first in each check, and a few others."""

from __future__ import annotations

import functools
import re

import msgspec

from judge.explain.match import same_answer
from judge.oracle import Expected
from problems.asks import Answers, Compute, Program
from problems.cases import Case
from problems.checks import CaseAnswers, Check
from problems.comparison import Finding
from problems.late import torch
from problems.sufficient import RightAnswers

MANY_NUMBERS = 800  # in what is asked: such cases are looked at last
NUMBERS_AN_ASK = 2_000  # more of them count as further asks
PLAIN_KINDS = ("zero", "equal")  # of values, on which many mistakes look alike


class Evidence(msgspec.Struct, frozen=True):
    """What a solution answered to one case.

    Attributes:
        check: that asked.
        case: that was drawn.
        program: what was asked.
        answers: by step.
        right: what the reference answers.
        failed: whether it failed here.
        place: of the case among those that are kept of its check.
        known: what answers to it must hold to be certainly right; None where that is not known.
    """

    check: Check
    case: Case
    program: Program
    answers: Answers
    right: Expected
    failed: bool
    place: int = 0
    known: RightAnswers | None = None


Shown = tuple[str, str] | None
"""What is wrong with some answers, without its numbers; None where nothing is."""


class Exhibit:
    """One piece of evidence, with what is asked of it again and again.

    Args:
        evidence: it.
        arrays: "tensor", "array" or "value": what the solution works with.
    """

    def __init__(self, evidence: Evidence, arrays: str) -> None:
        self.check = evidence.check
        self.case = evidence.case
        self.program = evidence.program
        self.answers = evidence.answers
        self.failed = evidence.failed
        self._place = evidence.place
        self._right = evidence.right
        self._arrays = arrays

    def finding(self, answers: Answers) -> Finding | None:
        """What the check has to say of answers to this case: the solution's own, or a suspect's."""
        arrays = "tensor" if answers is not self.answers and self._arrays == "array" else self._arrays
        asked = CaseAnswers(case=self.case, program=self.program, answers=answers, right=self._right, arrays=arrays)
        return self.check.finding(asked)

    def shown_by(self, answers: Answers) -> Shown:
        """The same, without its numbers."""
        found = self.finding(answers)
        if found is None:
            return None
        return found.verdict, re.sub(r"[-+.\d]+(e[-+]?\d+)?|nan|inf", "#", found.sentence)

    @functools.cached_property
    def shown(self) -> Shown:
        """What is wrong with the solution's answers."""
        return self.shown_by(self.answers)

    def nearly_right(self, answers: Answers) -> bool:
        """Whether answers in float64 are right but for the rounding of float32: they were computed in it."""
        return self.case.dtype == "float64" and all(
            same_answer(answer, self._right.exact(place), self._right, place, self.program[place], "float32")
            for place, answer in answers.items()
        )

    @functools.cached_property
    def coarse(self) -> bool:
        """Whether the solution's answers are."""
        return self.nearly_right(self.answers)

    @functools.cached_property
    def single_answer(self) -> bool:
        """Whether what was asked has one right answer, and every mistake one wrong answer."""
        return self.check.single_answer is None or self.check.single_answer(self.program)

    @functools.cached_property
    def numbers(self) -> int:
        """How many numbers are in what is asked."""
        return sum(_numbers(step) for step in self.program)

    @property
    def asks(self) -> int:
        """How many asks one of this program counts for."""
        return 1 + self.numbers // NUMBERS_AN_ASK

    @property
    def order(self) -> tuple[bool, bool, bool, bool, int, bool, int]:
        """What is looked at first: what costs little, what failed, what is exact, one case of every check, what tells most."""
        many, plain = self.numbers > MANY_NUMBERS, self.case.kind in PLAIN_KINDS
        place = 0 if self.failed else self._place
        return (self.check.timed, many, not self.failed, self.check.stochastic, place, plain, self.numbers)


def _numbers(value: object) -> int:
    """How many numbers the tensors in a tree hold; lists, texts and expressions count by their items."""
    if isinstance(value, torch.Tensor):
        return value.numel()
    if isinstance(value, Compute):
        return len(value.operations) * value.times
    if isinstance(value, list) and not any(
        isinstance(item, (torch.Tensor, tuple, dict, msgspec.Struct)) for item in value
    ):
        return len(value)
    if isinstance(value, bytes):
        return len(value)
    if isinstance(value, dict):
        return sum(_numbers(item) for item in value.values())
    if isinstance(value, (tuple, list)):
        return sum(_numbers(item) for item in value)
    if isinstance(value, msgspec.Struct):
        return sum(_numbers(getattr(value, name)) for name in value.__struct_fields__)
    return 0
