"""Probes tell what was measured, and nothing where they can't tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from judge.cases import load_probes
from judge.oracle import Reference
from problems import find_problem
from problems.asks import Call, Program
from problems.attention import WEIGHT_SUMS, module
from problems.cases import Case, Values
from problems.probes import INFLUENCE, Probe, Told
from problems.transformer_block.checks import setup
from reference.rope import apply_rope
from reference.transformer_block import TransformerBlock

NAMES = ("x", "bias")


def sums_so_far(x: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    return x.cumsum(1) + bias


def all_of_it(x: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    return x.sum(1, keepdim=True).expand_as(x) + bias


def no_bias(x: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    return x.cumsum(1)


def nothing(x: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    return torch.zeros_like(x)


def infinite(x: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    return x / 0


def other_shape(x: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    return x.sum(1)


def facts(probe: Probe, program: Program, mine: dict[str, Any], right: dict[str, Any], names: Any) -> tuple[str, ...]:
    step = len(program) - 1
    answers = [
        (Reference(mine).answers(each)[step], Reference(right).answers(each, torch.float64)[step])
        for each in (program, *probe.ask(program, names))
    ]
    return probe.tell(Told(name="", leaf=0, program=program, before=answers[0], after=answers[1:]), names)


@pytest.mark.parametrize(
    ("solution", "expected"),
    [
        (sums_so_far, ()),
        (all_of_it, ("your result[:, 0] moved by 1.66 when x[:, 1] changed; the right one stays as it was",)),
        (no_bias, ("nothing in your result changes with bias",)),
        (nothing, ("nothing in your result changes with x or bias",)),
        (infinite, ()),
        (other_shape, ()),
    ],
)
def test_it_is_told_what_a_result_depends_on(solution: Callable[..., torch.Tensor], expected: tuple[str, ...]) -> None:
    program: Program = [Call(target="f", args=(torch.tensor([[1.0, -1.0]]), torch.tensor([0.5])))]
    found = facts(INFLUENCE, program, {"f": solution}, {"f": sums_so_far}, NAMES)
    assert len(found) == len(expected)
    for fact, wanted in zip(found, expected, strict=True):
        assert fact.split(" by ")[0] == wanted.split(" by ")[0]


class Attention(torch.nn.Module):
    """One head of attention over `value`; `spoils` is what is wrong with it."""

    spoils = ""

    def __init__(self, d_model: int, num_heads: int) -> None:
        super().__init__()
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = (torch.nn.Linear(d_model, d_model) for _ in range(4))

    def forward(self, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
        scores = self.q_proj(query) @ self.k_proj(key).mT
        weights = scores.softmax(-1) * (0.5 if self.spoils == "weights" else 1.0)
        values = self.v_proj(value) + (self.v_proj.bias if self.spoils == "bias" else 0.0)
        out: torch.Tensor = self.o_proj(weights @ values)
        return out + query if self.spoils == "residual" else out


@pytest.mark.parametrize(("spoils", "told"), [("weights", True), ("bias", False), ("residual", False), ("", False)])
def test_what_weights_sum_to_is_told_where_they_alone_are_wrong(spoils: str, told: bool) -> None:
    wrong = type("Wrong", (Attention,), {"spoils": spoils})
    case = Case(sizes={"D": 2, "H": 1}, kind="ordinary")
    given = tuple(torch.randn(1, 3, 2, generator=torch.Generator().manual_seed(n)) for n in range(3))
    program: Program = [*module(case, "Attention"), Call(target="m", args=given)]
    found = facts(WEIGHT_SUMS, program, {"Attention": wrong}, {"Attention": Attention}, ("query", "key", "value"))
    assert found == (
        ("the weights of query 0 sum to 0.5: where every value is 1, that is what comes back",) if told else ()
    )


def turned(x: torch.Tensor, offset: int, base: float) -> torch.Tensor:
    return apply_rope(x, 2 * offset, base)


def stretched(x: torch.Tensor, offset: int, base: float) -> torch.Tensor:
    return apply_rope(x, offset, base) * 2


@pytest.mark.parametrize(
    ("solution", "fact"),
    [
        (apply_rope, None),
        (turned, "the pair of features 0 and 1 of token 0 is turned by 2 radians; right is 1"),
        (stretched, "a rotation keeps lengths, and yours changes that of the pair of features 0 and 1 of token 0"),
        (lambda x, offset, base: x / 0, None),
        (lambda x, offset, base: x[..., :1], None),
    ],
)
def test_by_which_angle_a_pair_was_turned_is_told(solution: Callable[..., torch.Tensor], fact: str | None) -> None:
    program: Program = [Call(target="apply_rope", args=(torch.ones(1, 1, 2, 4), 1, 100.0))]
    probe = load_probes(find_problem("rope"))[0]
    found = facts(probe, program, {"apply_rope": solution}, {"apply_rope": apply_rope}, ("x", "offset", "base"))
    assert found == (() if fact is None else (fact,))


class NoGelu(TransformerBlock):
    def feed_forward(self, x_BTD: torch.Tensor) -> torch.Tensor:
        return self.down_proj(self.up_proj(x_BTD))


class NoScale(TransformerBlock):
    def attend(self, x_BTD: torch.Tensor) -> torch.Tensor:
        return super().attend(x_BTD * 2)


class SideBySide(TransformerBlock):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.attend(self.norm1(x)) + self.feed_forward(self.norm2(x))


class AlmostRight(TransformerBlock):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x) * (1 + 1e-6)


@pytest.mark.parametrize(
    ("solution", "words"),
    [
        (NoGelu, "in the MLP's half"),
        (NoScale, "in the attention's half"),
        (SideBySide, "where both speak"),
        (TransformerBlock, None),
        (AlmostRight, None),
    ],
)
def test_in_which_half_of_a_block_an_error_shows_is_told(solution: type[TransformerBlock], words: str | None) -> None:
    case = Case(sizes={"B": 1, "T": 3, "H": 1, "Dh": 2, "F": 3, "D": 2}, kind="ordinary")
    program: Program = [*setup(case), Call(target="m", args=(Values(case).plain(1, 3, 2),))]
    probe = load_probes(find_problem("transformer_block"))[0]
    found = facts(probe, program, {"TransformerBlock": solution}, {"TransformerBlock": TransformerBlock}, ("x",))
    assert [fact.partition("shows ")[2] for fact in found] == ([] if words is None else [words])
