"""Forbidden functions, taken away in this process before the user's file is loaded.

Replacing names is not enough: a function can be reached by an alias, `torch.ops`, `torch._C` or a class's subclasses. So
the kernels of forbidden operators are overridden in torch's dispatcher, and the bodies of forbidden Python functions and
classes are exchanged in place, which holds for every reference to them. Each notes the offence before it raises, so that
a solution that catches the exception is still forbidden.
"""

from __future__ import annotations

import ctypes
import fnmatch
import functools
import importlib.abc
import importlib.machinery
import importlib.util
import linecache
import sys
import types
from collections.abc import Iterable, Sequence
from typing import Any

_KEYS = (
    "CompositeImplicitAutograd",
    "CompositeExplicitAutograd",
    "CompositeImplicitAutogradNestedTensor",
    "CPU",
    "AutogradCPU",
    "AutocastCPU",
    "QuantizedCPU",
    "MkldnnCPU",
    "NestedTensorCPU",
    "Autograd",
    "FuncTorchBatched",
    "FuncTorchBatchedDecomposition",
    "FuncTorchVmapMode",
    "Functionalize",
    "Meta",
)


class ForbiddenFunction(RuntimeError):
    """Raised where a forbidden function is called; the message names the rule."""


class Notes:
    """What a run has done against the rules, in order: the first decides the verdict."""

    def __init__(self) -> None:
        self.entries: list[dict[str, str]] = []

    def add(self, kind: str, what: str) -> None:
        """Remember one offence. `kind` is "forbidden" or "violation"."""
        if len(self.entries) < 20:
            self.entries.append({"kind": kind, "what": what[:500]})


class Forbidden:
    """Makes every forbidden name and operator raise, and notes it.

    Args:
        names: dotted names, with `*` for any letters within one part.
        operators: names in the dispatcher, with `*`.
        notes: where offences are remembered.

    Attributes:
        hidden: files that hold the bodies of what was taken away, as source and compiled.
    """

    def __init__(self, names: Iterable[str], operators: Iterable[str], notes: Notes) -> None:
        self._names = tuple(names)
        self._operators = tuple(operators)
        self._notes = notes
        self._done: set[int] = set()
        self.hidden: set[str] = set()

    def take_away(self, torch: Any) -> None:
        """Take away the operators, where there is torch, and the names in all modules that are loaded."""
        if torch is not None:
            _override_operators(torch, self._operators, self._notes)
        self._disarm(self._names)

    def concerns(self, module: str) -> bool:
        """Whether something forbidden lies in a module of this name."""
        parts = module.split(".")
        return any(pattern.split(".")[: len(parts)] == parts for pattern in self._names)

    def disarm_module(self, module: str) -> None:
        """Take away what lies in a module that has just been loaded; the rest of its source stays readable."""
        linecache.getlines(getattr(sys.modules.get(module), "__file__", None) or "")
        self._disarm(name for name in self._names if name.startswith(module + "."))

    def _disarm(self, patterns: Iterable[str]) -> None:
        for pattern in patterns:
            for name, found in _find(pattern):
                for function in _functions(found):
                    if id(function) not in self._done:
                        self._done.add(id(function))
                        self._hide(function.__code__)
                        _disarm_function(function, name, self._notes)
                if isinstance(found, type):
                    _disarm_class(found, name, self._notes)

    def _hide(self, code: types.CodeType) -> None:
        """The file may not be read again, and the lines of this function are gone from what was read already."""
        self.hidden |= {code.co_filename, importlib.util.cache_from_source(code.co_filename)}
        entry = linecache.cache.get(code.co_filename)
        if entry is not None and len(entry) == 4:
            for line in range(code.co_firstlineno, _last_line(code) + 1):
                entry[2][line - 1 : line] = ["\n"]


def _last_line(code: types.CodeType) -> int:
    inside = [_last_line(constant) for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return max([line for _, _, line in code.co_lines() if line is not None] + inside)


def _functions(found: Any) -> list[types.FunctionType]:
    """A Python function, or the methods of a class."""
    inside = list(vars(found).values()) if isinstance(found, type) else [found]
    return [f for value in inside if isinstance(f := getattr(value, "__func__", value), types.FunctionType)]


def _refusal(name: str, notes: Notes) -> Any:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        notes.add("forbidden", name)
        raise ForbiddenFunction(f"{name} is forbidden here: it is to be written from scratch")

    return refuse


def _override_operators(torch: Any, patterns: Sequence[str], notes: Notes) -> None:
    if not patterns:
        return
    library = torch._C._dispatch_library("IMPL", "aten", "", __file__, 0)
    others: dict[str, Any] = {"aten": library}
    has_kernel = torch._C._dispatch_has_kernel_for_dispatch_key
    beginnings = tuple(pattern.split("*")[0] for pattern in patterns)  # of thousands of names, a few: matched at once
    for name in torch._C._dispatch_get_all_op_names():
        if not name.startswith(beginnings) or not any(
            fnmatch.fnmatchcase(name, p) or fnmatch.fnmatchcase(name, p + ".*") for p in patterns
        ):
            continue
        space = name.split("::")[0]
        if space not in others:
            others[space] = torch._C._dispatch_library("IMPL", space, "", __file__, 0)
        refuse = _refusal("torch.ops." + name.replace("::", ".").split(".out")[0], notes)
        for key in _KEYS:
            batched = key == "FuncTorchBatched" and has_kernel(name, "CompositeImplicitAutograd")
            if _known(torch, key) and (batched or has_kernel(name, key)):
                others[space].impl(name.split("::")[1], key, refuse)
    for library in others.values():
        # The overrides end with the object that made them: it is kept for good, where no search of Python objects finds it.
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(library))


