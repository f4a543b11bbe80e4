"""What a problem forbids, taken away in this process before the user's file is loaded.

Replacing names is not enough: a function can be reached by an alias, `torch.ops`, `torch._C` or a class's subclasses. So
the kernels of forbidden operators are overridden in torch's dispatcher, and the bodies of forbidden Python functions and
classes are exchanged in place, which holds for every reference to them. What is in C and outside torch (a function, a ufunc, a
class) has neither, and its name is exchanged. What lies in a module that is not loaded by then can't be loaded any more. A use is
reported before it is refused (`offences`), so that a solution that catches the exception is still forbidden.
"""

from __future__ import annotations

import ast
import fnmatch
import importlib.util
import linecache
import os
import re
import sys
import textwrap
import types
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from .exchange import exchange_body
from .foreign import keep_for_good
from .offences import RULE, Offend, refusal

# Kernels that compute nothing themselves: they call the operator again, below themselves.
_PASSING_ON = re.compile(r"Tracer|ADInplaceOrView|Autocast(?!CPU)")
_REGISTERED = re.compile(r"^(\w+)(?:\[alias\])?: registered at", re.MULTILINE)
_NO_KEY = "debug"  # a line of that form which says where the schema is registered


class Forbidden:
    """Makes every forbidden name and operator refuse.

    Args:
        names: dotted names, with `*` for any letters within one part.
        operators: names in the dispatcher, with `*`.
        offend: reports an offence.

    Attributes:
        hidden: files that hold the bodies of what was taken away, as source and compiled.
        unloaded: files of modules in which something forbidden lies and that are not loaded, and the modules' names.
    """

    def __init__(self, names: Iterable[str], operators: Iterable[str], offend: Offend) -> None:
        self._names = tuple(names)
        self._operators = tuple(operators)
        self._offend = offend
        self._done: set[int] = set()
        self.hidden: set[str] = set()
        self.unloaded: dict[str, str] = {}

    def take_away(self, torch: Any) -> None:
        """Take away the operators, where there is torch, and the names in all modules that are loaded."""
        if torch is not None:
            _override_operators(torch, self._operators, self._offend)
        for pattern in self._names:
            for name, found in _find(pattern):
                for function in _functions(found):
                    self._disarm(function, name)
                if isinstance(found, type):
                    _disarm_class(found, name, self._offend)
                elif not isinstance(found, (types.FunctionType, types.ModuleType)) and _is_outside_torch(name):
                    _exchange_name(name, refusal(self._offend, RULE, name))
            for file, module in _unloaded(pattern):
                self.unloaded |= dict.fromkeys((file, importlib.util.cache_from_source(file)), module)

    def _disarm(self, function: types.FunctionType, name: str) -> None:
        if id(function) in self._done:
            return
        self._done.add(id(function))
        for inner in _wrapped(function):
            self._disarm(inner, name)
        self._hide(function.__code__)
        exchange_body(function, refusal(self._offend, RULE, name))

    def _hide(self, code: types.CodeType) -> None:
        """The file may not be read again, and the body of this function is gone from what was read already."""
        self.hidden |= {code.co_filename, importlib.util.cache_from_source(code.co_filename)}
        entry = linecache.cache.get(code.co_filename)
        if entry is not None and len(entry) == 4:
            first, last = code.co_firstlineno - 1, _last_line(code)
            lines = entry[2][first:last]
            entry[2][first:last] = _emptied(lines) if code.co_filename == _compiled_late() else ["\n"] * len(lines)


def _compiled_late() -> str | None:
    """The file of which TorchScript compiles functions when they are first needed."""
    return getattr(sys.modules.get("torch._decomp.decompositions"), "__file__", None)


