"""Checks: properties that a right answer has, each with a sentence that the user reads when it breaks.

A check keeps three things apart. `draw` is the space of its cases, independent of any solution. `ask` says which calls to make on a case.
`requires` says, as data, what must hold of the answers (`problems.requirements`). What many problems share is made from a `Subject`, in
`problems.properties`; `standard_checks` makes all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, Self

import msgspec

from problems.asks import Answer, Answers, Assign, Call, Construct, Differentiate, Program
from problems.cases import Case, CaseSpace
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
        thorough: where it is said before there are answers what is certainly right: by the third step of the comparison, which takes
            long to find out.
    """

    case: Case
    program: Program
    answers: Answers
    right: Right
    arrays: str
    thorough: bool = False

    def at(self, step: int) -> CaseAnswers:
        """The same, with the sizes that a step has of its own."""
        sizes = getattr(self.program[step], "sizes", None)
        return msgspec.structs.replace(self, case=self.case.resized(**sizes)) if sizes else self


Judge = Callable[[CaseAnswers], Finding | None]
"""What is wrong with the answers to one case, or None."""
Draw = CaseSpace | Callable[[], "CaseSpace | SearchStrategy[Case]"]
"""A space of cases; or a function that makes one, or a strategy of Hypothesis."""


class Requirement(Protocol):
    """What must hold of the answers to one case: plain data, and how it is looked at (`problems.requirements`).

    It may have a method `sufficient(asked)`, which says as data what is certainly right (`problems.sufficient`).
    """

    def finding(self, asked: CaseAnswers) -> Finding | None:
        """What is wrong with them, or None."""


class CheckFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a check without its code.

    Attributes:
        name: stable id, in words with hyphens.
        sentence: the property, as the user reads it.
        cases: how many are dealt.
        gate: where it fails, the rest is skipped.
        own_process: runs in a process of its own, on its cases in the order of `order`.
        timed: its steps are sent one by one and the CPU time of each is read.
    """

    name: str
    sentence: str
    cases: int = 25
    gate: bool = False
    own_process: bool = False
    timed: bool = False


class Check(CheckFacts, frozen=True, kw_only=True):
    """One property, and how it is looked at.

    Attributes:
        draw: the space of its cases.
        ask: the program for a case.
        requires: what must hold of the answers.
        judge: a function that says what is wrong, in place of `requires`, where no requirement says it.
        why: why it has such a function; a sentence.
        stochastic: answers are drawn: two right solutions need not give the same.
        frameworks: names of those for which it is meant; all where empty.
        needs_gradients: it is meant for frameworks that have gradients.
        single_answer: whether a program has one right answer, and with a mistake one wrong one; None: each has. Where several
            answers are right, mistakes are not told apart by it.
    """

    draw: Draw
    ask: Callable[[Case], Program]
    requires: Requirement | None = None
    judge: Judge | None = None
    why: str = ""
    stochastic: bool = False
    frameworks: tuple[str, ...] = ()
    needs_gradients: bool = False
    single_answer: Callable[[Program], bool] | None = None

    def __post_init__(self) -> None:
        """Something says what must hold.

        Raises:
            TypeError: nothing does.
        """
        if self.requires is None and self.judge is None:
            raise TypeError(f"the check {self.name} must say what holds: requires=, from problems/requirements")

    def finding(self, asked: CaseAnswers) -> Finding | None:
        """What is wrong with the answers to one case, or None."""
        if self.judge is not None:
            return self.judge(asked)
        assert self.requires is not None
        return self.requires.finding(asked)

    @property
    def facts(self) -> CheckFacts:
        """What is known of it without its code."""
        return CheckFacts(**{name: getattr(self, name) for name in CheckFacts.__struct_fields__})

    def but(self, **fields: Any) -> Check:
        """The same check with other fields."""
        return msgspec.structs.replace(self, **fields)

    def is_meant_for(self, framework: Framework) -> bool:
        """Whether solutions in this framework are asked about it."""
        named = not self.frameworks or framework.name in self.frameworks
        return named and (framework.has_gradients or not self.needs_gradients)


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """An object that is made by a class of the solution and gets its parameters from the check.

    Attributes:
        target: the class.
        arguments: of its constructor: the letter of the size that each is.
        weights: its parameters by name.
    """

    target: str
    arguments: dict[str, str]
    weights: Callable[[Case], dict[str, Any]]

    def setup(
        self, case: Case, state: Mapping[str, Any] | None = None, *, into: str = "m", by_name: bool = False
    ) -> Program:
        """Make one and load its parameters, those of the case or others."""
        given = {name: case.sizes[letter] for name, letter in self.arguments.items()}
        made = Construct(
            target=self.target,
            args=() if by_name else tuple(given.values()),
            kwargs=given if by_name else {},
            into=into,
            dtype=case.dtype,
            seed=case.seed,
        )
        return [made, Assign(module=into, state=dict(self.weights(case) if state is None else state))]


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked about in most of a problem's checks: one call.

    Attributes:
        draw: cases for it.
        inputs: arguments of the call by name, in order: tensors, None, numbers, tuples of these.
        target: what is called ("lstm", "m").
        result: names and letters of what comes back.
        layer: the object that is called, where it is one.
        setup: steps that make it, where `layer` does not say it.
        parameters: names of its parameters that are differentiated.
        rows: arguments whose first dimension is the batch.
        batch: the letter of that dimension.
        defaults: arguments that may be left out, and what they are then.
    """

    draw: Draw
    inputs: Callable[[Case], dict[str, Any]]
    target: str
    result: LayoutTree
    layer: Layer | None = None
    setup: Callable[[Case], Program] = lambda case: []
    parameters: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    batch: str = "B"
    defaults: dict[str, Any] = {}

    @property
    def space(self) -> CaseSpace:
        """The space of its cases.

        Raises:
            TypeError: it has a strategy of Hypothesis instead.
        """
        found = self.draw if isinstance(self.draw, CaseSpace) else self.draw()
        if not isinstance(found, CaseSpace):
            raise TypeError(f"the cases for {self.target} come from a strategy: make them with problems.cases.cases")
        return found

    def on(self, space: CaseSpace | None = None, /, **changes: Any) -> Self:
        """The same call on other cases: of another space, or of its own with other lists, see `CaseSpace.but`."""
        return msgspec.structs.replace(self, draw=(space or self.space).but(**changes))

    def given(self, change: Callable[[Case, dict[str, Any]], dict[str, Any]]) -> Self:
        """The same call on other arguments, which follow from the case and from those that it gets otherwise."""
        inputs = self.inputs
        return msgspec.structs.replace(self, inputs=lambda case: change(case, inputs(case)))

    def prepared(self, case: Case) -> Program:
        """The steps that make what is called."""
        return self.setup(case) if self.layer is None else self.layer.setup(case)

    def call(self, case: Case, inputs: Mapping[str, Any] | None = None, **fields: Any) -> Call:
        """The call, on the case's own inputs or on others; of a case of other sizes, it says these."""
        chosen = self.inputs(case) if inputs is None else inputs
        given = {"target": self.target, "args": tuple(chosen.values()), "arguments": tuple(chosen), "sizes": case.sizes}
        return Call(**{**given, "result": self.result, "seed": case.seed, **fields})

    def calls(self, case: Case, *inputs: Mapping[str, Any], notes: Sequence[str] = ()) -> Program:
        """What makes the object, and a call on each of these inputs; `notes` are said of what is wrong with them."""
        words = [*notes, *[""] * (len(inputs) - len(notes))]
        calls = [self.call(case, each, note=note) for each, note in zip(inputs, words, strict=True)]
        return [*self.prepared(case), *calls]

    def program(self, case: Case) -> Program:
        """Setup and one call."""
        return [*self.prepared(case), self.call(case)]

    def differentiate(
        self, case: Case, upstream: Sequence[Any], inputs: Mapping[str, Any] | None = None, *, note: str = ""
    ) -> Differentiate:
        """The call and its gradients."""
        chosen = self.inputs(case) if inputs is None else inputs
        return Differentiate(
            note=note,
            target=self.target,
            args=tuple(chosen.values()),
            upstream=tuple(upstream),
            module="m" if self.prepared(case) else None,
            parameters=self.parameters,
            seed=case.seed,
            sizes=case.sizes,
            arguments=tuple(chosen),
        )
