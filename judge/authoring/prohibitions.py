"""Whether what problem.toml forbids is really forbidden: each name exists, and a solution that reaches for it is rejected."""

from __future__ import annotations

import fnmatch
import importlib
import inspect
import re
import warnings
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from judge.source import find_offences, operator_names, parse
from problems import Problem

PLACES = ("torch.ops",)  # whose names are made when they are asked for


def forbidden_faults(problem: Problem) -> Iterator[str]:
    """What is wrong with the table `forbidden`, a sentence each."""
    table, framework = problem.forbidden, problem.frameworks[0]
    starter = problem.starter(framework)
    for package in table.packages:
        if not package.isidentifier():
            yield f"forbidden.packages: {package!r} is no top-level package; a part of one belongs to forbidden.names"
        elif not _is_rejected(problem, framework, f"{starter}\nimport {package}\n"):
            yield f"forbidden.packages: a file that imports {package} is not rejected"
    for pattern in table.names:
        resolved(pattern)  # importing one place brings in operators that another pattern names
    for pattern in table.names:
        found = resolved(pattern)
        if not found:
            yield f"forbidden.names: {pattern} is not a name of {_version(pattern)}: a typo? `*` stands for any letters within one part"
        yield from (
            f"forbidden.names: {pattern} does not keep a file from using {name}"
            for name in found
            if not _is_rejected(problem, framework, f"{starter}\nimport {name.split('.')[0]}\nreached = {name}\n")
        )
    for pattern in table.operators:
        yield from _operator_faults(problem, framework, starter, pattern)


def _operator_faults(problem: Problem, framework: str, starter: str, pattern: str) -> Iterator[str]:
    found = fnmatch.filter(_operators(), pattern)
    if not found:
        yield f"forbidden.operators: {pattern} is no operator of {_version('torch')}: a typo? They are written as aten::softmax"
    for name in found:
        reached = operator_names(name)[0]
        if not _is_rejected(problem, framework, f"{starter}\nimport torch\nreached = {reached}\n"):
            yield f"forbidden.operators: {pattern} does not keep a file from using {reached}"


REACH = """

def reach(space, name):
    import torch

    made = {"Tensor": torch.ones(2, 2, 2), "int": 1, "SymInt": 1, "float": 0.5, "bool": False, "str": "", "number": 1}

    def value(kind):
        return [value(kind[5:-1])] * 4 if kind.startswith("List[") else made.get(kind)

    packet = getattr(getattr(torch.ops, space[::-1]), name[::-1])
    overloads = [getattr(packet, each) for each in packet.overloads()]
    with_outs = lambda each: ("__torch__" in str(each._schema), sum(part.is_out for part in each._schema.arguments))
    operator = min(overloads, key=with_outs)
    asked = [each for each in operator._schema.arguments if not each.kwarg_only]
    named = [each for each in operator._schema.arguments if each.kwarg_only and not each.has_default_value()]
    operator(*[value(str(each.type)) for each in asked], **{each.name: value(str(each.type)) for each in named})


reach({!r}, {!r})
"""
OBJECTS = "__torch__"  # classes of their own, which Python makes nowhere


def reaching(problem: Problem) -> Iterator[tuple[str, str]]:
    """Each forbidden operator of torch's own, and a file that calls it by a name that is only put together while it runs.

    Those of other name spaces are there only once a module is imported that most files never see.
    """
    if not problem.model.has_gradients:  # then torch's dispatcher has no part in it
        return
    starter = problem.starter(problem.model.name)
    for pattern in problem.forbidden.operators:
        for operator in fnmatch.filter(_operators(), pattern):
            space, _, name = operator.partition("::")
            if space == "aten" and _can_be_called(name):
                yield operator, starter + REACH.replace("{!r}, {!r}", f"{space[::-1]!r}, {name[::-1]!r}")


def _can_be_called(name: str) -> bool:
    """Whether an overload takes tensors and numbers only."""
    import torch

    packet = getattr(torch.ops.aten, name)
    overloads = (getattr(packet, each) for each in packet.overloads())
    return any(OBJECTS not in str(overload._schema) for overload in overloads)


def _is_rejected(problem: Problem, framework: str, source: str) -> bool:
    return bool(
        find_offences(parse(source, f"{problem.slug}.py"), problem.forbidden, framework=problem.framework(framework))
    )


def resolved(pattern: str) -> list[str]:
    """The names of installed modules that a dotted pattern stands for."""
    first, *parts = pattern.split(".")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found: list[tuple[str, Any]] = [(first, importlib.import_module(first))]
        except ImportError:
            return []
        for part in parts:
            found = [each for name, owner in found for each in _inside(name, owner, part)]
    return [name for name, _ in found]


def _inside(name: str, owner: Any, part: str) -> Iterator[tuple[str, Any]]:
    """What a module or class has by this name, or by names that match; a module may hide behind a function of its name."""
    if "*" in part:
        keys = _keys(name, owner, part)
        yield from ((f"{name}.{key}", getattr(owner, key, None)) for key in keys)
        return
    try:
        module = importlib.import_module(f"{name}.{part}")
    except ImportError:
        module = None
    value = getattr(owner, part, None)
    if module is not None:
        yield f"{name}.{part}", module
    if (value is not None and value is not module) or (module is None and part in _written(owner)):
        yield f"{name}.{part}", value


def _keys(name: str, owner: Any, part: str) -> list[str]:
    """Names that match; those of operators are made when they are asked for, so that the dispatcher has to say them."""
    keys = {*dir(owner), *dir(getattr(owner, "vf", None)), *_written(owner)}
    if name.startswith(PLACES):
        space = name.rpartition(".")[2]
        keys |= {each.partition("::")[2] for each in _operators() if each.startswith(f"{space}::")}
        keys |= _higher_order() if space == "higher_order" else set()
    return sorted(fnmatch.filter(keys, part))


def _written(owner: Any) -> frozenset[str]:
    """What a module defines in its source, also where only under a condition that does not hold here."""
    if not isinstance(owner, ModuleType):
        return frozenset()
    try:
        source = inspect.getsource(owner)
    except (OSError, TypeError):
        return frozenset()
    return frozenset(re.findall(r"^\s+(?:def|class) (\w+)", source, re.MULTILINE))


def _operators() -> list[str]:
    """The operators of the dispatcher without their overloads, "aten::lstm"."""
    import torch

    return sorted({name.partition(".")[0] for name in torch._C._dispatch_get_all_op_names()})


def _higher_order() -> set[str]:
    """The operators that take functions; they stand in a table of their own."""
    from torch import _ops

    return set(_ops._higher_order_ops)


def _version(name: str) -> str:
    package = name.split(".")[0]
    try:
        return f"{package} {importlib.import_module(package).__version__}"
    except (ImportError, AttributeError):
        return f"{package}, which is not installed here"
