"""The failing case as data: sizes, inputs by name, the calls as a person would write them, expected beside actual."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import msgspec

from judge.program.scripts import Setting, script
from judge.program.signatures import parameter_names
from judge.verdict import MOST_VALUES, ArrayData, Counterexample
from problems import Problem
from problems.asks import (
    GRADIENT,
    ITERATOR,
    SAME,
    Assign,
    Call,
    Compute,
    Construct,
    Differentiate,
    Given,
    Handle,
    Look,
    Overwrite,
    Program,
    Put,
    Read,
    Unreadable,
)
from problems.cases import Case
from problems.comparison import as_tensor, dtype_name, is_array
from problems.functions import shown_prefixes
from problems.late import torch
from problems.patterns import listed
from problems.wording import value_words
from sandbox.guest import wire
from sandbox.guest.given import made

MOST_LETTERS = 600  # of a plain value that is shown
MOST_LINES = 16  # of an expression
MOST_OBJECTS = 6
MOST_IN_COMMENT, MOST_COMMENT = 20, 200  # numbers and letters of what is right, in a comment

CASTS = {"float64": ".double()", "float16": ".half()", "bfloat16": ".bfloat16()"}


def counterexample(
    problem: Problem,
    case: Case,
    program: Program,
    step: int,
    *,
    expected: Any = None,
    actual: Any = None,
    worst_index: tuple[int, ...] | None = None,
    name: str = "",
    setting: Setting | None = None,
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
        name: of what is wrong.
        setting: what the program that repeats it is written for; None: there is none.
    """
    shown = program[: step + 1] if step >= 0 else program
    return Counterexample(
        sizes=dict(case.sizes),
        inputs=tuple(_inputs(problem, shown)),
        expected=array_data("", expected),
        actual=array_data("", actual),
        worst_index=worst_index,
        call="" if setting is None else script(problem, shown, name, setting, _right_words(expected)),
        brief="\n".join(_lines(problem, shown)),
    )


def _right_words(expected: Any) -> str:
    """What is right, where that is short."""
    data = array_data("", expected)
    if data is None or data.values is None or (data.is_array and math.prod(data.shape) > MOST_IN_COMMENT):
        return ""
    shown = repr(data.values) if isinstance(expected, str) else _rounded(data.values)
    words = f"right: {shown}"
    return words if len(words) <= MOST_COMMENT and words.isprintable() else ""


def _rounded(values: Any) -> str:
    """Nested lists of numbers, with seven digits each."""
    if isinstance(values, list):
        return f"[{', '.join(_rounded(each) for each in values)}]"
    return f"{values:.7g}" if isinstance(values, float) else str(values)


def most_numbers(program: Program) -> int:
    """How many numbers the largest array has that goes in; 0 where none does."""
    return max((tensor.numel() for step in program for tensor in _arrays(step)), default=0)


def _arrays(value: Any) -> Iterator[torch.Tensor]:
    """Every tensor in a step or a tree."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _arrays(getattr(value, name))
    elif isinstance(value, dict):
        for item in value.values():
            yield from _arrays(item)
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _arrays(item)


def array_data(name: str, value: Any) -> ArrayData | None:
    """A value as data; None for none."""
    if isinstance(value, Unreadable):
        return ArrayData(name=name, dtype=value.dtype or value.type_name, shape=value.shape or (), values=None)
    if is_array(value):
        tensor = as_tensor(value).detach()
        values = _finite(tensor.tolist()) if tensor.numel() <= MOST_VALUES else None
        return ArrayData(name=name, dtype=dtype_name(value), shape=tuple(tensor.shape), values=values)
    if isinstance(value, (list, tuple, dict, bytes)) and _is_plain(value):
        return ArrayData(name=name, dtype=type(value).__name__, shape=(), values=_cut(repr(value)))
    if value is None or isinstance(value, (tuple, list, dict, Handle, Given)):
        return None
    return ArrayData(name=name, dtype=type(value).__name__, shape=(), values=_finite(value))


def _is_plain(value: Any) -> bool:
    """Whether it is made of Python's own values only."""
    if isinstance(value, (list, tuple)):
        return all(_is_plain(item) for item in value)
    if isinstance(value, dict):
        return all(_is_plain(item) for item in value.values())
    return value is None or isinstance(value, (bool, int, float, str, bytes))


def _cut(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 3]}..."


def _finite(value: Any) -> Any:
    """Nested lists with NaN and infinities as text."""
    if isinstance(value, list):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    return value


