"""Cases and calls of the classification metrics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from problems.agreement import value_finding
from problems.asks import Call, Program
from problems.cases import Case, Values, cases, relaid
from problems.checks import CaseAnswers
from problems.comparison import Finding, Layout, LayoutTree

COUNTS = Layout("result", "C C")
BY_CLASS = (Layout("precision", "C"), Layout("recall", "C"), Layout("f1", "C"))
AVERAGED = (Layout("precision", ""), Layout("recall", ""), Layout("f1", ""))
NUMBER = Layout("result", "")
SIZES = {"N": (1, 2, 3, 4, 6, 9, 14), "C": (2, 1, 3, 4, 6)}
LABELS = ("int64", "int64", "int32", "uint8")
PRESENT = ("all", "some", "one", "apart")
TIES = ("many", "none", "blocks", "all", "float32")


def draw_labels(**changes: Any) -> Any:
    """Labels of which some classes may be missing on either side, or on both."""
    sizes = {letter: changes.pop(letter, values) for letter, values in SIZES.items()}
    options = {
        "present": changes.pop("present", PRESENT),
        "labels": changes.pop("labels", LABELS),
        "right": changes.pop("right", (0.6, 0.0, 1.0)),
    }
    layouts = changes.pop("layouts", ("contiguous", "sliced"))
    return cases(sizes, kinds=("ordinary",), dtypes=("float64",), layouts=layouts, options=options, **changes)


def labels_of(case: Case) -> tuple[torch.Tensor, torch.Tensor]:
    """Targets and predictions. "some": of half the classes; "one": a single class; "apart": the two share no class."""
    values, n, c = Values(case), case.sizes["N"], case.sizes["C"]
    classes = sorted({values.choice(c) for _ in range(c)}) if case.options["present"] == "some" else list(range(c))
    if case.options["present"] == "one":
        classes = [values.choice(c)]
    called = classes
    if case.options["present"] == "apart" and c > 1:
        cut = 1 + values.choice(c - 1)
        classes, called = classes[:cut], classes[cut:]
    targets = torch.tensor([classes[values.choice(len(classes))] for _ in range(n)])
    predictions = torch.tensor([called[values.choice(len(called))] for _ in range(n)])
    if called is classes:
        predictions = torch.where(values.booleans(n, chance=case.options["right"]), targets, predictions)
    dtype = getattr(torch, case.options["labels"])
    return relaid(targets.to(dtype), case.layout), relaid(predictions.to(dtype), case.layout)


def label_inputs(case: Case) -> dict[str, Any]:
    """The three arguments that both functions of labels have."""
    targets, predictions = labels_of(case)
    return {"targets": targets, "predictions": predictions, "num_classes": case.sizes["C"]}


def average_inputs(average: str | None) -> Any:
    """The same, with an average."""
    return lambda case: {**label_inputs(case), "average": average}


def draw_scores(**changes: Any) -> Any:
    """Scores with ties within a side and across."""
    options = {
        "ties": changes.pop("ties", TIES),
        "sides": changes.pop("sides", ("both", "both", "both", "positive", "negative")),
        "labels": changes.pop("labels", LABELS),
    }
    sizes = {"N": changes.pop("N", (2, 1, 3, 4, 6, 9, 14))}
    layouts = changes.pop("layouts", ("contiguous", "sliced"))
    return cases(sizes, kinds=("ordinary",), dtypes=("float64",), layouts=layouts, options=options, **changes)


def score_inputs(case: Case) -> dict[str, Any]:
    """Targets of 0 and 1, and scores that float32 holds exactly. "blocks": of two values, mostly on one side each."""
    values, n = Values(case, salt=3), case.sizes["N"]
    targets = values.booleans(n).to(torch.int64)
    if case.options["sides"] == "both" and n > 1:
        targets[values.choice(n)] = 1
        targets[int((targets == 1).nonzero()[0]) - 1] = 0
    elif case.options["sides"] != "both":
        targets[:] = int(case.options["sides"] == "positive")
    ordinary = values.plain(n, kind="ordinary", scale=50.0 if case.seed % 3 else 4000.0).float().double()
    scores = {
        "many": values.plain(n, kind="small integers") / 4,
        "blocks": torch.where(values.booleans(n, chance=0.8), targets, 1 - targets).double(),
        "all": values.plain(n, kind="equal"),
    }.get(case.options["ties"], ordinary)
    if case.options["ties"] == "float32":
        scores = scores.float()
    dtype = getattr(torch, case.options["labels"])
    return {"targets": relaid(targets.to(dtype), case.layout), "scores": relaid(scores, case.layout)}


Inputs = Mapping[str, Any]


def labels_and_average(case: Case, average: str | None) -> dict[str, Any]:
    """The arguments of precision_recall_f1."""
    return {**label_inputs(case), "average": average}


def draw_both() -> Any:
    """Cases that all functions can be asked on."""
    options = {"ties": TIES, "sides": ("both", "positive"), "labels": LABELS, "present": PRESENT, "right": (0.6, 0.0)}
    return cases(SIZES, kinds=("ordinary",), dtypes=("float64",), layouts=("contiguous", "sliced"), options=options)


def every_input(case: Case) -> list[tuple[str, dict[str, Any]]]:
    """Each function with its arguments, precision_recall_f1 with each average."""
    given = [("precision_recall_f1", labels_and_average(case, average)) for average in (None, "macro", "micro")]
    return [("confusion_matrix", label_inputs(case)), *given, ("roc_auc", score_inputs(case))]


def every_call(case: Case, **fields: Any) -> Program:
    """A call of each."""
    return [
        Call(target=target, args=tuple(given.values()), seed=case.seed, **fields) for target, given in every_input(case)
    ]


def result_of(step: Call) -> LayoutTree:
    """What a call gives back."""
    if step.target == "precision_recall_f1":
        averages = step.kwargs.get("average", step.args[3] if len(step.args) > 3 else None)
        return BY_CLASS if averages is None else AVERAGED
    return COUNTS if step.target == "confusion_matrix" else NUMBER


def judge_calls(asked: CaseAnswers) -> Finding | None:
    """Every call against the reference, each with the result that is its own."""
    for place, step in enumerate(asked.program):
        if isinstance(step, Call) and (found := value_finding(asked, place, result_of(step))):
            return found
    return None
