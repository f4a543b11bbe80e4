"""The failing calls as a program of their own: it needs the user's file and its library, and nothing of the judge.

It imports what it calls, makes every input with its layout in memory, loads weights, sets modes, makes the calls, and prints what came out
as `found`. How an array is made stands in `judge.program.array_writing`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from judge.program.array_writing import ArrayWriter
from judge.program.signatures import parameter_names
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
    Step,
)
from problems.comparison import Layout, LayoutTree, Plain
from problems.functions import source_lines
from problems.late import torch
from problems.values import Draws

MOST_LINES = 200  # operations of an expression that are written out, each on its line
WANTED = {"first wanted": slice(0, 1), "others wanted": slice(1, None)}
FOUND = "found"


class Setting(msgspec.Struct, frozen=True):
    """What a script is written for.

    Attributes:
        module: the name by which the user's file is imported; "" where it can't be.
        arrays: "tensor", "array" or "value": what the file works with.
        seeded: the modules whose global generators results may depend on ("torch", "numpy", "random"): they are seeded as the judge did.
        result: what comes back, where the steps do not say it.
        draws: how the arrays of the case were drawn.
    """

    module: str = ""
    arrays: str = "tensor"
    seeded: tuple[str, ...] = ()
    result: LayoutTree | None = None
    draws: tuple[Draws, ...] = ()


def script(problem: Problem, program: Program, name: str, setting: Setting, comment: str = "") -> str:
    """A program that repeats the calls and keeps what came out of the last as `found`.

    Args:
        problem: names what is called.
        program: the steps, the one that failed last.
        name: of what is wrong with the last: an argument that was changed, a gradient, a parameter; "" where it is the result.
        setting: see there.
        comment: after what is printed: what is right.
    """
    return _Script(problem, _with_identifiers(program), setting).text(name, comment)


class _Script:
    """One script, while it is written."""

    def __init__(self, problem: Problem, program: Program, setting: Setting) -> None:
        self._problem = problem
        self._program = program
        self._setting = setting
        self._entries = {entry.name: entry.kind for entry in problem.entry}
        self._imports: set[str] = set()
        self._lines: list[str] = []
        self._taken = {FOUND, "torch", "np", "upstream", *self._entries} | set(_handle_names(program))
        self._names: dict[int, str] = {}  # of tensors, by identity: one object stays one object
        self._kept: list[Any] = []  # so that no other object takes such an identity
        self._arrays = ArrayWriter(setting.arrays, setting.draws, self._lines, self._imports)
        self._by_argument: dict[str, str] = {}  # the variables of the last call's arguments

    def text(self, name: str, comment: str) -> str:
        """All of it."""
        *before, last = self._program
        for step in before:
            self._step(step)
        self._last(last, name)
        self._lines.append(f"print({FOUND}){comment and f'  # {comment}'}")
        return "\n".join([*self._head(), *self._lines])

    def _head(self) -> list[str]:
        """What is imported."""
        lines = [f"import {each}" for each in sorted(self._imports)]
        if self._uses("np."):
            lines.append("import numpy as np")
        if self._uses("torch."):
            lines.append("import torch")
        module, names = self._setting.module, [each for each in self._entries if self._uses(each)]
        if module.isidentifier():
            lines.append(f"from {module} import {', '.join(names)}")
        elif module:
            lines += ["import importlib", *(f"{n} = importlib.import_module({module!r}).{n}" for n in names)]
        else:
            lines.append(f"# {', '.join(names)}: from your file")
        return [*lines, ""]

    def _uses(self, word: str) -> bool:
        return any(word in line for line in self._lines)

    def _step(self, step: Step) -> None:
        match step:
            case Construct():
                self._constructed(step)
            case Assign():
                self._assigned(step)
            case Put(value=Given() as given):
                self._lines += source_lines(given, step.into, self._imports)
            case Put():
                self._lines.append(f"{step.into} = {self._own(step.value)}")
            case Overwrite():
                self._overwritten(step)
            case Compute():
                self._computed(step)
            case Call():
                self._called(step, step.into)
            case Differentiate():
                self._differentiated(step, "")
            case Look() | Read():
                pass  # what is looked at changes nothing

    def _last(self, step: Step, name: str) -> None:
        """The step that failed; what came of it is `found`."""
        match step:
            case Construct():
                self._constructed(step, last=True)
                self._lines.append(f"{FOUND} = {step.into}")
            case Call(echo=True) if name:
                self._echoed(step, name)
            case Call():
                path = self._paths(step).get(name, "")
                into = step.into or ("result" if path else FOUND)
                self._called(step, into, last=True)
                if into != FOUND:
                    self._lines.append(f"{FOUND} = {into}{path}")
            case Differentiate():
                self._differentiated(step, name)
            case Look():
                each = ", ".join(f"{self._expression(of)}.{name}" for of in step.of for name in step.attributes)
                self._lines.append(f"{FOUND} = [{each}]")
            case Read():
                self._read(step, name)
            case _:
                self._step(step)
                self._lines.append(f"{FOUND} = {getattr(step, 'into', None) or getattr(step, 'module', None)}")

    # steps

    def _seed(self, seed: int) -> None:
        for module in self._setting.seeded:
            if module == "random":
                self._imports.add("random")
            self._lines.append(
                {"numpy": f"np.random.seed({seed & 0xFFFFFFFF})", "torch": f"torch.manual_seed({seed})"}.get(
                    module, f"random.seed({seed})"
                )
            )

    def _constructed(self, step: Construct, *, last: bool = False) -> None:
        if step.target == "torch.Generator":
            self._lines.append(f"{step.into} = torch.Generator().manual_seed({step.args[0]})")
            return
        if step.target == "torch.nn.ParameterList":
            parts = [f"torch.nn.Parameter({self._expression(each)}.clone())" for each in step.args[0]]
            self._lines.append(f"{step.into} = torch.nn.ParameterList([{', '.join(parts)}])")
            return
        made = f"{step.target}({self._arguments(step)})"
        is_module = self._entries.get(step.target, "class") == "class" and self._setting.arrays == "tensor"
        if is_module and step.dtype != "float32":
            made += ".double()" if step.dtype == "float64" else f".to(torch.{step.dtype})"
        if is_module:  # its weights are drawn, and loaded after it was made
            self._lines.append(f"torch.manual_seed({step.seed})")
        else:
            self._seed(step.seed)
        self._tried(f"{step.into} = {made}", step.may_raise and not last)

    def _assigned(self, step: Assign) -> None:
        copies = []
        for name, value in step.state.items():
            place = _path(step.module, name)
            if name.endswith(".grad"):
                self._lines.append(f"{place} = {'None' if value is None else self._own(value)}")
            else:
                copies.append(f"    {place}.copy_({self._expression(value)})")
        if copies:
            self._lines += ["with torch.no_grad():", *copies]

    def _overwritten(self, step: Overwrite) -> None:
        self._over(
            step.into,
            next(each.value for each in reversed(self._program) if isinstance(each, Put) and each.into == step.into),
            step.value,
        )

    def _over(self, place: str, held: Any, value: Any) -> None:
        """The same objects, other contents."""
        if isinstance(value, torch.Tensor):
            if self._setting.arrays == "tensor":
                self._lines.append(f"{place}.copy_({self._expression(value)})")
            else:
                self._lines.append(f"{place}[...] = {self._expression(value)}")
        elif isinstance(value, dict):
            self._lines += [f"{place}.clear()", f"{place}.update({self._own(value)})"]
        elif isinstance(value, list) and not any(isinstance(each, torch.Tensor) for each in value):
            self._lines.append(f"{place}[:] = {self._own(value)}")
        else:
            for number, (before, each) in enumerate(zip(held, value, strict=True)):
                self._over(f"{place}[{number}]", before, each)

    def _computed(self, step: Compute) -> None:
        """An expression, a line for each operation, with names where they are known; a long one as a loop over its rounds."""
        self._seed(step.seed)
        if len(step.operations) * step.times > MOST_LINES:
            self._computed_in_rounds(step)
            return
        into, total = step.into, len(step.inputs) + len(step.operations) * step.times
        named: dict[int, list[str]] = {}
        for name, place in step.names.items():
            named.setdefault(place % total, []).append(name)
        kept = {handle.path[0] % total for handle in _handles(self._program) if handle.name == into and handle.path}
        words = [self._expression(value) for value in step.inputs]
        if kept or any(place not in named for place in range(len(words), total)):
            self._lines.append(f"{into} = {{{', '.join(f'{n}: {each}' for n, each in enumerate(words) if n in kept)}}}")
        for name, places in step.operations * step.times:
            operands, place = [words[each] for each in places], len(words)
            targets = [*named.get(place, ()), *[f"{into}[{place}]"] * (place in kept or place not in named)]
            target = " = ".join(targets)
            if name in ("+=", "*="):
                self._lines += [f"{target} = {operands[0]}", f"{targets[0]} {name} {operands[1]}"]
                self._lines += [f"{each} = {targets[0]}" for each in targets[1:]]
            elif name.endswith("="):
                self._lines += [f"{operands[0]}.{name[:-1]} = {operands[1]}", f"{target} = {operands[0]}"]
            else:
                self._lines.append(f"{target} = {_operation(name, operands, name in self._entries)}")
            words.append(targets[0])
        self._lines += [f"{name} = {words[n]}" for n in range(len(step.inputs)) for name in named.get(n, ())]

    def _computed_in_rounds(self, step: Compute) -> None:
        into = step.into
        self._lines.append(f"{into} = [{', '.join(self._expression(each) for each in step.inputs)}]")
        self._lines.append(f"for _ in range({step.times}):")
        for name, places in step.operations:
            operands = [f"{into}[{place}]" for place in places]
            if name in ("+=", "*="):
                lines = [f"value = {operands[0]}", f"value {name} {operands[1]}", f"{into}.append(value)"]
            elif name.endswith("="):
                lines = [f"{operands[0]}.{name[:-1]} = {operands[1]}", f"{into}.append({operands[0]})"]
            else:
                lines = [f"{into}.append({_operation(name, operands, name in self._entries)})"]
            self._lines += [f"    {line}" for line in lines]
        self._lines += [f"{name} = {into}[{place}]" for name, place in step.names.items()]

    def _called(self, step: Call, into: str, *, last: bool = False) -> None:
        if step.target == ITERATOR:
            self._lines.append(f"{into} = iter({self._expression(step.args[0])})")
            return
        if step.target == SAME:
            self._lines.append(f"{into or FOUND} = {self._expression(step.args[0])}")
            return
        if step.target == GRADIENT:
            self._lines.append(f"{into or FOUND} = {self._expression(step.args[0])}.grad")
            return
        wanted = WANTED.get(step.mode)
        if wanted is None:
            arguments = self._arguments(step)
        else:
            leaves = _floating((step.args, step.kwargs))
            arguments = self._arguments(step, leaves=[id(each) for each in leaves[wanted]])
        self._seed(step.seed)
        line = f"{step.target}({arguments})"
        line = f"{into} = {line}" if into else line
        lines = [f"for _ in range({step.times}):", f"    {line}"] if step.times > 1 else [line]
        if step.mode in ("no_grad", "inference_mode"):
            lines = [f"with torch.{step.mode}():", *(f"    {each}" for each in lines)]
        self._tried("\n".join(lines), step.may_raise and not last)

    def _tried(self, line: str, may_raise: bool) -> None:
        """A line; one that may raise does not end the program."""
        lines = line.split("\n")
        if may_raise:
            self._imports.add("contextlib")
            lines = ["with contextlib.suppress(Exception):", *(f"    {each}" for each in lines)]
        self._lines += lines

    def _echoed(self, step: Call, name: str) -> None:
        """A call, and what one of its arguments holds after it."""
        names = list(step.arguments) or parameter_names(self._problem, step.target)
        given = dict(zip(names, step.args, strict=False)) | step.kwargs
        base, _, rest = name.partition("[")
        value = given.get(base)
        arguments = self._arguments(step)  # makes them
        self._seed(step.seed)
        held = self._held(base, value, step) + (f"[{rest}" if rest else "")
        self._imports.add("copy")
        self._lines += [
            f"before = copy.deepcopy({held})",
            f"{step.target}({arguments})",
            f"{FOUND} = {held}",
            "print(before)  # what it held before the call",
        ]

    def _held(self, name: str, value: Any, step: Call) -> str:
        """The variable that an argument stands in."""
        if isinstance(value, Handle):
            return _handle(value)
        return self._names.get(id(value)) or self._by_argument.get(name, name)

    def _differentiated(self, step: Differentiate, name: str) -> None:
        """A call, and the gradients of its results, each times what comes from above, added up."""
        leaves = _floating((step.args, step.kwargs))[WANTED.get(step.mode, slice(None))]
        arguments = self._arguments(step, leaves=[id(each) for each in leaves])
        gradients = dict(self._by_argument)
        self._seed(step.seed)
        self._lines.append(f"result = {step.target}({arguments})")
        count = len(step.upstream)
        paths = list(self._paths(step).values())
        if len(paths) != count:
            paths = [""] if count == 1 else [f"[{n}]" for n in range(count)]
        total = []
        for number, (path, up) in enumerate(zip(paths, step.upstream, strict=True)):
            if up is not None:
                variable = self._variable("upstream" if count == 1 else f"upstream_{number}", up)
                total.append(f"(result{path} * {variable}).sum()")
        self._lines.append(f"({' + '.join(total)}).backward()")
        wrong = name.removeprefix("the gradient for ")
        if wrong in step.parameters:
            found = f"{_path(step.module or 'm', wrong)}.grad"
        elif wrong in gradients:
            found = f"{gradients[wrong]}.grad"
        elif f"result{self._paths(step).get(name, '')}" != "result" or not name:
            found = f"result{self._paths(step).get(name, '')}"
        else:
            found = f"[{', '.join(['result', *(f'{each}.grad' for each in gradients.values())])}]"
        self._lines.append(f"{FOUND} = {found}")

    def _paths(self, step: Call | Differentiate) -> dict[str, str]:
        """Where each part of the result stands, by its name."""
        layout = getattr(step, "result", None) or self._setting.result
        return {} if layout is None or isinstance(layout, Plain) else dict(_paths(layout))

    def _read(self, step: Read, name: str) -> None:
        plain = name.replace(f"{step.module}[", "").replace("]", "", 1) if name.startswith(f"{step.module}[") else name
        if plain in step.names:
            self._lines += [f"{FOUND} = {_path(step.module, plain)}"]
            if not plain.endswith(".grad"):
                self._lines.append(f"print([name for name, _ in {step.module}.named_parameters()])")
        else:
            self._lines.append(
                f"{FOUND} = {{name: tuple(p.shape) for name, p in {step.module}.named_parameters() if p.requires_grad}}"
            )

    # values

    def _arguments(self, step: Construct | Call | Differentiate, leaves: Sequence[int] | None = None) -> str:
        self._by_argument = {}
        names = list(getattr(step, "arguments", ())) or parameter_names(self._problem, step.target)
        names += [f"argument_{n}" for n in range(len(names), len(step.args))]
        parts = [self._argument(name, value, leaves) for name, value in zip(names, step.args, strict=False)]
        parts += [f"{name}={self._argument(name, value, leaves)}" for name, value in step.kwargs.items()]
        return ", ".join(parts)

    def _argument(self, name: str, value: Any, leaves: Sequence[int] | None) -> str:
        """An argument; arrays stand in variables, and those that want a gradient say so."""
        if isinstance(value, torch.Tensor):
            is_leaf = leaves is not None and id(value) in leaves
            self._by_argument[name] = self._variable(name, value, leaf=is_leaf)
            return self._by_argument[name]
        if isinstance(value, Given):
            variable = self._free(name)
            self._lines += source_lines(value, variable, self._imports)
            return variable
        if isinstance(value, (tuple, list)) and any(isinstance(each, torch.Tensor) for each in value):
            if id(value) in self._names:
                return self._names[id(value)]
            parts = [self._argument(f"{name}[{n}]", each, leaves) for n, each in enumerate(value)]
            made = _tuple_or_list(value, parts)
            if isinstance(value, list):  # it may be changed, and then holds something else
                made = self._kept_as(name, value, made)
            self._by_argument[name] = made
            return made
        if isinstance(value, (list, dict, bytearray)) and name.isidentifier():
            known = self._names.get(id(value))
            return known or self._kept_as(name, value, self._own(value))
        return self._expression(value)

    def _variable(self, name: str, tensor: torch.Tensor, *, leaf: bool = False) -> str:
        """The variable that holds a tensor, which is made where it comes first."""
        known = self._names.get(id(tensor))
        if known is not None and not leaf:
            return known
        if known is not None:  # another call wanted no gradient of it
            again = self._free(name)
            self._lines.append(f"{again} = {known}.detach().requires_grad_()")
            self._names[id(tensor)] = again
            return again
        made = self._arrays.written(tensor)
        if leaf:
            made += ".detach().requires_grad_()" if not tensor.is_contiguous() else ".requires_grad_()"
        return self._kept_as(name, tensor, made)

    def _kept_as(self, name: str, value: Any, made: str) -> str:
        variable = self._free(name)
        self._names[id(value)] = variable
        self._kept.append(value)
        self._lines.append(f"{variable} = {made}")
        return variable

    def _free(self, name: str) -> str:
        """A name that nothing has yet."""
        name = "".join(letter if letter.isalnum() else "_" for letter in name).strip("_") or "value"
        found, number = name, 2
        while found in self._taken:
            found, number = f"{name}_{number}", number + 1
        self._taken.add(found)
        return found

    def _expression(self, value: Any) -> str:
        """A value where it is used."""
        if isinstance(value, torch.Tensor):
            return self._names.get(id(value)) or self._arrays.written(value)
        return self._own(value)

    def _own(self, value: Any) -> str:
        """A value of its own: no variable that stands for the same."""
        match value:
            case torch.Tensor():
                return self._arrays.written(value)
            case Handle():
                return _handle(value)
            case tuple() | list():
                return _tuple_or_list(value, [self._own(each) for each in value])
            case dict():
                return "{" + ", ".join(f"{self._own(key)}: {self._own(each)}" for key, each in value.items()) + "}"
            case float() if value != value or value in (float("inf"), -float("inf")):
                return f'float("{value}")'
        return repr(value)


def _with_identifiers(value: Any) -> Any:
    """A program whose results are kept under names that Python takes: a check may call one "after a"."""
    if isinstance(value, Handle):
        return Handle(_identifier(value.name), value.path)
    if isinstance(value, Call | Construct | Put | Overwrite | Compute | Differentiate | Look):
        changes = {
            name: _with_identifiers(getattr(value, name))
            for name in ("args", "kwargs", "inputs", "of", "value")
            if hasattr(value, name)
        }
        if into := getattr(value, "into", ""):
            changes["into"] = _identifier(into)
        return msgspec.structs.replace(value, **changes)
    if isinstance(value, dict):
        found: Any = {name: _with_identifiers(each) for name, each in value.items()}
        return value if all(found[name] is value[name] for name in value) else found
    if type(value) in (list, tuple):
        found = type(value)(_with_identifiers(each) for each in value)
        return (
            value if all(new is old for new, old in zip(found, value, strict=True)) else found
        )  # one object stays one
    return value


def _identifier(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name)


def _handle_names(program: Program) -> Iterator[str]:
    for step in program:
        if into := getattr(step, "into", ""):
            yield into
        if isinstance(step, Compute):
            yield from step.names


def _handles(value: Any) -> Iterator[Handle]:
    """Every handle in a program, or in a value of it."""
    if isinstance(value, Handle):
        yield value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _handles(getattr(value, name))
    elif isinstance(value, dict):
        yield from _handles(list(value.values()))
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _handles(each)


def _handle(handle: Handle) -> str:
    return handle.name + "".join(f"[{item}]" for item in handle.path)


def _path(module: str, name: str) -> str:
    """ "m.layers[0].weight" """
    return module + "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in name.split("."))


def _tuple_or_list(value: tuple[Any, ...] | list[Any], parts: Sequence[str]) -> str:
    if isinstance(value, list):
        return f"[{', '.join(parts)}]"
    return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"


def _operation(name: str, operands: Sequence[str], is_class: bool) -> str:
    """One operation as Python writes it."""
    if name == "neg":
        return f"-{operands[0]}"
    if is_class:
        return f"{name}({operands[0]})"
    if name.isidentifier():
        return f"{operands[0]}.{name}({', '.join(operands[1:])})"
    first, *rest = operands
    return f" {name} ".join([f"({first})" if first.startswith("-") else first, *rest])


def _floating(value: Any) -> list[torch.Tensor]:
    """The floating tensors of a tree, in order."""
    if isinstance(value, torch.Tensor):
        return [value] if value.is_floating_point() else []
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, (tuple, list)):
        return [each for item in value for each in _floating(item)]
    return []


def _paths(result: LayoutTree, path: str = "") -> Iterator[tuple[str, str]]:
    """Each part's name, and where in the result it stands: "[1][0]"."""
    if isinstance(result, Layout):
        yield result.name, path
    elif isinstance(result, tuple):
        for number, part in enumerate(result):
            yield from _paths(part, f"{path}[{number}]")
