"""What is changed in a reference to make its mutants: mistakes that matter in tensor code, as changes of a node of its syntax tree.

A factor or a term dropped or doubled, a sign turned, another axis, a transposition dropped, off by one, `<` for `<=`, a mask
inverted, eps moved, a gradient cut, precision lost, arguments swapped, state kept between calls, a tensor changed in place. Of a
reference in NumPy, what is special to it stands in `judge.explain.edits.arrays`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from judge.explain.edits.arrays import array_changes, in_half_the_digits, in_place
from judge.explain.edits.changing import KEPT
from judge.explain.edits.changing import changed as _with

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}
TURNED: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add}
DROPPED_METHODS = frozenset(
    {"transpose", "permute", "contiguous", "flatten", "clone", "double", "squeeze", "unsqueeze"}
)
WHOLE_NUMBERS = frozenset({"arange", "argmax", "argsort", "argmin", "bool", "long", "tril", "triu"})
MASKING = frozenset({"masked_fill", "where"})
COUNTING = frozenset({"range", "arange"})
COMMUTATIVE = frozenset({"max", "min", "maximum", "minimum", "add", "mul", "equal", "allclose", "logaddexp"})
IN_PLACE_METHODS = frozenset({"add", "sub", "mul", "div", "masked_fill", "scatter", "clamp", "exp", "neg"})
IN_TENSORS = (ast.Assign, ast.AnnAssign)  # nodes whose changes are about tensors only
SMALL = 1e-3  # numbers below it are there against division by zero and the like
IN_PLACE = {ast.Add: "add_", ast.Sub: "sub_", ast.Mult: "mul_", ast.Div: "div_"}


def cuts_gradient(new: ast.AST) -> bool:
    """Whether a change cuts the gradient and does nothing else."""
    value = new.value if isinstance(new, (ast.Assign, ast.AnnAssign)) else None
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "detach"


def changes(node: ast.AST, *, numpy: bool = False) -> Iterator[ast.AST]:
    """Every change of this one node; `numpy`: of a file in NumPy."""
    if numpy:
        yield from array_changes(node)
    match node:
        case ast.BinOp():
            yield from _of_operation(node)
            yield from in_place(node) if numpy else _of_place(node)
        case ast.Compare(ops=[operator]) if type(operator) in COMPARED:
            yield _with(node, ops=[COMPARED[type(operator)]()])
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
            yield from _of_number(-ast.literal_eval(node.operand))
        case ast.UnaryOp():
            yield node.operand
        case ast.Constant(value=bool()):
            yield ast.Constant(not node.value)
        case ast.Constant(value=int() | float() as number):
            yield from _of_number(number)
        case ast.Attribute(attr="T"):
            yield node.value
        case ast.Call():
            yield from _of_call(node)
            yield from () if numpy else _of_method(node)
        case ast.Slice(lower=lower, upper=upper):
            yield from _of_slice(node, lower, upper)
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_suffixed(name):
            yield from _of_tensor(node, name, value, numpy)
        case ast.AnnAssign(target=ast.Name(id=name), annotation=kind, value=ast.expr() as value) if _is_suffixed(
            name
        ) or ast.unparse(kind).endswith(("Tensor", "ndarray")):
            yield from _of_tensor(node, name, value, numpy)
        case ast.AugAssign():
            yield ast.Assign([node.target], node.value)
        case ast.If(orelse=[]):
            yield ast.Pass()
        case ast.IfExp(body=body, orelse=orelse):
            yield body
            yield orelse
        case ast.BoolOp(values=[first, second]):
            yield first
            yield second
            yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())


def _is_suffixed(name: str) -> bool:
    """Whether it ends in a shape: scores_BHTS."""
    return name.rpartition("_")[2].isupper()


def _of_tensor(node: ast.AST, name: str, value: ast.expr, numpy: bool) -> Iterator[ast.AST]:
    """A tensor gets a name: its gradient is cut, its precision lost, or that of an earlier call of this shape is taken."""
    if not _holds_numbers(value):
        return
    for method in () if numpy else ("detach", "float"):
        yield _with(node, value=ast.Call(ast.Attribute(value, method, ast.Load()), [], []))
    if numpy:
        yield _with(node, value=in_half_the_digits(value))
    shape = ast.Attribute(value, "shape", ast.Load())
    key = ast.Tuple([ast.Constant(name), shape], ast.Load())
    yield _with(node, value=ast.Call(ast.Attribute(ast.Name(KEPT), "setdefault", ast.Load()), [key, value], []))


def _holds_numbers(value: ast.expr) -> bool:
    """Whether it may be a floating tensor: no comparison, no mask, no positions."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        return value.func.attr not in WHOLE_NUMBERS
    return not isinstance(value, (ast.Compare, ast.BoolOp, ast.Constant))


