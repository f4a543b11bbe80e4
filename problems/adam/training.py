"""Parameters, gradients and optimisers: the cases of AdamW, and the programs made from them."""

from __future__ import annotations

from typing import Any

import msgspec
import torch

from problems.agreement import Picked, at_step
from problems.asks import Assign, Call, Construct, Handle, Program, Read
from problems.cases import Case, Values, cases
from problems.checks import CaseAnswers
from problems.comparison import Finding, as_tensor, is_array, said
from problems.kinds import Kind

TARGET = "AdamW"
SIZES = {"P": (1, 2, 3, 5), "O": (1, 2, 3), "I": (2, 1, 3), "T": (1, 2, 3, 5, 8)}
OPTIONS: dict[str, tuple[Any, ...]] = {
    "lr": (0.1, 0.01, 0.5, 1e-3, 0.0),
    "betas": ([0.9, 0.999], [0.5, 0.75], [0.0, 0.9], [0.8, 0.0], [0.9, 0.99]),
    "eps": (1e-8, 1e-3, 0.5),
    "weight_decay": (0.01, 0.0, 0.5, 0.1),
    "form": ("list", "groups", "generator", "tuple", "groups"),
    "missing": (False, False, True),
}
NAMES = ("lr", "betas", "eps", "weight_decay")


def draw_from(**changes: Any) -> Any:
    """Cases over sizes, values, layouts and options; what is named is drawn from another list."""
    sizes = {letter: changes.pop(letter, values) for letter, values in SIZES.items()}
    options = {name: changes.pop(name, values) for name, values in OPTIONS.items()}
    return cases(sizes, options=options, **changes)


def draw() -> Any:
    """Everything."""
    return draw_from()


def shapes(case: Case) -> list[tuple[int, ...]]:
    """Of the parameters, in order: matrices, vectors and single numbers; some twice."""
    o, i = case.sizes["O"], case.sizes["I"]
    return [(i,), (o, i), (), (o, i), (o,)][: case.sizes["P"]]


def tensors(case: Case, salt: int, scale: float = 1.0) -> dict[str, torch.Tensor]:
    """Numbers for every parameter, by its place."""
    values = Values(case, salt=salt)
    return {str(n): values.laid_out(*shape, scale=scale).clone() for n, shape in enumerate(shapes(case))}


def parameters(case: Case, into: str = "p") -> Program:
    """The parameters with their values; of some kinds all zero, tiny or huge."""
    made = Construct(target="torch.nn.ParameterList", args=([torch.zeros_like(v) for v in tensors(case, 1).values()],))
    return [msgspec.structs.replace(made, into=into), Assign(module=into, state=tensors(case, 1))]


def option(name: str, value: Any) -> Any:
    """An option as it is handed over: a case, which can be kept as JSON, has lists where the betas are a tuple."""
    return tuple(value) if name == "betas" else value


def groups(case: Case, into: str = "p") -> list[dict[str, Any]]:
    """Every second parameter in a group of its own, with options of its own; a third group holds the last one."""
    handles = [Handle(into, (n,)) for n in range(case.sizes["P"])]
    values = Values(case, salt=99)
    found = []
    parts = [handles[0:-1:2], handles[1:-1:2], handles[-1:]]
    for part in (part for part in parts if part):
        group: dict[str, Any] = {"params": tuple(part) if values.choice(3) == 0 else part}
        for name in NAMES:
            if values.choice(2):
                group[name] = option(name, OPTIONS[name][values.choice(len(OPTIONS[name]))])
        found.append(group)
    return found


def optimiser(case: Case, into: str = "opt", of: str = "p") -> Program:
    """Made from a list of parameters, from a generator of them, or from groups."""
    handles = [Handle(of, (n,)) for n in range(case.sizes["P"])]
    given: dict[str, Any] = {
        "list": handles,
        "tuple": tuple(handles),
        "generator": Handle("each"),
        "groups": groups(case, of),
    }
    options = {name: option(name, case.options[name]) for name in NAMES}
    first = Call(target=f"{of}.parameters", into="each", answer=False)
    made = Construct(target=TARGET, args=(given[case.options["form"]],), kwargs=options, into=into, seed=case.seed)
    return [first, made] if case.options["form"] == "generator" else [made]


