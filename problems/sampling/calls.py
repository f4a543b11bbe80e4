"""Cases and calls of filter_logits and sample, and which tokens may be drawn."""

from __future__ import annotations

from typing import Any

import torch

from problems.agreement import shape_finding
from problems.asks import Call, Construct, Handle, Overwrite, Program, Put
from problems.cases import Case, Values, cases
from problems.checks import CaseAnswers
from problems.comparison import Finding, Layout, as_tensor
from problems.nucleus import RowRules, row_rules

FILTERED = Layout("result", "... V")


TOKENS = Layout("result", "B")


TOP_K = (None, 1, 2, 3, 5, 100)


TOP_P = (None, 0.5, 0.9, 0.25, 0.75, 0.1, 0.99, 1.0, 0.3, 0.01, 0.6)


FILTER_SIZES = {"B": (1, 2, 3), "V": (1, 2, 3, 4, 5, 8, 13)}


FILTER_KINDS = ("small integers", "ordinary", "zero", "equal", "huge", "tiny", "halves", "far")


def draw_filter(**changes: Any) -> Any:
    """Logits of one to three dimensions, with either filter, both or none."""
    options = {
        "dims": changes.pop("dims", (2, 1, 3)),
        "top_k": changes.pop("top_k", TOP_K),
        "top_p": changes.pop("top_p", TOP_P),
    }
    sizes = changes.pop("sizes", FILTER_SIZES)
    return cases(sizes, kinds=changes.pop("kinds", FILTER_KINDS), options=options, **changes)


def logits_of(case: Case, *, salt: int = 0) -> torch.Tensor:
    """Logits; of kind "halves", some equal ones among far smaller ones, so that probabilities are exact."""
    b, v = case.sizes["B"], case.sizes["V"]
    shape: tuple[int, ...] = {1: (v,), 2: (b, v), 3: (b, 2, v)}[case.options.get("dims", 2)]
    values = Values(case, salt=salt, huge=3000.0)
    if case.kind == "far":  # from zero, but not from each other
        return values.laid_out(*shape, kind="ordinary", scale=2.0) + (9000.0 if case.seed % 2 else -9000.0)
    if case.kind != "halves":
        found = values.laid_out(*shape, scale=1.0 if case.kind != "ordinary" else 2.0)
        return found.clamp(-1e4, 1e4) if case.layout == "contiguous" else found
    high = values.booleans(*shape, chance=0.5)
    return torch.where(high, 0.0, -1e4).to(case.torch_dtype)


def call_filter(logits: Any, case: Case, **fields: Any) -> Call:
    """One call of filter_logits, its options by name."""
    given = {"top_k": case.options["top_k"], "top_p": case.options["top_p"]}
    return Call(target="filter_logits", args=(logits,), kwargs=given, seed=case.seed, **fields)


def draw_sample(**changes: Any) -> Any:
    """Batches of logits, temperatures and filters."""
    options = {
        "temperature": changes.pop("temperature", (1.0, 0.5, 2.0, 0.7, 0.1, 1.7)),
        "top_k": changes.pop("top_k", TOP_K),
        "top_p": changes.pop("top_p", TOP_P),
    }
    sizes = changes.pop("sizes", {"B": (1, 2, 3, 5), "V": (1, 2, 3, 4, 5, 8)})
    kinds = changes.pop("kinds", ("small integers", "ordinary", "zero", "equal", "huge", "tiny", "far"))
    return cases(sizes, kinds=kinds, options=options, **changes)


def sample_call(logits: Any, case: Case, **fields: Any) -> Call:
    """One call of sample, its options by name."""
    names = ("temperature", "top_k", "top_p")
    given = {name: case.options[name] for name in names} | fields.pop("kwargs", {})
    return Call(target="sample", args=(logits,), kwargs=given, seed=fields.pop("seed", case.seed), **fields)


