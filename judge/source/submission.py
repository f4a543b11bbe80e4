"""A file on its way to be judged: read as text, parsed, and matched with a problem and a framework. Runs nothing."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path

import msgspec

from judge.source.notebook import (
    MOST_NOTEBOOK_BYTES,
    code_of,
    first_lines,
    is_notebook,
    needed_only,
    readable_only,
    without_calls,
)
from judge.source.rules import Undecodable, decode, frameworks_of, parse
from judge.verdict import Location, UsageError, escaped
from problems import AmbiguousProblem, Catalogue, Framework, Problem, UnknownProblem, own_catalogue
from problems.frameworks import BUILT_IN

MOST_SOURCE_BYTES = 1 << 20


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """One file and what is known of it before it runs.

    Attributes:
        problem: which it answers.
        framework: which it is written for.
        filename: as shown to the user and in tracebacks.
        source: its text; "" where it can't be decoded.
        tree: its syntax tree; None where it has none.
        broken: why it can't be loaded, a sentence; "" where it can.
        location: of a syntax error.
        data: the bytes of the file.
        siblings: what it seems to import that lies beside it.
        cells: of a notebook, where each code cell begins (`judge.source.notebook.first_lines`).
    """

    problem: Problem
    framework: Framework
    filename: str
    source: str
    tree: ast.Module | None
    broken: str = ""
    location: Location | None = None
    data: bytes = b""
    siblings: tuple[str, ...] = ()
    cells: tuple[int, ...] = ()


def most_bytes(name: str) -> int:
    """How much is read of a file of this name."""
    return MOST_NOTEBOOK_BYTES if is_notebook(name) else MOST_SOURCE_BYTES


def read_source(path: Path) -> bytes:
    """The code of a file, read once: of a notebook, its code cells.

    Raises:
        UsageError: it can't be read, or has more than `MOST_SOURCE_BYTES`.
    """
    name = escaped(str(path))
    try:
        with path.open("rb") as stream:
            data = code_of(path.name, stream.read(most_bytes(path.name) + 1))
    except OSError as error:
        raise UsageError(f"{name} can't be read: {error.strerror or error}.") from error
    require_size(name, data)
    return data


def require_size(name: str, data: bytes) -> None:
    """See that a file is no larger than a solution may be.

    Raises:
        UsageError: it is.
    """
    if len(data) > (most_bytes(name) if data.startswith(b"{") else MOST_SOURCE_BYTES):
        raise UsageError(f"{name} has more than {MOST_SOURCE_BYTES:,} bytes, the most that a solution may have.")


def submission_of(
    data: bytes,
    filename: str,
    *,
    problem: Problem | str | None,
    framework: str | None,
    stem: str,
    catalogue: Catalogue | None = None,
    siblings: tuple[str, ...] = (),
) -> Submission:
    """Find out which problem and framework a file is for.

    Args:
        data: its bytes.
        filename: as shown to the user and in tracebacks.
        problem: it, or its name; None: told from the file's name or from what it defines.
        framework: the name of one; None: told from the file's imports.
        stem: the file's name without its ending.
        catalogue: the problems there are; None: this project's own.
        siblings: what it seems to import that lies beside it.

    Raises:
        UsageError: the problem can't be told, or is not offered in this framework.
        BrokenProblem: it names a framework that there is not.
    """
    data = code_of(filename, data)
    source, tree, broken, location = _read(data, filename)
    cells = first_lines(source) if is_notebook(filename) else ()
    if isinstance(problem, Problem):
        chosen = problem
    else:
        chosen = _problem(catalogue or own_catalogue(), problem, stem, filename, tree)
    if cells:
        wanted = [entry.name for entry in chosen.entry]
        source, tree, broken, location = _read(data, filename, wanted)
        if tree is not None:
            source = needed_only(source, tree, wanted, chosen.forbidden.packages)
            tree = parse(source, filename)
    elif is_notebook(filename):
        tree, location = None, None
        broken = "The notebook can't be read, or has no code cell."
    return Submission(
        problem=chosen,
        framework=_framework(chosen, framework, tree),
        filename=filename,
        source=source,
        tree=tree,
        broken=broken,
        location=location,
        data=data,
        siblings=siblings,
        cells=cells,
    )


def _read(
    data: bytes, filename: str, wanted: Sequence[str] = ()
) -> tuple[str, ast.Module | None, str, Location | None]:
    """The text of a file and its tree; where there is none, why, and the place.

    Args:
        data: its bytes.
        filename: as shown to the user.
        wanted: names of entry points: a notebook's cell that does not parse counts only where it seems to define one.
    """
    source = ""
    try:
        source = decode(data)
        if is_notebook(filename):
            source = readable_only(source, wanted)
        else:
            source = without_calls(source)
        tree = parse(source, filename)
    except Undecodable as error:
        return source, None, str(error), None
    except SyntaxError as error:
        return source, None, f"{type(error).__name__}: {error.msg}", _location(error, source)
    return source, tree, "" if tree.body else "The file is empty, or holds comments only.", None


def _location(error: SyntaxError, source: str) -> Location:
    line = error.lineno or 1
    lines = source.split("\n")  # as Python counts them: a form feed ends no line
    text = lines[line - 1] if 0 < line <= len(lines) else (error.text or "").rstrip("\n")
    end = error.end_offset if error.end_lineno == line and error.end_offset else 0
    return Location(line=line, column=max(error.offset or 0, 0), end_column=max(end, 0), text=text)


def _problem(catalogue: Catalogue, name: str | None, stem: str, filename: str, tree: ast.Module | None) -> Problem:
    if name is not None:
        try:
            return catalogue.find(name)
        except (UnknownProblem, AmbiguousProblem) as error:
            raise UsageError(str(error)) from error
    try:
        return catalogue.find(stem)
    except AmbiguousProblem as error:
        raise _several(filename, error.names) from error
    except UnknownProblem:
        fitting = _by_names(catalogue, tree)
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise _several(filename, [catalogue.name_of(problem) for problem in fitting])
    raise UsageError(
        f"{filename}: neither its name nor what it defines tells which problem it answers. "
        f"Say so with --problem; `judge list` shows them: {', '.join(catalogue.name_of(each) for each in catalogue.problems)}."
        + (" It says as well why what your packs bring can't be used." if catalogue.broken else "")
    )


def _several(filename: str, names: Sequence[str]) -> UsageError:
    return UsageError(f"{filename} fits several problems. Say which one: --problem {' or '.join(names)}.")


def _by_names(catalogue: Catalogue, tree: ast.Module | None) -> list[Problem]:
    """Problems all of whose entry points the file defines; where there is none, those of which it defines any."""
    if tree is None:
        return []
    defined = {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    defined |= {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    every = [p for p in catalogue.problems if all(entry.name in defined for entry in p.entry)]
    return every or [p for p in catalogue.problems if any(entry.name in defined for entry in p.entry)]


def _framework(problem: Problem, wanted: str | None, tree: ast.Module | None) -> Framework:
    if wanted is not None:
        if wanted not in problem.frameworks:
            raise UsageError(problem.not_offered(wanted))
        return problem.framework(wanted)
    told = () if tree is None or len(problem.frameworks) == 1 else _most_special(frameworks_of(tree, problem.offered))
    return told[0] if len(told) == 1 else problem.framework(problem.frameworks[0])


def _most_special(told: tuple[Framework, ...]) -> tuple[Framework, ...]:
    """Those that no pack's framework among them includes: a file that imports a pack's library and NumPy is for the pack's framework."""
    brought = [each for each in told if each not in BUILT_IN]
    return tuple(
        each
        for each in told
        if each in brought or not any(set(each.told_by) <= set(other.importable) for other in brought)
    )
