"""What right gradients of a two-layer network are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch

from problems.asks import Call
from problems.cases import Case, Values, cases, relaid
from problems.checks import Check, Subject
from problems.comparison import Layout
from problems.properties import Given, agrees, bad_arguments_check, rows_check, standard_checks
from problems.requirements import Slopes

GRADIENTS = (
    Layout("d_x", "B I"),
    Layout("d_w1", "I H"),
    Layout("d_b1", "H"),
    Layout("d_w2", "H O"),
    Layout("d_b2", "O"),
)
RESULT = (Layout("loss", ""), GRADIENTS)
SIZES = {
    "B": (1, 2, 3, 4, 5),
    "I": (1, 2, 3, 6, 8, 15, 16),
    "H": (1, 2, 3, 5, 8, 12, 32),
    "O": (1, 2, 3, 4, 10, 16),
}
CLASSES = (2, 3, 4, 10, 16)  # at least two: of one alone, the loss is 0 whatever its score
LARGER = ({"B": 65, "O": 2}, {"I": 70, "O": 3}, {"H": 40, "O": 2}, {"O": 50}, {"O": 300, "B": 33})
PARTS = {"float32": (8, 32), "float64": (2**16, 2**16)}  # of 1, of which x and w1 and b1 are multiples
SCALES = {"huge": 128.0, "tiny": 2.0**-13}


def inputs(case: Case) -> dict[str, Any]:
    """The six arguments.

    x, w1 and b1 are whole multiples of powers of two, so that z is exact in the case's precision and in every order of summing: no
    right answer finds another side of ReLU than the reference does.
    """
    values, sizes = Values(case), case.sizes
    coarse, fine = PARTS[case.dtype]
    b, i, h, o = sizes["B"], sizes["I"], sizes["H"], sizes["O"]
    exact = case.kind if case.kind in ("zero", "equal", "small integers") else "ordinary"
    x = _rounded(values.plain(1 if case.layout == "expanded" else b, i, kind=exact), coarse)
    x = x * SCALES.get(case.kind, 1.0)
    targets = torch.tensor([values.choice(o) for _ in range(b)])
    return {
        "x": x.expand(b, i) if case.layout == "expanded" else relaid(x, case.layout),
        "targets": relaid(targets.to(getattr(torch, case.options["targets"])), case.layout),
        "w1": relaid(_rounded(values.weight(h, i).T, fine), case.layout),
        "b1": relaid(_rounded(values.bias(h), fine), case.layout),
        "w2": relaid(values.weight(o, h).T.contiguous(), case.layout),
        "b2": relaid(values.bias(o), case.layout),
    }


def _rounded(tensor: torch.Tensor, parts: int) -> torch.Tensor:
    return (tensor * parts).round().contiguous() / parts


MLP = Subject(
    draw=cases(SIZES, options={"targets": ("int64", "int32")}),
    inputs=inputs,
    target="mlp_backward",
    result=RESULT,
    rows=("x", "targets"),
)


def far_out(case: Case, found: dict[str, Any]) -> dict[str, Any]:
    """Scores from -1e4 to 1e4, all of them or one by one."""
    far = torch.linspace(-1, 1, case.sizes["O"], dtype=case.torch_dtype)
    shift = (far, far.flip(0), torch.ones_like(far), -torch.ones_like(far))[case.seed % 4]
    return {**found, "b2": shift * (100.0, 1e3, 1e4)[case.seed // 4 % 3]}


def at_zero(case: Case, found: dict[str, Any]) -> dict[str, Any]:
    """Without a bias, z is 0 wherever x is."""
    return {**found, "b1": found["b1"] * 0}


def off_zero(case: Case, found: dict[str, Any]) -> dict[str, Any]:
    """z on a coarse grid and moved off it: it is nowhere near 0, and stays on its side."""
    coarse, fine = PARTS["float32"]
    found = {name: value.to(found[name].dtype) for name, value in inputs(case.but(dtype="float32")).items()}
    return {**found, "b1": found["b1"] + 1 / (4 * coarse * fine)}


def loss(given: Mapping[str, Any]) -> float:
    """The forward pass in torch, by the library's own cross-entropy."""
    hidden = torch.relu(given["x"] @ given["w1"] + given["b1"])
    scores = hidden @ given["w2"] + given["b2"]
    return float(torch.nn.functional.cross_entropy(scores, given["targets"].long()))


def ask_twice_over(case: Case) -> Iterator[Call]:
    """The batch, and the batch with every row twice."""
    doubled = {name: torch.cat([value] * 2) if name in MLP.rows else value for name, value in inputs(case).items()}
    yield MLP.call(case)
    yield MLP.call(case.resized(B=2 * case.sizes["B"]), doubled, note="with every row of the batch twice")


def no_classes(case: Case) -> Iterator[Given]:
    """Targets that are no class, at the first, the last or any place of the batch."""
    given, b, classes = inputs(case)["targets"], case.sizes["B"], case.sizes["O"]
    for target in (-1, classes, -classes, classes + 100):
        for place in (0, b - 1, case.seed % b):
            targets = given.clone()
            targets[place] = target
            yield {"targets": targets}


CHECKS: tuple[Check, ...] = standard_checks(
    MLP,
    agrees(
        "slopes-of-the-loss",
        "Each gradient says how the loss changes where its argument is moved a little.",
        MLP.on(kinds=("ordinary", "small integers"), dtypes=("float64",)).given(off_zero),
        requires=Slopes(RESULT, {part.name: part.name.removeprefix("d_") for part in GRADIENTS}, loss),
    ),
    agrees(
        "scores-far-out",
        "Scores of 1e4 and -1e4 give a finite and right loss, and right gradients.",
        MLP.on(O=CLASSES, kinds=("ordinary", "small integers")).given(far_out),
    ),
    agrees(
        "relu-at-zero",
        "Where z is exactly 0, no gradient passes through the ReLU.",
        MLP.on(kinds=("zero", "small integers")).given(at_zero),
    ),
    agrees(
        "mean-over-the-batch",
        "The loss is a mean: with every row twice, loss and gradients of the weights stay, and d_x halves.",
        MLP,
        ask_twice_over,
    ),
    larger=LARGER,
    raises=bad_arguments_check(
        MLP, no_classes, sentence="A target that is below 0 or above O - 1 raises ValueError.", cases=12
    ),
    leave_out={"gradients": "what is asked for in NumPy has no gradient of its own"},
    others={
        "rows-are-independent": rows_check(MLP).but(
            sentence="A row of d_x depends on that row, its target and the size of the batch, and on no other row."
        )
    },
)
