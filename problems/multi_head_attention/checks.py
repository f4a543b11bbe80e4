"""What right multi-head attention does."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import msgspec
import torch

from problems.agreement import every_call_agrees
from problems.asks import Call, Program
from problems.attention import PARAMETERS, WEIGHT_SUMS, indivisible_check, model_width, module, weights
from problems.cases import Case, Values, cases
from problems.checks import CaseAnswers, Check, Subject
from problems.comparison import Finding, Layout
from problems.gradients import gradient_check
from problems.kinds import Kind
from problems.probes import INFLUENCE, Probe
from problems.properties import (
    agreement_check,
    any_order_check,
    larger_check,
    no_memory_check,
    rows_check,
    shape_check,
    untouched_check,
)

TARGET = "MultiHeadAttention"
RESULT = Layout("result", "B Tq D")
MASKS = ("none", "2d", "full", "heads alike", "rows alike", "one")
SIZES = {"B": (1, 2, 3), "Tq": (1, 2, 3, 5, 8), "Tk": (1, 2, 3, 4, 7), "H": (1, 2, 3, 4), "Dh": (1, 2, 3, 4)}


def draw_from(**changes: Any) -> Any:
    """Cases over sizes, values, layouts and kinds of mask; what is named is drawn from another list."""
    sizes = {letter: changes.pop(letter, values) for letter, values in SIZES.items()}
    options = {"mask": changes.pop("mask", MASKS), "same": changes.pop("same", (False, False, True))}
    return cases(sizes, options=options, derived={"D": model_width}, **changes).map(with_one_length)


def with_one_length(case: Case) -> Case:
    """Where query, key and value are one tensor, there are as many keys as queries."""
    if not case.options["same"]:
        return case
    return msgspec.structs.replace(case, sizes={**case.sizes, "Tk": case.sizes["Tq"]})


def draw() -> Any:
    """Everything."""
    return draw_from()


def mask_shape(case: Case) -> tuple[int, ...] | None:
    """Of the mask; None for none."""
    b, h, t, s = (case.sizes[letter] for letter in ("B", "H", "Tq", "Tk"))
    shapes = {
        "2d": (t, s),
        "full": (b, h, t, s),
        "heads alike": (b, 1, t, s),
        "rows alike": (1, h, t, s),
        "one": (1, 1, t, s),
    }
    return shapes.get(case.options["mask"])


def make_mask(case: Case) -> torch.Tensor | None:
    """A boolean mask that lets every query attend somewhere."""
    shape = mask_shape(case)
    if shape is None:
        return None
    values = Values(case, salt=3)
    mask = values.booleans(*shape, chance=0.6)
    keep = values.choice(shape[-1])
    mask[..., keep] |= ~mask.any(dim=-1)
    if case.layout == "expanded":
        mask = mask[..., :1, :].expand(shape)
    if case.layout == "transposed":
        mask = mask.transpose(-1, -2).contiguous().transpose(-1, -2)
    return mask


def inputs(case: Case) -> dict[str, Any]:
    """query, key, value and mask; with the option "same" the three are one tensor."""
    values = Values(case)
    b, t, s, d = (case.sizes[letter] for letter in ("B", "Tq", "Tk", "D"))
    query = values.laid_out(b, t, d)
    if case.options["same"]:
        return {"query": query, "key": query, "value": query, "mask": make_mask(case)}
    key, value = values.laid_out(b, s, d), values.laid_out(b, s, d)
    return {"query": query, "key": key, "value": value, "mask": make_mask(case)}


def setup(case: Case) -> Program:
    """The layer with its weights."""
    return module(case, TARGET)


ATTENTION = Subject(
    draw=draw,
    inputs=inputs,
    target="m",
    result=RESULT,
    setup=setup,
    parameters=PARAMETERS,
    rows=("query", "key", "value"),
)


def call(given: dict[str, Any], case: Case, target: str = "m") -> Call:
    """One call of a layer."""
    return Call(target=target, args=tuple(given.values()), seed=case.seed)


def result_shapes(case: Case) -> list[list[int]]:
    """Of the one result."""
    return [[case.sizes["B"], case.sizes["Tq"], case.sizes["D"]]]


def draw_masked() -> Any:
    """At least two keys, and scores up to 1e4 in size."""
    return draw_from(
        Tk=(2, 3, 5),
        mask=("2d", "full"),
        same=(False,),
        kinds=("small integers", "ordinary", "low"),
        layouts=("contiguous",),
    )


def masked_inputs(case: Case) -> dict[str, Any]:
    """Inputs in which the last key is hidden from every query."""
    plain = msgspec.structs.replace(case, kind="ordinary" if case.kind == "low" else case.kind)
    given = inputs(plain)
    mask = given["mask"]
    mask[..., -1] = False
    mask[..., 0] |= ~mask.any(dim=-1)
    if case.kind == "low":
        size = low_size(case)
        given["query"] = torch.full_like(given["query"], size)
        given["key"] = torch.full_like(given["key"], -size)
    return given


def low_size(case: Case) -> float:
    """c such that a query of c and a key of -c, projected by the identity, score -1e4."""
    return math.sqrt(1e4 / math.sqrt(case.sizes["Dh"]))


def masked_state(case: Case) -> dict[str, torch.Tensor]:
    """Weights; of kind "low", query and key projections that change nothing."""
    state = weights(msgspec.structs.replace(case, kind="ordinary" if case.kind == "low" else case.kind))
    if case.kind == "low":
        for name in ("q_proj", "k_proj"):
            state[f"{name}.weight"] = torch.eye(case.sizes["D"], dtype=case.torch_dtype)
            state[f"{name}.bias"] = torch.zeros(case.sizes["D"], dtype=case.torch_dtype)
    return state


def ask_masked(case: Case) -> Program:
    """The same call three times, with other keys and values where nobody may look."""
    first = masked_inputs(case)
    program = [*module(case, TARGET, masked_state(case)), call(first, case)]
    for size in (1.0, 100.0):
        key, value = first["key"].clone(), first["value"].clone()
        key[:, -1] = low_size(case) if case.kind == "low" else 50.0 * size
        value[:, -1] = -37.0 * size
        program.append(call({**first, "key": key, "value": value}, case))
    return program


def draw_cross() -> Any:
    """As many queries as keys never."""
    return draw_from(Tq=(1, 2, 5), Tk=(3, 4, 7), same=(False,))


def draw_distinct() -> Any:
    """Keys and values that are tensors of their own."""
    return draw_from(same=(False,))


def ask_permuted(case: Case) -> Program:
    """The keys, their values and the mask's columns in another order."""
    given = inputs(case)
    order = torch.randperm(case.sizes["Tk"], generator=torch.Generator().manual_seed(case.seed))
    mask = given["mask"]
    other = {
        **given,
        "key": given["key"][:, order],
        "value": given["value"][:, order],
        "mask": None if mask is None else mask[..., order],
    }
    return [*setup(case), call(given, case), call(other, case)]


