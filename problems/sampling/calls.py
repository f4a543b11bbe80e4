"""Cases and calls of filter_logits and sample, as they are made and as they are read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import torch

from problems.asks import SAME, Call, Handle, Overwrite, Program, Put
from problems.cases import Case, Values, cases
from problems.checks import Subject
from problems.comparison import Layout
from problems.nucleus import RowRules, row_rules

TOP_K = (None, 1, 2, 3, 5, 8, 100)
TOP_P = (None, 0.5, 0.9, 0.25, 0.75, 0.1, 0.99, 1.0, 0.3, 0.01, 0.6)
KINDS = ("small integers", "ordinary", "zero", "equal", "huge", "tiny", "halves", "far")
MOST_OF_ONE = 0.5  # of the probability, for one token of several
DEFAULTS: dict[str, dict[str, Any]] = {
    "filter_logits": {"top_k": None, "top_p": None},
    "sample": {"temperature": 1.0, "top_k": None, "top_p": None, "generator": None},
}


def logits_of(case: Case) -> torch.Tensor:
    """Logits; of kind "halves", some equal ones among far smaller ones, so that probabilities are exact."""
    b, v = case.sizes["B"], case.sizes["V"]
    shape: tuple[int, ...] = {1: (v,), 2: (b, v), 3: (b, 2, v)}[case.options.get("dims", 2)]
    values = Values(case, huge=3000.0)
    match case.kind:
        case "far":  # from zero, but not from each other
            return values.laid_out(*shape, kind="ordinary", scale=2.0) + (9000.0 if case.seed % 2 else -9000.0)
        case "halves":
            return torch.where(values.booleans(*shape), 0.0, -1e4).to(case.torch_dtype)
        case kind:
            found = values.laid_out(*shape, scale=2.0 if kind == "ordinary" else 1.0)
            return found.clamp(-1e4, 1e4) if case.layout == "contiguous" else found


def inputs(target: str) -> Any:
    """Logits and the options of a function."""
    return lambda case: {
        "logits": logits_of(case),
        **{name: case.options.get(name, default) for name, default in DEFAULTS[target].items()},
    }


FILTER = Subject(
    draw=cases(
        {"B": (1, 2, 3, 4), "V": (1, 2, 3, 4, 5, 8, 13, 16, 25, 33)},
        kinds=KINDS,
        options={"dims": (2, 1, 3), "top_k": TOP_K, "top_p": TOP_P},
    ),
    inputs=inputs("filter_logits"),
    target="filter_logits",
    result=Layout("result", "... V"),
    rows=("logits",),
    defaults=DEFAULTS["filter_logits"],
)
SAMPLE = Subject(
    draw=cases(
        {"B": (1, 2, 3, 4, 5), "V": (1, 2, 3, 4, 5, 8, 12, 16)},
        kinds=tuple(kind for kind in KINDS if kind != "halves"),
        options={"temperature": (1.0, 0.5, 2.0, 0.7, 0.1, 1.7), "top_k": TOP_K, "top_p": TOP_P},
    ),
    inputs=inputs("sample"),
    target="sample",
    result=Layout("result", "B"),
    defaults=DEFAULTS["sample"],
)


def by_name(
    subject: Subject,
    case: Case,
    logits: Any,
    *,
    seed: int | None = None,
    note: str = "",
    times: int = 1,
    **options: Any,
) -> Call:
    """One call on these logits, the options of the case, and others, by name."""
    given = {name: value for name, value in case.options.items() if name != "dims"} | options
    fields = {"seed": case.seed if seed is None else seed, "note": note, "times": times}
    return subject.call(case, {"logits": logits}, kwargs=given, **fields)


class Asked(msgspec.Struct, frozen=True):
    """A call as it is read: its place in the program, the step, its logits and all its options.

    `before` is the place of the call whose result is looked at again, and -1 of a call.
    """

    place: int
    step: Call
    logits: torch.Tensor
    options: dict[str, Any]
    before: int = -1

    def rules(self, row: torch.Tensor) -> RowRules:
        """What one row of logits allows."""
        return rules_of(row, self.options.get("temperature", 1.0), self.options["top_k"], self.options["top_p"])


def calls_in(program: Program) -> Iterator[Asked]:
    """Every call of either function; an earlier result that is looked at again stands for the call that gave it."""
    held: dict[str, Any] = {}
    kept: dict[str, Asked] = {}
    for place, step in enumerate(program):
        if isinstance(step, (Put, Overwrite)):
            held[step.into] = step.value
        if isinstance(step, Call) and step.target == SAME:
            before = kept[step.args[0].name]
            noted = msgspec.structs.replace(before.step, note=step.note)
            yield msgspec.structs.replace(before, place=place, step=noted, before=before.place)
        elif isinstance(step, Call):
            names = ("logits", *DEFAULTS[step.target])
            given = DEFAULTS[step.target] | dict(zip(names, step.args, strict=False)) | step.kwargs
            logits = given.pop("logits")
            kept[step.into] = Asked(place, step, held[logits.name] if isinstance(logits, Handle) else logits, given)
            yield kept[step.into]


def rules_of(row: torch.Tensor, temperature: float, top_k: int | None, top_p: float | None) -> RowRules:
    """What a row of logits allows."""
    if temperature == 0:
        return row_rules(row.double(), 1, None)
    return row_rules(row.double() / temperature, top_k, top_p, eps=torch.finfo(row.dtype).eps)


def distinct_rows(logits: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows [R, V] that differ from each other, and [B] which one each row of logits [B, V] is: of thousands few differ."""
    data, width = logits.contiguous().numpy().tobytes(), logits.shape[-1] * logits.element_size()
    rows = [data[begin : begin + width] for begin in range(0, len(data), width)]
    firsts = {row: place for place, row in reversed(list(enumerate(rows)))}
    order = sorted(firsts.values())
    numbers = {rows[place]: number for number, place in enumerate(order)}
    return logits[order], torch.tensor([numbers[row] for row in rows], dtype=torch.long)


