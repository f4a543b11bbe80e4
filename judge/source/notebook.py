"""Notebooks: their code cells as one text, of which only what a solution needs is judged.

A reader turns a notebook into text at once (`code_of`): its code cells, one after the other, each after a mark. Magics and shell commands
become `pass`. Of that text everything is left out that the entry points do not need (`needed_only`): experiments, plots and training. All
that is left keeps its line.
"""

from __future__ import annotations

import ast
import itertools
import json
import re
import symtable
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from judge.verdict import Location, Verdict, place_in_cells

ENDING = ".ipynb"
MOST_NOTEBOOK_BYTES = 64 << 20  # pictures in its results make a notebook large
MARK = re.compile(r"^# %% cell (\d+)$", re.MULTILINE)
WHOLE_CELL = re.compile(r"\s*%%(?!time\b|timeit\b|capture\b|prun\b|python3?\b)\w+")  # the cell is no Python
MAGIC = re.compile(r"^(\s*)(?:%{1,2}[A-Za-z]|!|\?|[^#]*\?\s*$)")
EXPORTED = re.compile(r"^(\s*)get_ipython\(\)")
NAMES = r"[A-Za-z_]\w*(?:\s*,\s*[A-Za-z_]\w*)*"
ASSIGNED = re.compile(rf"^(\s*)({NAMES})\s*=\s*(?:%[A-Za-z]|!)")
EXPORTED_ASSIGNED = re.compile(rf"^(\s*)({NAMES})\s*=\s*get_ipython\(\)")
LINE = re.compile(r"\b([Ll])ine (\d+)\b")


def is_notebook(name: str) -> bool:
    """Whether a file of this name is one."""
    return name.lower().endswith(ENDING)


def code_of(name: str, data: bytes) -> bytes:
    """The code of a file: of a notebook its code cells, of any other file what it holds. A notebook that can't be read stays as it is."""
    if not is_notebook(name):
        return data
    try:
        cells = _code_cells(json.loads(data))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return data
    parts = [f"# %% cell {number}\n{_python(text)}\n" for number, text in enumerate(cells, 1)]
    return "".join(parts).encode("utf-8", "surrogatepass")


def _code_cells(notebook: Any) -> list[str]:
    """The texts of its code cells, in order; of the formats 3 and 4 (https://nbformat.readthedocs.io)."""
    cells = (
        notebook["cells"] if "cells" in notebook else [c for sheet in notebook["worksheets"] for c in sheet["cells"]]
    )
    texts = [cell.get("source", cell.get("input", "")) for cell in cells if cell["cell_type"] == "code"]
    return [text if isinstance(text, str) else "".join(text) for text in texts]


def _python(text: str) -> str:
    """A cell without what only IPython understands; the lines stay where they are. One that is Python already stays as it is."""
    lines = text.replace("\r\n", "\n").split("\n")
    if WHOLE_CELL.match(lines[0]):
        return "\n".join(f"# {line}" for line in lines)
    if not _parses(text):  # in Python a line may begin with % where the one before goes on
        lines = [_without(line, MAGIC, ASSIGNED) for line in lines]
    return without_calls("\n".join(lines))


def without_calls(source: str) -> str:
    """Python without the lines that call `get_ipython()`, as nbconvert writes magics."""
    if "get_ipython()" not in source:
        return source
    return "\n".join(_without(line, EXPORTED, EXPORTED_ASSIGNED) for line in source.split("\n"))


def _without(line: str, magic: re.Pattern[str], assigned: re.Pattern[str]) -> str:
    """A line, or what takes its place where it is a magic, or assigns what one gives."""
    if found := assigned.match(line):
        return f"{found[1]}{found[2]} = None  # {line.strip()}"
    found = magic.match(line)
    return line if found is None else f"{found[1]}pass  # {line.strip()}"


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def first_lines(source: str) -> tuple[int, ...]:
    """The line of each cell's mark, from 1; nothing where the text has no cells."""
    return tuple(source.count("\n", 0, each.start()) + 1 for each in MARK.finditer(source))


def readable_only(source: str, wanted: Iterable[str] = ()) -> str:
    """The text without cells that do not parse, but for those that seem to define one of these names.

    Args:
        source: with marks.
        wanted: names of entry points.
    """
    lines, starts = source.split("\n"), [*first_lines(source), source.count("\n") + 2]
    defines = re.compile(rf"^(?:def|class)\s+(?:{'|'.join(map(re.escape, wanted)) or '(?!)'})\b", re.MULTILINE)
    for first, end in itertools.pairwise(starts):
        text = "\n".join(lines[first : end - 1])
        if not _parses(text) and not defines.search(text):
            lines[first : end - 1] = [""] * (end - 1 - first)
    return "\n".join(lines)


