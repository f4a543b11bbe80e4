"""What the attention problems share: projections, masks, what holds for heads and for hidden keys, and what weights sum to."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from problems.asks import Call, Differentiate, Program
from problems.cases import Case, Values, relaid
from problems.checks import Check, Layer, Subject
from problems.comparison import leaves
from problems.late import torch
from problems.probes import Probe, Told, with_weights
from problems.properties import agrees, bad_layer_check, in_turn_check

PROJECTIONS = ("q_proj", "k_proj", "v_proj", "o_proj")
PARAMETERS = tuple(f"{name}.{part}" for name in PROJECTIONS for part in ("weight", "bias"))
INDIVISIBLE = ((5, 2), (6, 4), (7, 3), (2, 4), (1, 2), (9, 6), (10, 3))
"""Widths, and heads that can't share them."""
MASKS = ("none", "2d", "full", "heads alike", "rows alike", "one", "padding", "one query", "one key")
"""Kinds of masks: the option `mask` of a case."""
LENGTHS = (1, 2, 3, 5, 8, 9, 16, 25, 33)
TELLING = ("small integers", "ordinary", "huge")
"""Kinds of values that differ from token to token: where all tokens are alike, no mask shows."""
WIDTHS = (1, 2, 3, 4, 8, 12, 16, 32)  # of a head


def model_width(sizes: dict[str, int]) -> int:
    """D = H * Dh."""
    return sizes["H"] * sizes["Dh"]


def weights(case: Case) -> dict[str, torch.Tensor]:
    """Weights and biases of the four projections; those of keys and values are narrower where a case has Hkv."""
    values, sizes = Values(case, salt=11), case.sizes
    narrow = sizes["Hkv"] * sizes["Dh"] if "Hkv" in sizes else sizes["D"]
    state: dict[str, torch.Tensor] = {}
    for name in PROJECTIONS:
        width = narrow if name in ("k_proj", "v_proj") else sizes["D"]
        state |= {f"{name}.weight": values.weight(width, sizes["D"]), f"{name}.bias": values.bias(width)}
    return state


def layer(target: str, **more: str) -> Layer:
    """A layer with the four projections: its class, and further arguments with the letters of their sizes."""
    return Layer(target=target, arguments={"d_model": "D", "num_heads": "H", **more}, weights=weights)


def module(case: Case, target: str) -> Program:
    """Make the layer and load its weights."""
    return layer(target).setup(case)


def passing_on(state: Mapping[str, Any]) -> dict[str, Any]:
    """The same weights, but for an output projection that passes on what it gets."""
    bias = state["o_proj.bias"]
    return {**state, "o_proj.weight": torch.eye(len(bias), dtype=bias.dtype), "o_proj.bias": torch.zeros_like(bias)}


def make_mask(case: Case, letters: str = "B H Tq Tk") -> torch.Tensor | None:
    """A boolean mask of the case's kind that lets every query attend somewhere; the letters are those of the largest."""
    b, h, queries, keys = case.shape(letters)
    shapes: dict[str, tuple[int, ...]] = {
        "2d": (queries, keys),
        "full": (b, h, queries, keys),
        "heads alike": (b, 1, queries, keys),
        "rows alike": (1, h, queries, keys),
        "one": (1, 1, queries, keys),
        "padding": (b, 1, 1, keys),
        "one query": (b, h, 1, keys),
        "one key": (b, h, queries, 1),
    }
    shape = shapes.get(case.options["mask"])
    if shape is None:
        return None
    values = Values(case, salt=3)
    mask = attending(values.booleans(*shape, chance=0.6), values.choice(shape[-1]))
    return mask[..., :1, :].expand(shape) if case.layout == "expanded" else relaid(mask, case.layout)


def attending(mask: torch.Tensor, key: int = 0) -> torch.Tensor:
    """The mask itself; a query that might attend nowhere may attend to this key."""
    mask[..., key] |= ~mask.any(dim=-1)
    return mask


def every_mask_check(subject: Subject, queries: str) -> Check:
    """A mask of each kind, on numbers that show it; in turn as many queries as it comes, as rows in the batch, and as heads.

    Args:
        subject: the call, on cases of several rows and heads.
        queries: the letter of the number of queries.
    """

    def alike(case: Case) -> Case:
        return case.resized(**{queries: case.sizes[case.options["as many as"] or queries]})

    space = subject.space.but(mask=MASKS[1:], kinds=TELLING, layouts=("contiguous", "transposed", "sliced"))
    space = space.with_options(**{"as many as": ("", "B", "H")}).map(alike)
    return agrees(
        "every-mask-shape",
        "A mask of each shape the statement names is followed.",
        msgspec.structs.replace(subject, draw=space),
    )


def mask_check(subject: Subject) -> Check:
    """Calls with a mask, without one, with its complement as far as that lets every query attend, and with the first again."""

    def changes(case: Case) -> list[dict[str, Any]]:
        return [{"mask": None}, {"mask": attending(~subject.inputs(case)["mask"])}]

    return in_turn_check(
        subject.on(mask=MASKS[1:], kinds=TELLING),
        "a-mask-holds-for-its-call",
        "A mask holds for the call it is passed to, and for no other.",
        changes,
    )


