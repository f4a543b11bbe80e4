"""Whether the reference takes the arguments that problem.toml says: said once, before every answer is rejected for it."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator

from judge.program import signature_parameters
from problems import Problem
from problems.problem import EntryPoint


def signature_faults(problem: Problem, tree: ast.Module) -> Iterator[str]:
    """What the reference defines otherwise than problem.toml asks, a sentence each.

    What it makes in other ways than by `def` and `class` is left to judging.
    """
    defined = {node.name: node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    for entry in problem.entry:
        node = defined.get(entry.name)
        for name, function, asked, bound in _functions(entry, node):
            if why := _misfit(function, asked, bound=bound):
                took = f"({ast.unparse(function.args)})"
                yield (
                    f"{problem.reference}, line {function.lineno}: `{name}` takes {took}, and problem.toml asks for {asked} "
                    f"({why}). Write one as the other; accepted/, the starter and mistakes.toml follow"
                )


def _functions(
    entry: EntryPoint, node: ast.FunctionDef | ast.ClassDef | None
) -> Iterator[tuple[str, ast.FunctionDef, str, bool]]:
    """Each function of an entry point that is written out: its name, it, the signature asked for, and whether it has a self."""
    if isinstance(node, ast.FunctionDef):
        yield entry.name, node, entry.signature, False
    elif isinstance(node, ast.ClassDef):
        asked = {"__init__": entry.signature, **entry.methods}
        for part in node.body:
            if isinstance(part, ast.FunctionDef) and part.name in asked and not part.decorator_list:
                yield f"{entry.name}.{part.name}", part, asked[part.name], True


def _misfit(function: ast.FunctionDef, asked: str, *, bound: bool) -> str:
    """Why it can't be called as is asked, by position and by name; "" where it can."""
    names = [name for name, _ in signature_parameters(asked)]
    required = [name for name, needed in signature_parameters(asked) if needed]
    own = [None] if bound else []
    for by_position, by_name in ((names, ()), (required, ()), ((), names)):
        try:
            _signature(function).bind(*own, *by_position, **dict.fromkeys(by_name))
        except TypeError as error:
            return str(error)
    written = [argument.arg for argument in [*function.args.posonlyargs, *function.args.args][len(own) :]]
    for mine, wanted in zip(written, names, strict=False):
        if mine != wanted and mine in names:
            return f"`{mine}` stands where `{wanted}` is asked for"
    return ""


def _signature(function: ast.FunctionDef) -> inspect.Signature:
    """The signature of a function that is only written, not made; what its defaults are is left out."""
    arguments, kind = function.args, inspect.Parameter
    plain = [*arguments.posonlyargs, *arguments.args]
    first_default = len(plain) - len(arguments.defaults)
    parameters = [
        inspect.Parameter(
            argument.arg,
            kind.POSITIONAL_ONLY if place < len(arguments.posonlyargs) else kind.POSITIONAL_OR_KEYWORD,
            default=kind.empty if place < first_default else None,
        )
        for place, argument in enumerate(plain)
    ]
    if arguments.vararg:
        parameters.append(inspect.Parameter(arguments.vararg.arg, kind.VAR_POSITIONAL))
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        parameters.append(
            inspect.Parameter(argument.arg, kind.KEYWORD_ONLY, default=kind.empty if default is None else None)
        )
    if arguments.kwarg:
        parameters.append(inspect.Parameter(arguments.kwarg.arg, kind.VAR_KEYWORD))
    return inspect.Signature(parameters)


__all__ = ["signature_faults"]
