"""Answers against the reference: every call, gradient, look and reading of a program."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import msgspec

from problems.agreement import Picked, every_look_agrees, shape_finding, value_finding
from problems.asks import SAME, Answer, Assign, Call, Differentiate, Handle, Look, Read
from problems.checks import CaseAnswers
from problems.comparison import Finding, Layout, LayoutTree, Plain, as_tensor, dtype_name, is_array, leaves
from problems.kinds import Breach, Kind
from problems.sufficient import (
    ANYTHING,
    NONE,
    Exactly,
    Items,
    Named,
    Part,
    ReplyFields,
    Sufficient,
    Unsure,
    arranged,
    every_step,
    exact_answer,
    failure_of,
    leaf,
    numbers,
    plain,
    right_value,
)
from problems.vjp import gradient_finding, input_names

NOT_TRAINABLE = "other parameters than before require a gradient"


class _StepByStep(msgspec.Struct, frozen=True):
    """A requirement that says of each answer by itself what is certainly right."""

    def sufficient(self, asked: CaseAnswers) -> dict[int, ReplyFields]:
        """What each answer must hold to be certainly right.

        Raises:
            Unsure: it can't be said.
        """
        every = every_step(asked)
        return {place: fields | self._right(asked.at(place), place) for place, fields in every.items()}

    def _right(self, asked: CaseAnswers, place: int) -> ReplyFields:
        """What the answer of one step must hold beside what every such answer has."""
        raise NotImplementedError


class Agrees(_StepByStep, frozen=True):
    """Every answer is the reference's: type, dtype and shape exactly, integers and plain values exactly, floats within the bound.

    A call that may raise may raise. Calls, gradients, what is looked at and what is read are compared, each as its step says.

    Attributes:
        result: of every call; None: what each call says, or plain values.
        skip: inputs whose gradient is not asked for.
        trainable: whether, where parameters are read, as many numbers as in the reference must be trainable.
    """

    result: LayoutTree | None = None
    skip: tuple[str, ...] = ()
    trainable: bool = False

    def finding(self, asked: CaseAnswers) -> Finding | None:
        """The first answer that is not the reference's."""
        return _first(asked, self._one)

    def _right(self, asked: CaseAnswers, place: int) -> ReplyFields:
        match asked.program[place]:
            case Call(may_raise=True) if asked.right.exact(place).failure is not None:
                return failure_of("")
            case Call(answer=True):
                return {"value": right_value(asked, place, _layout(asked, place, self.result))}
            case Differentiate() as step:
                return _right_gradients(asked, place, step, _layout(asked, place, self.result), self.skip)
            case Look():
                return {"value": right_value(asked, place, Plain())}
            case Read() as read:
                trainable = {"trainable": plain(exact_answer(asked, place).trainable)} if self.trainable else {}
                return _right_parameters(asked, place, read) | trainable
            case _:
                return {}

    def _one(self, asked: CaseAnswers, place: int) -> Finding | None:
        match asked.program[place]:
            case Call(may_raise=True) if asked.answers[place].failure is not None:
                return None
            case Call(answer=True):
                return value_finding(asked, place, _layout(asked, place, self.result))
            case Differentiate(arguments=arguments, args=args, kwargs=kwargs):
                given = dict(zip(arguments, args, strict=False)) | kwargs
                layout = _layout(asked, place, self.result)
                return gradient_finding(asked, place, input_names(given), layout, self.skip)
            case Look():
                return every_look_agrees(asked, only=place)
            case Read() as read:
                found = _read_finding(asked, place, read)
                return found or (trainable_finding(asked, place) if self.trainable else None)
            case _:
                return None


def _input_gradient(number: int, answer: Answer) -> Any:
    return (answer.inputs or [])[number]


def _parameter(name: str, answer: Answer) -> Any:
    return answer.parameters[name]


def _row(number: int, row: int, answer: Answer) -> Any:
    return leaves(answer.value)[number][row]