def needed_only(source: str, tree: ast.Module, wanted: Iterable[str], forbidden: Sequence[str] = ()) -> str:
    """The text without statements that these names do not need. Of several definitions of a name all stay: the last one counts.

    A statement is needed that binds a needed name, or changes what has one: assigns to a part of it, or calls a method of it.

    Args:
        source: it.
        tree: of it.
        wanted: names of entry points.
        forbidden: packages whose import is an offence, used or not: these imports stay.
    """
    imported = {name for each in tree.body if isinstance(each, (ast.Import, ast.ImportFrom)) for name in _binds(each)}
    gives = [_binds(each) | _changes(each, imported) for each in tree.body]
    needed = set(wanted)
    kept = {number for number, each in enumerate(tree.body) if _imports_all(each) or _packages(each) & set(forbidden)}
    while more := {number for number, names in enumerate(gives) if number not in kept and names & needed}:
        kept |= more
        needed |= {name for number in more for name in _uses(tree.body[number])}
    lines = source.split("\n")
    staying = {line for number in kept for line in _lines(tree.body[number])}
    for statement in tree.body:
        for line in _lines(statement):
            if line not in staying:  # several statements may share one
                lines[line - 1] = ""
    return "\n".join(lines)


def _lines(statement: ast.stmt) -> range:
    """The lines of a statement, from 1, with its decorators."""
    first = min([statement.lineno, *(each.lineno for each in getattr(statement, "decorator_list", ()))])
    return range(first, (statement.end_lineno or statement.lineno) + 1)


def _packages(statement: ast.stmt) -> set[str]:
    """The packages that a statement imports."""
    if isinstance(statement, ast.ImportFrom):
        return {(statement.module or "").partition(".")[0]}
    return {each.name.partition(".")[0] for each in statement.names} if isinstance(statement, ast.Import) else set()


def _imports_all(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and (
        statement.module == "__future__" or any(each.name == "*" for each in statement.names)
    )


def _binds(statement: ast.stmt) -> set[str]:
    """The names that a statement of the file gives a value to, at any depth, but for what is under the main guard."""
    if _is_main_guard(statement):
        return set()
    return {
        symbol.get_name() for symbol in _table(statement).get_symbols() if symbol.is_assigned() or symbol.is_imported()
    }


def _uses(statement: ast.stmt) -> set[str]:
    """The names of the file that a statement reads, at any depth: not the parameters and local names of functions."""

    def used(table: symtable.SymbolTable) -> Iterator[str]:
        at_top = table.get_type() == "module"
        yield from (symbol.get_name() for symbol in table.get_symbols() if at_top or symbol.is_global())
        for child in table.get_children():
            yield from used(child)

    return set(used(_table(statement)))


def _table(statement: ast.stmt) -> symtable.SymbolTable:
    return symtable.symtable(ast.unparse(statement), "cell", "exec")


def _changes(statement: ast.stmt, imported: set[str]) -> set[str]:
    """The names whose value a statement may change: `a` of `a.b = 1`, `a[0] += 1` and `a.append(1)`. Functions change nothing until called.

    Args:
        statement: it.
        imported: names of packages, whose functions are no methods.
    """
    found = set[str]()
    waiting: list[ast.AST] = [] if _is_main_guard(statement) else [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            continue
        if isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, (ast.Store, ast.Del)):
            found |= _root(node)
        elif (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Attribute)
        ):
            found |= _root(node.value.func) - imported
        waiting += ast.iter_child_nodes(node)
    return found


def _is_main_guard(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and "__main__" in ast.unparse(statement.test)


def _root(node: ast.AST) -> set[str]:
    """The name at the root of what is reached: `a` of `a.b[0].c`."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def told_by_cells(verdict: Verdict, cells: Sequence[int]) -> Verdict:
    """The same verdict, whose places and sentences name cells and the lines in them."""
    if not cells:
        return verdict

    def words(text: str) -> str:
        def place(found: re.Match[str]) -> str:
            cell, line = place_in_cells(int(found[2]), cells)
            return f"{found[1]}ine {line} of cell {cell}" if cell else found[0]

        return LINE.sub(place, text)

    def at(location: Location) -> Location:
        cell, line = place_in_cells(location.line, cells)
        return msgspec.structs.replace(location, cell=cell, line=line, note=words(location.note))

    diagnosis = verdict.diagnosis
    if diagnosis is not None:
        diagnosis = msgspec.structs.replace(
            diagnosis,
            facts=tuple(map(words, diagnosis.facts)),
            explanation=words(diagnosis.explanation),
            question=words(diagnosis.question),
        )
    return msgspec.structs.replace(
        verdict,
        cells=tuple(cells),
        headline=words(verdict.headline),
        details=tuple(map(words, verdict.details)),
        locations=tuple(map(at, verdict.locations)),
        diagnosis=diagnosis,
    )
