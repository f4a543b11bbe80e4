"""Dropout: by what it can do to a row, and by how often it does it."""

from __future__ import annotations

from typing import Any

import msgspec
import torch

from problems.agreement import shape_finding
from problems.asks import Assign, Call, Program
from problems.cases import Case, cases
from problems.checks import CaseAnswers
from problems.comparison import Finding, as_tensor
from problems.frequencies import unlikely
from problems.lora.layer import RESULT, agrees, base, weights_of, wrap

ROWS = 8000


def draw_dropout() -> Any:
    """Two features, so that it shows what is dropped: features of x, not results."""
    return cases(
        {"B": (ROWS,), "I": (2,), "O": (2,), "R": (1, 2)},
        kinds=("ordinary",),
        layouts=("contiguous",),
        options={
            "dims": (2,),
            "alpha": (1.0, 3.0),
            "bias": (True, False),
            "double": ("before",),
            "p": (0.5, 0.25, 0.1, 0.8),
        },
    )


def dropout_update(case: Case) -> dict[str, torch.Tensor]:
    """A and B that let every set of kept features be told from the result."""
    rank = case.sizes["R"]
    a = torch.tensor([[1.0, 3.0]], dtype=case.torch_dtype).repeat(rank, 1)
    b = torch.tensor([[2.0], [-1.0]], dtype=case.torch_dtype).repeat(1, rank)
    return {"lora_A": a, "lora_B": b}


def ask_dropout(case: Case) -> Program:
    """Thousands of equal rows in training, twice with other seeds, and in evaluation."""
    x = torch.tensor([[1.0, 1.0]], dtype=case.torch_dtype).expand(ROWS, 2).contiguous()
    state = {**weights_of(case), **dropout_update(case)}
    return [
        *base(case),
        wrap(case),
        Assign(module="m", state=state),
        Call(target="m", args=(x,), seed=case.seed + 1),
        Call(target="m.train", answer=False),
        Call(target="m", args=(x,), seed=case.seed + 2),
        Call(target="m.eval", answer=False),
        Call(target="m", args=(x[:4],), seed=case.seed + 3),
        Call(target="m.train", answer=False),
        Call(target="m", args=(x,), seed=case.seed + 4),
    ]


def judge_dropout(asked: CaseAnswers) -> Finding | None:
    """Each feature of each row dropped by itself, with probability p; what is kept is scaled by 1 / (1 - p)."""
    places = [n for n, step in enumerate(asked.program) if isinstance(step, Call) and step.answer]
    seen: list[torch.Tensor] = []
    for place in places:
        call = asked.program[place]
        assert isinstance(call, Call)
        if len(call.args[0]) == 4:
            case = msgspec.structs.replace(asked.case, sizes={**asked.case.sizes, "B": 4})
            found = agrees(_only(msgspec.structs.replace(asked, case=case), place))
            if found:
                return msgspec.structs.replace(found, sentence=f"in evaluation, {found.sentence}", step=place)
            continue
        kept = _kept(asked, place)
        if isinstance(kept, Finding):
            return msgspec.structs.replace(kept, step=place)
        seen.append(kept)
    if any(torch.equal(seen[0], other) for other in seen[1:]):
        return Finding(sentence="the same features are dropped in every call", step=places[-1])
    return None


def _only(asked: CaseAnswers, place: int) -> CaseAnswers:
    silent = [
        msgspec.structs.replace(s, answer=s.answer and n == place) if isinstance(s, Call) else s
        for n, s in enumerate(asked.program)
    ]
    return msgspec.structs.replace(asked, program=silent)


def _kept(asked: CaseAnswers, place: int) -> torch.Tensor | Finding:
    """Which of the four sets of features each row kept: bit 0 the first, bit 1 the second."""
    if found := shape_finding(asked, place, RESULT):
        return found
    case, p = asked.case, asked.case.options["p"]
    state = {**weights_of(case), **dropout_update(case)}
    x = torch.ones(2, dtype=torch.float64)
    plain = state["base.weight"].double() @ x + (state["base.bias"].double() if "base.bias" in state else 0.0)
    unit = case.options["alpha"] / case.sizes["R"] / (1 - p) * case.sizes["R"]
    shift = (as_tensor(asked.answers[place].value).double() - plain) / (
        unit * torch.tensor([2.0, -1.0], dtype=torch.float64)
    )
    sums = torch.tensor([0.0, 1.0, 3.0, 4.0], dtype=torch.float64)
    distance = (shift[..., None] - sums).abs()
    which = distance.argmin(dim=-1)
    if bool((distance.amin(dim=-1) > 1e-3).any()):
        row = int((distance.amin(dim=-1) > 1e-3).any(dim=-1).nonzero()[0])
        return Finding(
            sentence=(
                f"in training with dropout {p}, row {row} is {asked.answers[place].value[row].tolist()}, which no choice of "
                "dropped features of x gives"
            ),
            facts=(
                "Features of x are dropped on the way to A, what is kept is divided by 1 - p, and the base sees all of x.",
            ),
        )
    if bool((which[:, 0] != which[:, 1]).any()):
        return Finding(sentence="the outputs of one row see different features dropped; dropout acts on x, once")
    for number in range(4):
        kept = bin(number).count("1")
        right = p ** (2 - kept) * (1 - p) ** kept
        count = int((which[:, 0] == number).sum())
        if unlikely(count, ROWS, right):
            words = ("both features dropped", "only the first kept", "only the second kept", "both features kept")[
                number
            ]
            return Finding(
                sentence=f"with dropout {p}, {words} in {count} of {ROWS} rows; about {right * ROWS:.0f} are right"
            )
    first: torch.Tensor = which[:, 0]
    return first
