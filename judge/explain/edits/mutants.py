"""Mutants of a reference: small changes of its syntax tree that matter in tensor code. A problem's checks must reject each of them.

Mutation testing after DeMillo, Lipton and Sayward, "Hints on Test Data Selection" (1978). What is changed stands in
`judge.explain.edits.operators`; here it is done to a file, one change at a time.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from judge.explain.edits.arrays import is_numpy
from judge.explain.edits.changing import KEPT
from judge.explain.edits.operators import IN_TENSORS, changes, cuts_gradient
from judge.explain.edits.plain_operators import plain_changes
from judge.explain.edits.wide import names_of, wide_changes
from judge.explain.edits.words import operator_of

KEEPING = "what the first call of this shape had"
KEEPING_PLAIN = "what the first call made here"
MOST_SHOWN = 70  # characters of a piece of code
CONTEXT = 20  # characters before the first that differs


class Mutant(msgspec.Struct, frozen=True):
    """The reference with one change.

    Attributes:
        change: what was changed, as the old and the new code: "a * b -> a".
        line: in the reference.
        source: of the whole file.
        operator: the kind of change, one of `judge.explain.edits.words.WORDS`, or "".
        target: what the statement assigns, without the suffix that says its shape; "" where it assigns nothing.
    """

    change: str
    line: int
    source: str
    operator: str = ""
    target: str = ""

    @property
    def name(self) -> str:
        """The line and the change."""
        return f"line {self.line}: {self.change}"


def mutants(
    source: str,
    *,
    gradients: bool = True,
    plain: bool = False,
    wide: bool = False,
    lines: frozenset[int] | None = None,
) -> list[Mutant]:
    """Every mutant of a file, each once, in the order of its lines.

    What stands in docstrings, annotations and messages is left alone; so are gradients where none are recorded, and what can't be
    seen on one processor (`device=`).

    Args:
        source: of the reference.
        gradients: the problem asks for them.
        plain: it is in plain Python, without tensors.
        wide: with the changes of `judge.explain.edits.wide`, which explain wrong answers and prove nothing.
        lines: where changes are made; None: everywhere.
    """
    tree = ast.parse(source)
    names, pieces = names_by_line(tree) if wide else {}, [ast.unparse(each) for each in tree.body]
    found: dict[str, Mutant] = {}
    without_gradient, numpy = _lines_without_gradient(tree), is_numpy(tree)
    for path, node in places_in(tree):
        if lines is not None and isinstance(node, (ast.stmt, ast.expr)) and node.lineno not in lines:
            continue
        found_here = list(_changes(node, plain=plain, numpy=numpy))
        if wide:
            found_here += wide_changes(node, names.get(getattr(node, "lineno", 0), ()))
        for new in found_here:
            if cuts_gradient(new) and not (gradients and getattr(node, "lineno", 0) not in without_gradient):
                continue
            if (mutant := _mutant(tree, pieces, path, node, new, KEEPING_PLAIN if plain else KEEPING)) is not None:
                found.setdefault(mutant.source, mutant)
    found.pop("\n".join(pieces), None)
    return sorted(found.values(), key=lambda mutant: mutant.line)


def _changes(node: ast.AST, *, plain: bool, numpy: bool) -> Iterator[ast.AST]:
    """Changes of a node: those of tensor code, or in plain Python those that need no tensor, and its own."""
    if not plain:
        yield from changes(node, numpy=numpy)
        return
    if not isinstance(node, IN_TENSORS):
        yield from (new for new in changes(node, numpy=False) if not _is_in_place(new))
    yield from plain_changes(node)


def _is_in_place(new: ast.AST) -> bool:
    """Whether it calls one of the methods by which tensors change themselves, "add_"."""
    return isinstance(new, ast.Call) and isinstance(new.func, ast.Attribute) and new.func.attr.endswith("_")


def _lines_without_gradient(tree: ast.AST) -> frozenset[int]:
    """Lines of functions under torch.no_grad."""
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any("no_grad" in ast.unparse(each) for each in node.decorator_list):
            lines.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return frozenset(lines)


Path = tuple[tuple[str, int | None], ...]


def places_in(node: ast.AST, path: Path = ()) -> Iterator[tuple[Path, ast.AST]]:
    """Every node of functions' and classes' bodies, with the way to it from the root."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "type_comment", "decorator_list", "bases"):
            continue
        items = value if isinstance(value, list) else [value]
        for place, item in enumerate(items):
            if not isinstance(item, ast.AST) or isinstance(
                item, (ast.Import, ast.ImportFrom, ast.Raise, ast.expr_context)
            ):
                continue
            if isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant):
                continue  # a docstring
            here = (*path, (field, place if isinstance(value, list) else None))
            yield here, item
            yield from places_in(item, here)


