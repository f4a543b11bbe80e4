"""What right gradients of a two-layer network are."""

from __future__ import annotations

from typing import Any

import msgspec
import torch

from problems.agreement import Picked, shape_finding, value_finding
from problems.asks import Call, Program
from problems.cases import Case, Values, cases, relaid
from problems.checks import CaseAnswers, Check, Subject
from problems.comparison import Finding, Layout, as_tensor, leaves
from problems.properties import (
    agreement_check,
    any_order_check,
    larger_check,
    no_memory_check,
    other_case,
    raises_check,
    shape_check,
    untouched_check,
)

RESULT = (
    Layout("loss", ""),
    (
        Layout("d_x", "B I"),
        Layout("d_w1", "I H"),
        Layout("d_b1", "H"),
        Layout("d_w2", "H O"),
        Layout("d_b2", "O"),
    ),
)
SIZES = {"B": (1, 2, 3, 5), "I": (1, 2, 3, 6), "H": (1, 2, 3, 5), "O": (1, 2, 3, 4)}
INTEGERS = {"targets": ("int64", "int32")}
PARTS = {"float32": (8, 32), "float64": (2**16, 2**16)}  # of 1, of which x and w1 and b1 are multiples
SCALES = {"huge": 128.0, "tiny": 2.0**-13}


def draw() -> Any:
    """Sizes around the edge, every kind of values and layout, both integer dtypes."""
    return cases(SIZES, options=INTEGERS)


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
        "targets": relaid(targets.to(getattr(torch, case.options.get("targets", "int64"))), case.layout),
        "w1": relaid(_rounded(values.weight(h, i).T, fine), case.layout),
        "b1": relaid(_rounded(values.bias(h), fine), case.layout),
        "w2": relaid(values.weight(o, h).T.contiguous(), case.layout),
        "b2": relaid(values.bias(o), case.layout),
    }


def _rounded(tensor: torch.Tensor, parts: int) -> torch.Tensor:
    return (tensor * parts).round().contiguous() / parts


MLP = Subject(draw=draw, inputs=inputs, target="mlp_backward", result=RESULT)


def draw_larger() -> Any:
    """One size beyond those of the other checks."""
    return cases(
        {"B": (1, 2), "I": (1, 2, 3), "H": (1, 2, 3), "O": (2, 3)},
        kinds=("ordinary",),
        large=({"B": 65}, {"I": 70}, {"H": 40}, {"O": 50}),
        options=INTEGERS,
    )


def draw_far() -> Any:
    """At least two classes: of one alone, the loss is 0 whatever its score."""
    return cases({**SIZES, "O": (2, 3, 4)}, kinds=("ordinary", "small integers"))


