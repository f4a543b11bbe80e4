"""The names of parameters, from the signatures that a problem names."""

from __future__ import annotations

import ast

from problems import Problem


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
