"""Parameters, gradients and optimisers: the cases of AdamW, and the programs made from them."""

from __future__ import annotations

from typing import Any

import torch

from problems.asks import GRADIENT, ITERATOR, SAME, Assign, Call, Construct, Handle, Program, Read
from problems.cases import Case, Values, cases
from problems.comparison import Layout

TARGET = "AdamW"
OPTIONS: dict[str, tuple[Any, ...]] = {
    "lr": (0.1, 0.01, 0.5, 1e-3, 0.0),
    "betas": ([0.9, 0.999], [0.5, 0.75], [0.0, 0.9], [0.8, 0.0], [0.9, 0.99]),
    "eps": (1e-8, 1e-3, 0.5),
    "weight_decay": (0.01, 0.0, 0.5, 0.1),
}
SPACE = cases(
    {
        "P": (1, 2, 3, 4, 5, 8, 9),
        "O": (1, 2, 3, 4, 5, 8, 9, 16),
        "I": (2, 1, 3, 4, 5, 8, 9, 16),
        "T": (1, 2, 3, 4, 5, 8, 9),
    },
    options={**OPTIONS, "form": ("list", "groups", "generator", "tuple", "iterators"), "missing": (False, True)},
)


def tensors(case: Case, salt: int) -> dict[str, torch.Tensor]:
    """Numbers for every parameter, by its place: matrices, vectors and single numbers; some shapes twice."""
    o, i = case.sizes["O"], case.sizes["I"]
    shapes: list[tuple[int, ...]] = [(i,), (o, i), (), (o, i), (o,)] * 2
    values = Values(case, salt=salt)
    return {str(n): values.laid_out(*shape).clone() for n, shape in enumerate(shapes[: case.sizes["P"]])}


def handles(case: Case, into: str = "p") -> list[Handle]:
    """The parameters."""
    return [Handle(into, (n,)) for n in range(case.sizes["P"])]


def parameters(case: Case, into: str = "p") -> Program:
    """The parameters with their values; of some kinds all zero, tiny or huge."""
    values = tensors(case, 1)
    zeros = [torch.zeros_like(value) for value in values.values()]
    return [Construct(target="torch.nn.ParameterList", args=(zeros,), into=into), Assign(module=into, state=values)]


def option(name: str, value: Any) -> Any:
    """An option as it is handed over: a case, which can be kept as JSON, has lists where the betas are a tuple."""
    return tuple(value) if name == "betas" else value


def groups(case: Case, into: str = "p") -> list[dict[str, Any]]:
    """Every second parameter in a group of its own, with options of its own; a third group holds the last one."""
    every, values = handles(case, into), Values(case, salt=99)
    found = []
    for part in filter(None, (every[0:-1:2], every[1:-1:2], every[-1:])):
        group: dict[str, Any] = {"params": tuple(part) if values.choice(3) == 0 else part}
        for name, choices in OPTIONS.items():
            if values.choice(2):
                group[name] = option(name, choices[values.choice(len(choices))])
        found.append(group)
    return found


def optimiser(case: Case, into: str = "opt", of: str = "p") -> Program:
    """Made from a list of parameters, from a tuple or a generator of them, from groups, or from iterators of groups and parameters."""
    every, form = handles(case, of), case.options["form"]
    first: Program = []
    given: Any = {"list": every, "tuple": tuple(every), "generator": Handle("each"), "groups": groups(case, of)}.get(
        form
    )
    if form == "generator":
        first = [Call(target=f"{of}.parameters", into="each", answer=False)]
    elif form == "iterators":
        found = groups(case, of)
        first = [iterator(list(group["params"]), f"each{n}") for n, group in enumerate(found)]
        first.append(iterator([group | {"params": Handle(f"each{n}")} for n, group in enumerate(found)], "groups"))
        given = Handle("groups")
    options = {name: option(name, case.options[name]) for name in OPTIONS}
    return [*first, Construct(target=TARGET, args=(given,), kwargs=options, into=into, seed=case.seed)]


def iterator(items: list[Any], into: str) -> Call:
    """An iterator, which can be read once."""
    return Call(target=ITERATOR, args=(items,), into=into, answer=False)


def held(case: Case, into: str = "p") -> Program:
    """The gradients themselves, under names of their own."""
    return [
        Call(target=GRADIENT, args=(handle,), into=f"gradient{n}", answer=False)
        for n, handle in enumerate(handles(case, into))
    ]


def look_at_held(case: Case, note: str) -> Program:
    """What the held gradients hold by now."""
    layout = Layout("the gradient that the caller holds", "...")
    return [Call(target=SAME, args=(Handle(f"gradient{n}"),), result=layout, note=note) for n in range(case.sizes["P"])]


def begin(case: Case) -> Program:
    """Parameters, and an optimiser of them."""
    return [*parameters(case), *optimiser(case)]


def gradients(case: Case, step: int, into: str = "p") -> Assign:
    """New gradients for one step; where some may be missing, each is for about a third of the steps."""
    absent = Values(case, salt=1000 + step)
    return Assign(
        module=into,
        state={
            f"{name}.grad": None if case.options["missing"] and not absent.choice(3) else value
            for name, value in tensors(case, 10 + step).items()
        },
    )


def look(case: Case, into: str = "p") -> Read:
    """All parameters and all gradients."""
    return Read(module=into, names=tuple(f"{n}{end}" for n in range(case.sizes["P"]) for end in ("", ".grad")))


def train(case: Case, steps: range, opt: str = "opt", into: str = "p") -> Program:
    """So many steps, each with gradients of its own, and a look after each."""
    program: Program = []
    for step in steps:
        program += [gradients(case, step, into), Call(target=f"{opt}.step", answer=False), look(case, into)]
    return program


def noted(program: Program) -> Program:
    """The same program, in which every look says what came before it."""
    steps, found = 0, Program()
    for place, step in enumerate(program):
        steps += isinstance(step, Call) and step.target.endswith(".step")
        if isinstance(step, Read):
            was_zeroed = getattr(program[place - 1], "target", "").endswith(".zero_grad")
            after = "zero_grad()" if was_zeroed else f"{steps} step{'s' * (steps > 1)}"
            step = Read(module=step.module, names=step.names, note=f"after {after}" if steps or was_zeroed else "")
        found.append(step)
    return found