def _right_gradients(
    asked: CaseAnswers, place: int, step: Differentiate, layout: LayoutTree, skip: Sequence[str]
) -> ReplyFields:
    """What `gradient_finding` surely accepts."""
    exact = exact_answer(asked, place)
    names = input_names(dict(zip(step.arguments, step.args, strict=False)) | step.kwargs)
    if exact.inputs is None:
        raise Unsure
    inputs: list[Sufficient] = [ANYTHING] * len(exact.inputs)
    for number, name in enumerate(names):
        if name not in skip and exact.inputs[number] is not None:
            inputs[number] = numbers(Part(asked, place, partial(_input_gradient, number)), direct=False)
    parameters: dict[str, Sufficient] = {
        name: ANYTHING if right is None else numbers(Part(asked, place, partial(_parameter, name)), direct=False)
        for name, right in exact.parameters.items()
    }
    value = right_value(asked, place, layout, types_only=True)
    return {"value": value, "inputs": Items(True, tuple(inputs)), "parameters": Named(parameters)}


def _right_parameters(asked: CaseAnswers, place: int, read: Read, *, types_only: bool = False) -> ReplyFields:
    """What `_read_finding` surely accepts."""
    exact = exact_answer(asked, place)
    found: dict[str, Sufficient] = {}
    for name in read.names:
        if exact.parameters[name] is None:
            found[name] = NONE
            continue
        found[name] = numbers(Part(asked, place, partial(_parameter, name)), types_only=types_only, direct=False)
    flags = {
        field: Named({name: Exactly(True) if getattr(exact, field).get(name) else ANYTHING for name in read.names})
        for field in ("registered", "reached")
    }
    return {"parameters": Named(found), **flags}


def _first(asked: CaseAnswers, one: Callable[[CaseAnswers, int], Finding | None]) -> Finding | None:
    """What is wrong with the first step that is wrong, after its note; each step is looked at with its own sizes."""
    for place, step in enumerate(asked.program):
        if found := one(asked.at(place), place):
            note = getattr(step, "note", "")
            found = msgspec.structs.replace(found, sentence=f"{note}: {found.sentence}") if note else found
            return _of_held(found, step)
    return None


def _of_held(found: Finding, step: Any) -> Finding:
    """What a finding shows of a result that was right when it came back, and is looked at again."""
    is_held = isinstance(step, Call) and step.target == SAME
    return msgspec.structs.replace(found, breach=Breach.STATE_KEPT) if is_held else found


def _layout(asked: CaseAnswers, place: int, result: LayoutTree | None) -> LayoutTree:
    """The layout of a call: that of the requirement, or else that of the step."""
    return result or getattr(asked.program[place], "result", None) or Plain()


def _read_finding(asked: CaseAnswers, place: int, read: Read, *, types_only: bool = False) -> Finding | None:
    """The first parameter or gradient that is not the reference's, or at least not of its shape and dtype."""
    picked = Picked(asked.right, place, lambda answer, name: answer.parameters[name])
    for name in read.names:
        mine: Any = asked.answers[place].parameters.get(name)
        exact: Any = asked.right.exact(place).parameters[name]
        first, *rest = name.split(".")
        words = ".".join([f"{read.module}[{first}]", *rest]) if first.isdigit() else name
        if fault := _kind_fault(mine, exact, asked.case.dtype):
            none = exact is None or (
                mine is None and name.endswith(".grad")
            )  # a gradient that is not there has no shape
            verdict = Kind.WRONG_ANSWER if none else Kind.WRONG_SHAPE
            return Finding(verdict=verdict, sentence=f"{words} {fault}", name=words, step=place)
        if asked.right.exact(place).registered.get(name) and not asked.answers[place].registered.get(name):
            sentence = f"{words} is a plain tensor; expected an nn.Parameter"
            return Finding(breach=Breach.NOT_REGISTERED, sentence=sentence, name=words, step=place)
        if asked.right.exact(place).reached.get(name) and not asked.answers[place].reached.get(name):
            sentence = f"{words} is not among the object's parameters(): no optimizer would train it"
            return Finding(breach=Breach.NOT_REGISTERED, sentence=sentence, name=words, step=place)
        if exact is not None and not types_only and (found := picked.compare(mine, name, words)):
            return found
    return None