def _known(torch: Any, key: str) -> bool:
    return hasattr(torch._C.DispatchKey, key)


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
        begins = part.split("*")[0]
        return [
            (key, value)
            for key, value in list(space.items())
            if key.startswith(begins) and fnmatch.fnmatchcase(key, part)
        ]
    if part in space:
        return [(part, space[part])]
    module = sys.modules.get(f"{name}.{part}")
    return [] if module is None else [(part, module)]


def _disarm_class(cls: type, name: str, notes: Notes) -> None:
    """A class without a constructor of its own gets one that refuses; those of its own refuse already."""
    if "__init__" not in vars(cls) and cls.__module__.startswith("torch"):
        setattr(cls, "__init__", _refusal(name, notes))  # noqa: B010  (a class from a library: mypy knows no such setter)


def _disarm_function(function: types.FunctionType, name: str, notes: Notes) -> None:
    """Exchange the body in place. The new code carries its refusal as a constant, since it keeps the old globals."""
    free = function.__code__.co_freevars
    code = _body(free)
    refuse = _refusal(name, notes)
    constants = tuple(refuse if constant == _MARK else constant for constant in code.co_consts)
    function.__code__ = code.replace(co_consts=constants, co_name=function.__name__)
    function.__defaults__ = None
    function.__kwdefaults__ = None


_MARK = "the refusal goes here"


@functools.cache
def _body(free: tuple[str, ...]) -> types.CodeType:
    """Code of a function `(*args, **kwargs)` that calls the constant `_MARK`, closing over the given names."""
    lines = [f"def outer({', '.join(free)}):", "  def inner(*args, **kwargs):"]
    if free:
        lines.append(f"    if False: ({', '.join(free)},)")
    lines += [f"    refuse = {_MARK!r}", "    return refuse(*args, **kwargs)", "  return inner"]
    space: dict[str, Any] = {}
    exec("\n".join(lines), space)
    inner: types.FunctionType = space["outer"](*([None] * len(free)))
    return inner.__code__


class ImportDoor(importlib.abc.MetaPathFinder):
    """The only way to a package that is not in the standard library: a fixed list, and none that is forbidden.

    Args:
        sites: folders in which the packages lie.
        allowed: top-level packages that may be imported.
        forbidden: top-level packages whose import breaks a rule.
        notes: where offences are remembered.
        rules: what is taken away from modules that are loaded later.
    """

    def __init__(
        self,
        sites: list[str],
        allowed: frozenset[str],
        forbidden: frozenset[str],
        notes: Notes,
        rules: Forbidden | None = None,
    ) -> None:
        self._rules = rules
        self._sites = sites
        self._allowed = allowed
        self._forbidden = forbidden
        self._notes = notes

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The place of an allowed package; None for others, which the import system turns into ModuleNotFoundError."""
        top = fullname.split(".")[0]
        if top in self._forbidden:
            self._notes.add("forbidden", f"import {fullname}")
            raise ModuleNotFoundError(f"the package {top} is forbidden here", name=fullname)
        if path is not None and self._rules is not None and self._rules.concerns(fullname):
            return _disarming(importlib.machinery.PathFinder.find_spec(fullname, path, target), self._rules)
        if path is not None or top not in self._allowed:
            return None
        return importlib.machinery.PathFinder.find_spec(fullname, self._sites, target)


def _disarming(spec: importlib.machinery.ModuleSpec | None, rules: Forbidden) -> importlib.machinery.ModuleSpec | None:
    """The spec, with what is forbidden taken away as soon as the module is loaded."""
    if spec is not None and type(spec.loader) is importlib.machinery.SourceFileLoader:
        spec.loader = _Disarming(spec.loader.name, spec.loader.path, rules)
    return spec


class _Disarming(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, path: str, rules: Forbidden) -> None:
        super().__init__(name, path)
        self._rules = rules

    def exec_module(self, module: types.ModuleType) -> None:
        super().exec_module(module)
        self._rules.disarm_module(module.__name__)