def draw_several_heads() -> Any:
    """At least two heads."""
    return draw_from(H=(2, 3, 4), layouts=("contiguous",))


def ask_heads(case: Case) -> Program:
    """Two layers that differ in the projections of head 0 alone; the output projection is the identity."""
    state, width = weights(case), case.sizes["Dh"]
    state["o_proj.weight"] = torch.eye(case.sizes["D"], dtype=case.torch_dtype)
    state["o_proj.bias"] = torch.zeros(case.sizes["D"], dtype=case.torch_dtype)
    other = {name: value.clone() for name, value in state.items()}
    for name in ("q_proj", "k_proj", "v_proj"):
        other[f"{name}.weight"][:width] *= -2
        other[f"{name}.bias"][:width] += 1
    given = inputs(case)
    return [
        *module(case, TARGET, state),
        *module(case, TARGET, other, into="n"),
        call(given, case),
        call(given, case, "n"),
    ]


def judge_heads(asked: CaseAnswers) -> Finding | None:
    """The features of the other heads stay; all are right."""
    first, second = len(asked.program) - 2, len(asked.program) - 1
    if found := every_call_agrees(RESULT)(asked):
        before, after = asked.answers[first].value, asked.answers[second].value
        width = asked.case.sizes["Dh"]
        if found.verdict is Kind.WRONG_ANSWER and before.shape == after.shape:
            moved = float((before - after).abs()[..., width:].max())
            if moved > 1e-3:
                fact = f"the weights of head 0 were changed, and outputs of other heads moved by up to {moved:.3g}"
                return msgspec.structs.replace(found, facts=(fact, *found.facts))
        return found
    return None


