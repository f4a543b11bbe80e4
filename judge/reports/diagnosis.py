"""What the judge thinks the mistake is, as text: the line, what was measured there, a question or the explanation."""

from __future__ import annotations

from collections.abc import Sequence

from judge.reports.places import place_lines
from judge.reports.style import Painter, Style
from judge.verdict import Diagnosis, Location, Verdict, escaped, place_in_cells, wrapped


def looked_at(verdict: Verdict, hints: str, width: int, paint: Painter) -> list[str]:
    """The line where it goes wrong. On the ladder what was measured there is shown where nothing else is known."""
    diagnosis = verdict.diagnosis
    if diagnosis is None or hints == "off":
        return []
    first_only = hints == "ladder" and diagnosis.mistake is not None
    return pointed_lines(diagnosis, verdict.cells, width, paint, first_only=first_only)


def pointed_lines(
    diagnosis: Diagnosis,
    cells: Sequence[int],
    width: int,
    paint: Painter,
    *,
    first_only: bool = False,
    underlined: bool = False,
) -> list[str]:
    """The line in the user's file, and what was measured there.

    Args:
        diagnosis: with lines, or with facts alone.
        cells: of a notebook, see `Verdict.cells`.
        width: columns to keep to.
        paint: for the colours.
        first_only: of the facts the first alone.
        underlined: with a mark below what is meant in the line.
    """
    first, *others = diagnosis.lines or (0,)
    lines: list[str] = []
    if first:
        meant = diagnosis.text
        if diagnosis.change is not None and diagnosis.change.old and diagnosis.change.old in meant:
            meant = diagnosis.change.old
        column = diagnosis.text.find(meant) + 1 if underlined else 0
        cell, line = place_in_cells(first, cells)
        end = column + len(meant) if column else 0
        place = Location(line=line, text=diagnosis.text, column=column, end_column=end, cell=cell)
        lines = place_lines((place,), width=width, paint=paint)[0 if cell else 1 :]
    facts = [*diagnosis.facts[: 1 if first_only else None]]
    every_one = diagnosis.change is not None and diagnosis.change.whole and bool(diagnosis.change.others)
    if others and not every_one:
        facts.append(f"If that is as you mean it, look at {_lines_words(others, cells)} as well.")
    return lines + [part for fact in facts for part in wrapped(escaped(fact), width)]


def _lines_words(lines: Sequence[int], cells: Sequence[int]) -> str:
    """ "line 5", "lines 5 and 7", "line 2 of cell 3" """
    places = [place_in_cells(each, cells) for each in lines]
    if any(cell for cell, _ in places):
        return " and ".join(f"line {line} of cell {cell}" for cell, line in places)
    return f"line{'s' if len(lines) > 1 else ''} {' and '.join(map(str, lines))}"


def diagnosis_lines(verdict: Verdict, hints: str, width: int, paint: Painter) -> list[str]:
    """The question that leads to the mistake, or the explanation, as `hints` says."""
    diagnosis = verdict.diagnosis
    if diagnosis is None or hints == "off" or diagnosis.mistake is None:
        return []
    if hints == "ladder":
        if not diagnosis.question:
            return []
        return wrapped(escaped(diagnosis.question), width)
    return explanation_lines(diagnosis, width, paint)


def explanation_lines(diagnosis: Diagnosis, width: int, paint: Painter) -> list[str]:
    """The mistake's title and what is to be said of it."""
    title = diagnosis.title or diagnosis.mistake
    lines = [part for line in diagnosis.explanation.splitlines() for part in wrapped(escaped(line), width)]
    return ([paint(escaped(title), Style.HEADING)] if title else []) + lines
