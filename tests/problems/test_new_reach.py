"""What problems of other kinds are judged with: training steps, and numbers drawn from a continuous distribution."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from judge.cases import Drawing
from judge.oracle import Expected, Reference
from problems.cases import Case, Values, cases
from problems.checks import CaseAnswers, Check, Layer, Subject
from problems.comparison import Finding, Layout
from problems.frequencies import TAIL, farthest_distance, off_uniform
from problems.properties import agrees
from problems.requirements import Distributed
from problems.training import training_check

# training


class Line(torch.nn.Module):
    """y = x w + b, by gradient descent on the mean squared error with momentum."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(features))
        self.bias = torch.nn.Parameter(torch.zeros(1))
        self.velocity = [torch.zeros(features), torch.zeros(1)]

    def step(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """One step; returns the loss before it."""
        loss = (x @ self.weight + self.bias - y).square().mean()
        gradients = torch.autograd.grad(loss, [self.weight, self.bias])
        with torch.no_grad():
            for place, (parameter, gradient) in enumerate(zip(self.parameters(), gradients, strict=True)):
                self.velocity[place] = self.momentum() * self.velocity[place].to(gradient.dtype) + gradient
                parameter -= 0.05 * self.velocity[place]
        return loss.detach()

    def momentum(self) -> float:
        return 0.9


class WithoutMomentum(Line):
    def momentum(self) -> float:
        return 0.0


class SummedLoss(Line):
    def step(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return super().step(x, y) * len(y)


def weights(case: Case) -> dict[str, Any]:
    values = Values(case, salt=1)
    return {"weight": values.plain(case.sizes["F"], kind="ordinary"), "bias": values.plain(1, kind="ordinary")}


def batches(case: Case) -> list[dict[str, Any]]:
    values = Values(case, salt=2)
    shape = case.sizes["B"], case.sizes["F"]
    return [
        {"x": values.plain(*shape, kind="ordinary"), "y": values.plain(shape[0], kind="ordinary")} for _ in range(4)
    ]


LINE = Layer(target="Line", arguments={"features": "F"}, weights=weights)
SPACE = cases({"B": (1, 3, 8), "F": (1, 2, 5)}, kinds=("ordinary",), layouts=("contiguous",))
TRAINING = training_check(LINE, SPACE, batches, method="step", parameters=("weight", "bias"), result=Layout("loss", ""))


def finding(check: Check, case: Case, names: dict[str, Any], right: dict[str, Any]) -> Finding | None:
    """What a check says of a solution that runs here, without a sandbox."""
    program = check.ask(case)
    answers = Reference(names).answers(program)
    expected = Expected(Reference(right), program, case.seed)
    asked = CaseAnswers(case=case, program=program, answers=answers, right=expected, arrays="tensor")
    return check.finding(asked)


@pytest.mark.parametrize("seed", range(3))
def test_training_steps_accept_what_is_right(seed: int) -> None:
    for case in Drawing(TRAINING, seed).cases():
        assert finding(TRAINING, case, {"Line": Line}, {"Line": Line}) is None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [(WithoutMomentum, "after 2 steps: "), (SummedLoss, "in step 1: ")],
    ids=["without momentum", "another loss"],
)
def test_training_steps_say_after_which_step_what_is_wrong(wrong: type[Line], words: str) -> None:
    found = [finding(TRAINING, case, {"Line": wrong}, {"Line": Line}) for case in Drawing(TRAINING, 0).cases()]
    told = [each for each in found if each is not None]
    assert len(told) > len(found) / 2
    assert all(each.sentence.startswith(words) for each in told)


def test_more_than_five_steps_are_refused() -> None:
    long = training_check(LINE, SPACE, lambda case: batches(case) * 2, method="step", parameters=("weight",))
    with pytest.raises(ValueError, match="more than 5 steps"):
        long.ask(Drawing(long, 0).cases()[0])


# continuous random results

DRAWS = 20_000
TRUE = {
    "uniform": (lambda chance, n: chance.uniform(-2, 3, n), (-2.0, 3.0)),
    "normal": (lambda chance, n: chance.normal(1, 2, n), (1.0, 2.0)),
    "exponential": (lambda chance, n: chance.exponential(0.5, n), (0.5,)),
}


def judged(distribution: str, numbers: Any, parameters: tuple[float, ...]) -> Finding | None:
    """What is said of these numbers."""
    check = agrees(
        "drawn",
        "They are drawn rightly.",
        SUBJECT,
        requires=Distributed(Layout("result", "N"), distribution, lambda case: parameters),
    )
    case = Case(sizes={"N": len(numbers)})
    drawn = {"draw": lambda: torch.as_tensor(numbers, dtype=torch.float32)}
    return finding(check, case, drawn, drawn)


SUBJECT = Subject(draw=cases({"N": (DRAWS,)}), inputs=lambda case: {}, target="draw", result=Layout("result", "N"))


@pytest.mark.parametrize("distribution", TRUE)
@pytest.mark.parametrize("seed", range(20))
def test_numbers_that_are_drawn_rightly_are_accepted(distribution: str, seed: int) -> None:
    draw, parameters = TRUE[distribution]
    assert judged(distribution, draw(np.random.default_rng(seed), DRAWS), parameters) is None


WRONG: dict[str, tuple[str, Callable[[Any], Any], str]] = {
    "normal with the variance for the deviation": ("normal", lambda c: c.normal(1, 4, DRAWS), "spread"),
    "normal a twelfth off": ("normal", lambda c: c.normal(1 + 2 / 12, 2, DRAWS), "mean"),
    "normal scaled by 1.06": ("normal", lambda c: c.normal(1, 2 * 1.06, DRAWS), "spread"),
    "uniform for normal, with its moments": (
        "normal",
        lambda c: c.uniform(1 - 2 * 3**0.5, 1 + 2 * 3**0.5, DRAWS),
        "spread|distribution",
    ),
    "cut off at one and a half deviations": (
        "normal",
        lambda c: np.clip(c.normal(1, 2, DRAWS), -2, 4),
        "distribution|spread",
    ),
    "uniform one too wide": ("uniform", lambda c: c.uniform(-2, 3.001, DRAWS), "distribution"),
    "uniform that never falls low": ("uniform", lambda c: c.uniform(-1.8, 3, DRAWS), "mean|spread"),
    "the rate for the mean": ("exponential", lambda c: c.exponential(2.0, DRAWS), "mean"),
    "always the same": ("uniform", lambda c: np.full(DRAWS, 0.5), "spread"),
    "not a number": ("normal", lambda c: np.full(DRAWS, np.nan), "distribution"),
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("seed", range(3))
def test_numbers_from_elsewhere_are_seen(name: str, seed: int) -> None:
    distribution, draw, what = WRONG[name]
    found = judged(distribution, draw(np.random.default_rng(seed)), TRUE[distribution][1])
    assert found is not None
    assert re.search(rf"20,000 numbers that were drawn are not {distribution}: their ({what}) is off", found.sentence)
    assert "right is" in found.facts[0]


def test_the_statistic_is_that_of_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    values = np.random.default_rng(0).uniform(size=1000)
    assert math.isclose(farthest_distance(values.tolist()), stats.kstest(values, "uniform").statistic, rel_tol=1e-12)


def test_right_numbers_are_rejected_as_seldom_as_is_promised() -> None:
    """At a tail of 1e-2 in place of 1e-13, of 2,000 right draws no more than 6 % are rejected: three tests of 1 % each, and some luck."""
    chance = np.random.default_rng(0)
    off = sum(bool(off_uniform(chance.uniform(size=500).tolist(), tail=1e-2)) for _ in range(2000))
    assert off <= 0.06 * 2000
    assert TAIL * 10_000 * 3 < 1e-8