def _of_operation(node: ast.BinOp) -> Iterator[ast.AST]:
    operator = type(node.op)
    if operator in (ast.Mult, ast.Div, ast.Add, ast.Sub):
        yield node.left
    if operator in (ast.Mult, ast.Add):
        yield node.right
    if operator in (ast.Mult, ast.Div):
        yield ast.BinOp(node, ast.Mult(), ast.Constant(2))
    if operator in TURNED:
        yield _with(node, op=TURNED[operator]())


def _of_place(node: ast.BinOp) -> Iterator[ast.AST]:
    """`x + y` that writes into x."""
    operator = type(node.op)
    if operator in IN_PLACE and isinstance(node.left, ast.Name) and not isinstance(node.right, ast.Constant):
        yield ast.Call(ast.Attribute(node.left, IN_PLACE[operator], ast.Load()), [node.right], [])


def _of_number(value: float) -> Iterator[ast.AST]:
    if isinstance(value, int):
        for other in (value + 1, value - 1):
            yield ast.Constant(other) if other >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-other))
    else:
        yield ast.Constant(value * (1000 if 0 < abs(value) <= SMALL else 2) if value else 1.0)


def _of_call(node: ast.Call) -> Iterator[ast.AST]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if isinstance(node.func, ast.Attribute) and name in DROPPED_METHODS:
        yield node.func.value
    if name in MASKING and node.args and not isinstance(node.args[0], ast.UnaryOp):
        yield _with(node, args=[ast.UnaryOp(ast.Invert(), node.args[0]), *node.args[1:]])
    if name in COUNTING and node.args and not isinstance(node.args[-1], ast.Constant):
        yield _with(node, args=[*node.args[:-1], ast.BinOp(node.args[-1], ast.Sub(), ast.Constant(1))])
    plain = name not in COMMUTATIVE and not any(isinstance(arg, ast.Starred) for arg in node.args)
    if plain and len(node.args) >= 2 and not all(isinstance(arg, (ast.Constant, ast.UnaryOp)) for arg in node.args[:2]):
        first, second, *rest = node.args
        yield _with(node, args=[second, first, *rest])
    for place, keyword in enumerate(node.keywords):
        if keyword.arg == "device":
            continue
        yield _with(node, keywords=[*node.keywords[:place], *node.keywords[place + 1 :]])


def _of_method(node: ast.Call) -> Iterator[ast.AST]:
    """`x.add(y)` that writes into x."""
    called = node.func
    if not isinstance(called, ast.Attribute) or called.attr not in IN_PLACE_METHODS:
        return
    if isinstance(called.value, ast.Name) and called.value.id != "torch":
        yield _with(node, func=_with(called, attr=f"{called.attr}_"))


def _of_slice(node: ast.Slice, lower: ast.expr | None, upper: ast.expr | None) -> Iterator[ast.AST]:
    if lower is not None:
        yield _with(node, lower=None)
        yield _with(node, lower=ast.BinOp(lower, ast.Add(), ast.Constant(1)))
    if upper is not None:
        yield _with(node, upper=None)
        yield _with(node, upper=ast.BinOp(upper, ast.Sub(), ast.Constant(1)))
