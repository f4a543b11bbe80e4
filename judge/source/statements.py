"""The statements of a file's functions: on which lines they stand, what they assign, what they use. Read from the syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

import msgspec

MOST_PLACES = 4_000
MOST_PATHS = 12
MOST_USES = 24
MOST_PARTS = 3
GROWING = frozenset({"append", "extend", "insert", "add", "update", "pop"})

PlaceKind = Literal["function", "assign", "return", "body"]
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A statement, the head of a block, or the head of a function.

    Attributes:
        kind: "function"; "return"; "body" for the head of `for` and `with`, whose names are there when the block is entered;
            "assign" for everything else.
        first: line, from 1; of a function with decorators, the first of these.
        last: line.
        name: of a function, "" for a statement.
        function: the place of the function that it stands in; its own for a function.
        paths: what it assigns: "scores", "self.cache"; the parameters of a function.
        uses: what it reads.
        partial: of what it assigns, what it changes in part or in place: `x` in `x[0] = 1`.
        body: first and last line of a block.
        head: the line that shows it.
    """

    kind: PlaceKind
    first: int
    last: int
    name: str = ""
    function: int
    paths: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    body: tuple[int, int] = (0, 0)
    head: int


def places_of(tree: ast.Module) -> list[Place]:
    """The places of all functions of a file, methods and nested ones too; each function is followed by its statements."""
    found: list[Place] = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and len(found) < MOST_PLACES:
            number = len(found)
            found.append(_function(node, number))
            found += _merged(_statements(node.body, number))
    return found[:MOST_PLACES]


def as_asked(places: Sequence[Place]) -> list[dict[str, Any]]:
    """Places as `sandbox.guest.tracer` reads them."""
    return [
        {
            "kind": place.kind,
            "first": place.first,
            "last": place.last,
            "name": place.name,
            "paths": list(place.paths),
            "uses": list(place.uses),
            "body": list(place.body),
        }
        for place in places
    ]


def _function(node: Function, number: int) -> Place:
    given = node.args
    names = [each.arg for each in (*given.posonlyargs, *given.args)]
    names += [given.vararg.arg] if given.vararg else []
    names += [each.arg for each in given.kwonlyargs]
    names += [given.kwarg.arg] if given.kwarg else []
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    paths = tuple(name for name in names if name != "self")[:MOST_PATHS]
    last = max(node.lineno, _before(node.body))
    return Place(
        kind="function", first=first, last=last, name=node.name, function=number, paths=paths, head=node.lineno
    )


