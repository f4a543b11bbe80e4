"""What is changed in a reference in NumPy beside what `judge.explain.edits.operators` changes everywhere.

Precision lost by `astype`, an array changed in place by `+=` and its like, a function of the library or a reshaping left out, the step
before in place of this one, steps in the other order.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

IN_PLACE: dict[type[ast.operator], str] = {
    ast.Add: "__iadd__",
    ast.Sub: "__isub__",
    ast.Mult: "__imul__",
    ast.Div: "__itruediv__",
}
# Calls that are dropped: what stays is what they are called on, or their first argument.
DROPPED = {"abs", "copy", "exp", "expand_dims", "log", "maximum", "minimum", "ravel", "reshape", "reversed", "sqrt"}
DROPPED |= {"astype", "broadcast_to", "squeeze", "swapaxes", "tanh", "transpose"}


def is_numpy(tree: ast.AST) -> bool:
    """Whether a file is in NumPy: it imports it, and not torch."""
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {each.name.partition(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])
    return "numpy" in imported and "torch" not in imported


def in_place(node: ast.BinOp) -> Iterator[ast.AST]:
    """`x + y` that writes into x."""
    if type(node.op) in IN_PLACE and isinstance(node.left, ast.Name) and not isinstance(node.right, ast.Constant):
        yield ast.Call(ast.Attribute(node.left, IN_PLACE[type(node.op)], ast.Load()), [node.right], [])


def in_half_the_digits(value: ast.expr) -> ast.expr:
    """The same in float32."""
    return ast.Call(ast.Attribute(value, "astype", ast.Load()), [ast.Constant("float32")], [])


def array_changes(node: ast.AST) -> Iterator[ast.AST]:
    """Every change of this one node that is special to NumPy."""
    match node:
        case ast.Call(func=ast.Attribute(value=owner, attr=name), args=args) if name in DROPPED:
            library = isinstance(owner, ast.Name) and owner.id == "np"
            if not library:
                yield owner
            elif args:
                yield args[0]
        case ast.Call(func=ast.Name(id=name), args=[only]) if name in DROPPED:
            yield only
        case ast.Subscript(slice=ast.Name() as index, ctx=ast.Load()):
            yield _at(node, _one_less(index))
        case ast.Subscript(slice=ast.Tuple(elts=parts) as place, ctx=ast.Load()):
            for number, part in enumerate(parts):
                if isinstance(part, ast.Name):
                    changed = copy.copy(place)
                    changed.elts = [*parts[:number], _one_less(part), *parts[number + 1 :]]
                    yield _at(node, changed)


def _one_less(index: ast.expr) -> ast.expr:
    return ast.BinOp(index, ast.Sub(), ast.Constant(1))


def _at(node: ast.Subscript, place: ast.expr) -> ast.AST:
    other = copy.copy(node)
    other.slice = place
    return other
