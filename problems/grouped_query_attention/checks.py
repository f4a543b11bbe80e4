"""What right grouped-query attention does."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import torch

from problems.agreement import every_call_agrees
from problems.asks import Assign, Call, Construct, Program
from problems.attention import PARAMETERS, PROJECTIONS, WEIGHT_SUMS
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
    raises_check,
    rows_check,
    shape_check,
    untouched_check,
)

TARGET = "GroupedQueryAttention"
RESULT = Layout("result", "B T D")
MASKS = ("none", "2d", "full", "heads alike", "rows alike", "one")
SIZES = {"B": (1, 2, 3), "T": (1, 2, 3, 5, 8), "Hkv": (1, 2, 3), "G": (1, 2, 3), "Dh": (1, 2, 3, 4)}


def query_heads(sizes: dict[str, int]) -> int:
    """H = Hkv * G."""
    return sizes["Hkv"] * sizes["G"]


def model_width(sizes: dict[str, int]) -> int:
    """D = H * Dh."""
    return query_heads(sizes) * sizes["Dh"]


def draw_from(**changes: Any) -> Any:
    """Cases over sizes, values, layouts and kinds of mask; what is named is drawn from another list."""
    sizes = {letter: changes.pop(letter, values) for letter, values in SIZES.items()}
    options = {"mask": changes.pop("mask", MASKS)}
    return cases(sizes, options=options, derived={"H": query_heads, "D": model_width}, **changes)


def draw() -> Any:
    """Everything."""
    return draw_from()


def mask_shape(case: Case) -> tuple[int, ...] | None:
    """Of the mask; None for none."""
    b, h, t = (case.sizes[letter] for letter in ("B", "H", "T"))
    shapes = {
        "2d": (t, t),
        "full": (b, h, t, t),
        "heads alike": (b, 1, t, t),
        "rows alike": (1, h, t, t),
        "one": (1, 1, t, t),
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
    """x and mask. Scores of 1e4, which a hidden key must be below, are those of `ask_masked`, which knows how they come about."""
    sizes = case.sizes
    return {"x": Values(case, huge=20).laid_out(sizes["B"], sizes["T"], sizes["D"]), "mask": make_mask(case)}


def widths(case: Case) -> dict[str, int]:
    """How many features each projection gives."""
    narrow = case.sizes["Hkv"] * case.sizes["Dh"]
    return {name: narrow if name in ("k_proj", "v_proj") else case.sizes["D"] for name in PROJECTIONS}


def weights(case: Case) -> dict[str, torch.Tensor]:
    """Weights and biases of the four projections."""
    values = Values(case, salt=11)
    state: dict[str, torch.Tensor] = {}
    for name, width in widths(case).items():
        state[f"{name}.weight"] = values.weight(width, case.sizes["D"])
        state[f"{name}.bias"] = values.bias(width)
    return state


def module(case: Case, state: dict[str, torch.Tensor], *, into: str = "m", kv_heads: int | None = None) -> Program:
    """Make a layer and load its weights."""
    sizes = case.sizes
    args = (sizes["D"], sizes["H"], kv_heads or sizes["Hkv"])
    made = Construct(target=TARGET, args=args, into=into, dtype=case.dtype, seed=case.seed)
    return [made, Assign(module=into, state=state)]


def setup(case: Case) -> Program:
    """The layer with its weights."""
    return module(case, weights(case))


GROUPED = Subject(draw=draw, inputs=inputs, target="m", result=RESULT, setup=setup, parameters=PARAMETERS, rows=("x",))


def result_shapes(case: Case) -> list[list[int]]:
    """Of the one result."""
    return [[case.sizes[letter] for letter in ("B", "T", "D")]]


def draw_sharing() -> Any:
    """Several key-value heads, each shared."""
    return draw_from(Hkv=(2, 3), G=(2, 3), layouts=("contiguous",))


def passed_on(case: Case) -> dict[str, torch.Tensor]:
    """Weights whose output projection passes on what it gets."""
    width, dtype = case.sizes["D"], case.torch_dtype
    return weights(case) | {
        "o_proj.weight": torch.eye(width, dtype=dtype),
        "o_proj.bias": torch.zeros(width, dtype=dtype),
    }


def ask_groups(case: Case) -> Program:
    """Two layers that differ in the keys and values of key-value head 0 alone."""
    state, width = passed_on(case), case.sizes["Dh"]
    other = {name: value.clone() for name, value in state.items()}
    for name in ("k_proj", "v_proj"):
        other[f"{name}.weight"][:width] *= -2
        other[f"{name}.bias"][:width] += 1
    args = tuple(inputs(case).values())
    return [
        *module(case, state),
        *module(case, other, into="n"),
        Call(target="m", args=args, seed=case.seed),
        Call(target="n", args=args, seed=case.seed),
    ]


def judge_groups(asked: CaseAnswers) -> Finding | None:
    """Both are right; where not, which query heads moved is said."""
    found = every_call_agrees(RESULT)(asked)
    if found is None or found.verdict is not Kind.WRONG_ANSWER:
        return found
    before, after = (asked.answers[len(asked.program) - back].value for back in (2, 1))
    if before.shape != after.shape:
        return found
    sizes = asked.case.sizes
    moved = (before - after).abs().unflatten(-1, (sizes["H"], sizes["Dh"])).amax(dim=(0, 1, 3)) > 1e-3
    heads = [str(head) for head in range(sizes["H"]) if bool(moved[head])]
    right = ", ".join(str(head) for head in range(sizes["G"]))
    fact = f"key-value head 0 belongs to query heads {right}; when it was changed, yours moved at {', '.join(heads) or 'none'}"
    return msgspec.structs.replace(found, facts=(fact, *found.facts))


def ask_repeated(case: Case) -> Program:
    """The layer, and multi-head attention whose heads of keys and values are copies of those that are shared."""
    state, sizes = weights(case), case.sizes
    wide = dict(state)
    for name in ("k_proj", "v_proj"):
        for part in ("weight", "bias"):
            narrow = state[f"{name}.{part}"]
            heads = narrow.reshape(sizes["Hkv"], sizes["Dh"], *narrow.shape[1:])
            wide[f"{name}.{part}"] = heads.repeat_interleave(sizes["G"], dim=0).flatten(0, 1)
    args = tuple(inputs(case).values())
    return [
        *module(case, state),
        Call(target="m", args=args, seed=case.seed),
        *module(case, wide, into="n", kv_heads=sizes["H"]),
        Call(target="n", args=args, seed=case.seed),
    ]


def draw_ends() -> Any:
    """Each query head with keys of its own, or all with one key-value head."""
    return draw_from(Hkv=(1, 4), G=(1, 4))


def draw_masked() -> Any:
    """At least two positions, and scores of -1e4."""
    return draw_from(
        T=(2, 3, 5),
        mask=("2d", "full", "rows alike"),
        kinds=("small integers", "ordinary", "low"),
        layouts=("contiguous",),
    )


def ask_masked(case: Case) -> Program:
    """The same call three times, with other numbers at the last position, which the others may not see."""
    plain = msgspec.structs.replace(case, kind="ordinary") if case.kind == "low" else case
    state, given = weights(plain), inputs(plain)
    mask, x = given["mask"], given["x"]
    mask[..., -1] = False
    mask[..., 0] |= ~mask.any(dim=-1)
    size = math.sqrt(1e4 / math.sqrt(case.sizes["Dh"]))
    if case.kind == "low":  # every score of what may be seen is -1e4
        x = torch.full_like(x, size)
        for name, factor in (("q_proj", -1.0), ("k_proj", 1.0)):
            width = widths(case)[name]
            state[f"{name}.weight"] = factor * torch.eye(case.sizes["D"], dtype=case.torch_dtype)[:width]
            state[f"{name}.bias"] = torch.zeros(width, dtype=case.torch_dtype)
    program = module(case, state)
    for number in (0.0, -size if case.kind == "low" else 50.0, -3000.0):
        other = x.clone()
        other[:, -1] = number if number else other[:, -1]
        program.append(Call(target="m", args=(other, mask), seed=case.seed))
    return program


def draw_masks() -> Any:
    """Cases with a mask, where heads can be taken for rows."""
    return draw_from(B=(2, 3), T=(2, 3), Hkv=(1, 2), G=(1, 2, 3), mask=MASKS[1:])


def ask_in_turn(case: Case) -> Program:
    """With a mask, without one, with its complement as far as that lets every query attend, and with the first again."""
    given = inputs(case)
    other = ~given["mask"]
    other[..., 0] |= ~other.any(dim=-1)
    calls = [Call(target="m", args=(given["x"], mask)) for mask in (given["mask"], None, other, given["mask"])]
    return [*setup(case), *calls]


def ask_words(case: Case) -> Program:
    """By position without a mask, and by name; the layer is made by name as well."""
    given, sizes = inputs(case), case.sizes
    by_name = {name: value for name, value in given.items() if value is not None}
    made = Construct(
        target=TARGET,
        kwargs={"d_model": sizes["D"], "num_heads": sizes["H"], "num_kv_heads": sizes["Hkv"]},
        dtype=case.dtype,
        seed=case.seed,
    )
    return [made, Assign(state=weights(case)), Call(target="m", args=(given["x"],)), Call(target="m", kwargs=by_name)]


def ask_errors(case: Case) -> Program:
    """Widths that can't be divided among the heads, and heads that can't be shared."""
    triples = ((5, 2, 1), (6, 4, 2), (7, 3, 3), (2, 4, 2), (8, 4, 3), (6, 3, 2), (4, 2, 4), (6, 1, 2), (12, 6, 4))
    return [Construct(target=TARGET, args=triple, into="bad", may_raise=True) for triple in triples]


def draw_larger() -> Any:
    """One size, or two, beyond those of the other checks; the rest small, so that slow answers are not punished."""
    return draw_from(
        B=(1, 2),
        T=(1, 2, 3),
        Hkv=(1, 2),
        G=(1, 2),
        Dh=(1, 2, 3),
        kinds=("ordinary",),
        large=({"T": 100}, {"B": 65}, {"Hkv": 8, "G": 2}, {"G": 8}, {"Dh": 33}, {"T": 40, "G": 4}),
    )


def special(name: str, sentence: str, draw_cases: Any, ask: Any, judge: Any = None, count: int = 25) -> Check:
    """A check of this problem's own."""
    judged = judge or every_call_agrees(RESULT)
    return Check(name=name, sentence=sentence, draw=draw_cases, ask=ask, judge=judged, cases=count)


