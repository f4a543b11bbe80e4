"""What must hold of answers, as data: which answers against which, which parts of them, exactly or within the bound.

A `Requirement` holds names, layouts and numbers only, so that it can be carried out by whoever has the answers. A check that needs
something else has a function `judge`, and says why.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import torch

from problems.agreement import Picked, at_step, calls_of, every_look_agrees, shape_finding, value_finding
from problems.asks import Call, Construct, Differentiate, Given, Handle, Look, Program, Read
from problems.cases import Case
from problems.checks import CaseAnswers
from problems.comparison import Finding, LayoutTree, Plain, as_tensor, dtype_name, is_array, leaves
from problems.frequencies import off_uniform
from problems.kinds import Kind
from problems.plain import same_plain
from problems.vjp import gradient_finding, input_names
from problems.wording import call_words

FAR_OFF = 1e-2  # of the largest right value
NOT_TRAINABLE = "other parameters than before require a gradient"
MOST_GROWTH = 1.5  # as a power of the size, between linear (1) and quadratic (2)


class Agrees(msgspec.Struct, frozen=True):
    """Every answer is the reference's: type, dtype and shape exactly, integers and plain values exactly, floats within the bound.

    Calls, gradients, what is looked at and what is read are compared, each as its step says.

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
        for place, step in enumerate(asked.program):
            if found := self._one(asked.at(place), place):
                note = getattr(step, "note", "")
                return msgspec.structs.replace(found, sentence=f"{note}: {found.sentence}") if note else found
        return None

    def _one(self, asked: CaseAnswers, place: int) -> Finding | None:
        match asked.program[place]:
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
            verdict = Kind.WRONG_ANSWER if exact is None else Kind.WRONG_SHAPE
            return Finding(verdict=verdict, sentence=f"{words} {fault}", name=words, step=place)
        if asked.right.exact(place).registered.get(name) and not asked.answers[place].registered.get(name):
            return Finding(sentence=f"{words} is a plain tensor; asked is an nn.Parameter", name=words, step=place)
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
    sentence = f"{counts[0]} numbers are trainable ({names}); right are {counts[1]} ({others})"
    return Finding(sentence=sentence, step=place)


def _kind_fault(mine: Any, exact: Any, dtype: str) -> str | None:
    """What is wrong with the kind of a parameter or gradient, in words that follow its name; there may be no gradient."""
    if exact is None:
        return None if mine is None else "is not None"
    if not is_array(mine) or tuple(mine.shape) != tuple(exact.shape):
        shape = f"has shape {list(mine.shape)}" if is_array(mine) else "is no tensor"
        return f"{shape}; asked is {list(exact.shape)}"
    if exact.is_floating_point() and dtype_name(mine) != dtype:
        return f"has dtype {dtype_name(mine)}; asked is {dtype}"
    return None


class RightTypes(msgspec.Struct, frozen=True):
    """Every call gives the type, dtype and shape that the reference gives; what is looked at and what is read is of these as well.

    Attributes:
        result: of every call; None: what each call says, or plain values.
        trainable: whether the parameters that can be trained are compared where parameters are read.
    """

    result: LayoutTree | None = None
    trainable: bool = False

    def finding(self, asked: CaseAnswers) -> Finding | None:
        """The first answer of another type, dtype or shape."""
        for place, step in enumerate(asked.program):
            if found := self._one(asked.at(place), place):
                note = getattr(step, "note", "")
                return msgspec.structs.replace(found, sentence=f"{note}: {found.sentence}") if note else found
        return None

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
                return None if same or not self.trainable else Finding(sentence=NOT_TRAINABLE, step=place)
            case _:
                return None


class Unchanged(msgspec.Struct, frozen=True):
    """The arguments of every call with `echo` hold after it what they held before it, exactly."""

    def finding(self, asked: CaseAnswers) -> Finding | None:
        """The first argument that the code changed."""
        for place, step in enumerate(asked.program):
            if isinstance(step, Call) and step.echo:
                for name, was, now in self._arguments(asked, place, step):
                    if not _unchanged(was, now):
                        return Finding(sentence=f"your code changed its input `{name}`", step=place, name=name)
        return None

    def _arguments(self, asked: CaseAnswers, place: int, step: Call) -> Iterator[tuple[str, Any, Any]]:
        """Each argument by name, before and after."""
        after, named = asked.answers[place].echo
        names = [*step.arguments, *[f"argument {n}" for n in range(len(step.arguments), len(step.args))]]
        before = [*zip(names, step.args, after, strict=False), *((n, v, named[n]) for n, v in step.kwargs.items())]
        for name, was, now in before:
            value, of_earlier = _resolved(asked, place, was) if isinstance(was, Handle) else (was, False)
            if of_earlier and isinstance(value, tuple) and isinstance(now, tuple):
                yield from ((f"{name}[{n}]", w, m) for n, (w, m) in enumerate(zip(value, now, strict=False)))
            elif not isinstance(value, (Given, Handle)):
                yield name, value, now


