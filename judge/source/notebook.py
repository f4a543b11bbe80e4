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
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from judge.verdict import Location, Verdict, place_in_cells

ENDING = ".ipynb"
MOST_NOTEBOOK_BYTES = 64 << 20  # pictures in its results make a notebook large
MARK = re.compile(r"^# %% cell (\d+)$", re.MULTILINE)
WHOLE_CELL = re.compile(r"\s*%%(?!time\b|timeit\b|capture\b|prun\b|python3?\b)\w+")  # the cell is no Python
MAGIC = re.compile(r"^(\s*)([%!?]|.*\?\s*$|get_ipython\(\))")
ASSIGNED = re.compile(r"^(\s*)([A-Za-z_]\w*(?:\s*,\s*[A-Za-z_]\w*)*)\s*=\s*(?:[%!]|get_ipython\(\))")
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
    """A cell without what only IPython understands; the lines stay where they are."""
    lines = text.replace("\r\n", "\n").split("\n")
    if WHOLE_CELL.match(lines[0]):
        return "\n".join(f"# {line}" for line in lines)
    return "\n".join(map(without_magic, lines))


def without_magic(line: str) -> str:
    """A line, or what takes its place where only IPython understands it."""
    if found := ASSIGNED.match(line):
        return f"{found[1]}{found[2]} = None  # {line.strip()}"
    if (found := MAGIC.match(line)) and not line.lstrip().startswith("#"):
        return f"{found[1]}pass  # {line.strip()}"
    return line


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
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            if not defines.search(text):
                lines[first : end - 1] = [""] * (end - 1 - first)
    return "\n".join(lines)


def needed_only(source: str, tree: ast.Module, wanted: Iterable[str]) -> str:
    """The text without statements that these names do not need. Of several definitions of a name all stay: the last one counts.

    Args:
        source: it.
        tree: of it.
        wanted: names of entry points.
    """
    needed, kept = set(wanted), set[int]()
    while True:
        more = {number for number, each in enumerate(tree.body) if number not in kept and _binds(each) & needed}
        if not more:
            break
        kept |= more
        needed |= {name for number in more for name in _uses(tree.body[number])}
    lines = source.split("\n")
    for number, statement in enumerate(tree.body):
        if number not in kept and not _imports_all(statement):
            first = min([statement.lineno, *(each.lineno for each in getattr(statement, "decorator_list", ()))])
            for place in range(first - 1, statement.end_lineno or statement.lineno):
                lines[place] = ""
    return "\n".join(lines)


def _imports_all(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and (
        statement.module == "__future__" or any(each.name == "*" for each in statement.names)
    )


def _binds(statement: ast.stmt) -> set[str]:
    """The names that a statement gives a value to, or changes."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {statement.name}
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return {each.asname or each.name.partition(".")[0] for each in statement.names}
    if isinstance(statement, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        return {name for target in targets for name in _roots(target)}
    if isinstance(statement, (ast.If, ast.Try, ast.With)):
        parts = [*statement.body, *getattr(statement, "orelse", ()), *getattr(statement, "finalbody", ())]
        parts += [each for handler in getattr(statement, "handlers", ()) for each in handler.body]
        return {name for each in parts for name in _binds(each)} if not _is_main_guard(statement) else set()
    return set()


def _is_main_guard(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and "__main__" in ast.unparse(statement.test)


def _roots(target: ast.expr) -> set[str]:
    """The names at the root of what is assigned to: `a` of `a.b[0]`."""
    if isinstance(target, (ast.Tuple, ast.List)):
        return {name for each in target.elts for name in _roots(each)}
    while isinstance(target, (ast.Attribute, ast.Subscript, ast.Starred)):
        target = target.value
    return {target.id} if isinstance(target, ast.Name) else set()


def _uses(statement: ast.stmt) -> set[str]:
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}


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
