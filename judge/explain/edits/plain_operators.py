"""What more is changed in a reference in plain Python: mistakes that matter where there are lists, sets and objects in place of tensors.

A call for its effect left out, a copy not made, a condition turned or dropped, smallest for largest, a part of a sort key left out, a
container that is kept between calls. Numbers, comparisons and slices are changed as in tensor code (`judge.explain.edits.operators`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from judge.explain.edits.changing import KEPT, changed

COPIES = frozenset({"list", "tuple", "set", "dict", "sorted", "reversed", "float", "int", "bytes"})
CONTAINERS = frozenset({"list", "dict", "set", "defaultdict", "Counter", "deque"})
OPPOSITE = {"min": "max", "max": "min", "any": "all", "all": "any"}
COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
TURNED: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add}


def plain_changes(node: ast.AST) -> Iterator[ast.AST]:
    """Every such change of this one node."""
    match node:
        case ast.Expr(value=ast.Call()) | ast.Break() | ast.Continue():
            yield ast.Pass()
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_container(value):
            yield changed(node, value=_kept(name, node.lineno, value))
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if _is_container(value):
            yield changed(node, value=_kept(name, node.lineno, value))
        case ast.AugAssign(op=operator) if type(operator) in TURNED:
            yield changed(node, op=TURNED[type(operator)]())
        case ast.Compare(ops=[operator]) if type(operator) in COMPARED:
            yield changed(node, ops=[COMPARED[type(operator)]()])
        case ast.BinOp(op=ast.Pow() | ast.FloorDiv() | ast.Mod()):
            yield node.left
        case ast.If(orelse=[_, *_]):
            yield changed(node, test=ast.UnaryOp(ast.Not(), node.test))
        case ast.comprehension(ifs=[_, *_]):
            yield changed(node, ifs=[])
        case ast.Lambda(body=ast.Tuple(elts=parts)):
            for place in range(len(parts)):
                rest = ast.Tuple([*parts[:place], *parts[place + 1 :]], ast.Load())
                yield changed(node, body=rest)
        case ast.Call(func=ast.Name(id=name), args=[first], keywords=[]) if name in COPIES:
            yield first
        case ast.Call(func=ast.Name(id=name)) if name in OPPOSITE:
            yield changed(node, func=ast.Name(OPPOSITE[name], ast.Load()))
        case ast.Call(func=ast.Attribute(attr="copy", value=value), args=[]):
            yield value


def _is_container(value: ast.expr) -> bool:
    """Whether it makes a list, dict or set to be filled: an empty one."""
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id in CONTAINERS and not value.args[:1]
    return isinstance(value, (ast.List, ast.Dict)) and not (value.elts if isinstance(value, ast.List) else value.keys)


def _kept(name: str, line: int, value: ast.expr) -> ast.expr:
    """The container that was made here first."""
    key = ast.Constant(f"{name}, line {line}")
    return ast.Call(ast.Attribute(ast.Name(KEPT, ast.Load()), "setdefault", ast.Load()), [key, value], [])


__all__ = ["plain_changes"]