def _unchanged(was: Any, now: Any) -> bool:
    """Whether an argument holds the same items and numbers; objects and functions in it are not looked into."""
    match was:
        case Handle() | Given():
            return True
        case torch.Tensor():
            return is_array(now) and torch.equal(was, as_tensor(now))
        case dict():
            return type(now) is dict and list(was) == list(now) and all(_unchanged(was[key], now[key]) for key in was)
        case list() | tuple():
            alike = type(now) is type(was) and len(now) == len(was)
            return alike and all(_unchanged(old, new) for old, new in zip(was, now, strict=True))
        case _:
            return same_plain(now, was)


def _resolved(asked: CaseAnswers, place: int, handle: Handle) -> tuple[Any, bool]:
    """What a handle stood for: the part of the answer that an earlier call left under this name, as it was then."""
    for earlier in reversed(range(place)):
        step = asked.program[earlier]
        if isinstance(step, Call) and step.into == handle.name and step.answer:
            value = asked.answers[earlier].value
            for item in handle.path:
                if not isinstance(value, (tuple, list)) or item >= len(value):
                    return handle, False
                value = value[item]
            return value, True
    return handle, False


class SameWhenAskedAgain(msgspec.Struct, frozen=True):
    """Every call gives what the reference gives, whatever was called before it.

    Attributes:
        result: of every call; None: what each call says, or plain values.
    """

    result: LayoutTree | None = None

    def finding(self, asked: CaseAnswers) -> Finding | None:
        """The first call that is wrong; where its function was called before, it is said that it came after others."""
        before: set[tuple[str, str]] = set()
        for place, step in enumerate(asked.program):
            if not isinstance(step, Call) or not step.answer:
                continue
            if found := value_finding(asked, place, _layout(asked, place, self.result)):
                again = "called again, your code gives another result than the first time"
                words = [*[step.note] * bool(step.note), *[again] * ((step.target, step.note) in before)]
                return msgspec.structs.replace(found, sentence=": ".join([*words, found.sentence]))
            before.add((step.target, step.note))
        return None


class RowsAgree(msgspec.Struct, frozen=True):
    """One row of the batch is, in the second call, what the reference gives for it in the first, within the bound.

    The row is number `seed % B` of the case. Parts of the result that have no batch are left out.

    Attributes:
        result: of both calls.
        batch: the letter of the batch, which is the first of every part that is looked at.
    """

    result: LayoutTree
    batch: str = "B"

    def finding(self, asked: CaseAnswers) -> Finding | None:
        """The first part whose row is another."""
        first, second = (p for p, step in enumerate(asked.program) if isinstance(step, Call) and step.answer)
        for step in (first, second):
            if found := shape_finding(asked, step, self.result):
                return found
        row = asked.case.seed % asked.case.sizes[self.batch]
        picked = Picked(asked.right, first, lambda answer, place: leaves(answer.value)[place][row])
        every = leaves(self.result)
        by_row = [part.letters.split()[:1] in ([self.batch], ["..."]) for part in every]
        for place, part in enumerate(every):
            if by_row[place] or not any(by_row):
                mine = as_tensor(leaves(asked.answers[second].value)[place])[row]
                if found := picked.compare(mine, place, part.name):
                    what = f"row {row} of the batch" if all(by_row) else f"row {row} of {part.name}"
                    sentence = f"{what} comes out differently when other rows change: {found.sentence}"
                    return msgspec.structs.replace(found, sentence=sentence, step=second)
        return None


class Raises(msgspec.Struct, frozen=True):
    """Every step that may raise raises this error, or one that comes from it.

    Attributes:
        error: name of its class.
    """

    error: str = "ValueError"

    def finding(self, asked: CaseAnswers) -> Finding | None:
        """The first step that raises nothing, or something else."""
        for place, step in enumerate(asked.program):
            if not getattr(step, "may_raise", False):
                continue
            assert isinstance(step, (Call, Construct))
            failure, called = asked.answers[place].failure, call_words(step)
            if failure is None:
                return Finding(sentence=f"{called} raised nothing; {self.error} is asked for", step=place)
            if self.error not in failure.bases:
                what = f"{failure.type_name}: {failure.message}".strip(": ")[:200]
                return Finding(sentence=f"{called} raised {what}; {self.error} is asked for", step=place)
        return None