def gradients(case: Case, step: int, into: str = "p") -> Assign:
    """New gradients for one step; where some may be missing, each is for about a third of the steps."""
    found: dict[str, torch.Tensor | None] = dict(tensors(case, 10 + step))
    absent = Values(case, salt=1000 + step)
    for name in list(found):
        if case.options["missing"] and not absent.choice(3):
            found[name] = None
    return Assign(module=into, state={f"{name}.grad": value for name, value in found.items()})


def look(case: Case, into: str = "p") -> Read:
    """All parameters and all gradients."""
    places = range(case.sizes["P"])
    return Read(module=into, names=tuple(f"{n}{end}" for n in places for end in ("", ".grad")))


def train(case: Case, steps: range, opt: str = "opt", into: str = "p") -> Program:
    """So many steps, each with gradients of its own, and a look after each."""
    program: Program = []
    for step in steps:
        program += [gradients(case, step, into), Call(target=f"{opt}.step", answer=False), look(case, into)]
    return program


def said_of(name: str, into: str = "p") -> str:
    """A parameter or its gradient in words: "p[1]"."""
    place, _, gradient = name.partition(".")
    return f"{into}[{place}]{'.grad' if gradient else ''}"


def judge_looks(asked: CaseAnswers) -> Finding | None:
    """Every look at the parameters, against the reference; and how many steps there were before the one that is wrong."""
    steps = 0
    for place, step in enumerate(asked.program):
        if isinstance(step, Call) and step.target.endswith(".step"):
            steps += 1
        if isinstance(step, Read) and (found := look_finding(asked, place, step)):
            last = asked.program[place - 1]
            when = {True: f"after {steps} step{'s' if steps > 1 else ''}, ", False: ""}[steps > 0]
            if isinstance(last, Call) and last.target.endswith("zero_grad"):
                when = "after zero_grad(), "
            return msgspec.structs.replace(found, sentence=when + found.sentence)
    return None


def judge_kinds(asked: CaseAnswers) -> Finding | None:
    """Shapes and dtypes at every look, and what requires a gradient."""
    for place, step in enumerate(asked.program):
        if not isinstance(step, Read):
            continue
        answer, exact = asked.answers[place], asked.right.exact(place)
        for name in (name for name in step.names if not name.endswith(".grad")):
            words = said_of(name, step.module)
            if found := kind_fault(answer.parameters.get(name), exact.parameters[name], words, asked.case.dtype):
                return at_step(found, place)
        if answer.trainable != exact.trainable:
            return Finding(sentence="a parameter no longer requires a gradient", step=place)
    return None


def look_finding(asked: CaseAnswers, place: int, step: Read) -> Finding | None:
    """Parameters of the right kind and with the right numbers, gradients as they were."""
    answer, exact = asked.answers[place], asked.right.exact(place)
    picked = Picked(asked.right, place, lambda other, name: other.parameters[name])
    for name in step.names:
        mine, right, words = answer.parameters.get(name), exact.parameters[name], said_of(name, step.module)
        found = kind_fault(mine, right, words, asked.case.dtype) or (
            None if right is None else picked.compare(mine, name, words)
        )
        if found and name.endswith(".grad") and right is not None:
            sentence = f"{found.sentence}: step() may read a gradient, and not change it"
            found = msgspec.structs.replace(found, sentence=sentence)
        if found:
            return at_step(found, place)
    return None


def kind_fault(mine: Any, right: Any, words: str, dtype: str) -> Finding | None:
    """Whether something is a tensor of the right shape and dtype, or None where there is to be none."""
    if right is None:
        return None if mine is None else Finding(sentence=f"{words} is not None", name=words)
    if not is_array(mine):
        return Finding(sentence=f"{words} is {said(mine)}", name=words)
    if tuple(mine.shape) != tuple(right.shape):
        sentence = f"{words} has shape {list(mine.shape)}, and had {list(right.shape)}"
        return Finding(verdict=Kind.WRONG_SHAPE, sentence=sentence, name=words)
    if str(as_tensor(mine).dtype) != f"torch.{dtype}":
        sentence = f"{words} has become {as_tensor(mine).dtype}, and was {dtype}"
        return Finding(verdict=Kind.WRONG_SHAPE, sentence=sentence, name=words)
    return None
