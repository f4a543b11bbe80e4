"""The static rules: what of a solution's source is forbidden, found by reading it.

What a name stands for is worked out in `judge.source.values`; here it is compared with what the problem forbids. They say at which line it
stands, before anything runs, and hold for code that no case reaches. Names that are only put together while the solution runs are the
sandbox's part (`sandbox.guest.forbidden`), which refuses the same things however they are reached.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import msgspec

from judge.source.scopes import Scope
from judge.source.values import IMPORTERS, Evaluation, Names
from problems.frameworks import Framework, told_by_imports
from problems.problem import ForbiddenTable

# What no solution may use, whatever the problem, and why. More of the kind is found while a solution runs (`sandbox.guest`).
_MEMORY = "it reaches memory by its address"
_SEARCH = "it finds objects that nothing leads to"
_GRAPH = "it runs graphs past torch's dispatcher"
EVERYWHERE = {
    **dict.fromkeys(("ctypes", "_ctypes", "cffi", "_cffi_backend"), _MEMORY),
    **dict.fromkeys(("gc.get_objects", "gc.get_referrers", "gc.get_referents", "sys._current_frames"), _SEARCH),
    **dict.fromkeys(
        ("torch.jit.load", "torch.classes", "torch.package", "torch._lazy", "torch._C.StaticModule"), _GRAPH
    ),
    **dict.fromkeys(("torch._C._jit_to_static_module", "torch._C._nativert", "torch._C._te", "torch._C._aoti"), _GRAPH),
}
TOO_DEEP = "the code is nested too deeply for Python to read"

# Where an operator of the dispatcher can be called by its own name.
OPERATOR_PLACES = ("torch.ops.{space}", "torch", "torch._VF", "torch.nn.functional")


class Offence(msgspec.Struct, frozen=True):
    """A place where the source uses something that is forbidden.

    Attributes:
        name: the forbidden thing: its dotted name in the library, or a package.
        line: from 1.
        column: from 1, in characters.
        end_column: one past the last; 0 where the place goes on over several lines.
        message: one sentence to the user.
    """

    name: str
    line: int
    column: int
    end_column: int
    message: str


class Undecodable(ValueError):
    """The bytes are no text in the encoding that the file declares; the message is a sentence to the user."""


def decode(data: bytes) -> str:
    """Read source as Python does: by its byte-order mark or encoding comment, else as UTF-8.

    Raises:
        Undecodable: the encoding is unknown, or the bytes don't fit it.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        where = data.count(b"\n", 0, error.start) + 1
        raise Undecodable(
            f"The file is not valid {error.encoding}: line {where} has bytes that don't fit. Save it as UTF-8."
        ) from error
    except (SyntaxError, LookupError, ValueError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        raise Undecodable(f"The file can't be read as text: {reason}. Save it as UTF-8.") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse(source: str, filename: str) -> ast.Module:
    """Read source into a syntax tree, whose columns count characters.

    Raises:
        SyntaxError: Python would not compile the source.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source, filename)
            compile(source, filename, "exec", dont_inherit=True)
    except (RecursionError, MemoryError) as error:
        raise SyntaxError(TOO_DEEP, (filename, 1, 1, source.partition("\n")[0])) from error
    except UnicodeEncodeError as error:
        raise SyntaxError("the source holds a character that is no valid text", (filename, 1, 1, "")) from error
    except ValueError as error:
        line = source.count("\n", 0, max(source.find("\0"), 0)) + 1
        raise SyntaxError(str(error), (filename, line, 1, "")) from error
    if not source.isascii():
        count_columns_in_characters(tree, source)
    return tree


def count_columns_in_characters(tree: ast.Module, source: str) -> None:
    """Change the columns of a tree from UTF-8 bytes to characters."""
    lines = [line.encode("utf-8") for line in re.split(r"\n|\r\n|\r", source)]

    def characters(line: int, column: int) -> int:
        return len(lines[line - 1][:column].decode("utf-8", "ignore"))

    for node in ast.walk(tree):
        place: Any = node
        if hasattr(place, "col_offset"):
            place.col_offset = characters(place.lineno, place.col_offset)
            place.end_col_offset = characters(place.end_lineno, place.end_col_offset)


def find_offences(tree: ast.Module, forbidden: ForbiddenTable, *, framework: Framework) -> tuple[Offence, ...]:
    """Find every use of something forbidden, in source order.

    Args:
        tree: from `parse`.
        forbidden: the problem's table.
        framework: what is foreign to it is forbidden: in a NumPy file every part of torch, in one of plain Python NumPy as well.
    """
    rules = Rules(forbidden, framework)
    found = {(use.line, use.column, use.name): use for use in uses(Evaluation(tree), rules)}
    return tuple(found[key] for key in sorted(found))


def frameworks_of(tree: ast.Module, among: Iterable[Framework]) -> tuple[Framework, ...]:
    """The frameworks, among these, that the file imports anywhere but under its main guard."""
    evaluation = Evaluation(tree)
    reached: list[str] = []
    for node, _ in evaluation.scopes.order:
        if isinstance(node, ast.Import | ast.ImportFrom):
            reached += [name for _, name in imported_names(node)]
        elif isinstance(node, ast.Call) and IMPORTERS.intersection(evaluation.of(node.func)):
            reached += evaluation.of(node)
    return told_by_imports((name.partition(".")[0] for name in reached), among)


class Rules:
    """What a problem forbids, ready to be compared with names.

    Attributes:
        match: `find`, remembered.
    """

    def __init__(self, forbidden: ForbiddenTable, framework: Framework) -> None:
        self.framework = framework
        packages = forbidden.packages + framework.foreign
        operators = (name for operator in forbidden.operators for name in operator_names(operator))
        names = (*packages, *forbidden.names, *operators, *EVERYWHERE)
        self.packages = frozenset(packages)
        self.patterns = [[re.compile(pattern(part)) for part in name.split(".")] for name in names]
        self.match = cache(self.find)

    def find(self, name: str) -> str | None:
        """The forbidden thing that a dotted name is, or lies in; None where it is neither."""
        parts = name.split(".")
        for wanted in self.patterns:
            if len(parts) >= len(wanted) and all(w.fullmatch(p) for w, p in zip(wanted, parts, strict=False)):
                return ".".join(parts[: len(wanted)])
        return None

    def message(self, name: str) -> str:
        """What the user is told."""
        if name in self.framework.foreign:
            return self.framework.foreign_words(name)
        if name in EVERYWHERE:
            return f"{name} may not be used in any solution: {EVERYWHERE[name]}."
        if name in self.packages:
            return f"The package {name} may not be imported in this problem."
        instead = "do without it" if name.startswith("sys.") else "write what it does yourself"
        return f"{name} may not be used in this problem: {instead}."


def operator_names(operator: str) -> list[str]:
    """The Python names of a dispatcher operator: "aten::lstm" is torch.ops.aten.lstm, torch.lstm, torch._VF.lstm."""
    space, _, name = operator.rpartition("::")
    places = OPERATOR_PLACES if space == "aten" else OPERATOR_PLACES[:1]
    return [f"{place.format(space=space)}.{name.partition('.')[0]}" for place in places]


def pattern(part: str) -> str:
    """One part of a dotted name as a regular expression: `*` is any run of letters."""
    return re.escape(part).replace(r"\*", "[^.]*")


def uses(evaluation: Evaluation, rules: Rules) -> Iterator[Offence]:
    """Every use of something forbidden."""
    for node, scope in evaluation.scopes.order:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from forbidden_imports(node, rules)
        elif isinstance(node, ast.Attribute | ast.Subscript | ast.Name | ast.Call):
            parts = reached_through(node, evaluation, scope)
            if parts is not None and not any(rules.match(name) for part in parts for name in part):
                names = (rules.match(name) for name in evaluation.of(node))
                yield from (offence(node, name, rules) for name in names if name)


def forbidden_imports(node: ast.Import | ast.ImportFrom, rules: Rules) -> Iterator[Offence]:
    """What an import statement brings in that is forbidden."""
    module = node.module if isinstance(node, ast.ImportFrom) and node.module and not node.level else None
    if module and (name := rules.match(module)):
        yield offence(node, name, rules)
        return
    for alias, reached in imported_names(node):
        if name := rules.match(reached):
            yield offence(alias, name, rules)


def imported_names(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[ast.alias, str]]:
    """The dotted names that an import statement reaches."""
    for alias in node.names:
        if isinstance(node, ast.Import):
            yield alias, alias.name
        elif node.module and not node.level:
            yield alias, node.module if alias.name == "*" else f"{node.module}.{alias.name}"


def reached_through(node: ast.expr, evaluation: Evaluation, scope: Scope) -> list[Names] | None:
    """The names that an expression starts from: where one is forbidden, it has been said there.

    None for a name that was bound elsewhere in the file: that place is the offence.
    """
    match node:
        case ast.Attribute() | ast.Subscript():
            return [evaluation.of(node.value)]
        case ast.Call():
            return [evaluation.of(part) for part in (node.func, *node.args)]
        case ast.Name(ctx=ast.Load()) if evaluation.from_star(node.id, scope):
            return [tuple(evaluation.scopes.stars)]
    return None


def offence(node: ast.AST, name: str, rules: Rules) -> Offence:
    """A place in the file as an offence; of an attribute over several lines, the last name."""
    place: Any = node
    line, start, end = place.lineno, place.col_offset, place.end_col_offset
    if place.end_lineno != line:
        if isinstance(node, ast.Attribute):
            line, start = place.end_lineno, end - len(node.attr)
        else:
            end = -1
    return Offence(name, line, start + 1, end + 1, rules.message(name))