class GrowsLinearly(msgspec.Struct, frozen=True):
    """Cost grows in proportion to a size: for four times the size it may be at most eight times as much, for ten times 32 times.

    For four times the size a linear cost grows fourfold, a quadratic one sixteenfold. Where a first size is given that costs next to
    nothing, its time is what every call takes, and is left out. Each size is measured several times, in turn, and the least counts, so
    that what else the machine does falls out. What is measured must be right but for rounding: other checks look closely.

    Attributes:
        letter: of the size; steps that name it among their own sizes are measured.
        sizes: n and 4 n, or more; perhaps a small one before them. A step is of one of these sizes or a little more.
        result: of every step.
    """

    letter: str
    sizes: tuple[int, ...]
    result: LayoutTree

    def finding(self, asked: CaseAnswers) -> Finding | None:
        """What is wrong, or grew too much."""
        least: dict[int, float] = {}
        sizes = {place: getattr(step, "sizes", {}).get(self.letter) for place, step in enumerate(asked.program)}
        steps = {step: size for step, size in sizes.items() if size is not None and step in asked.answers}
        for step, size in steps.items():
            at_size = asked.at(step)
            if found := shape_finding(at_size, step, self.result) or _far_off(at_size, step, self.result):
                return found
            spent = asked.answers[step].cpu_seconds
            if spent is not None:
                nominal = max(each for each in self.sizes if each <= size)
                least[nominal] = min(spent, least.get(nominal, spent))
        if len(least) < len(self.sizes):
            return None  # no CPU clock on this system, and the wall clock would judge the machine
        found = self._growth([least[size] for size in self.sizes])
        first = next(step for step, size in steps.items() if size >= self.sizes[-1])
        return None if found is None else at_step(found, first)

    def _growth(self, seconds: Sequence[float]) -> Finding | None:
        """Whether the last of these grew too much, beside the one before it."""
        *first, small, large = seconds
        base = first[0] if first else 0.0
        # Where the growth up to n is lost in what every call takes, a third of that takes its place.
        growth = (large - base) / max(small - base, small / 3, 1e-6)
        letter, (near, far) = self.letter, self.sizes[-2:]
        ratio = far / near
        if growth <= ratio**MOST_GROWTH:
            return None
        words = f"at {letter} = {far:,} a call takes {large / small:.0f} times as long as at {letter} = {near:,}"
        times = f"about {ratio:.0f} times as long, a quadratic one {ratio * ratio:.0f} times"
        fact = f"A cost that grows linearly with {letter} would take {times}."
        if first:
            beyond = f"Without what every call takes (as at {letter} = {self.sizes[0]:,}), that is {growth:.0f} times or more."
            fact = f"{beyond} {fact}"
        return Finding(verdict=Kind.TIME_LIMIT, sentence=words, facts=(fact,))


def _far_off(asked: CaseAnswers, step: int, result: LayoutTree) -> Finding | None:
    """Whether a result is wrong beyond any rounding."""
    if isinstance(result, Plain):
        found = value_finding(asked, step, result)
        if found is None:
            return None
        return msgspec.structs.replace(found, sentence=f"while its time was measured, {found.sentence}")
    right = leaves(asked.right.exact(step).value)
    for mine, exact, part in zip(leaves(asked.answers[step].value), right, leaves(result), strict=True):
        most = FAR_OFF * max(1.0, float(exact.abs().max()))
        if not bool(((as_tensor(mine).double() - exact).abs() <= most).all()):
            return Finding(sentence=f"while its time was measured, {part.name} was wrong", step=step)
    return None


class Slopes(msgspec.Struct, frozen=True):
    """Gradients that come back say how a number changes: along a random direction of each argument, by central differences.

    Attributes:
        result: of the call.
        gradients: the argument that each part of the result is the gradient for, by the part's name.
        loss: the number, from the arguments by name, in float64.
        name: what to call it.
        step: by how far an argument is moved.
        tolerance: of the slope, or of 1 where that is smaller.
    """

    result: LayoutTree
    gradients: Mapping[str, str]
    loss: Callable[[Mapping[str, Any]], float]
    name: str = "the loss"
    step: float = 1e-6
    tolerance: float = 1e-6

    def finding(self, asked: CaseAnswers) -> Finding | None:
        """The first gradient along which the number changes in another way."""
        if found := shape_finding(asked, 0, self.result):
            return found
        call = asked.program[0]
        assert isinstance(call, Call)
        given = dict(zip(call.arguments, call.args, strict=True)) | call.kwargs
        for mine, part in zip(leaves(asked.answers[0].value), leaves(self.result), strict=True):
            name = self.gradients.get(part.name)
            if name is None:
                continue
            gradient = as_tensor(mine).double()
            generator = torch.Generator().manual_seed(asked.case.seed)
            direction = torch.randn(gradient.shape, generator=generator, dtype=torch.float64)
            direction /= max(float(direction.norm()), 1e-30)
            losses = [self.loss({**given, name: given[name] + self.step * side * direction}) for side in (1, -1)]
            slope, told = (losses[0] - losses[1]) / (2 * self.step), float((gradient * direction).sum())
            if not abs(told - slope) <= self.tolerance * max(1.0, abs(slope)):
                words = f"along one direction of {name}, {self.name} changes at the rate {slope:.6g}; by your {part.name} it is {told:.6g}"
                return Finding(sentence=words, name=part.name, step=0)
        return None