CHECKS: tuple[Check, ...] = (
    shape_check(GROUPED),
    agreement_check(GROUPED),
    larger_check(GROUPED, draw_larger, cases=25),
    special(
        "neighbouring-query-heads-share",
        "Query head h attends to the keys and values of key-value head h // G, and of no other.",
        draw_sharing,
        ask_groups,
        judge_groups,
    ),
    special(
        "sharing-is-repeating",
        "The result is that of multi-head attention whose heads of keys and values are repeated.",
        draw_sharing,
        ask_repeated,
        count=12,
    ),
    special(
        "multi-head-and-multi-query",
        "With as many key-value heads as heads, and with one, it is multi-head and multi-query attention.",
        draw_ends,
        GROUPED.program,
        count=12,
    ),
    special("every-mask-shape", "A mask of each shape the statement names is followed.", draw_masks, GROUPED.program),
    special(
        "masked-keys-have-no-influence",
        "What stands at a position that no query may attend to changes nothing, however large the scores are.",
        draw_masked,
        ask_masked,
    ),
    special(
        "a-mask-holds-for-its-call",
        "A mask holds for the call it is passed to, and for no other.",
        draw_masks,
        ask_in_turn,
        count=12,
    ),
    special("called-by-name", "Arguments may be given by position or by name.", draw, ask_words, count=8),
    untouched_check(GROUPED),
    no_memory_check(GROUPED),
    any_order_check(GROUPED),
    rows_check(GROUPED),
    raises_check(
        lambda: cases({"B": (1,)}),
        ask_errors,
        sentence="A width or a number of heads that can't be divided raises ValueError.",
        cases=1,
    ),
    gradient_check(GROUPED, result_shapes, cases=60),
)

PROBES: tuple[Probe, ...] = (WEIGHT_SUMS, INFLUENCE)