def _inputs(problem: Problem, program: Program) -> list[ArrayData]:
    """Arrays and numbers that go in, in order; a name that comes again with other contents is numbered."""
    found: list[ArrayData] = []
    seen: dict[str, int] = {}

    def is_named(other: ArrayData, name: str) -> bool:
        return other.name.split(" #")[0] == name

    def add(name: str, value: Any) -> None:
        if isinstance(value, Given):
            given(value, name)
            return
        if isinstance(value, (tuple, list)) and not (problem.plain and _is_plain(value)):
            for place, item in enumerate(value):
                add(f"{name}[{place}]", item)
            return
        data = array_data(name, value)
        if data is not None and isinstance(value, torch.Tensor) and not value.is_contiguous():
            data = msgspec.structs.replace(data, strides=tuple(value.stride()))
        if data is None or any(
            msgspec.structs.replace(other, name=name) == data for other in found if is_named(other, name)
        ):
            return
        seen[name] = seen.get(name, 0) + 1
        found.append(msgspec.structs.replace(data, name=f"{name} #{seen[name]}" if seen[name] > 1 else name))

    def given(function: Given, name: str) -> None:
        made_here = made(wire.Given(function.kind, function.fields))
        for prefix in shown_prefixes(function):
            add(f"{name}({prefix!r})", made_here(prefix))

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
                ending = CASTS.get(step.dtype, "") if step.target != "torch.Generator" else ""
                lines.append(f"{step.into} = {step.target}({_arguments(problem, step)}){ending}")
            case Assign():
                lines += _assigned(step)
            case Put(value=Given()):
                lines.append(f"# {step.into}: a function, whose first values are among the inputs")
            case Put():
                lines.append(f"{step.into} = {value_words(step.value)}")
            case Overwrite():
                whole, what = ("[:]", "items") if isinstance(step.value, list) else ("[...]", "numbers")
                lines.append(f"{step.into}{whole} = {value_words(step.value)}  # other {what} in the same object")
            case Compute():
                lines += _computed(step)
            case Look():
                lines.append(_looked(step))
            case Call(target=target, args=(held,)) if target == SAME:
                lines.append(f"{value_words(held)}  # what it holds by now")
            case Call(target=target, args=(of,), into=into) if target == GRADIENT:
                lines.append(f"{into} = {value_words(of)}.grad")
            case Call(target=target, args=(of,), into=into) if target == ITERATOR:
                lines.append(f"{into} = iter({value_words(of)})")
            case Call() | Differentiate():
                lines += _called(problem, step)
            case Read():
                lines.append(f"# look at the parameters of {step.module}")
    return lines


def _called(problem: Problem, step: Call | Differentiate) -> list[str]:
    """A call, in its mode."""
    called = f"{step.target}({_arguments(problem, step)})"
    if isinstance(step, Differentiate):
        wanted = {"first wanted": " for the first argument alone", "others wanted": " for all arguments but the first"}
        return [f"{called}  # and its gradients{wanted.get(step.mode, '')}"]
    line = f"{step.into} = {called}" if step.into else called
    match step.mode:
        case "no_grad" | "inference_mode":
            return [f"with torch.{step.mode}():", f"    {line}"]
        case "first wanted" | "others wanted":
            first = "the first of its arguments wants a gradient"
            return [
                f"{line}  # {first if step.mode == 'first wanted' else 'all but ' + first.replace(' wants', ' want')}"
            ]
    return [line]


def _looked(step: Look) -> str:
    """What is read of which objects."""
    names = [value_words(each) for each in step.of]
    if len(names) > MOST_OBJECTS:
        names = [*names[: MOST_OBJECTS - 1], f"{len(names) - MOST_OBJECTS + 1} more"]
    return f"# look at {listed(step.attributes)} of {listed(names)}"


def _computed(step: Compute) -> list[str]:
    """An expression, an operation a line; of a long one the first and the last."""
    total = len(step.inputs) + len(step.operations) * step.times
    places = {place % total: name for name, place in step.names.items()}
    words = [value_words(value) for value in step.inputs]
    lines = []
    for place, (name, operands) in enumerate(step.operations * step.times, len(step.inputs)):
        said = _operation(name, [words[operand] for operand in operands])
        words.append(places.get(place, f"{step.into}[{place}]"))
        lines.append(said if name.endswith("=") and name[:-1].isidentifier() else f"{words[place]} = {said}")
    if len(lines) <= MOST_LINES:
        return lines
    half = MOST_LINES // 2
    return [*lines[:half], f"# {len(lines) - 2 * half:,} more operations of this kind", *lines[-half:]]


def _operation(name: str, operands: list[str]) -> str:
    """One operation as Python writes it."""
    if name.endswith("=") and name[:-1].isidentifier():
        return f"{operands[0]}.{name} {operands[1]}".replace("=", " =", 1)
    if name == "neg":
        return f"-{operands[0]}"
    if name.isidentifier():
        return f"{name}({operands[0]})" if name[0].isupper() else f"{operands[0]}.{name}({', '.join(operands[1:])})"
    return f" {name} ".join(operands)


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
        name if name and (_holds_array(value) or isinstance(value, Given)) else value_words(value)
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