def far_inputs(case: Case) -> dict[str, Any]:
    """Scores from -1e4 to 1e4, all of them or one by one."""
    found = inputs(case)
    far = torch.linspace(-1, 1, case.sizes["O"], dtype=case.torch_dtype)
    shift = (far, far.flip(0), torch.ones_like(far), -torch.ones_like(far))[case.seed % 4]
    return {**found, "b2": shift * (100.0, 1e3, 1e4)[case.seed // 4 % 3]}


FAR = msgspec.structs.replace(MLP, draw=draw_far, inputs=far_inputs)


def draw_edge() -> Any:
    """Zeros and small numbers, so that z is 0 in many places."""
    return cases(SIZES, kinds=("zero", "small integers"))


def edge_inputs(case: Case) -> dict[str, Any]:
    """Without a bias, z is 0 wherever x is."""
    found = inputs(case)
    return {**found, "b1": found["b1"] * 0}


EDGE = msgspec.structs.replace(MLP, draw=draw_edge, inputs=edge_inputs)
GRADIENTS = ("x", "w1", "b1", "w2", "b2")
STEP = 1e-6
SLOPE_TOLERANCE = 1e-6  # of the largest slope; central differences are good to about 1e-9 here


def draw_slope() -> Any:
    """Float64, values at which differences tell something."""
    return cases(SIZES, kinds=("ordinary", "small integers"), dtypes=("float64",), options=INTEGERS)


def slope_inputs(case: Case) -> dict[str, Any]:
    """z on a coarse grid and moved off it: it is nowhere near 0, and stays on its side."""
    coarse, fine = PARTS["float32"]
    found = {name: value.double() if value.is_floating_point() else value for name, value in _in_float32(case).items()}
    return {**found, "b1": found["b1"] + 1 / (4 * coarse * fine)}


def _in_float32(case: Case) -> dict[str, Any]:
    return inputs(msgspec.structs.replace(case, dtype="float32"))


def ask_slope(case: Case) -> Program:
    """One call."""
    return [Call(target="mlp_backward", args=tuple(slope_inputs(case).values()), seed=case.seed)]


def judge_slope(asked: CaseAnswers) -> Finding | None:
    """Along a random direction of each argument, the loss changes as its gradient says."""
    if found := shape_finding(asked, 0, RESULT):
        return found
    given = slope_inputs(asked.case)
    gradients = [as_tensor(leaf).double() for leaf in leaves(asked.answers[0].value)[1:]]
    for name, mine in zip(GRADIENTS, gradients, strict=True):
        generator = torch.Generator().manual_seed(asked.case.seed)
        direction = torch.randn(mine.shape, generator=generator, dtype=torch.float64)
        direction /= direction.norm()
        losses = [_loss({**given, name: given[name] + STEP * side * direction}) for side in (1, -1)]
        slope = float(losses[0] - losses[1]) / (2 * STEP)
        told = float((mine * direction).sum())
        size = max(1.0, float(given["x"].abs().max()), float(given["w1"].abs().max()))
        if not abs(told - slope) <= SLOPE_TOLERANCE * size * max(1.0, abs(slope)):
            words = f"along one direction of {name}, the loss changes at the rate {slope:.6g}; by your d_{name} it is {told:.6g}"
            return Finding(sentence=words, name=f"d_{name}", step=0)
    return None


def _loss(given: dict[str, Any]) -> torch.Tensor:
    """The forward pass in torch, by the library's own cross-entropy."""
    hidden = torch.relu(given["x"] @ given["w1"] + given["b1"])
    return torch.nn.functional.cross_entropy(hidden @ given["w2"] + given["b2"], given["targets"].long())


def _others_changed(case: Case) -> dict[str, Any]:
    """The same weights and the same row, other rows and targets around it."""
    given, others = inputs(case), inputs(other_case(case))
    row = case.seed % case.sizes["B"]
    mixed = {name: others[name].clone() for name in ("x", "targets")}
    for name, value in mixed.items():
        value[row] = given[name][row]
    return {**given, **mixed}


def ask_rows(case: Case) -> Program:
    """One call, and one with other rows around the same one."""
    changed = _others_changed(case)
    return [MLP.call(case), MLP.call(case, changed)]


def judge_rows(asked: CaseAnswers) -> Finding | None:
    """The row's own gradient is the same in both."""
    for step in (0, 1):
        if found := shape_finding(asked, step, RESULT):
            return found
    row = asked.case.seed % asked.case.sizes["B"]
    picked = Picked(asked.right, 0, lambda answer, place: leaves(answer.value)[1][place])
    found = picked.compare(as_tensor(leaves(asked.answers[1].value)[1])[row], row, "d_x")
    if found is None:
        return None
    sentence = f"row {row} of d_x comes out differently when other rows change: {found.sentence}"
    return msgspec.structs.replace(found, sentence=sentence, step=1)


def ask_twice_over(case: Case) -> Program:
    """The batch, and the batch with every row twice."""
    given = inputs(case)
    doubled = {name: torch.cat([given[name], given[name]]) for name in ("x", "targets")}
    return [MLP.call(case), MLP.call(case, {**given, **doubled})]


def judge_twice_over(asked: CaseAnswers) -> Finding | None:
    """Both against the reference; the sizes in the words are those of the call."""
    for step, factor in ((0, 1), (1, 2)):
        sizes = {**asked.case.sizes, "B": factor * asked.case.sizes["B"]}
        case = msgspec.structs.replace(asked.case, sizes=sizes)
        if found := value_finding(msgspec.structs.replace(asked, case=case), step, RESULT):
            words = "with every row of the batch twice, " if step else ""
            return msgspec.structs.replace(found, sentence=words + found.sentence)
    return None


def ask_no_class(case: Case) -> Program:
    """Targets that are no class, at the first, the last or any place of the batch."""
    given = inputs(case)
    places = (0, case.sizes["B"] - 1, case.seed % case.sizes["B"])
    program: Program = []
    for target in (-1, case.sizes["O"], -case.sizes["O"], case.sizes["O"] + 100):
        for place in places:
            targets = given["targets"].clone()
            targets[place] = target
            changed = {**given, "targets": targets}
            program.append(Call(target="mlp_backward", args=tuple(changed.values()), seed=case.seed, may_raise=True))
    return program


CHECKS: tuple[Check, ...] = (
    shape_check(MLP),
    agreement_check(MLP),
    larger_check(MLP, draw_larger),
    Check(
        name="slopes-of-the-loss",
        sentence="Each gradient says how the loss changes where its argument is moved a little.",
        draw=draw_slope,
        ask=ask_slope,
        judge=judge_slope,
    ),
    msgspec.structs.replace(
        agreement_check(FAR, cases=25, name="scores-far-out"),
        sentence="Scores of 1e4 and -1e4 give a finite and right loss, and right gradients.",
    ),
    msgspec.structs.replace(
        agreement_check(EDGE, cases=25, name="relu-at-zero"),
        sentence="Where z is exactly 0, no gradient passes through the ReLU.",
    ),
    Check(
        name="mean-over-the-batch",
        sentence="The loss is a mean: with every row twice, loss and gradients of the weights stay, and d_x halves.",
        draw=draw,
        ask=ask_twice_over,
        judge=judge_twice_over,
    ),
    untouched_check(MLP),
    no_memory_check(MLP),
    any_order_check(MLP),
    Check(
        name="rows-are-independent",
        sentence="A row of d_x depends on that row, its target and the size of the batch, and on no other row.",
        draw=draw,
        ask=ask_rows,
        judge=judge_rows,
    ),
    raises_check(draw, ask_no_class, sentence="A target that is below 0 or above O - 1 raises ValueError."),
)
