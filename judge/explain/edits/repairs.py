"""Edits of a solution: small changes of its own lines, of which one may make it right.

What people do by mistake to tensor code is mostly undone by an edit of the same kind (`judge.explain.edits.mutants`). Beside those there is
what is too much in a solution: a call around a value, a statement, a slice, a condition; and what is lacking at the line that is suspected.
Program repair by search, after Weimer, Nguyen, Le Goues and Forrest, "Automatically Finding Patches Using Genetic Programming" (2009).
"""

from __future__ import annotations

import ast
import collections
import itertools
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from judge.explain.edits.arrays import is_numpy
from judge.explain.edits.changing import KEPT, changed
from judge.explain.edits.insertions import insertions
from judge.explain.edits.mutants import Path, places_in, target_of
from judge.explain.edits.operators import changes
from judge.explain.edits.plain_operators import plain_changes
from judge.explain.edits.repair import Repair, short
from judge.explain.edits.wide import names_of, wide_changes
from judge.explain.edits.words import operator_of

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
# An edit that spoils a reference, and the mistake that the same edit of a solution puts right.
TURNED: dict[str, str | None] = {
    "term missing": "term too many",
    "factor missing": "factor too many",
    "argument": "argument too many",
    "step missing": "step too many",
    "gradient cut": "gradient flows",
    "precision lost": None,
    "in place": "not in place",
    "first for all": None,
    "kept from before": None,
}


