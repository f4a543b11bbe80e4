"""What a right transformer block does."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import torch

from problems.agreement import every_call_agrees
from problems.asks import Answer, Assign, Call, Construct, Differentiate, Program
from problems.attention import INDIVISIBLE, model_width
from problems.cases import Case, Values, cases
from problems.checks import CaseAnswers, Check, Subject
from problems.comparison import Finding, Layout
from problems.gradients import gradient_check
from problems.kinds import Kind
from problems.probes import INFLUENCE, Probe, Told, with_weights
from problems.properties import (
    agreement_check,
    any_order_check,
    larger_check,
    no_memory_check,
    raises_check,
    rows_check,
    shape_check,
    untouched_check,
)

TARGET = "TransformerBlock"
RESULT = Layout("result", "B T D")
SIZES = {"B": (1, 2, 3), "T": (1, 2, 3, 5, 8), "H": (1, 2, 3), "Dh": (2, 1, 3, 4), "F": (1, 2, 3, 5, 8)}
# Where all features of a row are one number, a mean that is off by its rounding is all that is left to normalize.
KINDS = ("small integers", "ordinary", "zero", "huge", "tiny")
NORMS = ("norm1", "norm2")
PARTS = ("weight", "bias")


def draw_from(**changes: Any) -> Any:
    """Cases over sizes, values and layouts; what is named is drawn from another list."""
    sizes = {letter: changes.pop(letter, values) for letter, values in SIZES.items()}
    changes.setdefault("kinds", KINDS)
    return cases(sizes, derived={"D": model_width}, **changes)


def draw() -> Any:
    """Everything."""
    return draw_from()


def shapes(case: Case) -> dict[str, tuple[int, int]]:
    """Of the weights of the projections."""
    d, f = case.sizes["D"], case.sizes["F"]
    square = {f"{name}_proj": (d, d) for name in ("q", "k", "v", "o")}
    return square | {"up_proj": (f, d), "down_proj": (d, f)}


PROJECTIONS = ("q_proj", "k_proj", "v_proj", "o_proj", "up_proj", "down_proj")
PARAMETERS = tuple(f"{name}.{part}" for name in (*NORMS, *PROJECTIONS) for part in PARTS)


def weights(case: Case, *, salt: int = 11) -> dict[str, torch.Tensor]:
    """Weights and biases; the scales of the normalizations differ from 1 and from each other."""
    values, state = Values(case, salt=salt), dict[str, torch.Tensor]()
    for name in NORMS:
        scale = 1 + values.booleans(case.sizes["D"]).to(case.torch_dtype)
        state[f"{name}.weight"] = scale if case.kind == "small integers" else scale * values.bias(case.sizes["D"])
        state[f"{name}.bias"] = values.bias(case.sizes["D"])
    for name, (wide, narrow) in shapes(case).items():
        state[f"{name}.weight"] = values.weight(wide, narrow)
        state[f"{name}.bias"] = values.bias(wide)
    return state


def module(case: Case, state: dict[str, torch.Tensor], *, into: str = "m") -> Program:
    """Make a block and load its weights."""
    args = tuple(case.sizes[letter] for letter in ("D", "H", "F"))
    made = Construct(target=TARGET, args=args, into=into, dtype=case.dtype, seed=case.seed)
    return [made, Assign(module=into, state=state)]


def setup(case: Case) -> Program:
    """The block with its weights."""
    return module(case, weights(case))


def tokens(case: Case) -> torch.Tensor:
    """x [B, T, D]."""
    return Values(case).laid_out(*(case.sizes[letter] for letter in ("B", "T", "D")))


def inputs(case: Case) -> dict[str, Any]:
    """x alone."""
    return {"x": tokens(case)}


BLOCK = Subject(draw=draw, inputs=inputs, target="m", result=RESULT, setup=setup, parameters=PARAMETERS, rows=("x",))


def result_shapes(case: Case) -> list[list[int]]:
    """Of the one result."""
    return [[case.sizes[letter] for letter in ("B", "T", "D")]]


def silenced(state: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The same weights with these projections at zero."""
    zero = [f"{name}.{part}" for name in names for part in PARTS]
    return {name: torch.zeros_like(value) if name in zero else value for name, value in state.items()}


def call(x: torch.Tensor, case: Case, target: str = "m") -> Call:
    """One call of a block."""
    return Call(target=target, args=(x,), seed=case.seed)


def ask_silenced(case: Case) -> Program:
    """Both parts silent, the MLP silent, the attention silent."""
    program: Program = []
    for number, names in enumerate((("o_proj", "down_proj"), ("down_proj",), ("o_proj",))):
        program += module(case, silenced(weights(case), *names), into=f"m{number}")
        program.append(call(tokens(case), case, f"m{number}"))
    return program