def settled(program: Program) -> bool:
    """Whether no logits of a program are equal in their row, and no sum of probabilities is close to its top_p."""
    return all(_is_settled(asked) for asked in calls_in(program))


def _is_settled(asked: Asked) -> bool:
    rows, _ = distinct_rows(asked.logits.reshape(-1, asked.logits.shape[-1]))
    ordered = rows.sort(dim=-1).values
    if bool((ordered[:, 1:] == ordered[:, :-1]).any()):
        return False
    top_k, top_p, temperature = (asked.options.get(name, 1.0) for name in ("top_k", "top_p", "temperature"))
    if top_p is None or not 0 < top_p <= 1 or temperature <= 0:
        return True
    limits = {None, None if top_k is None or top_k < 1 else top_k}
    return all(rules_of(row, temperature, limit, top_p).certain for row in rows for limit in limits)


def clear_row(case: Case) -> torch.Tensor:
    """A row of logits without ties or sums near top_p, whose probabilities, with the case's options, are clearly unequal.

    Where three tokens or more are left, none has more than half of the probability: what is added to one that has nearly all of it hardly
    shows in how often it comes.
    """
    temperature, top_k, top_p = (case.options[name] for name in ("temperature", "top_k", "top_p"))
    for salt in range(1000):
        plain = Values(case, salt=100 + salt).plain(case.sizes["V"], kind="ordinary")
        row: torch.Tensor = plain * temperature
        rules = rules_of(row, temperature, top_k, top_p)
        kept = rules.probabilities[rules.probabilities > 0]
        enough = len(kept) >= (2 if top_p else 3)
        even = len(kept) < 3 or float(kept.max()) <= MOST_OF_ONE
        apart = float((plain[:, None] - plain).abs().fill_diagonal_(1.0).min()) > 0.05
        unequal = float(kept.min()) > 0.04 and float(kept.max() / kept.min()) > 3
        if rules.certain and enough and even and apart and unequal:
            return row
    raise AssertionError(f"no clear row for {case}")
