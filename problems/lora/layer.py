"""A LoRA layer: its cases, its weights and its call."""

from __future__ import annotations

from typing import Any

import msgspec
import torch

from problems.asks import Assign, Call, Construct, Handle, Program
from problems.cases import Case, Values, cases
from problems.checks import Subject
from problems.comparison import Layout

TARGET = "LoRALinear"
SIZES = {
    "B": (1, 2, 3, 4, 5),
    "I": (1, 2, 3, 5, 8, 16, 33),
    "O": (1, 2, 4, 3, 9, 16, 32),
    "R": (1, 2, 3, 6, 8, 16),
}
OPTIONS = {
    "dims": (2, 1, 3, 4),
    "alpha": (1.0, 2.0, 0.5, 16.0, 3),
    "bias": (True, False),
    "double": ("before", "after"),
    "p": (0.0, 0.5),
}


def result_shapes(case: Case) -> list[list[int]]:
    """Of the one result: as many dimensions before its features as x has."""
    return [[*(case.sizes["B"], 2, 3)[: case.options["dims"] - 1], case.sizes["O"]]]


def inputs(case: Case) -> dict[str, Any]:
    """x with one to four dimensions."""
    return {"x": Values(case).laid_out(*result_shapes(case)[0][:-1], case.sizes["I"])}


def base_weights(case: Case) -> dict[str, torch.Tensor]:
    """Weight and bias of the base by their names in the layer; rounded to float32 where the base is float32 when it is wrapped."""
    values = Values(case, salt=1)
    state = {"base.weight": values.weight(*case.shape("O I"))}
    if case.options["bias"]:
        state["base.bias"] = values.bias(case.sizes["O"])
    if case.options["double"] == "after":
        state = {name: value.float().to(case.torch_dtype) for name, value in state.items()}
    return state


def weights(case: Case) -> dict[str, torch.Tensor]:
    """All four: the base's, and A and B."""
    values = Values(case, salt=2)
    update = {"lora_A": values.weight(*case.shape("R I")), "lora_B": values.weight(*case.shape("O R"))}
    return base_weights(case) | update


def base(case: Case) -> Program:
    """The layer that is adapted, with weights; double before or after it is wrapped."""
    made = Construct(
        target="torch.nn.Linear",
        args=case.shape("I O"),
        kwargs={"bias": case.options["bias"]},
        into="base",
        dtype=case.dtype if case.options["double"] == "before" else "float32",
        seed=case.seed,
    )
    state = {name.removeprefix("base."): value for name, value in base_weights(case).items()}
    return [made, Assign(module="base", state=state)]


def wrap(case: Case, *arguments: Any, **named: Any) -> Construct:
    """The layer itself, from these arguments."""
    dtype = case.dtype if case.options["double"] == "after" else "float32"
    return Construct(target=TARGET, args=arguments, kwargs=named, dtype=dtype, seed=case.seed)


def adapted(case: Case) -> Construct:
    """The layer with all that the case says."""
    return wrap(case, Handle("base"), case.sizes["R"], alpha=case.options["alpha"], dropout=case.options["p"])


def setup(case: Case) -> Program:
    """A base, wrapped, with A and B set; in evaluation where there is dropout, which must then not act."""
    silent = [Call(target="m.eval", answer=False)] if case.options["p"] else []
    return [*base(case), adapted(case), Assign(state=weights(case)), *silent]


def second(case: Case) -> Program:
    """Another base and layer, called base2 and m2, with weights of their own."""
    names = {"base": "base2", "m": "m2"}
    found: Program = []
    for step in [*base(case), adapted(case), Assign(state=weights(case))]:
        if isinstance(step, Assign):
            found.append(msgspec.structs.replace(step, module=names[step.module]))
        elif isinstance(step, Construct):
            args = tuple(Handle("base2") if each == Handle("base") else each for each in step.args)
            found.append(msgspec.structs.replace(step, args=args, into=names[step.into]))
    return found


LORA = Subject(
    draw=cases(SIZES, options=OPTIONS),
    inputs=inputs,
    target="m",
    result=Layout("result", "... O"),
    setup=setup,
    parameters=("lora_A", "lora_B"),
    rows=("x",),
)