def judge_silenced(asked: CaseAnswers) -> Finding | None:
    """Each against the reference; the words say what is silent."""
    found = every_call_agrees(RESULT)(asked)
    if found is None or found.verdict is not Kind.WRONG_ANSWER:
        return found
    silent = ("o_proj and down_proj", "down_proj", "o_proj")[found.step // 3]
    sentence = f"with the weights and biases of {silent} at zero, {found.sentence}"
    return msgspec.structs.replace(found, sentence=sentence)


def draw_causal() -> Any:
    """Sequences with a future."""
    return draw_from(T=(2, 3, 5), kinds=("small integers", "ordinary", "loud"))


def ask_causal(case: Case) -> Program:
    """The sequence; with other numbers from a place on; and up to there. Of kind "loud", scores are of the size of 1e4."""
    x = tokens(case).contiguous()
    state = weights(case)
    if case.kind == "loud":
        state["k_proj.weight"] = state["k_proj.weight"] * math.sqrt(1e4)
        state["q_proj.weight"] = state["q_proj.weight"] * math.sqrt(1e4)
    place = 1 + case.seed % (case.sizes["T"] - 1)
    other = x.clone()
    other[:, place:] = -2 * other[:, place:].flip(-1) + 1
    return [*module(case, state), call(x, case), call(other, case), call(x[:, :place], case)]


def judge_causal(asked: CaseAnswers) -> Finding | None:
    """All three against the reference."""
    place = len(asked.program[-1].args[0][0])  # type: ignore[union-attr]
    words = ("", f"with other tokens from {place} on, ", f"of the first {place} tokens alone, ")
    for number, step in enumerate(range(2, 5)):
        x = asked.program[step].args[0]  # type: ignore[union-attr]
        sized = msgspec.structs.replace(asked.case, sizes={**asked.case.sizes, "T": x.shape[1]})
        silent = [Call(target="m", answer=False)] * step
        one = msgspec.structs.replace(asked, case=sized, program=[*silent, asked.program[step]])
        if found := every_call_agrees(RESULT)(one):
            return msgspec.structs.replace(found, sentence=words[number] + found.sentence)
    return None


def draw_scales() -> Any:
    """Rows of two and more features, with other scales."""
    return draw_from(Dh=(2, 3, 4), kinds=("small integers", "ordinary"), layouts=("contiguous",))


def ask_scales(case: Case) -> Program:
    """Small and large copies of x: eps counts beside the one, and not beside the other; then a mean far from zero."""
    x = tokens(case)
    return [*setup(case), *[call(each, case) for each in (x * 2**-8, x * 64, x + 16)]]


def ask_words(case: Case) -> Program:
    """The block is made by name, and x passed by name."""
    sizes = case.sizes
    made = Construct(
        target=TARGET,
        kwargs={"d_model": sizes["D"], "num_heads": sizes["H"], "d_ff": sizes["F"]},
        dtype=case.dtype,
        seed=case.seed,
    )
    return [made, Assign(state=weights(case)), Call(target="m", kwargs={"x": tokens(case)}, seed=case.seed)]


def ask_modes(case: Case) -> Program:
    """In training mode, and in evaluation."""
    x = tokens(case)
    return [*setup(case), call(x, case), Call(target="m.eval", answer=False), call(x, case)]


def ask_errors(case: Case) -> Program:
    """Widths that can't be divided among the heads."""
    return [Construct(target=TARGET, args=(*pair, 8), into="bad", may_raise=True) for pair in INDIVISIBLE]


def draw_larger() -> Any:
    """One size, or two, beyond those of the other checks; the rest small, so that slow answers are not punished."""
    return draw_from(
        B=(1, 2),
        T=(1, 2, 3),
        H=(1, 2),
        Dh=(1, 2, 3),
        F=(1, 2, 5),
        kinds=("ordinary",),
        large=({"T": 90}, {"B": 65}, {"H": 16}, {"Dh": 33}, {"F": 150}, {"T": 40, "F": 40}),
    )


def special(name: str, sentence: str, draw_cases: Any, ask: Any, judge: Any = None, count: int = 25) -> Check:
    """A check of this problem's own."""
    judged = judge or every_call_agrees(RESULT)
    return Check(name=name, sentence=sentence, draw=draw_cases, ask=ask, judge=judged, cases=count)


CHECKS: tuple[Check, ...] = (
    shape_check(BLOCK),
    agreement_check(BLOCK, cases=80),
    larger_check(BLOCK, draw_larger, cases=25),
    special(
        "residuals",
        "A part whose last projection is zero adds nothing: x, or h, passes by.",
        draw,
        ask_silenced,
        judge_silenced,
        12,
    ),
    special(
        "causal",
        "A token does not see later tokens, however large their scores.",
        draw_causal,
        ask_causal,
        judge_causal,
    ),
    special(
        "rows-of-any-scale",
        "What is small, large or far from zero is normalized rightly.",
        draw_scales,
        ask_scales,
        count=12,
    ),
    special("called-by-name", "Arguments may be given by position or by name.", draw, ask_words, count=6),
    special("no-dropout", "Training and evaluation give the same.", draw, ask_modes, count=4),
    untouched_check(BLOCK),
    no_memory_check(BLOCK),
    any_order_check(BLOCK),
    rows_check(BLOCK),
    raises_check(
        lambda: cases({"B": (1,)}),
        ask_errors,
        sentence="d_model that is not a multiple of num_heads raises ValueError.",
        cases=1,
    ),
    gradient_check(BLOCK, result_shapes, cases=50),
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
    without_mlp, without_attention = near[1:]
    words = {
        (
            True,
            False,
        ): "with the weights and biases of down_proj at zero your result is right: the error shows in the MLP's half",
        (
            False,
            True,
        ): "with the weights and biases of o_proj at zero your result is right: the error shows in the attention's half",
        (True, True): "with either half silent your result is right: the error shows where both speak",
    }
    fact = words.get((bool(without_mlp), bool(without_attention)))
    return (fact,) if fact else ()


HALVES = Probe(_ask_parts, _tell_parts)
PROBES: tuple[Probe, ...] = (HALVES, INFLUENCE)
