"""Places in the user's file: the line, and what in it is meant."""

from __future__ import annotations

from judge.reports.style import Painter, Style
from judge.verdict import Location, escaped, wrapped

MOST_PLACES = 6


def place_lines(locations: tuple[Location, ...], *, width: int, paint: Painter) -> list[str]:
    """Each place as its line with its number, a caret below where the column is known, and what is said of it.

    Of many places, the innermost are shown; they stand last.
    """
    shown = locations[-MOST_PLACES:]
    digits = max((len(str(place.line)) for place in shown), default=0)
    lines = []
    if len(shown) < len(locations):
        lines.append(f"({len(locations) - len(shown)} outer places are left out)")
    for place in shown:
        lines += _place(place, digits, width, paint)
    return lines


def _place(place: Location, digits: int, width: int, paint: Painter) -> list[str]:
    head = f"line {place.line:>{digits}}" + (f" of cell {place.cell}" if place.cell else "")
    lines = [f"{head}, in {escaped(place.function)}" if place.function else head]
    if place.text.strip():
        gutter = f"{place.line:>{digits}} │ "
        text, first, last = _cut(place, width - len(gutter))
        lines.append(paint(gutter, Style.QUIET) + text)
        if last > first:
            caret = " " * first + paint("^" * (last - first), Style.BAD)
            lines.append(paint(f"{'':>{digits}} │ ", Style.QUIET) + caret)
    if place.note:
        lines += [f"{'':>{digits}}   {part}" for part in wrapped(escaped(place.note), width - digits - 3)]
    return lines


def _cut(place: Location, width: int) -> tuple[str, int, int]:
    """The part of the line that fits, without its margin, and where the caret begins and ends in it.

    Escaping makes a text longer, so the columns are counted in the escaped one.
    """
    raw = place.text.rstrip().replace("\t", " ")
    margin = len(raw) - len(raw.lstrip(" "))
    start = min(max(place.column - 1, margin), len(raw))
    end = max(place.end_column - 1, start + 1)
    before, meant, after = (escaped(part) for part in (raw[margin:start], raw[start:end], raw[end:]))
    text = before + meant + after
    first, marked = len(before), max(len(meant), 1) if place.column else 0
    if len(text) > width:
        room = width - 2
        left = max(0, first - max(room - marked - 8, 0)) if first + marked > room else 0
        text = ("…" if left else "") + text[left : left + room] + ("…" if left + room < len(text) else "")
        first += bool(left) - left
    return text, first, min(first + marked, width)