def _last_line(code: types.CodeType) -> int:
    inside = [_last_line(constant) for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return max([line for _, line, _, _ in code.co_positions() if line is not None] + inside)


def _emptied(lines: list[str]) -> list[str]:
    """The lines of a function without its body, in the same number."""
    try:
        (function,) = ast.parse(textwrap.dedent("".join(lines))).body
    except (SyntaxError, ValueError):
        return ["\n"] * len(lines)
    begins = function.body[0].lineno - 1 if isinstance(function, ast.FunctionDef) else 0
    indent = lines[begins][: len(lines[begins]) - len(lines[begins].lstrip())]
    return [*lines[:begins], f"{indent}raise NotImplementedError\n", *["\n"] * (len(lines) - begins - 1)]


def _functions(found: Any) -> list[types.FunctionType]:
    """A Python function, the methods of a class, or what a function of NumPy that is open to other arrays calls."""
    inside = list(vars(found).values()) if isinstance(found, type) else [found, getattr(found, "_implementation", None)]
    return [f for value in inside if isinstance(f := getattr(value, "__func__", value), types.FunctionType)]


def _wrapped(function: types.FunctionType) -> list[types.FunctionType]:
    """The functions of the same name that a decorated function is made of: its body calls them, and they can be had from it."""
    held = [getattr(function, "__wrapped__", None)]
    for cell in function.__closure__ or ():
        try:
            held.append(cell.cell_contents)
        except ValueError:
            continue  # a cell that was never filled
    return [each for each in held if isinstance(each, types.FunctionType) and each.__name__ == function.__name__]


def _override_operators(torch: Any, patterns: Sequence[str], offend: Offend) -> None:
    if not patterns:
        return
    libraries: dict[str, Any] = {}
    known = _operators or torch._C._dispatch_get_all_op_names()
    for name in {name for pattern in patterns for each in (pattern, f"{pattern}.*") for name in _fitting(known, each)}:
        space, _, operator = name.partition("::")
        if space not in libraries:
            libraries[space] = torch._C._dispatch_library("IMPL", space, "", __file__, 0)
        refuse = refusal(offend, RULE, "torch.ops." + name.replace("::", ".").split(".out")[0])
        for key in _keys(torch, name):
            libraries[space].impl(operator, key, refuse)
    for library in libraries.values():
        keep_for_good(library)  # the overrides end with the object that made them


_operators: list[str] = []


def remember_operators(torch: Any) -> None:
    """In the template: the names of all operators, which take a while to get."""
    _operators[:] = torch._C._dispatch_get_all_op_names()


def _fitting(names: Collection[str], pattern: str) -> list[str]:
    """The names that a pattern with `*` for any letters fits. Most have one at an end, or two; those need no regular expression made."""
    match pattern.split("*"):
        case [_]:
            return [pattern] if pattern in names else []
        case ["", inner, ""]:
            return [name for name in names if inner in name]
        case [first, last]:
            least = len(first) + len(last)
            return [name for name in names if name.startswith(first) and name.endswith(last) and len(name) >= least]
        case [first, *_]:
            return fnmatch.filter([name for name in names if name.startswith(first)], pattern)
    return []


def _keys(torch: Any, name: str) -> set[str]:
    """The dispatch keys under which an operator has a kernel that computes; under vmap, one that is composed of others is called too."""
    keys = set(_REGISTERED.findall(torch._C._dispatch_dump(name))) - {_NO_KEY}
    if "CompositeImplicitAutograd" in keys:
        keys.add("FuncTorchBatched")
    return {key for key in keys if not _PASSING_ON.match(key)}


def _find(pattern: str) -> list[tuple[str, Any]]:
    """What a dotted pattern names among the modules that are loaded."""
    first, *parts = pattern.split(".")
    found = [(first, sys.modules.get(first))]
    for part in parts:
        found = [
            (f"{name}.{key}", value)
            for name, owner in found
            if owner is not None
            for key, value in _matching(name, owner, part)
        ]
    return found


def _matching(name: str, owner: Any, part: str) -> list[tuple[str, Any]]:
    space = getattr(owner, "__dict__", {})
    if "*" in part:
        return [(key, space[key]) for key in _fitting(list(space), part)]
    if part in space:
        return [(part, space[part])]
    module = sys.modules.get(f"{name}.{part}")
    return [] if module is None else [(part, module)]


def _unloaded(pattern: str) -> Iterator[tuple[str, str]]:
    """The file of the innermost module that a dotted pattern leads to, and its name, where it is there and not loaded."""
    first, *parts = pattern.split(".")
    if not hasattr(sys.modules.get(first), "__path__"):
        return
    name, folders = first, list(sys.modules[first].__path__)
    file = ""
    for part in parts:
        inner = f"{name}.{part}"
        package = [os.path.join(folder, part) for folder in folders]
        if inner in sys.modules:
            file, folders = "", list(getattr(sys.modules[inner], "__path__", ()))
        elif there := [place for place in package if os.path.isfile(os.path.join(place, "__init__.py"))]:
            file, folders = os.path.join(there[0], "__init__.py"), there
        elif there := [place + ".py" for place in package if os.path.isfile(place + ".py")]:
            file, folders = there[0], []
        else:
            break
        name = inner
    if file:
        yield file, name


def _disarm_class(cls: type, name: str, offend: Offend) -> None:
    """A class without a constructor of its own gets one that refuses; those of its own refuse already."""
    if "__init__" not in vars(cls) and cls.__module__.startswith("torch"):
        setattr(cls, "__init__", refusal(offend, RULE, name))  # noqa: B010  (a class from a library: mypy knows no such setter)
    elif not _functions(cls) and _is_outside_torch(name):
        _exchange_name(name, refusal(offend, RULE, name))


def _is_outside_torch(name: str) -> bool:
    """What is torch's and in C is an operator, and overridden."""
    return not name.startswith("torch.")


def _exchange_name(name: str, refuse: Callable[..., None]) -> None:
    """What is in C (a function, a ufunc, a class) has no body to exchange: its module gets another one by its name."""
    module, _, key = name.rpartition(".")
    if module in sys.modules:
        setattr(sys.modules[module], key, refuse)
