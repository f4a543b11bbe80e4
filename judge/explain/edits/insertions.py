"""Repairs that put a statement in at the beginning of a function: a copy of what is changed in place, a container that is made anew."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from judge.explain.edits.arrays import is_numpy
from judge.explain.edits.changing import changed
from judge.explain.edits.mutants import Path, node_at, places_in, short
from judge.explain.edits.repair import Repair

CONTAINERS = (ast.List, ast.Dict, ast.Set, ast.Call)
CHANGING = frozenset(
    {
        "append",
        "extend",
        "insert",
        "pop",
        "remove",
        "clear",
        "sort",
        "reverse",
        "update",
        "setdefault",
        "add",
        "discard",
    }
)

VIEWS = frozenset(  # methods, and functions of torch and NumPy, that may give the memory that they get
    {
        "asarray",
        "as_tensor",
        "atleast_1d",
        "atleast_2d",
        "contiguous",
        "detach",
        "expand",
        "flatten",
        "from_numpy",
        "expand_dims",
        "items",
        "moveaxis",
        "movedim",
        "numpy",
        "permute",
        "ravel",
        "reshape",
        "squeeze",
        "swapaxes",
        "transpose",
        "unsqueeze",
        "values",
        "view",
    }
)


def insertions(tree: ast.Module) -> Iterator[Repair]:
    """All of them.

    Args:
        tree: of the solution.
    """
    numpy, shared = is_numpy(tree), _shared(tree)
    for path, node in places_in(tree):
        if isinstance(node, ast.FunctionDef):
            yield from _copies(path, node, numpy=numpy)
            yield from _read_again(path, node)
            yield from _made_anew(tree, path, node, shared)
        elif isinstance(node, ast.For):
            yield from _of_loops(path, node)


def _copies(path: Path, node: ast.FunctionDef, *, numpy: bool) -> Iterator[Repair]:
    """Of each parameter of a function in which something is changed in place."""
    line = _first_in_place(node)
    if line is None:
        return
    for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
        for made in (f"{each.arg}.copy()" if numpy else f"{each.arg}.clone()", f"[*{each.arg}]"):
            if each.arg not in ("self", "cls"):
                own = _first_in_place(node, each.arg) or line
                yield _with(path, node, f"{each.arg} = {made}", own, "in place", each.arg, 1)


def _of_loops(path: Path, node: ast.For) -> Iterator[Repair]:
    """Of what a loop walks over, where that is changed in place."""
    if isinstance(node.target, ast.Name) and (line := _first_in_place(node, node.target.id)) is not None:
        name = node.target.id
        for made in (f"[*{name}]", f"{{**{name}}}", f"{name}.copy()"):
            yield _with(path, node, f"{name} = {made}", line, "in place", name, 1)


def _read_again(path: Path, node: ast.FunctionDef) -> Iterator[Repair]:
    """Of what may be an iterator: it can be read once."""
    loops = (each.iter for each in ast.walk(node) if isinstance(each, (ast.For, ast.comprehension)))
    walked = {each.id: each.lineno for each in loops if isinstance(each, ast.Name)}
    for each in (*node.args.posonlyargs, *node.args.args):
        if each.arg in walked:
            yield _with(path, node, f"{each.arg} = [*{each.arg}]", walked[each.arg], "not a copy", each.arg, 2)


def _made_anew(
    tree: ast.Module, path: Path, node: ast.FunctionDef, shared: Sequence[tuple[str, ast.stmt]]
) -> Iterator[Repair]:
    """What the file, a class or a default argument keeps for all calls."""
    given = [*node.args.posonlyargs, *node.args.args]
    for each, default in zip(given[len(given) - len(node.args.defaults) :], node.args.defaults, strict=True):
        if isinstance(default, CONTAINERS):
            yield _with(
                path, node, f"{each.arg} = {ast.unparse(default)}", node.lineno, "kept from before", each.arg, 0
            )
    used = {each.id: each.lineno for each in ast.walk(node) if isinstance(each, ast.Name)}
    for name, _ in shared:
        if name in used:
            yield _with(path, node, f"{name}.clear()", used[name], "kept from before", name, 0)
    owner = node_at(tree, path[:-1])
    if isinstance(owner, ast.ClassDef) and node.name == "__init__":
        for statement in owner.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if isinstance(
                    value, (*CONTAINERS, ast.Constant)
                ):
                    text = f"self.{name} = {ast.unparse(value)}"
                    yield _with(path, node, text, statement.lineno, "kept from before", name, 0)


def _with(
    path: Path, node: ast.FunctionDef | ast.For, text: str, line: int, operator: str, target: str, rank: int
) -> Repair:
    statement = ast.parse(text).body[0]
    place = 1 if isinstance(node, ast.FunctionDef) and ast.get_docstring(node, clean=False) is not None else 0
    new = changed(node, body=[*node.body[:place], ast.copy_location(statement, node), *node.body[place:]])
    return Repair(line, "", short(statement), operator, target, rank, ((path, new),))


def _shared(tree: ast.Module) -> list[tuple[str, ast.stmt]]:
    """The containers that the file itself keeps."""
    found: list[tuple[str, ast.stmt]] = []
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if isinstance(value, CONTAINERS):
                found.append((name, statement))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if isinstance(value, CONTAINERS):
                found.append((name, statement))
    return found


def _first_in_place(node: ast.AST, name: str = "") -> int | None:
    lines = [
        each.lineno for each in ast.walk(node) if isinstance(each, (ast.stmt, ast.expr)) and _is_in_place(each, name)
    ]
    return min(lines, default=None)


def _is_in_place(node: ast.AST, name: str = "") -> bool:
    """Whether a node changes something in place; with a name, this."""
    match node:
        case ast.Assign(targets=[ast.Subscript(value=value)]) | ast.AugAssign(target=value):
            changed_one: ast.expr = value.value if isinstance(value, ast.Subscript) else value
        case ast.Call(func=ast.Attribute(attr=method, value=value)) if method in CHANGING or method.endswith("_"):
            changed_one = value
        case ast.Call(keywords=[*_, ast.keyword(arg="out", value=value)]):
            changed_one = value
        case ast.Delete(targets=[ast.Subscript(value=value)]):
            changed_one = value
        case _:
            return False
    return not name or (isinstance(changed_one, ast.Name) and changed_one.id == name)


def in_place_lines(tree: ast.Module) -> list[int]:
    """The lines on which a function changes one of its parameters in place, under whatever name."""
    found = set[int]()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            given = _names_of_given(node)
            for each in ast.walk(node):
                if isinstance(each, (ast.stmt, ast.expr)) and any(_is_in_place(each, name) for name in given):
                    found.add(each.lineno)
    return sorted(found)


def _names_of_given(function: ast.FunctionDef) -> set[str]:
    """The parameters of a function, and the names that it gives to them, to their items and to views of them."""
    arguments = function.args
    found = {each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)} - {"self", "cls"}
    bound: list[tuple[ast.expr, ast.expr]] = []
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            bound += [(target, node.value) for target in node.targets]
        elif isinstance(node, (ast.For, ast.comprehension)):
            bound.append((node.target, node.iter))
    before = 0
    while len(found) > before:
        before = len(found)
        for target, value in bound:
            if _same_memory(value) & found:
                names = (each for each in ast.walk(target) if isinstance(each, ast.Name))
                found |= {each.id for each in names if isinstance(each.ctx, ast.Store)}
    return found


def _same_memory(value: ast.expr) -> set[str]:
    """The names whose memory an expression may give: of a name, an item, a view."""
    match value:
        case ast.Name(id=name):
            return {name}
        case ast.Subscript(value=inner) | ast.Attribute(value=inner, attr="T" | "mT" | "data"):
            return _same_memory(inner)
        case ast.Call(func=ast.Attribute(attr=method, value=inner), args=given) if method in VIEWS:
            return _same_memory(inner).union(*map(_same_memory, given))
        case ast.Call(func=ast.Name(id="zip" | "enumerate" | "reversed" | "iter"), args=given):
            return set[str]().union(*map(_same_memory, given))
        case ast.IfExp(body=one, orelse=other):
            return _same_memory(one) | _same_memory(other)
    return set()


def kept_lines(tree: ast.Module) -> list[int]:
    """The lines on which a function first uses what the file, or one of its default arguments, keeps for all calls."""
    shared, found = {name for name, _ in _shared(tree)}, set[int]()
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef):
            continue
        if any(isinstance(default, CONTAINERS) for default in node.args.defaults):
            found.add(node.lineno)
        used = [each.lineno for each in ast.walk(node) if isinstance(each, ast.Name) and each.id in shared]
        found |= {min(used)} if used else set()
    return sorted(found)


__all__ = ["in_place_lines", "insertions", "kept_lines"]