def _mutant(
    tree: ast.Module, pieces: Sequence[str], path: Path, node: ast.AST, new: ast.AST, keeping: str
) -> Mutant | None:
    """The file with one node changed; `pieces` are its statements as text. None where that can't be compiled."""
    source = spliced(tree, pieces, path, node, new)
    if source is None:
        return None
    line = getattr(node, "lineno", 0)
    change = f"{short(node)} -> {keeping}" if f"{KEPT}." in source else difference(node, new)
    return Mutant(change, line, source, operator_of(node, new), target_of(tree, path))


def spliced(tree: ast.Module, pieces: Sequence[str], path: Path, node: ast.AST, new: ast.AST) -> str | None:
    """The text of a file with one node changed; None where that can't be compiled.

    Args:
        tree: of the file; it is as before afterwards.
        pieces: its statements as text.
        path: to the node.
        node: to be changed.
        new: what comes in its place.
    """
    parent = node_at(tree, path[:-1])
    field, place = path[-1]
    for name in ("lineno", "col_offset"):
        if isinstance(new, (ast.stmt, ast.expr)) and not hasattr(new, name):
            setattr(new, name, getattr(node, name, 1))
    ast.fix_missing_locations(new)
    holder: Any = getattr(parent, field) if place is not None else parent
    if place is None:
        setattr(parent, field, new)
    else:
        holder[place] = new
    try:
        place_of = path[0][1] or 0
        own = [ast.unparse(each) if at == place_of else pieces[at] for at, each in enumerate(tree.body)]
        source = "\n".join(own)
        if f"{KEPT}." in source:
            source += f"\n\n{KEPT} = {{}}\n"
        compile(source, "<mutant>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return None
    finally:
        if place is None:
            setattr(parent, field, node)
        else:
            holder[place] = node
    return source


def target_of(tree: ast.AST, path: Path) -> str:
    """What the statement around a place assigns."""
    found, at = "", tree
    for field, place in path:
        value = getattr(at, field)
        at = value if place is None else value[place]
        match at:
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                found = name
            case ast.AugAssign(target=ast.Name(id=name)):
                found = name
            case ast.Assign(targets=[ast.Attribute(attr=name)]):
                found = name
            case ast.Assign(targets=[ast.Tuple(elts=parts)]) if all(isinstance(part, ast.Name) for part in parts):
                found = ", ".join(_bare(part.id) for part in parts if isinstance(part, ast.Name))
            case ast.stmt():
                found = ""
    return _bare(found)


def _bare(name: str) -> str:
    """A name without the suffix that says its shape."""
    suffix = name.rpartition("_")[2]
    return name.removesuffix(f"_{suffix}") if "_" in name and suffix.isupper() else name


def names_by_line(tree: ast.AST) -> dict[int, tuple[str, ...]]:
    """By line, the names of the function that it stands in."""
    found: dict[int, tuple[str, ...]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names = names_of(node, tree)
            found |= dict.fromkeys(range(node.lineno, (node.end_lineno or node.lineno) + 1), names)
    return found


def short(node: ast.AST) -> str:
    """The code of a node in one line, cut."""
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 3] + "..."


def difference(old: ast.AST, new: ast.AST) -> str:
    """Two pieces of code with an arrow between them. Long ones are cut to the part in which they differ."""
    texts = [" ".join(ast.unparse(each).split()) for each in (old, new)]
    if short(old) != short(new):
        return f"{short(old)} -> {short(new)}"
    same = next((n for n, (a, b) in enumerate(zip(*texts, strict=False)) if a != b), min(map(len, texts)))
    first = max(0, same - CONTEXT)
    parts = [("..." if first else "") + text[first : first + MOST_SHOWN] for text in texts]
    return " -> ".join(
        part + ("..." if first + MOST_SHOWN < len(text) else "") for part, text in zip(parts, texts, strict=True)
    )


def node_at(tree: ast.AST, path: Path) -> ast.AST:
    """The node at the end of a way from the root."""
    found: Any = tree
    for field, place in path:
        value = getattr(found, field)
        found = value if place is None else value[place]
    return found  # type: ignore[no-any-return]
