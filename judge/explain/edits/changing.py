"""What the changes that make mutants are made with."""

from __future__ import annotations

import ast
import copy

KEPT = "_KEPT"  # where a mutant keeps what it should forget


def changed(node: ast.AST, **fields: object) -> ast.AST:
    """A copy of a node with other fields."""
    other: ast.AST = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def constant(value: int) -> ast.expr:
    """A whole number as Python's parser makes it."""
    return ast.Constant(value) if value >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-value))