def rules_of(logits: torch.Tensor, case: Case) -> list[RowRules]:
    """What each row of logits allows."""
    temperature = case.options["temperature"]
    rows, eps = logits.double(), torch.finfo(logits.dtype).eps
    if temperature == 0:
        return [row_rules(row, 1, None) for row in rows]
    return [row_rules(row / temperature, case.options["top_k"], case.options["top_p"], eps=eps) for row in rows]


def distinct_rows(logits: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows [R, V] that differ from each other, and [B] which one each row of logits [B, V] is: of thousands few differ."""
    data, width = logits.contiguous().numpy().tobytes(), logits.shape[-1] * logits.element_size()
    places: dict[bytes, int] = {}
    firsts: list[int] = []
    which = []
    for row, begin in enumerate(range(0, len(data), width)):
        place = places.setdefault(data[begin : begin + width], len(places))
        if place == len(firsts):
            firsts.append(row)
        which.append(place)
    return logits[firsts], torch.tensor(which, dtype=torch.long)


def tokens_fault(asked: CaseAnswers, step: int, logits: torch.Tensor) -> Finding | None:
    """int64 [B], each token one that may be drawn; `logits` are those of every row."""
    if found := shape_finding(asked, step, TOKENS):
        return found
    case = asked.case
    drawn = as_tensor(asked.answers[step].value)
    distinct, which = distinct_rows(logits)
    possible = torch.tensor([rules.possible for rules in rules_of(distinct, case)])[which]
    inside = (drawn >= 0) & (drawn < logits.shape[-1])
    right = inside & possible.gather(1, drawn.clamp(0, logits.shape[-1] - 1)[:, None])[:, 0]
    if bool(right.all()):
        return None
    row = int((~right).nonzero()[0])
    token = int(drawn[row])
    if not bool(inside[row]):
        sentence = f"row {row} got the token {token}, which is none: there are {logits.shape[-1]}"
    elif case.options["temperature"] == 0:
        sentence = f"row {row} got the token {token}; temperature 0 asks for the most likely one"
    else:
        sentence = f"row {row} got the token {token}, which the filters remove in this row"
    return Finding(sentence=sentence, facts=(f"its logits are {short(logits[row])}",), step=step)


def short(row: torch.Tensor) -> str:
    """A row of logits in words, its first twelve."""
    return "[" + ", ".join(f"{value:.4g}" for value in row.tolist()[:12]) + ("]" if row.numel() <= 12 else ", ...]")


def generator(name: str, seed: int) -> Construct:
    """A generator in the sandbox."""
    return Construct(target="torch.Generator", args=(seed,), into=name)


def settled(program: Program) -> bool:
    """Whether no logits of a program are equal in their row, and no sum of probabilities is close to its top_p."""
    held = {step.into: step.value for step in program if isinstance(step, Put)}
    for step in program:
        if isinstance(step, Overwrite):
            held[step.into] = step.value
        if not isinstance(step, Call):
            continue
        logits = step.kwargs["logits"] if "logits" in step.kwargs else step.args[0]
        logits = held[logits.name] if isinstance(logits, Handle) else logits
        options = dict(zip(CALLED[step.target], step.args[1:], strict=False)) | step.kwargs
        if not _rows_settled(logits, options.get("temperature", 1.0), options.get("top_k"), options.get("top_p")):
            return False
    return True


CALLED = {"filter_logits": ("top_k", "top_p"), "sample": ("temperature", "top_k", "top_p", "generator")}


def _rows_settled(logits: torch.Tensor, temperature: float, top_k: int | None, top_p: float | None) -> bool:
    rows, _ = distinct_rows(logits.reshape(-1, logits.shape[-1]))
    ordered = rows.sort(dim=-1).values
    if bool((ordered[:, 1:] == ordered[:, :-1]).any()):
        return False
    if top_p is None or not 0 < top_p <= 1 or temperature <= 0:
        return True
    eps = torch.finfo(rows.dtype).eps
    limits = (None,) if top_k is None or top_k < 1 else (None, top_k)
    return all(row_rules(row.double() / temperature, k, top_p, eps=eps).certain for row in rows for k in limits)
