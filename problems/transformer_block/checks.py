"""What a right transformer block does."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch

from problems.asks import Answer, Call, Differentiate, Program
from problems.attention import LENGTHS, WIDTHS, indivisible_check, model_width
from problems.cases import Case, Values, cases
from problems.checks import Check, Layer, Subject
from problems.comparison import Layout
from problems.probes import INFLUENCE, Probe, Told, with_weights
from problems.properties import agrees, standard_checks

# The widths that weights have come first: counterexamples shrink in this order, and weights are what is large in them.
SIZES = {
    "H": (1, 2, 3, 8),
    "Dh": (2, 1, *WIDTHS[2:]),
    "F": (1, 2, 3, 5, 8, 16, 33),
    "B": (1, 2, 3, 4, 5),
    "T": LENGTHS,
}
# Where all features of a row are one number, a mean that is off by its rounding is all that is left to normalize.
KINDS = ("small integers", "ordinary", "zero", "huge", "tiny")
NORMS = ("norm1", "norm2")
PROJECTIONS = ("q_proj", "k_proj", "v_proj", "o_proj", "up_proj", "down_proj")
PARTS = ("weight", "bias")


def weights(case: Case) -> dict[str, torch.Tensor]:
    """Weights and biases; the scales of the normalizations differ from 1 and from each other."""
    values, state = Values(case, salt=11), dict[str, torch.Tensor]()
    d, f = case.shape("D F")
    for name in NORMS:
        scale = 1 + values.booleans(d).to(case.torch_dtype)
        state[f"{name}.weight"] = scale if case.kind == "small integers" else scale * values.bias(d)
        state[f"{name}.bias"] = values.bias(d)
    for name in PROJECTIONS:
        wide, narrow = {"up_proj": (f, d), "down_proj": (d, f)}.get(name, (d, d))
        state |= {f"{name}.weight": values.weight(wide, narrow), f"{name}.bias": values.bias(wide)}
    return state


LAYER = Layer(target="TransformerBlock", arguments={"d_model": "D", "num_heads": "H", "d_ff": "F"}, weights=weights)
setup = LAYER.setup
BLOCK = Subject(
    draw=cases(SIZES, kinds=KINDS, derived={"D": model_width}),
    inputs=lambda case: {"x": Values(case).laid_out(*case.shape("B T D"))},
    target="m",
    result=Layout("result", "B T D"),
    layer=LAYER,
    parameters=tuple(f"{name}.{part}" for name in (*NORMS, *PROJECTIONS) for part in PARTS),
    rows=("x",),
)


def silenced(state: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The same weights with these projections at zero."""
    zero = [f"{name}.{part}" for name in names for part in PARTS]
    return {name: torch.zeros_like(value) if name in zero else value for name, value in state.items()}


def ask_silenced(case: Case) -> Program:
    """Both parts silent, the MLP silent, the attention silent."""
    program: Program = []
    for number, names in enumerate((("o_proj", "down_proj"), ("down_proj",), ("o_proj",))):
        program += setup(case, silenced(weights(case), *names), into=f"m{number}")
        note = f"with the weights and biases of {' and '.join(names)} at zero"
        program.append(BLOCK.call(case, target=f"m{number}", note=note))
    return program


def ask_causal(case: Case) -> Program:
    """The sequence; with other numbers from a place on; and up to there. Of kind "loud", scores are of the size of 1e4."""
    x, state = BLOCK.inputs(case)["x"].contiguous(), weights(case)
    for name in ("k_proj.weight", "q_proj.weight"):
        state[name] *= math.sqrt(1e4) if case.kind == "loud" else 1
    place = 1 + case.seed % (case.sizes["T"] - 1)
    other = x.clone()
    other[:, place:] = -2 * other[:, place:].flip(-1) + 1
    first = {"x": x[:, :place]}
    return [
        *setup(case, state),
        BLOCK.call(case, {"x": x}),
        BLOCK.call(case, {"x": other}, note=f"with other tokens from {place} on"),
        BLOCK.call(case.resized(T=place), first, note=f"of the first {place} tokens alone"),
    ]


def ask_scales(case: Case) -> Program:
    """Small and large copies of x: eps counts beside the one, and not beside the other; then means far from zero.

    Beside a mean of 1024 a variance made as E[x^2] - E[x]^2 has lost all that float32 has of it.
    """
    x = BLOCK.inputs(case)["x"]
    return BLOCK.calls(case, *[{"x": each} for each in (x * 2**-8, x * 64, x + 16, x + 1024)])


def ask_modes(case: Case) -> Program:
    """In training mode, and in evaluation."""
    return [*BLOCK.program(case), Call(target="m.eval", answer=False), BLOCK.call(case, note="after eval()")]


CHECKS: tuple[Check, ...] = standard_checks(
    BLOCK,
    agrees(
        "residuals",
        "A part whose last projection is zero adds nothing: x, or h, passes by.",
        BLOCK,
        ask_silenced,
        cases=12,
    ),
    agrees(
        "causal",
        "A token does not see later tokens, however large their scores.",
        BLOCK.on(T=(2, 3, 5, 9, 16), kinds=("small integers", "ordinary", "loud")),
        ask_causal,
    ),
    agrees(
        "rows-of-any-scale",
        "What is small, large or far from zero is normalized rightly.",
        BLOCK.on(Dh=(2, 3, 4, 8), kinds=("small integers", "ordinary"), layouts=("contiguous",)),
        ask_scales,
        cases=12,
    ),
    agrees("no-dropout", "Training and evaluation give the same.", BLOCK, ask_modes, cases=4),
    larger=({"T": 90}, {"B": 65}, {"H": 16}, {"Dh": 33}, {"F": 150}, {"T": 40, "F": 40}),
    raises=indivisible_check(LAYER),
    counts={"agrees-with-reference": 80, "called-by-name": 6, "gradients": 50},
)


def _ask_parts(program: Program, names: Sequence[str]) -> list[Program]:
    """The failing call without the MLP, and without the attention."""
    return [
        with_weights(program, lambda state, name=name: silenced(state, name))  # type: ignore[misc]
        for name in ("down_proj", "o_proj")
    ]


def _near(told: Told, mine: Answer, exact: Answer) -> bool | None:
    """Whether a result is right but for a ten-thousandth; None where that can't be said."""
    given, wanted = told.result(mine), told.result(exact)
    if given is None or wanted is None:
        return None
    return bool(((given - wanted).abs() <= 1e-4 * (1 + wanted.abs().max())).all())


def _tell_parts(told: Told, names: Sequence[str]) -> tuple[str, ...]:
    """Which of the two parts is right by itself."""
    near = [_near(told, *pair) for pair in (told.before, *told.after)]
    if isinstance(told.program[-1], Differentiate) or near[0] is not False or None in near:
        return ()
    silent = {
        (True, False): ("the weights and biases of down_proj at zero", "in the MLP's half"),
        (False, True): ("the weights and biases of o_proj at zero", "in the attention's half"),
        (True, True): ("either half silent", "where both speak"),
    }
    found = silent.get((near[1] is True, near[2] is True))
    return (f"with {found[0]} your result is right: the error shows {found[1]}",) if found else ()


HALVES = Probe(_ask_parts, _tell_parts)
PROBES: tuple[Probe, ...] = (HALVES, INFLUENCE)