class Repairs:
    """The repairs that are tried on a file.

    Args:
        source: of the solution.
    """

    def __init__(self, source: str) -> None:
        self._tree = ast.parse(source)
        self._lines = source.split("\n")
        self._numpy = is_numpy(self._tree)
        self._names = _names_by_line(self._tree)

    def found(self, suspected: Sequence[int], reached: frozenset[int] | None) -> list[Repair]:
        """All of them, the likeliest first.

        Args:
            suspected: lines, the likeliest first.
            reached: the lines that the failing case runs through; None where that is not known.
        """
        single = list(self._single(frozenset(suspected)))
        found = [*single, *self._alike(single), *insertions(self._tree)]
        if reached is not None:
            found = [each for each in found if each.line in reached]
        place = {line: number for number, line in enumerate(suspected)}
        last = len(suspected)
        return sorted(found, key=lambda each: (each.rank > 1, place.get(each.line, last), each.rank, each.line))

    def text(self, repair: Repair) -> str:
        """The file with the change. The changed statement alone is written anew, where it has its lines for itself: all others stay."""
        owner = _statement(self._tree, repair.places[0][0]) if len(repair.places) == 1 else None
        before = [(path, self._put(path, new)) for path, new in repair.places]
        try:
            if owner is not None:
                statement, span = owner
                path, old = before[0]
                new = repair.places[0][1] if old is statement else statement
                if (spliced := self._spliced(new, span)) is not None:
                    return spliced
            return ast.unparse(ast.fix_missing_locations(self._tree))
        finally:
            for path, old in reversed(before):
                self._put(path, old)

    def _put(self, path: Path, new: ast.AST) -> ast.AST:
        """Put a node in the place of another one, which is returned."""
        parent = _parent(self._tree, path)
        field, place = path[-1]
        old: ast.AST
        if place is None:
            old = getattr(parent, field)
            setattr(parent, field, new)
        else:
            items = getattr(parent, field)
            old = items[place]
            items[place] = new
        return old

    def _spliced(self, statement: ast.AST, span: tuple[int, int, int, int]) -> str | None:
        first, last, begin, end = span
        head, tail = self._lines[first - 1].encode()[:begin], self._lines[last - 1].encode()[end:].strip()
        if head.strip() or (tail and not tail.startswith(b"#")):
            return None
        text = textwrap.indent(ast.unparse(ast.fix_missing_locations(statement)), head.decode())
        return "\n".join([*self._lines[: first - 1], text, *self._lines[last:]])

    def _single(self, suspected: frozenset[int]) -> Iterator[Repair]:
        """The changes of one node."""
        for path, node in places_in(self._tree):
            owner = _statement(self._tree, path)
            if owner is None:
                continue
            line = owner[0].lineno
            known = set[str]()
            for rank, operator, new in self._changes(path, node, line in suspected):
                text = ast.unparse(ast.fix_missing_locations(_placed(new, node)))
                if operator is None or text in known or f"{KEPT}." in text:
                    continue
                known.add(text)
                at = _lines(node, new, operator, line)
                target = target_of(self._tree, path)
                yield Repair(at[0], short(node), short(new), operator, target, rank, ((path, new),), at[1:])

    def _changes(self, path: Path, node: ast.AST, suspected: bool) -> Iterator[tuple[int, str | None, ast.AST]]:
        names = self._names.get(getattr(node, "lineno", 0), ())
        for operator, new in _less(node):
            yield (1 if operator == "condition" else 0), operator, new  # nearly anything is put right by going round it
        for new in itertools.chain(changes(node, numpy=self._numpy), plain_changes(node)):
            turned = _turned(node, new)
            yield (2 if turned in ("condition", "comparison") else 1), turned, new
        swapped = isinstance(node, (ast.Name, ast.Attribute))
        for new in wide_changes(node, names):
            if not (isinstance(node, (ast.For, ast.FunctionDef)) and new.body is not node.body):  # type: ignore[attr-defined]
                yield (3 if swapped else 1), _turned(node, new), new
        for operator, new in itertools.chain(_other(node), _of_dtype(node, names[:MOST_GIVEN])):
            yield 2, operator, new
        if isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            field = path[-1][0]
            whole = field == "value" and isinstance(_parent(self._tree, path), (ast.Assign, ast.AugAssign, ast.Return))
            if suspected or whole:
                for operator, new in _more(node, names if suspected else (), numpy=self._numpy):
                    yield (2 if suspected else 3), operator, new

    def _alike(self, single: Sequence[Repair]) -> Iterator[Repair]:
        """The same change wherever the code is alike: in a statement, and in all of the file."""
        for wide in (False, True):
            groups: dict[object, list[Repair]] = collections.defaultdict(list)
            for each in single:
                if each.rank == 0 and (key := _kind_of_less(self._tree, each)) is not None:
                    groups[key if wide else (each.line, key)].append(each)
            for group in groups.values():
                if not 2 <= len(group) <= 6 or (wide and len({each.line for each in group}) < 2):
                    continue
                paths = [each.places[0][0] for each in group]
                if any(one != other and other[: len(one)] == one for one in paths for other in paths):
                    continue
                first = group[0]
                also = tuple(each.line for each in group[1:])
                yield msgspec.structs.replace(first, rank=1, places=tuple(each.places[0] for each in group), also=also)


def _kind_of_less(tree: ast.Module, repair: Repair) -> object:
    """What is the same in places where the same is too much; None where that is nothing."""
    path, new = repair.places[0]
    node: Any = tree
    for field, place in path:
        value = getattr(node, field)
        node = value if place is None else value[place]
    match node:
        case ast.Call(func=ast.Attribute(attr=name)) | ast.Call(func=ast.Name(id=name)):
            which = next((at for at, each in enumerate(node.args) if each is new), -1)
            return ("call", name, which, len(node.args), isinstance(new, ast.Call))
        case ast.Subscript():
            return ("slice", ast.unparse(node.slice))
        case ast.BinOp() if new is node.left:
            return ("left", type(node.op), ast.unparse(node.right))
        case ast.BinOp():
            return ("right", type(node.op), ast.unparse(node.left))
        case ast.Expr() | ast.AugAssign() | ast.If() if isinstance(new, ast.Pass):
            return ("step", ast.unparse(node))
    return None


