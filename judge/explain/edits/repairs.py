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
from judge.explain.edits.changing import KEPT
from judge.explain.edits.insertions import insertions
from judge.explain.edits.mutants import Path, names_by_line, node_at, places_in, short, target_of
from judge.explain.edits.operators import changes
from judge.explain.edits.plain_operators import plain_changes
from judge.explain.edits.repair import Repair
from judge.explain.edits.repair_changes import MOST_GIVEN, less, more, of_dtype, other
from judge.explain.edits.wide import wide_changes
from judge.explain.edits.words import operator_of

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
        self._names = names_by_line(self._tree)

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
        parent = node_at(self._tree, path[:-1])
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
        missing = [""] * (last - first - text.count("\n"))  # so that all other lines keep their numbers
        return "\n".join([*self._lines[: first - 1], text, *missing, *self._lines[last:]])

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
        for operator, new in less(node):
            yield (1 if operator == "condition" else 0), operator, new  # nearly anything is put right by going round it
        for new in itertools.chain(changes(node, numpy=self._numpy), plain_changes(node)):
            turned = _turned(node, new)
            yield (2 if turned in ("condition", "comparison") else 1), turned, new
        swapped = isinstance(node, (ast.Name, ast.Attribute))
        for new in wide_changes(node, names):
            if not (isinstance(node, (ast.For, ast.FunctionDef)) and new.body is not node.body):  # type: ignore[attr-defined]
                yield (3 if swapped else 1), _turned(node, new), new
        for operator, new in itertools.chain(other(node), of_dtype(node, names[:MOST_GIVEN])):
            yield 2, operator, new
        if isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            field = path[-1][0]
            whole = field == "value" and isinstance(
                node_at(self._tree, path[:-1]), (ast.Assign, ast.AugAssign, ast.Return)
            )
            if suspected or whole:
                for operator, new in more(node, names if suspected else (), numpy=self._numpy):
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
    node = node_at(tree, path)
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


__all__ = ["Repair", "Repairs"]
