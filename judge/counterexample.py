"""The failing case as data: sizes, inputs by name, the calls as a person would write them, expected beside actual."""

from __future__ import annotations

import ast
import math
from typing import Any

import msgspec
import torch

from judge.verdict import MOST_VALUES, ArrayData, Counterexample
from problems import Problem
from problems.asks import Assign, Call, Construct, Differentiate, Handle, Overwrite, Program, Put, Read, Unreadable
from problems.cases import Case
from problems.comparison import as_tensor, dtype_name, is_array
from problems.wording import value_words


def counterexample(
    problem: Problem,
    case: Case,
    program: Program,
    step: int,
    *,
    expected: Any = None,
    actual: Any = None,
    worst_index: tuple[int, ...] | None = None,
) -> Counterexample:
    """Everything that is needed to see and repeat a failure.

    Args:
        problem: names the arguments.
        case: that failed.
        program: what was asked.
        step: place of the step that failed; what comes after it is left out.
        expected: the right array, if there is one.
        actual: what came back in its place.
        worst_index: of the element furthest off.
    """
    shown = program[: step + 1] if step >= 0 else program
    return Counterexample(
        sizes=dict(case.sizes),
        inputs=tuple(_inputs(problem, shown)),
        expected=array_data("", expected),
        actual=array_data("", actual),
        worst_index=worst_index,
        call="\n".join(_lines(problem, shown)),
    )


def array_data(name: str, value: Any) -> ArrayData | None:
    """A value as data; None for none."""
    if isinstance(value, Unreadable):
        return ArrayData(name=name, dtype=value.dtype or value.type_name, shape=value.shape or (), values=None)
    if is_array(value):
        tensor = as_tensor(value).detach()
        values = _finite(tensor.tolist()) if tensor.numel() <= MOST_VALUES else None
        return ArrayData(name=name, dtype=dtype_name(value), shape=tuple(tensor.shape), values=values)
    if value is None or isinstance(value, (tuple, list, dict, Handle)):
        return None
    return ArrayData(name=name, dtype=type(value).__name__, shape=(), values=_finite(value))


def _finite(value: Any) -> Any:
    """Nested lists with NaN and infinities as text."""
    if isinstance(value, list):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    return value


def parameter_names(problem: Problem, target: str) -> list[str]:
    """Names of the parameters of an entry point, of an object's call ("m") or of its method ("m.merge")."""
    for entry in problem.entry:
        if entry.kind == "function" and target == entry.name:
            return signature_names(entry.signature)
        if entry.kind != "function" and target == entry.name:
            return signature_names(entry.signature)
        method = target.split(".", 1)[1] if "." in target else "forward"
        if entry.kind != "function" and method in entry.methods:
            return signature_names(entry.methods[method])
    return []


def signature_names(signature: str) -> list[str]:
    """Parameter names of a signature: "(x, cache=None)" gives x and cache."""
    return [name for name, _ in signature_parameters(signature)]


def signature_parameters(signature: str) -> list[tuple[str, bool]]:
    """Each parameter's name, and whether it is required."""
    arguments = ast.parse(f"def f{signature}: ...").body[0]
    assert isinstance(arguments, ast.FunctionDef)
    plain = arguments.args.args
    required = len(plain) - len(arguments.args.defaults)
    return [(argument.arg, place < required) for place, argument in enumerate(plain)]


def _inputs(problem: Problem, program: Program) -> list[ArrayData]:
    """Arrays and numbers that go in, in order; a name that comes again with other contents is numbered."""
    found: list[ArrayData] = []
    seen: dict[str, int] = {}

    def is_named(other: ArrayData, name: str) -> bool:
        return other.name.split(" #")[0] == name

    def add(name: str, value: Any) -> None:
        if isinstance(value, (tuple, list)):
            for place, item in enumerate(value):
                add(f"{name}[{place}]", item)
            return
        data = array_data(name, value)
        if data is None or any(
            msgspec.structs.replace(other, name=name) == data for other in found if is_named(other, name)
        ):
            return
        seen[name] = seen.get(name, 0) + 1
        found.append(msgspec.structs.replace(data, name=f"{name} #{seen[name]}" if seen[name] > 1 else name))

    for step in program:
        if isinstance(step, Assign):
            for name, value in step.state.items():
                add(f"{step.module}.{name}", value)
        elif isinstance(step, (Call, Differentiate)):
            names = parameter_names(problem, step.target)
            for name, value in zip(names, step.args, strict=False):
                add(name, value)
            for name, value in step.kwargs.items():
                add(name, value)
            if isinstance(step, Differentiate):
                add("upstream gradient", [part for part in step.upstream if part is not None])
        elif isinstance(step, (Put, Overwrite)):
            add(step.into, step.value)
    return found


def _lines(problem: Problem, program: Program) -> list[str]:
    """The program as Python that a person reads."""
    lines: list[str] = []
    for step in program:
        match step:
            case Construct():
                ending = ".double()" if step.dtype == "float64" and step.target != "torch.Generator" else ""
                lines.append(f"{step.into} = {step.target}({_arguments(problem, step)}){ending}")
            case Assign():
                lines += _assigned(step)
            case Put():
                lines.append(f"{step.into} = {value_words(step.value)}")
            case Overwrite():
                lines.append(f"{step.into}[...] = {value_words(step.value)}  # other numbers in the same object")
            case Call() | Differentiate():
                called = f"{step.target}({_arguments(problem, step)})"
                into = getattr(step, "into", "")
                backward = "  # and its gradients" if isinstance(step, Differentiate) else ""
                lines.append(f"{into} = {called}" if into else called + backward)
            case Read():
                lines.append(f"# look at the parameters of {step.module}")
    return lines


def _assigned(step: Assign) -> list[str]:
    """What is loaded into an object, and which of its parameters get a gradient or lose it."""
    gradients = {name: value for name, value in step.state.items() if name.endswith(".grad")}
    loaded = [name for name in step.state if name not in gradients]
    given = [name for name, value in gradients.items() if value is not None]
    lines = [f"# load into {step.module}: {', '.join(loaded)}"] if loaded else []
    lines += [f"# set in {step.module}: {', '.join(given)}"] if given else []
    return lines + [f"# {step.module}.{name} is None" for name in gradients if name not in given]


def _arguments(problem: Problem, step: Construct | Call | Differentiate) -> str:
    names = parameter_names(problem, step.target)
    parts = [
        name if name and _holds_array(value) else value_words(value)
        for name, value in zip([*names, *[""] * len(step.args)], step.args, strict=False)
    ]
    while parts and step.args[len(parts) - 1] is None:
        parts.pop()
    parts += [f"{name}={name if _holds_array(value) else value_words(value)}" for name, value in step.kwargs.items()]
    return ", ".join(parts)


def _holds_array(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return any(_holds_array(item) for item in value)
    return isinstance(value, torch.Tensor)