def special(name: str, sentence: str, draw_cases: Any, ask: Any, judge: Any = None, count: int = 25) -> Check:
    """A check whose property shows in agreement with the reference."""
    return Check(
        name=name,
        sentence=sentence,
        draw=draw_cases,
        ask=ask,
        judge=judge or every_call_agrees(RESULT),
        cases=count,
    )


def draw_extreme_heads() -> Any:
    """One head, or heads of one feature."""
    return draw_from(H=(1, 5), Dh=(1, 6))


def draw_every_mask() -> Any:
    """Each shape of mask, with sizes that can't be taken for each other and sizes that can."""
    return draw_from(B=(2, 3), H=(2, 3), Tq=(2, 3, 5), Tk=(2, 3, 4), mask=MASKS[1:], same=(False,))


def with_draw(draw_cases: Any) -> Subject:
    """The same call on other cases."""
    return msgspec.structs.replace(ATTENTION, draw=draw_cases)


def ask_plain(case: Case) -> Program:
    """One call."""
    return ATTENTION.program(case)


def ask_keywords(case: Case) -> Program:
    """By position without a mask, and by name."""
    given = inputs(case)
    by_name = {name: value for name, value in given.items() if value is not None}
    positional: Sequence[Any] = [value for value in given.values() if value is not None]
    return [
        *setup(case),
        Call(target="m", args=tuple(positional), seed=case.seed),
        Call(target="m", kwargs=by_name, seed=case.seed),
    ]


def draw_masks() -> Any:
    """Cases with a mask."""
    return draw_from(mask=MASKS[1:], layouts=("contiguous",))


def ask_masks(case: Case) -> Program:
    """With a mask, without one, with its complement as far as that lets every query attend, and with the first again."""
    given = inputs(case)
    other = ~given["mask"]
    other[..., 0] |= ~other.any(dim=-1)
    masks = (given["mask"], None, other, given["mask"])
    return [*setup(case), *[call({**given, "mask": mask}, case) for mask in masks]]


def draw_larger() -> Any:
    """One size, or two, beyond those of the other checks; the rest small, so that slow answers are not punished."""
    return draw_from(
        B=(1, 2),
        Tq=(1, 2, 3),
        Tk=(1, 2, 3),
        H=(1, 2),
        Dh=(1, 2, 3),
        kinds=("ordinary",),
        same=(False,),
        large=({"Tk": 150}, {"Tq": 130}, {"Tq": 70, "Tk": 70}, {"B": 65}, {"H": 16}, {"Dh": 33}),
    )


CHECKS: tuple[Check, ...] = (
    shape_check(ATTENTION),
    agreement_check(ATTENTION),
    larger_check(ATTENTION, draw_larger),
    special(
        "every-mask-shape",
        "A mask of each shape the statement names is followed.",
        draw_every_mask,
        ask_plain,
        count=25,
    ),
    special("cross-attention", "There may be more or fewer keys than queries.", draw_cross, ask_plain, count=12),
    special(
        "masked-keys-have-no-influence",
        "What stands at a key that no query may attend to changes nothing, however large the scores are.",
        draw_masked,
        ask_masked,
    ),
    special(
        "keys-in-any-order",
        "Permuting keys and values together changes nothing.",
        draw_distinct,
        ask_permuted,
        count=12,
    ),
    special(
        "heads-are-independent",
        "Each head is computed from its own features alone.",
        draw_several_heads,
        ask_heads,
        judge_heads,
        count=12,
    ),
    special(
        "one-head-or-one-feature",
        "One head, and heads of a single feature, are no special case.",
        draw_extreme_heads,
        ask_plain,
        count=12,
    ),
    special(
        "a-mask-holds-for-its-call",
        "A mask holds for the call it is passed to, and for no other.",
        draw_masks,
        ask_masks,
        count=12,
    ),
    special("called-by-name", "Arguments may be given by position or by name.", draw, ask_keywords, count=8),
    untouched_check(ATTENTION),
    no_memory_check(ATTENTION),
    any_order_check(ATTENTION),
    rows_check(ATTENTION),
    indivisible_check(TARGET),
    gradient_check(ATTENTION, result_shapes),
)

PROBES: tuple[Probe, ...] = (WEIGHT_SUMS, INFLUENCE)
