"""Growth of cost: what counts as linear, whatever every call takes besides."""

from __future__ import annotations

import pytest

from problems.asks import Call
from problems.comparison import Finding, Plain
from problems.requirements import GrowsLinearly

SIZES = (64, 1024, 4096)


def _growth_finding(letter: str, sizes: tuple[int, ...], spent: list[float], *, strict: bool = False) -> Finding | None:
    return GrowsLinearly(letter, sizes, Plain(), earlier=(tuple(spent),) if strict else ())._growth([spent])


def seconds(
    *, every: float = 0.0, linear: float = 0.0, quadratic: float = 0.0, sizes: tuple[int, ...] = SIZES
) -> list[float]:
    """CPU seconds at each size, where the coefficients are given in microseconds."""
    return [1e-6 * (every + linear * size + quadratic * size**2) for size in sizes]


@pytest.mark.parametrize("every", [0.0, 100.0, 600.0, 10_000.0])
@pytest.mark.parametrize("linear", [0.0, 0.02, 0.5, 30.0])
def test_a_linear_cost_passes_whatever_every_call_takes(every: float, linear: float) -> None:
    assert _growth_finding("S", SIZES, seconds(every=every, linear=linear)) is None
    assert _growth_finding("T", (128, 512), seconds(every=every, linear=linear, sizes=(128, 512))) is None


@pytest.mark.parametrize(
    ("every", "linear", "quadratic"),
    [
        (600.0, 0.03, 0.00033),  # a square of booleans beside a message to the sandbox: seven times as long
        (0.0, 0.0, 0.001),
        (600.0, 0.03, 0.004),
    ],
)
def test_a_quadratic_cost_does_not(every: float, linear: float, quadratic: float) -> None:
    spent = seconds(every=every, linear=linear, quadratic=quadratic)
    for strict in (False, True):
        found = _growth_finding("S", SIZES, spent, strict=strict)
        assert found is not None
        assert found.verdict == "time_limit"
        assert found.sentence == "from S = 1,024 to S = 4,096 the cost of a call grows more than 8-fold"
        assert found.facts[0].startswith("What every call takes, as at S = 64, is left out.")
        assert found.measured["S = 4,096"] == spent[-1]
        assert found.measured["growth"] > 11


@pytest.mark.parametrize("large", [7.0, 8.0, 10.0])
def test_a_cost_between_linear_and_quadratic_is_measured_again_and_accepted(large: float) -> None:
    assert _growth_finding("T", (128, 512), [1.0, large]) is not None
    assert _growth_finding("T", (128, 512), [1.0, large], strict=True) is None
    assert _growth_finding("T", (128, 512), [1.0, 5.0]) is None


def test_noise_of_a_cheap_call_is_no_growth() -> None:
    for small, middle, large in ((1000, 600, 1100), (560, 545, 930), (840, 620, 1070), (900, 910, 2030)):
        assert _growth_finding("S", SIZES, [small / 1e6, middle / 1e6, large / 1e6]) is None


def test_the_growth_is_the_median_of_rounds_in_which_the_machine_was_equally_busy() -> None:
    rounds = [[1.0, 4.1], [2.0, 8.2], [1.0, 16.0], [3.0, 12.3], [1.0, 4.1]]
    assert GrowsLinearly("T", (128, 512), Plain())._growth(rounds) is None
    slow = [[1.0, 15.0], [3.0, 12.0], [2.0, 30.0]]
    found = GrowsLinearly("T", (128, 512), Plain(), earlier=((1.0, 4.0), (1.0, 15.2)))._growth(slow)
    assert found is not None
    assert found.measured["growth"] == 15.0


def test_only_whole_rounds_count() -> None:
    program = [Call(target="f", sizes={"T": size} if size else {}) for size in (0, 128, 512, 130, 514, 132)]
    growth = GrowsLinearly("T", (128, 512), Plain())
    assert growth.rounds(program, {1: 0.5, 2: 2.0, 3: 0.25, 4: 1.0, 5: 9.0}) == ((0.5, 2.0), (0.25, 1.0))
    assert growth.rounds(program, dict.fromkeys(range(6))) == ()


def test_what_takes_long_is_asked_until_each_size_was_measured_once() -> None:
    def call(size: int | None) -> Call:
        return Call(target="f", sizes={} if size is None else {"T": size})

    program = [call(None), call(None), call(128), call(512), call(128), call(512)]
    growth = GrowsLinearly("T", (128, 512), Plain())
    assert growth.measured_once(program) == 4
    assert growth.measured_once(program[:3]) == 3
