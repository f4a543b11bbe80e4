"""Agreement with the reference: of whole results, of parts of them, of every call of a program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from problems.asks import Answer, Call, Look, Program
from problems.checks import CaseAnswers, Judge, Right
from problems.comparison import Finding, LayoutTree, Plain, Rough, as_asked, compare, compare_array, shape_fault
from problems.plain import type_fault, value_fault
from problems.wording import value_words


class StepExpected:
    """The expected value of one step, for `compare`."""

    def __init__(self, right: Right, step: int) -> None:
        self._right = right
        self._step = step

    def exact(self) -> Any:
        """In float64."""
        return self._right.exact(self._step).value

    def single(self) -> Any:
        """In float32."""
        return self._right.single(self._step).value

    def rough(self, eps: float, runs: int) -> Rough:
        """With an error of eps in each operation."""
        answers, largest = self._right.rough(self._step, eps, runs)
        return Rough([answer.value for answer in answers], largest)


class Picked:
    """Compares parts of an answer with the same parts of the reference's.

    Args:
        right: the reference's answers.
        step: whose.
        pick: the part of an answer that has this key.
    """

    def __init__(self, right: Right, step: int, pick: Callable[[Answer, Any], Any]) -> None:
        self._right = right
        self._step = step
        self._pick = pick

    def compare(self, mine: Any, key: Any, name: str) -> Finding | None:
        """What is wrong with one part, of the right shape and dtype already."""

        def rough(eps: float, runs: int) -> Rough:
            answers, largest = self._right.rough(self._step, eps, runs)
            return Rough([self._pick(answer, key) for answer in answers], largest)

        exact = self._pick(self._right.exact(self._step), key)
        found = compare_array(
            mine, exact, single=lambda: self._pick(self._right.single(self._step), key), rough=rough, name=name
        )
        return None if found is None else at_step(found, self._step)


def value_finding(asked: CaseAnswers, step: int, result: LayoutTree, *, dtype: str | None = None) -> Finding | None:
    """Type, dtype, shape and values of one step's result against the reference."""
    answer, expected = asked.answers[step], StepExpected(asked.right, step)
    if isinstance(result, Plain):
        plain = type_fault(answer.value, expected.exact(), result) or value_fault(
            answer.value, expected.exact(), expected.rough, result
        )
        return None if plain is None else at_step(plain, step)
    mine = as_asked(answer.value, result, dtype or asked.case.dtype, asked.arrays)
    found = shape_fault(
        mine,
        expected.exact(),
        result,
        dtype=dtype or asked.case.dtype,
        sizes=asked.case.sizes,
        arrays=asked.arrays,
    ) or compare(mine, expected, result)
    return None if found is None else at_step(found, step)


def shape_finding(asked: CaseAnswers, step: int, result: LayoutTree) -> Finding | None:
    """Type, dtype and shape of one step's result."""
    if isinstance(result, Plain):
        plain = type_fault(asked.answers[step].value, asked.right.exact(step).value, result)
        return None if plain is None else at_step(plain, step)
    found = shape_fault(
        as_asked(asked.answers[step].value, result, asked.case.dtype, asked.arrays),
        asked.right.exact(step).value,
        result,
        dtype=asked.case.dtype,
        sizes=asked.case.sizes,
        arrays=asked.arrays,
    )
    return None if found is None else at_step(found, step)


def every_look_agrees(asked: CaseAnswers, *, types_only: bool = False, only: int | None = None) -> Finding | None:
    """`judge` for programs that `Look` at attributes: all of them are the reference's, or at least of the same types.

    Args:
        asked: what came back.
        types_only: the values are not looked at.
        only: the one step that is looked at; None: each.
    """
    for step, look in enumerate(asked.program):
        if isinstance(look, Look) and only in (None, step):
            parts = tuple(f"{value_words(handle)}.{name}" for handle in look.of for name in look.attributes)
            finding = shape_finding if types_only else value_finding
            if found := finding(asked, step, Plain(parts=parts)):
                return found
    return None


def at_step(found: Finding, step: int) -> Finding:
    """The finding with the place of its step."""
    return msgspec.structs.replace(found, step=step)


def calls_of(program: Program) -> list[int]:
    """Places of the calls whose answers come back."""
    return [place for place, step in enumerate(program) if isinstance(step, Call) and step.answer]


def every_call_agrees(result: LayoutTree) -> Judge:
    """`judge` for checks whose property shows in plain agreement with the reference, at every call."""

    def judge(asked: CaseAnswers) -> Finding | None:
        for step in calls_of(asked.program):
            if found := value_finding(asked, step, result):
                return found
        return None

    return judge