def hidden_check(subject: Subject, place: str, *, looking: Sequence[str], hidden: Sequence[str]) -> Check:
    """The same call three times, with other numbers at the last key, to which no query may attend.

    Where the kind is "low", every score of what may be seen is -1e4, so that no number of that size can hide a key.

    Args:
        subject: the call, on cases of at least two keys with a mask that tells them apart.
        place: what stands there, in the sentence.
        looking: the arguments that queries and keys are made of.
        hidden: those that keys and values are made of.
    """

    def ask(case: Case) -> Program:
        assert subject.layer is not None
        given, state, low = subject.inputs(case), weights(case), case.kind == "low"
        given["mask"][..., -1] = False
        attending(given["mask"])
        size = math.sqrt(1e4 / math.sqrt(case.sizes["Dh"]))
        if low:
            given |= {name: torch.full_like(given[name], size) for name in looking}
            for name, factor in (("q_proj", -1.0), ("k_proj", 1.0)):
                weight, bias = state[f"{name}.weight"], state[f"{name}.bias"]
                state[f"{name}.weight"] = factor * torch.eye(*weight.shape, dtype=weight.dtype)
                state[f"{name}.bias"] = torch.zeros_like(bias)
        program = [*subject.layer.setup(case, state), subject.call(case, given)]
        for number in (-size if low else 50.0, -3000.0):
            others = {name: given[name].clone() for name in hidden}
            for value in others.values():
                value[:, -1] = number
            program.append(subject.call(case, given | others, note=f"with {number:.4g} where nobody may look"))
        return program

    return agrees(
        "masked-keys-have-no-influence",
        f"What stands at a {place} that no query may attend to changes nothing, however large the scores are.",
        subject.on(kinds=("small integers", "ordinary", "low"), layouts=("contiguous",)),
        ask,
    )


def first_head_check(
    subject: Subject, projections: Sequence[str], name: str, sentence: str, *, note: str, cases: int
) -> Check:
    """Two layers that differ in head 0 of these projections alone; the output projection passes on what it gets."""

    def ask(case: Case) -> Program:
        assert subject.layer is not None
        state, width = passing_on(weights(case)), case.sizes["Dh"]
        other = {key: value.clone() for key, value in state.items()}
        for projection in projections:
            other[f"{projection}.weight"][:width] *= -2
            other[f"{projection}.bias"][:width] += 1
        made = [*subject.layer.setup(case, state), *subject.layer.setup(case, other, into="n")]
        return [*made, subject.call(case), subject.call(case, target="n", note=note)]

    return agrees(name, sentence, subject.on(layouts=("contiguous",)), ask, cases=cases)


def indivisible_check(made: Layer) -> Check:
    """A width that can't be divided among the heads raises ValueError."""
    sentence = "d_model that is not a multiple of num_heads raises ValueError."
    more = (8,) * (len(made.arguments) - 2)
    return bad_layer_check(made, [(*pair, *more) for pair in INDIVISIBLE], sentence=sentence)


def _ask_weight_sums(program: Program, names: Sequence[str]) -> list[Program]:
    """The same call where all values are 1, and 2, by their bias; and 1 by the weight and the `value` that is passed in."""
    programs = [_with_values(program, size) for size in (1.0, 2.0)]
    if "value" in names:
        programs.append(_with_values(program, 1.0, place=list(names).index("value")))
    return programs


def _with_values(program: Program, size: float, *, place: int | None = None) -> Program:
    """All values are `size`, and o_proj passes on what it gets: what comes back are sums of weights, times `size`."""

    def passed_on(state: Mapping[str, Any]) -> dict[str, Any]:
        if "v_proj.weight" not in state:
            return dict(state)
        weight, bias = state["v_proj.weight"], state["v_proj.bias"]
        by_weight = place is not None
        return passing_on(state) | {
            "v_proj.weight": torch.full_like(weight, size / weight.shape[1] if by_weight else 0.0),
            "v_proj.bias": torch.full_like(bias, 0.0 if by_weight else size),
        }

    last = program[-1]
    assert isinstance(last, (Call, Differentiate))
    args: list[Any] = [(arg[0], torch.full_like(arg[1], size)) if _is_cache(arg) else arg for arg in last.args]
    if place is not None and place < len(args):
        args[place] = torch.ones_like(args[place])
    return with_weights([*program[:-1], msgspec.structs.replace(last, args=tuple(args))], passed_on)


def _is_cache(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], torch.Tensor)


def _tell_weight_sums(told: Told, names: Sequence[str]) -> tuple[str, ...]:
    """The first query whose weights do not sum to 1. Nothing where something else than the weights may be wrong."""
    once, twice, *other = [told.result(mine) for mine, _ in told.after]
    right = told.result(told.after[0][1])
    if told.leaf or once is None or twice is None or right is None or once.dim() != 3:
        return ()
    if bool((right - 1).abs().max() > NEAR) or not bool(torch.isfinite(once).all()):
        return ()
    proportional = bool(((twice - 2 * once).abs() < NEAR).all())
    if not proportional or any(same is None or not bool(((same - once).abs() < NEAR).all()) for same in other):
        return ()
    for mine, exact in zip(leaves(told.after[0][0].value)[1:], leaves(told.after[0][1].value)[1:], strict=True):
        if mine.shape != exact.shape or not bool(((mine.double() - exact).abs() < NEAR * (1 + exact.abs())).all()):
            return ()  # the keys or values that are kept are wrong themselves
    off = (once - 1).abs() > 10 * NEAR
    if not bool((off & (once != 0)).any()):
        return ()
    row, query, feature = (int(place) for place in (off & (once != 0)).nonzero()[0])
    where = f" in row {row} of the batch" if once.shape[0] > 1 else ""
    number = float(once[row, query, feature])
    return (
        f"the weights of query {query}{where} sum to {number:.4g}: where every value is 1, that is what comes back",
    )


NEAR = 1e-4
WEIGHT_SUMS = Probe(_ask_weight_sums, _tell_weight_sums)
"""What the weights of a query sum to."""