def trainable_finding(asked: CaseAnswers, place: int) -> Finding | None:
    """Whether more or fewer numbers than in the reference are trainable where parameters were read."""
    mine, right = asked.answers[place].trainable, asked.right.exact(place).trainable
    counts = [sum(math.prod(shape) for shape in each.values()) for each in (mine, right)]
    if counts[0] == counts[1]:
        return None
    names, others = (", ".join(sorted(each)) or "none" for each in (mine, right))
    sentence = f"{counts[0]} numbers are trainable ({names}); expected {counts[1]} ({others})"
    return Finding(breach=Breach.NOT_REGISTERED, sentence=sentence, step=place)


def _kind_fault(mine: Any, exact: Any, dtype: str) -> str | None:
    """What is wrong with the kind of a parameter or gradient, in words that follow its name; there may be no gradient."""
    if exact is None:
        return None if mine is None else "is not None"
    if not is_array(mine) or tuple(mine.shape) != tuple(exact.shape):
        shape = f"has shape {list(mine.shape)}" if is_array(mine) else "is no tensor"
        return f"{shape}; expected {list(exact.shape)}"
    if exact.is_floating_point() and dtype_name(mine) != dtype:
        return f"has dtype {dtype_name(mine)}; expected {dtype}"
    return None


class RightTypes(_StepByStep, frozen=True):
    """Every call gives the type, dtype and shape that the reference gives; what is looked at and what is read is of these as well.

    Attributes:
        result: of every call; None: what each call says, or plain values.
        trainable: whether the parameters that can be trained are compared where parameters are read.
    """

    result: LayoutTree | None = None
    trainable: bool = False

    def finding(self, asked: CaseAnswers) -> Finding | None:
        """The first answer of another type, dtype or shape."""
        return _first(asked, self._one)

    def _right(self, asked: CaseAnswers, place: int) -> ReplyFields:
        match asked.program[place]:
            case Call(answer=True):
                return {"value": right_value(asked, place, _layout(asked, place, self.result), types_only=True)}
            case Look():
                return {"value": right_value(asked, place, Plain(), types_only=True)}
            case Read() as read:
                trainable = {"trainable": plain(exact_answer(asked, place).trainable)} if self.trainable else {}
                return _right_parameters(asked, place, read, types_only=True) | trainable
            case _:
                return {}

    def _one(self, asked: CaseAnswers, place: int) -> Finding | None:
        match asked.program[place]:
            case Call(answer=True):
                return shape_finding(asked, place, _layout(asked, place, self.result))
            case Look():
                return every_look_agrees(asked, types_only=True, only=place)
            case Read() as read:
                if found := _read_finding(asked, place, read, types_only=True):
                    return found
                same = asked.answers[place].trainable == asked.right.exact(place).trainable
                return (
                    None
                    if same or not self.trainable
                    else Finding(breach=Breach.NOT_REGISTERED, sentence=NOT_TRAINABLE, step=place)
                )
            case _:
                return None