def _less(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """The node with less in it."""
    match node:
        case ast.Call(func=called, args=args, keywords=keywords):
            yield from (("call too many", each) for each in args[:2] if not isinstance(each, ast.Starred))
            if isinstance(called, ast.Attribute) and not (
                isinstance(called.value, ast.Name) and called.value.id in LIBRARIES
            ):
                yield "call too many", called.value
                if isinstance(called.value, ast.Call) and called.attr != "join":
                    yield from ((words, each) for words, each in _less(called.value) if words == "call too many")
            if len(args) > 1:
                yield "argument too many", changed(node, args=args[:-1])
            for place in range(len(keywords)):
                yield "argument too many", changed(node, keywords=[*keywords[:place], *keywords[place + 1 :]])
        case ast.Subscript(value=value, ctx=ast.Load()):
            yield "slice too many", value
            if isinstance(value, ast.Call):
                yield from _less(value)
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


def _other(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """The node with another thing in it."""
    match node:
        case ast.Constant(value=float() as number):
            yield from (("number", ast.Constant(other)) for other in SMALL if other != number)
        case ast.Constant(value=int() as number) if not isinstance(number, bool):
            yield from (("off by one", _number(other)) for other in (0, 1, 2, -1, -2) if abs(other - number) > 1)
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


def _more(node: ast.expr, names: Sequence[str], *, numpy: bool) -> Iterator[tuple[str, ast.AST]]:
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


def _of_dtype(node: ast.AST, given: Sequence[str]) -> Iterator[tuple[str, ast.AST]]:
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


def _turned(node: ast.AST, new: ast.AST) -> str | None:
    """The kind of mistake that a change puts right, which spoils something as an edit of a reference; None where it puts nothing right."""
    operator = operator_of(node, ast.fix_missing_locations(_placed(new, node)))
    return TURNED.get(operator, operator or "detail")


def _placed(new: ast.AST, node: ast.AST) -> ast.AST:
    if isinstance(new, (ast.stmt, ast.expr)) and not hasattr(new, "lineno"):
        new.lineno, new.col_offset = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
    return new


def _lines(node: Any, new: Any, operator: str, line: int) -> tuple[int, ...]:
    """The lines where the mistake lies: of a block that is left out what stands in it, of statements in another order these."""
    if isinstance(node, ast.If) and (isinstance(new, ast.Pass) or _is_never(new)):
        inner = node.body[0]
        if not isinstance(inner, ast.Raise):
            return (inner.lineno, line) if len(node.body) == 1 else (line, inner.lineno)
    if operator == "order of steps":
        pairs = itertools.zip_longest(new.body, node.body)
        moved = [each.lineno for pair in pairs if pair[0] is not pair[1] for each in pair if each is not None]
        return tuple(sorted(set(moved)))[:2]
    return (line,)


def _is_never(node: Any) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Constant) and node.test.value is False


def _parent(tree: ast.AST, path: Path) -> ast.AST:
    found: Any = tree
    for field, place in path[:-1]:
        value = getattr(found, field)
        found = value if place is None else value[place]
    return found  # type: ignore[no-any-return]


def _statement(tree: ast.AST, path: Path) -> tuple[ast.stmt, tuple[int, int, int, int]] | None:
    """The innermost statement on a way, and what it takes of the file: first and last line, first and last column."""
    found: Any = tree
    inner: ast.stmt | None = None
    for field, place in path:
        value = getattr(found, field)
        found = value if place is None else value[place]
        if isinstance(found, ast.stmt):
            inner = found
    if inner is None or not hasattr(inner, "end_lineno"):
        return None
    first = min([inner.lineno, *(each.lineno for each in getattr(inner, "decorator_list", ()))])
    return inner, (first, inner.end_lineno or first, inner.col_offset, inner.end_col_offset or 0)


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


def _number(value: int) -> ast.expr:
    return ast.Constant(value) if value >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-value))


def _names_by_line(tree: ast.AST) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            found |= dict.fromkeys(range(node.lineno, (node.end_lineno or node.lineno) + 1), names_of(node, tree))
    return found


__all__ = ["Repair", "Repairs"]
