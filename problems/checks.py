"""Checks: properties that a right answer has, each with a sentence that the user reads when it breaks.

A check keeps three things apart. `draw` makes cases, independent of any solution. `ask` says which calls to make on a case. `judge`
says what must hold of the answers. What many problems share is made from a `Subject`, in `problems.properties`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from problems.asks import Answer, Answers, Call, Program
from problems.cases import Case
from problems.comparison import Finding, LayoutTree
from problems.frameworks import Framework

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


class Right(Protocol):
    """What the reference answers to the same program."""

    def exact(self, step: int) -> Answer:
        """The answer in float64."""

    def single(self, step: int) -> Answer:
        """The answer in float32."""

    def rough(self, step: int, eps: float, runs: int) -> tuple[list[Answer], float]:
        """So many answers with an error of eps in each operation, and the largest number on the way."""


class CaseAnswers(msgspec.Struct, frozen=True, kw_only=True):
    """All that `judge` may look at.

    Attributes:
        case: what was drawn.
        program: what was asked.
        answers: by step.
        right: what the reference answers.
        arrays: "tensor" or "array": what the solution works with.
    """

    case: Case
    program: Program
    answers: Answers
    right: Right
    arrays: str


Judge = Callable[[CaseAnswers], Finding | None]
"""What is wrong with the answers to one case, or None."""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One property.

    Attributes:
        name: stable id, in words with hyphens.
        sentence: the property, as the user reads it.
        draw: makes the strategy of its cases.
        ask: the program for a case.
        judge: what is wrong, or None.
        cases: how many are drawn.
        gate: where it fails, the rest is skipped.
        own_process: runs in a process of its own, on its cases in the order of `order`.
        timed: its steps are sent one by one and the CPU time of each is read; `judge` sees it.
        stochastic: answers are drawn: two right solutions need not give the same.
        frameworks: names of those for which it is meant; all where empty.
        needs_gradients: it is meant for frameworks that have gradients.
        single_answer: whether a program has one right answer, and with a mistake one wrong one; None: each has. Where several
            answers are right, mistakes are not told apart by it.
    """

    name: str
    sentence: str
    draw: Callable[[], SearchStrategy[Case]]
    ask: Callable[[Case], Program]
    judge: Judge
    cases: int = 25
    gate: bool = False
    own_process: bool = False
    timed: bool = False
    stochastic: bool = False
    frameworks: tuple[str, ...] = ()
    needs_gradients: bool = False
    single_answer: Callable[[Program], bool] | None = None

    def is_meant_for(self, framework: Framework) -> bool:
        """Whether solutions in this framework are asked about it."""
        named = not self.frameworks or framework.name in self.frameworks
        return named and (framework.has_gradients or not self.needs_gradients)


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked about in most of a problem's checks: one call.

    Attributes:
        draw: cases for it.
        inputs: arguments of the call by name, in order: tensors, None, numbers, tuples of these.
        target: what is called ("lstm", "m").
        result: names and letters of what comes back.
        setup: steps that make the object which is called.
        parameters: names of its parameters that are differentiated.
        rows: arguments whose first dimension is the batch.
        arrays: called with keyword names for these arguments.
    """

    draw: Callable[[], SearchStrategy[Case]]
    inputs: Callable[[Case], dict[str, Any]]
    target: str
    result: LayoutTree
    setup: Callable[[Case], Program] = lambda case: []
    parameters: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()

    def call(self, case: Case, inputs: Mapping[str, Any] | None = None, **fields: Any) -> Call:
        """The call, on the case's own inputs or on others."""
        chosen = self.inputs(case) if inputs is None else inputs
        return Call(target=self.target, args=tuple(chosen.values()), seed=case.seed, **fields)

    def program(self, case: Case) -> Program:
        """Setup and one call."""
        return [*self.setup(case), self.call(case)]
