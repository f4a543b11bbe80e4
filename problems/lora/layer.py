"""A LoRA layer: its cases, its weights and its call."""

from __future__ import annotations

from typing import Any

import torch

from problems.agreement import every_call_agrees
from problems.asks import Assign, Call, Construct, Handle, Program
from problems.cases import Case, Values, cases
from problems.checks import Judge, Subject
from problems.comparison import Layout

TARGET = "LoRALinear"


RESULT = Layout("result", "... O")


SIZES = {"B": (1, 2, 3), "I": (1, 2, 3, 5), "O": (1, 2, 4, 3), "R": (1, 2, 3, 6)}


ALPHAS = (1.0, 2.0, 0.5, 16.0, 3)


OPTIONS = {
    "dims": (2, 1, 3, 4),
    "alpha": ALPHAS,
    "bias": (True, False),
    "double": ("before", "after"),
    "p": (0.0, 0.0, 0.5),
}


def draw_from(**changes: Any) -> Any:
    """Cases over sizes, values, layouts and options; what is named is drawn from another list."""
    options = {name: changes.pop(name, values) for name, values in OPTIONS.items()}
    sizes = {letter: changes.pop(letter, values) for letter, values in SIZES.items()}
    return cases(sizes, options=options, **changes)


def draw() -> Any:
    """Everything."""
    return draw_from()


def lead(case: Case) -> tuple[int, ...]:
    """The dimensions of x before its features."""
    return (case.sizes["B"], 2, 3)[: case.options["dims"] - 1]


def inputs(case: Case) -> dict[str, Any]:
    """x with one to four dimensions."""
    return {"x": Values(case).laid_out(*lead(case), case.sizes["I"])}


def base_weights(case: Case) -> dict[str, torch.Tensor]:
    """Weight and bias of the base; rounded to float32 where the base is float32 when it is wrapped."""
    values = Values(case, salt=1)
    state = {"weight": values.weight(case.sizes["O"], case.sizes["I"])}
    if case.options["bias"]:
        state["bias"] = values.bias(case.sizes["O"])
    if case.options["double"] == "after":
        state = {name: value.float().to(case.torch_dtype) for name, value in state.items()}
    return state


def base(case: Case) -> Program:
    """The layer that is adapted, with weights; double before or after it is wrapped."""
    made = Construct(
        target="torch.nn.Linear",
        args=(case.sizes["I"], case.sizes["O"]),
        kwargs={"bias": case.options["bias"]},
        into="base",
        dtype=case.dtype if case.options["double"] == "before" else "float32",
        seed=case.seed,
    )
    return [made, Assign(module="base", state=base_weights(case))]


def wrap(case: Case, **kwargs: Any) -> Construct:
    """The layer itself."""
    after = case.dtype if case.options["double"] == "after" else "float32"
    given = {"alpha": case.options["alpha"], "dropout": case.options["p"]} | kwargs
    return Construct(
        target=TARGET,
        args=(Handle("base"), case.sizes["R"]),
        kwargs=given,
        into="m",
        dtype=after,
        seed=case.seed,
    )


def update(case: Case) -> dict[str, torch.Tensor]:
    """Values for A and B."""
    values = Values(case, salt=2)
    rank, width, out = case.sizes["R"], case.sizes["I"], case.sizes["O"]
    return {"lora_A": values.weight(rank, width), "lora_B": values.weight(out, rank)}


def weights_of(case: Case) -> dict[str, torch.Tensor]:
    """All four: the base's, and A and B."""
    return {f"base.{name}": value for name, value in base_weights(case).items()} | update(case)


def setup(case: Case) -> Program:
    """A base, wrapped, with A and B set; in evaluation where there is dropout, which must then not act."""
    program = [*base(case), wrap(case), Assign(module="m", state=weights_of(case))]
    if case.options["p"]:
        program.append(Call(target="m.eval", answer=False))
    return program


LORA = Subject(
    draw=draw,
    inputs=inputs,
    target="m",
    result=RESULT,
    setup=setup,
    parameters=("lora_A", "lora_B"),
    rows=("x",),
)


agrees: Judge = every_call_agrees(RESULT)


def result_shapes(case: Case) -> list[list[int]]:
    """Of the one result."""
    return [[*lead(case), case.sizes["O"]]]


def call(case: Case) -> Call:
    """One forward pass."""
    return Call(target="m", args=tuple(inputs(case).values()), seed=case.seed)
