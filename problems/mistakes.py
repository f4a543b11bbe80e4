"""The mistakes people make in a problem: small edits of its reference, each with a name and words to the person who made it.

They explain a failed run, and they test the checks: every one of them must be rejected.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from problems.frameworks import BrokenProblem
from problems.problem import Problem

FILE = "mistakes.toml"
_HEADER = re.compile(r"^\s*\[\[\s*mistake\s*\]\]")


class Edit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"by": "with"}):
    """One place: the text to replace, found exactly once in the reference, and what stands there instead."""

    replace: str
    by: str


class Mistake(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"by": "with"}):
    """A mistake.

    Attributes:
        id: stable, in words with hyphens: it stands in `--json` and in what is stored.
        title: what it is, in a few words.
        question: what to ask oneself; leads to the mistake and does not give it away.
        explanation: one or two sentences to the person who made it: what they did, why it matters.
        hint: which of the problem's hints helps, from 1.
        replace, by: the one place that is edited; in the file `with`.
        edits: where there are several.
        numbers: how many an argument of its smallest counterexample may have; more than 12 where it shows on nothing smaller.
        line: of its header in the file.
    """

    id: str
    title: str
    question: str
    explanation: str
    hint: int
    replace: str = ""
    by: str = ""
    edits: tuple[Edit, ...] = ()
    numbers: int = 12
    line: int = 0

    @property
    def places(self) -> tuple[Edit, ...]:
        """Every place that is edited."""
        return self.edits or (Edit(self.replace, self.by),)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mistake: tuple[Mistake, ...] = ()


def read_mistakes(problem: Problem) -> tuple[Mistake, ...]:
    """The problem's mistakes; none where it has no such file.

    Raises:
        BrokenProblem: the file is not what it must be, or an edit does not apply; names file and line.
    """
    path = problem.folder / FILE
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenProblem(f"{path} can't be read: {error}") from error
    try:
        found = msgspec.toml.decode(text, type=_File).mistake
    except msgspec.DecodeError as error:
        raise BrokenProblem(_located(path, text, str(error))) from error
    lines = [number for number, line in enumerate(text.splitlines(), 1) if _HEADER.match(line)]
    mistakes = tuple(msgspec.structs.replace(each, line=line) for each, line in zip(found, lines, strict=False))
    _require_sound(path, mistakes, problem)
    return mistakes


def mistaken(source: str, mistakes: Sequence[Mistake]) -> str | None:
    """The reference with these mistakes in it; None where they are in each other's way."""
    for mistake in mistakes:
        for edit in mistake.places:
            if source.count(edit.replace) != 1:
                return None
            source = source.replace(edit.replace, edit.by)
    return source


def right_lines(problem: Problem, named: str) -> list[str]:
    """The reference's own lines at the places of mistakes; none where the problem no longer knows one.

    Args:
        problem: whose mistakes.
        named: their ids, joined by "+".

    Raises:
        BrokenProblem: as `read_mistakes`.
    """
    known, source = {each.id: each for each in read_mistakes(problem)}, problem.solution
    found: list[str] = []
    for each in named.split("+"):
        for edit in known[each].places if each in known else ():
            begin = source.index(edit.replace)
            first, last = source.rfind("\n", 0, begin) + 1, source.find("\n", begin + len(edit.replace.rstrip("\n")))
            found += textwrap.dedent(source[first : last if last >= 0 else None]).splitlines()
    return found


def _require_sound(path: Path, mistakes: Sequence[Mistake], problem: Problem) -> None:
    seen = dict[str, int]()
    faults = []
    for mistake in mistakes:
        place = f"{path}, line {mistake.line}: the mistake {mistake.id!r}"
        if mistake.id in seen:
            faults.append(f"{place} has the id of the one in line {seen[mistake.id]}")
        seen.setdefault(mistake.id, mistake.line)
        faults += [f"{place} {fault}" for fault in _faults(mistake, problem)]
    if faults:
        raise BrokenProblem("\n".join(faults))


def _faults(mistake: Mistake, problem: Problem) -> Iterator[str]:
    """What is wrong with one mistake."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", mistake.id):
        yield "must have an id of small letters and digits, joined by hyphens"
    if not 1 <= mistake.hint <= len(problem.hints):
        yield f"names hint {mistake.hint}; there are {len(problem.hints)}"
    if bool(mistake.edits) == bool(mistake.replace):
        yield "must have either `replace` and `with`, or `edits`"
        return
    edited = problem.solution
    for edit in mistake.places:
        count = edited.count(edit.replace) if edit.replace else 0
        if count != 1:
            times = "does not stand" if count == 0 else f"stands {count} times"
            yield f"replaces {edit.replace!r}, which {times} in {problem.reference}"
            return
        edited = edited.replace(edit.replace, edit.by)
    try:
        compile(edited, str(problem.reference), "exec", dont_inherit=True)
    except SyntaxError as error:
        yield f"makes the reference unreadable: {error.msg}, line {error.lineno}"


def _located(path: Path, text: str, message: str) -> str:
    """The message with a line of the file, where it names one or a mistake by its place in the list."""
    found = re.search(r"\$\.mistake\[(\d+)\]", message)
    lines = [number for number, line in enumerate(text.splitlines(), 1) if _HEADER.match(line)]
    if found and int(found[1]) < len(lines):
        return f"{path}, line {lines[int(found[1])]}: {message}"
    return f"{path}: {message}"
