"""Cases and calls of the classification metrics."""

from __future__ import annotations

from typing import Any

import torch

from problems.cases import Case, Values, cases, relaid
from problems.checks import Subject
from problems.comparison import Layout

BOTH = cases(
    {"N": (2, 1, 3, 4, 6, 9, 14, 16, 25, 33), "C": (2, 1, 3, 4, 6, 8, 10, 16)},
    kinds=("ordinary",),
    dtypes=("float64",),
    layouts=("contiguous", "sliced"),
    options={
        "ties": ("many", "none", "blocks", "all", "float32"),
        "sides": ("both", "positive", "negative"),
        "labels": ("int64", "int32", "uint8"),
        "present": ("all", "some", "one", "apart"),
        "right": (0.6, 0.0, 1.0),
    },
)
"""Cases that all functions can be asked on."""
LABELS = BOTH.but(ties=("many",), sides=("both",))


def label_inputs(case: Case) -> dict[str, Any]:
    """Targets and predictions. "some": of half the classes; "one": a single class; "apart": the two share no class."""
    values, n, c, present = Values(case), case.sizes["N"], case.sizes["C"], case.options["present"]
    classes = sorted({values.choice(c) for _ in range(c)}) if present == "some" else list(range(c))
    classes = [values.choice(c)] if present == "one" else classes
    cut = 1 + values.choice(c - 1) if present == "apart" and c > 1 else 0
    called = classes[cut:]
    classes = classes[:cut] or classes
    targets = torch.tensor([classes[values.choice(len(classes))] for _ in range(n)])
    predictions = torch.tensor([called[values.choice(len(called))] for _ in range(n)])
    if not cut:
        predictions = torch.where(values.booleans(n, chance=case.options["right"]), targets, predictions)
    dtype = getattr(torch, case.options["labels"])
    targets, predictions = (relaid(each.to(dtype), case.layout) for each in (targets, predictions))
    return {"targets": targets, "predictions": predictions, "num_classes": c}


def score_inputs(case: Case) -> dict[str, Any]:
    """Targets of 0 and 1, and scores that float32 holds exactly. "blocks": of two values, mostly on one side each."""
    values, n = Values(case, salt=3), case.sizes["N"]
    targets = values.booleans(n).to(torch.int64)
    if case.options["sides"] == "both" and n > 1:
        targets[values.choice(n)] = 1
        targets[int((targets == 1).nonzero()[0]) - 1] = 0
    elif case.options["sides"] != "both":
        targets[:] = int(case.options["sides"] == "positive")
    ordinary = values.plain(n, kind="ordinary", scale=50.0 if case.seed % 3 else 4000.0).float()
    scores = {
        "many": values.plain(n, kind="small integers") / 4,
        "blocks": torch.where(values.booleans(n, chance=0.8), targets, 1 - targets).double(),
        "all": values.plain(n, kind="equal"),
        "float32": ordinary,
    }.get(case.options["ties"], ordinary.double())
    dtype = getattr(torch, case.options["labels"])
    return {"targets": relaid(targets.to(dtype), case.layout), "scores": relaid(scores, case.layout)}


def averaged(average: str | None) -> Subject:
    """precision_recall_f1 with this average."""
    return Subject(
        draw=LABELS,
        inputs=lambda case: {**label_inputs(case), "average": average},
        target="precision_recall_f1",
        result=tuple(Layout(name, "" if average else "C") for name in ("precision", "recall", "f1")),
        defaults={} if average else {"average": None},
    )


MATRIX = Subject(draw=LABELS, inputs=label_inputs, target="confusion_matrix", result=Layout("result", "C C"))
BY_CLASS, MACRO, MICRO = averaged(None), averaged("macro"), averaged("micro")
AREA = Subject(
    draw=BOTH.but(C=(2,), present=("all",), right=(0.6,)),
    inputs=score_inputs,
    target="roc_auc",
    result=Layout("result", ""),
)
EVERY = (MATRIX, BY_CLASS, MACRO, MICRO, AREA)
