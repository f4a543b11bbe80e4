"""Dropout: by what it can do to a row, and by how often it does it."""

from __future__ import annotations

from typing import Any

import msgspec
import torch

from problems.agreement import calls_of, shape_finding, value_finding
from problems.asks import Assign, Call, Program
from problems.cases import Case
from problems.checks import CaseAnswers, Check
from problems.comparison import Finding, as_tensor
from problems.frequencies import unlikely
from problems.kinds import Breach
from problems.lora.layer import LORA, adapted, base, weights
from problems.properties import agrees

ROWS = 8000
FEW = 4
KEPT = ("both features dropped", "only the first kept", "only the second kept", "both features kept")


def dropout_weights(case: Case) -> dict[str, torch.Tensor]:
    """Weights of which A and B let every set of kept features be told from the result."""
    dtype, rank = case.torch_dtype, case.sizes["R"]
    a, b = torch.tensor([[1.0, 3.0]], dtype=dtype), torch.tensor([[2.0], [-1.0]], dtype=dtype)
    return weights(case) | {"lora_A": a.repeat(rank, 1), "lora_B": b.repeat(1, rank)}


def ask_dropout(case: Case) -> Program:
    """Thousands of equal rows in training, twice with other seeds, and in evaluation."""

    def call(rows: int, seed: int) -> Call:
        x = torch.ones(rows, 2, dtype=case.torch_dtype)
        return LORA.call(case.resized(B=rows), {"x": x}, seed=case.seed + seed)

    train, evaluate = (Call(target=f"m.{mode}", answer=False) for mode in ("train", "eval"))
    made = [*base(case), adapted(case), Assign(state=dropout_weights(case))]
    return [*made, call(ROWS, 1), train, call(ROWS, 2), evaluate, call(FEW, 3), train, call(ROWS, 4)]


def judge_dropout(asked: CaseAnswers) -> Finding | None:
    """Each feature of each row dropped by itself, with probability p; what is kept is scaled by 1 / (1 - p)."""
    seen: list[torch.Tensor] = []
    for place in calls_of(asked.program):
        at = asked.at(place)
        if at.case.sizes["B"] == FEW:
            if found := value_finding(at, place, LORA.result):
                return msgspec.structs.replace(found, sentence=f"in evaluation, {found.sentence}")
            continue
        kept = shape_finding(at, place, LORA.result) or _kept(asked.case, as_tensor(asked.answers[place].value))
        if isinstance(kept, Finding):
            return msgspec.structs.replace(kept, step=place)
        if seen and torch.equal(seen[0], kept):
            return _drawn("the same features are dropped in every call", step=place)
        seen.append(kept)
    return None


def _kept(case: Case, result: torch.Tensor) -> torch.Tensor | Finding:
    """Which of the four sets of features each row kept: bit 0 the first, bit 1 the second."""
    p, state = case.options["p"], {name: value.double() for name, value in dropout_weights(case).items()}
    plain: Any = state["base.weight"].sum(dim=1) + state.get("base.bias", 0.0)
    unit = case.options["alpha"] / (1 - p) * torch.tensor([2.0, -1.0], dtype=torch.float64)
    sums = torch.tensor([0.0, 1.0, 3.0, 4.0], dtype=torch.float64)
    nearest = ((result.double() - plain) / unit)[..., None].sub(sums).abs().min(dim=-1)
    if bool((nearest.values > 1e-3).any()):
        row = int((nearest.values > 1e-3).any(dim=-1).nonzero()[0])
        fact = (
            "Features of x are dropped on the way to A, what is kept is divided by 1 - p, and the base sees all of x."
        )
        words = f"row {row} is {result[row].tolist()}, which no choice of dropped features of x gives"
        return _drawn(f"in training with dropout {p}, {words}", fact)
    first, second = nearest.indices.unbind(dim=-1)
    if not torch.equal(first, second):
        return _drawn("the outputs of one row see different features dropped; dropout acts on x, once")
    for number, words in enumerate(KEPT):
        kept = number.bit_count()
        right, count = p ** (2 - kept) * (1 - p) ** kept, int((first == number).sum())
        if unlikely(count, ROWS, right):
            rows = f"{words} in {count} of {ROWS} rows; about {right * ROWS:.0f} are right"
            return _drawn(f"with dropout {p}, {rows}")
    return torch.as_tensor(first)


def _drawn(sentence: str, *facts: str, step: int = -1) -> Finding:
    """What is wrong with what was drawn."""
    return Finding(breach=Breach.FREQUENCY, sentence=sentence, facts=facts, step=step)


DROPOUT: Check = agrees(
    "dropout",
    "Dropout acts in training only, on x on its way to A, and on nothing else.",
    # Two features, so that it shows what is dropped: features of x, not results.
    LORA.on(
        B=(ROWS,),
        I=(2,),
        O=(2,),
        R=(1, 2),
        kinds=("ordinary",),
        layouts=("contiguous",),
        dims=(2,),
        alpha=(1.0, 3.0),
        double=("before",),
        p=(0.5, 0.25, 0.1, 0.8),
    ),
    ask_dropout,
    cases=3,
    judge=judge_dropout,
    why="What is dropped is drawn: which sets of features are, and how often, is known by these numbers alone.",
    stochastic=True,
)