def _statements(body: Sequence[ast.stmt], function: int) -> Iterator[Place]:
    """The statements of a function in the order they stand in. Not recursive: a chain of `elif` is as deep as it is long."""
    waiting = list(reversed(body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        blocks = _blocks(node)
        if not isinstance(node, ast.Try):
            yield _statement(node, function, blocks)
        waiting += [inner for block in reversed(blocks) for inner in reversed(block)]


def _statement(node: ast.stmt, function: int, blocks: list[list[ast.stmt]]) -> Place:
    last = max(node.lineno, _before(blocks[0])) if blocks else node.end_lineno or node.lineno
    kind: PlaceKind = "return" if isinstance(node, ast.Return) else "assign"
    body = (0, 0)
    if isinstance(node, (ast.For, ast.AsyncFor, ast.With, ast.AsyncWith)):
        kind, body = "body", (blocks[0][0].lineno, blocks[0][-1].end_lineno or 0)
    head = _head(node)
    return Place(
        kind=kind,
        first=node.lineno,
        last=last,
        function=function,
        paths=_unique(_assigned(node, head)),
        uses=_unique((path for part in head for path in _read(part)), MOST_USES),
        partial=_unique(_changed_in_part(node)),
        body=body,
        head=node.lineno,
    )


def _before(block: list[ast.stmt]) -> int:
    """The last line of a head whose block begins here."""
    first = block[0]
    decorated: list[int] = [each.lineno for each in getattr(first, "decorator_list", [])]
    return min([first.lineno, *decorated]) - 1


def _blocks(node: ast.stmt) -> list[list[ast.stmt]]:
    """The blocks of statements in a statement, in the order they stand in."""
    found = [getattr(node, name, None) for name in ("body", "orelse")]
    found += [part.body for part in (*getattr(node, "handlers", []), *getattr(node, "cases", []))]
    found.append(getattr(node, "finalbody", None))
    return [block for block in found if isinstance(block, list) and block]


def _head(node: ast.stmt) -> list[ast.expr]:
    """The expressions of a statement that are not in a block of it."""
    found: list[ast.expr] = []
    for _, value in ast.iter_fields(node):
        parts = value if isinstance(value, list) else [value]
        for part in parts:
            if isinstance(part, ast.expr):
                found.append(part)
            elif isinstance(part, ast.withitem):
                found += [part.context_expr, *([part.optional_vars] if part.optional_vars else [])]
    return found


def _assigned(node: ast.stmt, head: list[ast.expr]) -> Iterator[str]:
    match node:
        case ast.Assign(targets=targets):
            for target in targets:
                yield from _targets(target)
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target, value=ast.expr()):
            yield from _targets(target)
        case ast.For(target=target) | ast.AsyncFor(target=target):
            yield from _targets(target)
        case ast.With(items=items) | ast.AsyncWith(items=items):
            for item in items:
                if item.optional_vars is not None:
                    yield from _targets(item.optional_vars)
        case ast.Expr(value=ast.Call() as call):
            yield from _changed(call)
    for part in head:
        for each in ast.walk(part):
            if isinstance(each, ast.NamedExpr):
                yield each.target.id


def _targets(target: ast.expr) -> Iterator[str]:
    """The names and attributes that an assignment gives a value; of `x[i]`, x."""
    match target:
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from _targets(part)
        case ast.Starred(value=value) | ast.Subscript(value=value):
            yield from _targets(value)
        case _:
            yield from _path(target)


def _changed_in_part(node: ast.stmt) -> Iterator[str]:
    """What a statement changes rather than makes."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    for target in targets:
        if isinstance(target, ast.Subscript):
            yield from _targets(target)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield from _changed(node.value)


def _changed(call: ast.Call) -> Iterator[str]:
    """What a call by itself changes in place: `x.add_(1)`, `outputs.append(x)`, `nn.init.zeros_(x)`."""
    if not isinstance(call.func, ast.Attribute):
        return
    name = call.func.attr
    if name.endswith("_") and not name.endswith("__"):
        yield from _path(call.func.value)
        if call.args:
            yield from _path(call.args[0])
    elif name in GROWING:
        yield from _path(call.func.value)


def _path(node: ast.expr) -> Iterator[str]:
    """ "name" or "name.attribute", for what is written so."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name) and len(parts) < MOST_PARTS:
        yield ".".join([node.id, *reversed(parts)])


def _read(node: ast.expr) -> Iterator[str]:
    """Names and attributes that an expression reads, in the order they stand in."""
    found = [each for each in ast.walk(node) if isinstance(each, (ast.Name, ast.Attribute))]
    for each in sorted(found, key=lambda each: (each.lineno, each.col_offset)):
        if isinstance(each.ctx, ast.Load):
            yield from _path(each)


def _unique(paths: Iterable[str], most: int = MOST_PATHS) -> tuple[str, ...]:
    return tuple(dict.fromkeys(path for path in paths if path != "_"))[:most]


def _merged(places: Iterable[Place]) -> list[Place]:
    """The places with those that share a line put together, since a line is all that is known while it runs."""
    found: list[Place] = []
    for place in places:
        before = found[-1] if found else None
        if before is None or place.first > before.last:
            found.append(place)
            continue
        kind: PlaceKind = "return" if "return" in (before.kind, place.kind) else "assign"
        found[-1] = msgspec.structs.replace(
            before,
            kind=kind,
            last=max(before.last, place.last),
            paths=_unique((*before.paths, *place.paths)),
            uses=_unique((*before.uses, *place.uses), MOST_USES),
            partial=_unique((*before.partial, *place.partial)),
            body=(0, 0),
        )
    return found
