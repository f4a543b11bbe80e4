"""The changes of one node that may make a solution right: with less in it, with another thing in it, with more around it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from judge.explain.edits.changing import changed, constant

LIBRARIES = frozenset({"torch", "np", "numpy", "math", "F", "nn", "functional"})
SMALL = (1e-5, 1e-6, 1e-8, 1e-12, 0.0)
EFFECTS = (ast.Expr, ast.AugAssign, ast.Assign, ast.Continue, ast.Break)
ORDERED: tuple[type[ast.cmpop], ...] = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
MOST_GIVEN = 3  # of the names that a function is given, whose dtype is tried
REDUCING = frozenset({"sum", "mean", "amax", "amin", "max", "min", "var", "std", "logsumexp", "norm", "argmax"})
ALONG = REDUCING | {
    "softmax",
    "log_softmax",
    "cumsum",
    "cumprod",
    "sort",
    "argsort",
    "cat",
    "stack",
    "unbind",
    "chunk",
    "flip",
    "gather",
}
INSTEAD = {
    "median": ("mean",),
    "prod": ("sum",),
    "var": ("std",),
    "std": ("var",),
    "floor": ("ceil", "round"),
    "ceil": ("floor",),
    "round": ("floor",),
    "outer": ("matmul",),
    "rand": ("randn",),
    "randn": ("rand",),
    "gelu": ("relu",),
    "silu": ("sigmoid",),
    "max": ("sum", "mean"),
    "min": ("max",),
    "all": ("any",),
    "any": ("all",),
    "sort": ("argsort",),
    "argsort": ("sort",),
    "append": ("extend",),
    "extend": ("append",),
    "maximum": ("minimum",),
    "minimum": ("maximum",),
    "reshape": ("view",),
    "view": ("reshape",),
    "setdefault": ("get",),
}
AXES = ("0", "1", "2", "-1", "-2")
MAKING = frozenset({"zeros", "ones", "empty", "full", "arange", "tensor", "linspace", "eye", "zeros_like", "ones_like"})
ARITHMETIC: tuple[type[ast.operator], ...] = (ast.Add, ast.Sub, ast.Mult, ast.Div)


def less(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """The node with less in it."""
    match node:
        case ast.Call(func=called, args=args, keywords=keywords):
            yield from (("call too many", each) for each in args[:2] if not isinstance(each, ast.Starred))
            if isinstance(called, ast.Attribute) and not (
                isinstance(called.value, ast.Name) and called.value.id in LIBRARIES
            ):
                yield "call too many", called.value
                if isinstance(called.value, ast.Call) and called.attr != "join":
                    yield from ((words, each) for words, each in less(called.value) if words == "call too many")
            if len(args) > 1:
                yield "argument too many", changed(node, args=args[:-1])
            for place in range(len(keywords)):
                yield "argument too many", changed(node, keywords=[*keywords[:place], *keywords[place + 1 :]])
        case ast.Subscript(value=value, ctx=ast.Load()):
            yield "slice too many", value
            if isinstance(value, ast.Call):
                yield from less(value)
        case ast.Slice(lower=lower, upper=upper):
            if lower is not None and upper is not None:
                yield "slice", changed(node, lower=None)
                yield "slice", changed(node, upper=None)
        case ast.BinOp(left=left, op=operator, right=right):
            many = "term too many" if isinstance(operator, (ast.Add, ast.Sub)) else "factor too many"
            yield many, left
            yield many, right
        case ast.BoolOp(values=values):
            for place in range(len(values)):
                rest = [*values[:place], *values[place + 1 :]]
                yield "condition", rest[0] if len(rest) == 1 else changed(node, values=rest)
        case ast.IfExp(body=body, orelse=orelse):
            yield "condition", body
            yield "condition", orelse
        case ast.If(body=body, orelse=orelse):
            if orelse or len(body) > 1 or not isinstance(body[0], EFFECTS):  # else the one statement in it is left out
                yield "step too many", ast.Pass()
            if orelse:
                yield "condition", changed(node, test=ast.Constant(value=False))
        case ast.Assign() | ast.Expr() | ast.AugAssign() | ast.Continue() | ast.Break() | ast.Assert() | ast.Delete():
            yield "step too many", ast.Pass()
        case ast.Return(value=ast.Tuple(elts=parts)):
            yield from (("result", changed(node, value=part)) for part in parts)
        case ast.List(elts=parts, ctx=ast.Load()):
            yield "result", ast.Tuple(parts, ast.Load())
        case ast.comprehension(ifs=[_, *_]):
            yield "condition", changed(node, ifs=[])
        case ast.FunctionDef(decorator_list=[_, *rest]):
            yield "call too many", changed(node, decorator_list=rest)
        case ast.UnaryOp(op=operator, operand=operand):
            yield ("sign" if isinstance(operator, ast.USub) else "mask turned"), operand


def other(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """The node with another thing in it."""
    match node:
        case ast.Constant(value=float() as number):
            yield from (("number", ast.Constant(other)) for other in SMALL if other != number)
        case ast.Constant(value=int() as number) if not isinstance(number, bool):
            yield from (("off by one", constant(other)) for other in (0, 1, 2, -1, -2) if abs(other - number) > 1)
        case ast.Compare(ops=[operator]) if isinstance(operator, ORDERED):
            for other in ORDERED:
                if not isinstance(operator, other):
                    yield "comparison", changed(node, ops=[other()])
        case ast.BinOp(op=operator) if isinstance(operator, ARITHMETIC):
            for kind in ARITHMETIC:
                if not isinstance(operator, kind):
                    words = "sign" if kind in (ast.Add, ast.Sub) else "inverted factor"
                    yield words, changed(node, op=kind())
            if not isinstance(operator, ast.Add):
                yield "sides swapped", changed(node, left=node.right, right=node.left)
        case ast.IfExp(test=test):
            yield "condition", changed(node, test=ast.UnaryOp(ast.Not(), test))
            yield from _of_truth(node, test)
        case ast.BoolOp(op=ast.Or(), values=[ast.Name() | ast.Attribute() as first, second]):
            yield "condition", ast.IfExp(_is_none(first), second, first)
        case ast.Tuple(elts=[first, second], ctx=ast.Load()):
            yield "order of parts", ast.Tuple([second, first], ast.Load())
        case ast.Break():
            yield "loop", ast.Continue()
        case ast.Continue():
            yield "loop", ast.Break()
        case ast.With(body=body):
            yield "call too many", ast.If(ast.Constant(value=True), body, [])
        case ast.AugAssign(target=ast.Name(id=name), op=operator, value=value):
            yield "in place", ast.Assign([node.target], ast.BinOp(ast.Name(name, ast.Load()), operator, value))
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="zero_", value=ast.Attribute(value=owner, attr="grad")))):
            grad = ast.Attribute(owner, "grad", ast.Store())
            yield "not in place", ast.Assign([grad], ast.Constant(value=None))
        case ast.Expr(
            value=ast.Call(func=ast.Attribute(attr=method, value=ast.Name(id=name)), args=args, keywords=keywords)
        ) if method.endswith("_") and not method.endswith("__"):
            called = ast.Attribute(ast.Name(name, ast.Load()), method.removesuffix("_"), ast.Load())
            yield "in place", ast.Assign([ast.Name(name, ast.Store())], ast.Call(called, args, keywords))
        case ast.Call(func=ast.Attribute(attr=method) | ast.Name(id=method) as called, args=args, keywords=keywords):
            for instead in INSTEAD.get(method, ()):
                yield "function", changed(node, func=_named(called, instead))
            if method in ALONG:
                for place, each in enumerate(args):
                    if isinstance(each, ast.Constant | ast.UnaryOp) and ast.unparse(each) in AXES:
                        for axis in AXES:
                            new = ast.parse(axis, mode="eval").body
                            yield "axis", changed(node, args=[*args[:place], new, *args[place + 1 :]])
            if method in REDUCING:
                word = "keepdims" if _is_numpy_call(node) else "keepdim"
                if not any(each.arg in ("keepdim", "keepdims") for each in keywords):
                    kept = ast.keyword(word, ast.Constant(value=True))
                    yield "argument", changed(node, keywords=[*keywords, kept])
            if method == "range" and args:
                yield "loop", changed(node, args=[*args[:-1], ast.BinOp(args[-1], ast.Add(), ast.Constant(1))])
    if isinstance(node, (ast.FunctionDef, ast.For, ast.If, ast.While)):
        yield from _reordered(node, node.body)


def _reordered(node: ast.AST, body: Sequence[ast.stmt]) -> Iterator[tuple[str, ast.AST]]:
    """A block with two statements in the other order, or one moved into a loop or out of it."""
    if isinstance(node, (ast.If, ast.While)):
        yield "condition", changed(node, test=ast.UnaryOp(ast.Not(), node.test))
        yield "condition", changed(node, test=ast.Constant(value=True))
        yield from _of_truth(node, node.test)
    yield from _moved(node, body)
    simple = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.If, ast.Expr)
    for place in range(1, len(body)):
        if isinstance(body[place], simple) and isinstance(body[place - 1], simple):
            order = [*body[: place - 1], body[place], body[place - 1], *body[place + 1 :]]
            yield "order of steps", changed(node, body=order)


def _moved(node: ast.AST, body: Sequence[ast.stmt]) -> Iterator[tuple[str, ast.AST]]:
    """A block with the last statement of a loop in it behind the loop, or what follows a loop at its end."""
    for place, loop in enumerate(body):
        if not isinstance(loop, (ast.For, ast.While)):
            continue
        if len(loop.body) > 1:
            inner = changed(loop, body=loop.body[:-1])
            yield "order of steps", changed(node, body=[*body[:place], inner, loop.body[-1], *body[place + 1 :]])
        if place + 1 < len(body):
            inner = changed(loop, body=[*loop.body, body[place + 1]])
            yield "order of steps", changed(node, body=[*body[:place], inner, *(body[place + 2 :])])


def more(node: ast.expr, names: Sequence[str], *, numpy: bool) -> Iterator[tuple[str, ast.AST]]:
    """The node with more around it: what people leave out. With the names of its function, where it is suspected."""
    if isinstance(node, (ast.Constant, ast.Tuple, ast.JoinedStr, ast.Slice)):
        return
    copied = "copy" if numpy else "clone"
    yield "not a copy", _called(node, copied)
    yield "not a copy", ast.Call(ast.Name("list", ast.Load()), [node], [])
    yield "factor missing", ast.BinOp(node, ast.Mult(), ast.Constant(2))
    yield "factor missing", ast.BinOp(node, ast.Div(), ast.Constant(2))
    yield "sign", ast.UnaryOp(ast.USub(), node)
    if not names:
        return
    yield "term missing", ast.BinOp(ast.Constant(1), ast.Sub(), node)
    yield "term missing", ast.BinOp(node, ast.Add(), ast.Constant(1))
    yield "term missing", ast.BinOp(node, ast.Sub(), ast.Constant(1))
    yield "power", ast.BinOp(node, ast.Pow(), ast.Constant(2))
    yield "power", ast.BinOp(node, ast.Pow(), ast.Constant(0.5))
    yield "transposition", ast.Attribute(node, "T" if numpy else "mT", ast.Load())
    yield "function", ast.Call(ast.Name("sorted", ast.Load()), [node], [])
    yield "function", ast.Call(ast.Name("tuple", ast.Load()), [node], [])
    if not numpy:
        yield "gradient flows", _called(node, "detach")
    yield "slice", ast.Subscript(node, ast.Slice(None, None, ast.UnaryOp(ast.USub(), ast.Constant(1))), ast.Load())
    yield "mask turned", ast.UnaryOp(ast.Invert(), node)
    for name in names:
        other = ast.parse(name, mode="eval").body
        if ast.unparse(node) == name:
            continue
        for operator, kind in (
            ("term missing", ast.Add()),
            ("term missing", ast.Sub()),
            ("factor missing", ast.Mult()),
        ):
            yield operator, ast.BinOp(node, kind, other)
        yield "factor missing", ast.BinOp(node, ast.Div(), other)


def of_dtype(node: ast.AST, given: Sequence[str]) -> Iterator[tuple[str, ast.AST]]:
    """The dtype of what a function is given, for one that is written out or left out."""
    match node:
        case ast.Attribute(value=ast.Name(id="torch" | "np"), attr="float32" | "float64" | "float16" | "double"):
            yield from (("number", _dtype_of(name)) for name in given)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch" | "np"), attr=made), keywords=keywords) if (
            made in MAKING
        ):
            if not any(each.arg == "dtype" for each in keywords):
                for name in given:
                    yield "argument", changed(node, keywords=[*keywords, ast.keyword("dtype", _dtype_of(name))])


def _dtype_of(name: str) -> ast.expr:
    return ast.Attribute(ast.Name(name, ast.Load()), "dtype", ast.Load())


def _called(node: ast.expr, method: str) -> ast.expr:
    return ast.Call(ast.Attribute(node, method, ast.Load()), [], [])


def _named(called: ast.Attribute | ast.Name, name: str) -> ast.AST:
    """The same function or method under another name."""
    return ast.Name(name, ast.Load()) if isinstance(called, ast.Name) else changed(called, attr=name)


def _of_truth(node: ast.AST, test: ast.expr) -> Iterator[tuple[str, ast.AST]]:
    """`if x is not None` for `if x`: zero, empty and missing are three things."""
    if isinstance(test, ast.Name):
        yield "condition", changed(node, test=ast.UnaryOp(ast.Not(), _is_none(test)))
    elif isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) and isinstance(test.operand, ast.Name):
        yield "condition", changed(node, test=_is_none(test.operand))


def _is_none(value: ast.expr) -> ast.expr:
    return ast.Compare(value, [ast.Is()], [ast.Constant(value=None)])


def _is_numpy_call(node: ast.Call) -> bool:
    return (
        isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in ("np", "numpy")
    )