class AddsUp(msgspec.Struct, frozen=True):
    """The last call gives what the calls before it give, each times its factor, added up.

    Parts that begin with the batch are, row after row, those of the calls before it.

    Attributes:
        result: of every call.
        otherwise: what is said of a part that is another.
        factors: of the calls before the last; each is 1 where there are none.
        batch: the letter of the batch, where each call has rows of its own; "" where all have the same.
        tolerance: of the sum of the largest numbers that are added.
    """

    result: LayoutTree
    otherwise: str
    factors: tuple[float, ...] = ()
    batch: str = ""
    tolerance: float = 1e-10

    def finding(self, asked: CaseAnswers) -> Finding | None:
        """The first part that is another."""
        calls = calls_of(asked.program)
        for step in calls:
            if found := shape_finding(asked.at(step), step, self.result):
                return found
        *terms, whole = (leaves(asked.answers[step].value) for step in calls)
        factors = self.factors or (1.0,) * len(terms)
        for place, part in enumerate(leaves(self.result)):
            each = [factor * as_tensor(term[place]) for factor, term in zip(factors, terms, strict=True)]
            by_row = bool(self.batch) and part.letters.split()[:1] == [self.batch]
            right = torch.cat(each) if by_row else torch.stack(each).sum(dim=0)
            most = self.tolerance * (1.0 + sum(float(term.abs().max()) for term in each))
            if not bool(((as_tensor(whole[place]) - right).abs() <= most).all()):
                words = "of the batch is not that of each row by itself" if by_row else self.otherwise
                return Finding(sentence=f"{part.name} {words}", name=part.name, step=calls[-1])
        return None


def measured(program: Program, sizes: Mapping[int, int], letter: str) -> Program:
    """A program whose steps at these places are measured, each with its size; the others are not."""
    return [
        msgspec.structs.replace(step, sizes={letter: sizes[place]} if place in sizes else {})
        if isinstance(step, (Call, Look))
        else step
        for place, step in enumerate(program)
    ]


class Distributed(msgspec.Struct, frozen=True):
    """The numbers of every call are drawn independently from a distribution: moments, and Kolmogorov's and Smirnov's test.

    A right answer is rejected less than once in 1e9 runs (`problems.frequencies`). Power comes from the number of draws: of 20,000, a mean
    that is off by a sixteenth of the standard deviation is seen.

    Attributes:
        result: of every call, an array.
        distribution: "uniform", "normal" or "exponential".
        parameters: of it, for a case: the two ends; the mean and the standard deviation; or the mean alone.
    """

    result: LayoutTree
    distribution: str
    parameters: Callable[[Case], tuple[float, ...]]

    def finding(self, asked: CaseAnswers) -> Finding | None:
        """The first call whose numbers come from another distribution."""
        for place, step in enumerate(asked.program):
            if not isinstance(step, Call) or not step.answer:
                continue
            if found := shape_finding(asked.at(place), place, self.result):
                return found
            values = as_tensor(asked.answers[place].value).detach().double().flatten()
            given = self.parameters(asked.case)
            if what := off_uniform(self._uniform(values, given).tolist()):
                mean, spread = _moments(self.distribution, given)
                fact = f"their mean is {float(values.mean()):.4g}, right is {mean:.4g}"
                fact += f"; their standard deviation is {float(values.std()):.4g}, right is {spread:.4g}"
                sentence = f"{len(values):,} numbers that were drawn are not {self.distribution}: their {what} is off"
                return Finding(sentence=sentence, facts=(fact,), step=place)
        return None

    def _uniform(self, values: torch.Tensor, given: tuple[float, ...]) -> torch.Tensor:
        """The cumulative distribution function of each number."""
        match self.distribution:
            case "uniform":
                found = (values - given[0]) / (given[1] - given[0])
                inside = (found >= 0) & (found <= 1)
                return torch.where(inside, found, torch.full_like(found, float("nan")))
            case "normal":
                return torch.as_tensor(torch.special.ndtr((values - given[0]) / given[1]))
            case "exponential":
                return torch.where(values >= 0, -torch.expm1(-values / given[0]), torch.full_like(values, float("nan")))
        raise ValueError(f"there is no distribution {self.distribution!r}: uniform, normal and exponential are known")


def _moments(distribution: str, given: tuple[float, ...]) -> tuple[float, float]:
    """Mean and standard deviation."""
    match distribution:
        case "uniform":
            return (given[0] + given[1]) / 2, (given[1] - given[0]) / 12**0.5
        case "normal":
            return given[0], given[1]
    return given[0], given[0]
