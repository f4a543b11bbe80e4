"""What numbers must be whatever the reference says: slopes, sums, and draws from a distribution."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from problems.agreement import calls_of, shape_finding
from problems.asks import Call
from problems.cases import Case
from problems.checks import CaseAnswers
from problems.comparison import Finding, LayoutTree, as_tensor, leaves
from problems.frequencies import off_uniform
from problems.late import torch


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


class Distributed(msgspec.Struct, frozen=True):
    """The numbers of every call are drawn independently from a distribution: moments, and Kolmogorov's and Smirnov's test.

    A right answer is rejected less than once in 1e9 runs (`problems.frequencies`). Power comes from the number of draws: of 20,000, a mean
    that is off by a twelfth of the standard deviation is seen.

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
