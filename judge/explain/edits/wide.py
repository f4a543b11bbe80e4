"""What else people do to tensor code, beside what `judge.explain.edits.operators` changes: the suspects that explain, too many for a proof.

Another axis, the parts of a split in another order, another function, another value of the same kind, a step left out or in the other
order, a loop that runs backwards, another fill for what is masked.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Sequence

from judge.explain.edits.changing import changed, constant

AXES = ("dim", "axis")
MOST_PARTS = 4  # whose orders are all tried
INSTEAD = {
    "tanh": ("sigmoid", "relu", ""),
    "sigmoid": ("tanh", ""),
    "relu": ("",),
    "softmax": ("sigmoid", "log_softmax"),
    "log_softmax": ("softmax",),
    "exp": ("",),
    "log": ("",),
    "sqrt": ("",),
    "rsqrt": ("reciprocal",),
    "sum": ("mean", "amax"),
    "mean": ("sum",),
    "amax": ("sum", "amin"),
    "max": ("min",),
    "cos": ("sin",),
    "sin": ("cos",),
    "tril": ("triu",),
    "triu": ("tril",),
    "argmax": ("argmin",),
    "logsumexp": ("amax",),
}
FILLS = (-1e9, -1e4, 0.0)
LOOPED = frozenset({"range", "unbind", "enumerate", "zip"})


def wide_changes(node: ast.AST, names: Sequence[str]) -> Iterator[ast.AST]:
    """Every such change of this one node.

    Args:
        node: it.
        names: that the function assigns or is given, and "self.x" for what a class keeps.
    """
    match node:
        case ast.Call():
            yield from _of_axes(node)
            yield from _of_function(node)
            yield from _of_layout(node)
        case ast.Assign(targets=[ast.Tuple(elts=parts)]) if 2 <= len(parts) <= MOST_PARTS:
            for order in itertools.permutations(range(len(parts))):
                if list(order) != sorted(order):
                    target = ast.Tuple([parts[place] for place in order], ast.Store())
                    yield changed(node, targets=[target])
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            if any(isinstance(each, ast.Name) and _base(each.id) == _base(name) for each in ast.walk(value)):
                same = next(
                    each for each in ast.walk(value) if isinstance(each, ast.Name) and _base(each.id) == _base(name)
                )
                if not isinstance(value, ast.Name):
                    yield changed(node, value=ast.Name(same.id, ast.Load()))
            if _suffix(name).startswith("B") and len(_suffix(name)) > 1:
                first = ast.Subscript(value, ast.Slice(None, ast.Constant(1), None), ast.Load())
                yield changed(node, value=ast.Call(ast.Attribute(first, "expand_as", ast.Load()), [value], []))
        case ast.Name(id=name, ctx=ast.Load()):
            for other in names:
                if other != name and "." not in other and _is_of_one_kind(name, other):
                    yield ast.Name(other, ast.Load())
        case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Load()):
            for other in names:
                if other.startswith("self.") and other != f"self.{name}":
                    yield changed(node, attr=other.removeprefix("self."))
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            yield ast.BinOp(left, ast.Mult(), right)
            yield ast.BinOp(left, ast.FloorDiv(), right)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            yield ast.BinOp(left, ast.Div(), right)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            yield right
            yield ast.BinOp(right, ast.Sub(), left)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            yield left
            yield ast.BinOp(left, ast.Pow(), ast.UnaryOp(ast.USub(), right))
        case ast.UnaryOp(op=ast.USub(), operand=ast.Attribute(attr="inf")):
            yield from (
                ast.Constant(fill) if fill >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-fill)) for fill in FILLS
            )
        case ast.For(iter=walked):
            yield changed(
                node,
                iter=ast.Call(
                    ast.Name("reversed", ast.Load()), [ast.Call(ast.Name("list", ast.Load()), [walked], [])], []
                ),
            )
            for part in (
                ast.Slice(ast.Constant(1), None, None),
                ast.Slice(None, ast.UnaryOp(ast.USub(), ast.Constant(1)), None),
            ):
                yield changed(
                    node, iter=ast.Subscript(ast.Call(ast.Name("list", ast.Load()), [walked], []), part, ast.Load())
                )
            yield from _of_steps(node, node.body)
        case ast.FunctionDef(body=body):
            yield from _of_steps(node, body)
        case ast.Return(value=ast.Tuple(elts=[first, second])):
            yield changed(node, value=ast.Tuple([second, first], ast.Load()))
        case ast.Return(value=ast.expr()):
            for other in names:
                if "." not in other and isinstance(node.value, ast.Name) and other != node.value.id and _suffix(other):
                    yield changed(node, value=ast.Name(other, ast.Load()))


def _of_axes(node: ast.Call) -> Iterator[ast.AST]:
    for place, keyword in enumerate(node.keywords):
        if keyword.arg in AXES:
            now = _number(keyword.value)
            for other in (-1, -2, 0, 1, 2):
                if now is not None and other != now:
                    new = changed(keyword, value=constant(other))
                    yield changed(node, keywords=[*node.keywords[:place], new, *node.keywords[place + 1 :]])


def _of_function(node: ast.Call) -> Iterator[ast.AST]:
    called = node.func
    name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
    for other in INSTEAD.get(name, ()):
        library = (
            isinstance(called, ast.Attribute)
            and isinstance(called.value, ast.Name)
            and called.value.id in ("torch", "np", "math", "F")
        )
        if other and isinstance(called, ast.Attribute):
            yield changed(node, func=changed(called, attr=other))
        elif not other and library and node.args:
            yield node.args[0]
        elif not other and isinstance(called, ast.Attribute) and not library:
            yield called.value


def _of_layout(node: ast.Call) -> Iterator[ast.AST]:
    """`reshape` for `transpose` and the other way round."""
    match node:
        case ast.Call(
            func=ast.Attribute(
                attr="transpose", value=ast.Call(func=ast.Attribute(attr="view" | "reshape"), args=sizes) as shaped
            ),
            args=[first, second],
        ):
            places = [_number(first), _number(second)]
            if None not in places and all(isinstance(place, int) and 0 <= place < len(sizes) for place in places):
                order = list(sizes)
                one, other = int(places[0] or 0), int(places[1] or 0)
                order[one], order[other] = order[other], order[one]
                yield changed(shaped, args=order)
        case ast.Call(func=ast.Attribute(attr="view" | "reshape"), args=[*_, first, second]) if not isinstance(
            first, ast.Constant
        ):
            inner = ast.Call(node.func, [*node.args[:-2], second, first], node.keywords)
            yield ast.Call(ast.Attribute(inner, "transpose", ast.Load()), [constant(-1), constant(-2)], [])
        case ast.Call(func=ast.Attribute(attr="transpose" | "swapaxes"), args=[_, _]):
            for one, other in itertools.combinations((0, 1, 2, -1), 2):
                yield changed(node, args=[constant(one), constant(other)])


def _of_steps(node: ast.AST, body: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """A step left out, or two that follow each other in the other order."""
    simple = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.If)
    for place, step in enumerate(body):
        if isinstance(step, (ast.AugAssign, ast.Expr)) and not (
            isinstance(step, ast.Expr) and isinstance(step.value, ast.Constant)
        ):
            yield changed(node, body=[*body[:place], ast.copy_location(ast.Pass(), step), *body[place + 1 :]])
        if place and isinstance(step, simple) and isinstance(body[place - 1], simple):
            yield changed(node, body=[*body[: place - 1], step, body[place - 1], *body[place + 1 :]])


def names_of(function: ast.AST, tree: ast.AST) -> tuple[str, ...]:
    """What a function assigns or is given, and what its class keeps as numbers or functions give them."""
    found: dict[str, None] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.arg) and node.arg != "self":
            found[node.arg] = None
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found[node.id] = None
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and isinstance(node.value, ast.Name)
            and node.value.id == "self"
        ):
            found[f"self.{node.attr}"] = None
    return tuple(found)


def _is_of_one_kind(name: str, other: str) -> bool:
    """Whether one name may stand for another by mistake: of one shape, or both sizes."""
    return _suffix(name) == _suffix(other)


def _suffix(name: str) -> str:
    last = name.rpartition("_")[2]
    return last if "_" in name and last.isupper() else ""


def _base(name: str) -> str:
    return name.removesuffix(f"_{_suffix(name)}") if _suffix(name) else name


def _number(node: ast.expr) -> int | None:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None
    return value if type(value) is int else None


__all__ = ["names_of", "wide_changes"]