class SameWhenAskedAgain(_StepByStep, frozen=True):
    """Every call gives what the reference gives, whatever was called before it.

    Attributes:
        result: of every call; None: what each call says, or plain values.
    """

    result: LayoutTree | None = None

    def _right(self, asked: CaseAnswers, place: int) -> ReplyFields:
        step = asked.program[place]
        if not isinstance(step, Call) or not step.answer:
            return {}
        return {"value": right_value(asked, place, _layout(asked, place, self.result))}

    def finding(self, asked: CaseAnswers) -> Finding | None:
        """The first call that is wrong; where its function was called before, it is said that it came after others."""
        before: list[Call] = []
        for place, step in enumerate(asked.program):
            if isinstance(step, Assign):
                before.clear()  # with other weights it is another function
            if not isinstance(step, Call) or not step.answer:
                continue
            if found := value_finding(asked, place, _layout(asked, place, self.result)):
                again = "called again with the same arguments, your code gives another result than the first time"
                is_again = any(_same_call(step, each) for each in before)
                words = [*[step.note] * bool(step.note), *[again] * is_again]
                found = msgspec.structs.replace(found, sentence=": ".join([*words, found.sentence]))
                return msgspec.structs.replace(found, breach=Breach.STATE_KEPT) if is_again else _of_held(found, step)
            before.append(step)
        return None


def _same_call(step: Call, other: Call) -> bool:
    """Whether one call was made before with the very same arguments; what is held under a name may hold something else by then."""
    return (step.target, step.kwargs.keys()) == (other.target, other.kwargs.keys()) and all(
        mine is theirs and not isinstance(mine, Handle)
        for mine, theirs in zip(
            (*step.args, *step.kwargs.values()), (*other.args, *other.kwargs.values()), strict=False
        )
    )


class RowsAgree(msgspec.Struct, frozen=True):
    """One row of the batch is, in the second call, what the reference gives for it in the first, within the bound.

    The row is number `seed % B` of the case. Parts of the result that have no batch are left out.

    Attributes:
        result: of both calls.
        batch: the letter of the batch, which is the first of every part that is looked at.
    """

    result: LayoutTree
    batch: str = "B"

    def sufficient(self, asked: CaseAnswers) -> dict[int, ReplyFields]:
        """What both answers must hold to be certainly right: the row is in both what the reference gives for it in the first.

        Raises:
            Unsure: it can't be said.
        """
        every = every_step(asked)
        first, second = (p for p, step in enumerate(asked.program) if isinstance(step, Call) and step.answer)
        row = asked.case.seed % asked.case.sizes[self.batch]
        parts = leaves(self.result)
        by_row = self._by_row(parts)
        for place in (first, second):
            found: list[Sufficient] = []
            for number, shape in enumerate(leaves(exact_answer(asked, place).value)):
                if by_row[number] or not any(by_row):
                    part = Part(asked, first, partial(_row, number, row))
                    found.append(numbers(part, row=row, direct=False, shape=tuple(shape.shape)))
                else:
                    found.append(numbers(Part(asked, place, leaf(number)), types_only=True))
            every[place] |= {"value": arranged(self.result, found)}
        return every

    def _by_row(self, parts: Sequence[Layout]) -> list[bool]:
        return [part.letters.split()[:1] in ([self.batch], ["..."]) for part in parts]

    def finding(self, asked: CaseAnswers) -> Finding | None:
        """The first part whose row is another."""
        first, second = (p for p, step in enumerate(asked.program) if isinstance(step, Call) and step.answer)
        for step in (first, second):
            if found := shape_finding(asked, step, self.result):
                return found
        row = asked.case.seed % asked.case.sizes[self.batch]
        picked = Picked(asked.right, first, lambda answer, place: leaves(answer.value)[place][row])
        every = leaves(self.result)
        by_row = self._by_row(every)
        for place, part in enumerate(every):
            if by_row[place] or not any(by_row):
                mine, alone = (as_tensor(leaves(asked.answers[step].value)[place])[row] for step in (second, first))
                if found := picked.compare(alone, place, part.name):
                    return found  # it is wrong whatever the other rows are
                if found := picked.compare(mine, place, part.name):
                    what = f"row {row} of the batch" if all(by_row) else f"row {row} of {part.name}"
                    sentence = f"{what} comes out differently when other rows change: {found.sentence}"
                    return msgspec.structs.replace(found, sentence=sentence, step=second)
        return None
