"""A counterexample as text: the inputs, and what is right beside what came back."""

from __future__ import annotations

from judge.reports import arrays
from judge.reports.style import Painter, Style
from judge.verdict import ArrayData, Counterexample, escaped, wrapped

MARKED_LEFT, MARKED_RIGHT = ">", "<"
GAP = "    "
MOST_INPUTS = 24
MOST_CALL_LINES = 16


def shapes_differ(example: Counterexample) -> bool:
    """Whether what came back has another shape or dtype than asked for, so that values say nothing."""
    if example.expected is None or example.actual is None:
        return False
    return (example.expected.dtype, example.expected.shape) != (example.actual.dtype, example.actual.shape)


def result_lines(example: Counterexample, *, width: int, paint: Painter, values: bool) -> list[str]:
    """Shape and dtype of both, then their values around the worst element."""
    expected, actual = example.expected, example.actual
    if expected is None and actual is None:
        return []
    if expected is None or actual is None:
        return _one_sided(expected, actual, width=width, values=values, index=example.worst_index)
    if shapes_differ(example):
        return [f"expected  {arrays.describe(expected)}", f"yours     {paint(arrays.describe(actual), Style.BAD)}"]
    lines = [f"{arrays.describe(actual)}, as it should be"]
    if not values:
        return lines
    if expected.values is None or actual.values is None:
        return [*lines, "too many values to show"]
    if expected.dtype == actual.dtype == "float":
        digits = arrays.digits_to_tell(expected.values, actual.values)
        right, mine = (arrays.number(each.values, digits) for each in (expected, actual))
        return [*lines, f"expected  {right}", f"yours     {mine}"]
    if 0 in expected.shape or not expected.is_array:
        return [*lines, f"expected  {arrays.inline(expected, width)}", f"yours     {arrays.inline(actual, width)}"]
    return lines + _tables(expected, actual, example.worst_index, width=width, paint=paint)


def input_lines(example: Counterexample, *, width: int, values: bool, call_first: bool = False) -> list[str]:
    """Each input with dtype and shape, and its values where they are asked for; the arguments of calls before parameters on request."""
    inputs = sorted(example.inputs, key=lambda each: "." in each.name) if call_first else example.inputs
    shown = inputs[:MOST_INPUTS]
    names = [escaped(each.name) for each in shown]
    name_width = max((len(name) for name in names), default=0)
    kind_width = max((len(arrays.describe(each)) for each in shown if each.is_array), default=0)
    lines: list[str] = []
    for name, each in zip(names, shown, strict=True):
        head = f"{name:<{name_width}}  "
        head += f"{arrays.describe(each):<{kind_width}}" if each.is_array else ""
        if not values and each.is_array:
            lines.append(head.rstrip())
            continue
        text = arrays.inline(each, width - len(head) - 2)
        if text is not None:
            lines.append(f"{head}  {text}" if each.is_array else f"{head}{text}")
            continue
        part, (table,) = _fitted((each,), None, width=width - len(GAP))
        lines.append(f"{head}  {part.label}".rstrip())
        lines += [f"{GAP}{line}" for line in table]
    if len(example.inputs) > MOST_INPUTS:
        lines.append(f"and {len(example.inputs) - MOST_INPUTS} more")
    return lines


def call_lines(example: Counterexample, width: int, *, comments: bool = True) -> list[str]:
    """The calls that were made."""
    lines = [escaped(line) for line in (example.brief or example.call).splitlines()]
    if not comments:
        lines = [line for line in lines if not line.startswith("#")]
    if len(lines) > MOST_CALL_LINES:
        left = len(lines) - MOST_CALL_LINES + 1
        lines = [*lines[:2], f"# {left:,} more lines, which `--json` has", *lines[3 - MOST_CALL_LINES :]]
    return [part for line in lines for part in wrapped(line, width)]


def _one_sided(
    expected: ArrayData | None, actual: ArrayData | None, *, width: int, values: bool, index: tuple[int, ...] | None
) -> list[str]:
    known = expected or actual
    assert known is not None
    lines = [f"{'expected' if actual is None else 'yours'}  {arrays.describe(known)}"]
    if not values:
        return lines
    text = arrays.inline(known, width)
    if text is not None:
        return [*lines, text] if known.is_array else [f"{lines[0]}  {text}"]
    part, (table,) = _fitted((known,), index, width=width)
    return [*lines, *([part.label] if part.label else []), *table]


def _tables(
    expected: ArrayData, actual: ArrayData, index: tuple[int, ...] | None, *, width: int, paint: Painter
) -> list[str]:
    """Both tables side by side where they fit, else one below the other; the worst element is marked in both."""
    known = index is not None and len(index) == len(expected.shape)
    worst = index if known else arrays.worst_index(expected, actual)
    part, (right, wrong) = _fitted((expected, actual), worst, width=width)
    return _arranged([(right, Style.GOOD), (wrong, Style.BAD)], part.label, width=width, paint=paint)


def _fitted(
    those: tuple[ArrayData, ...], worst: tuple[int, ...] | None, *, width: int
) -> tuple[arrays.Window, list[list[str]]]:
    """The same part of each array as lines, with as many columns as the width has room for.

    Where there are two, the worst element is marked, and shown with the digits that it takes to tell them apart.
    """
    digits, marked = 6, worst if len(those) == 2 else None
    if marked is not None:
        digits = arrays.digits_to_tell(*(arrays.element(each.values, marked) for each in those))
    for columns in range(arrays.MOST_COLUMNS, 0, -1):
        part = arrays.window(those[0].shape, worst, columns)
        mark = None if marked is None else _place(marked, part)
        tables = [
            _aligned([[arrays.number(value, digits) for value in row] for row in part.cells(each.values)], mark)
            for each in those
        ]
        if max(len(line) for table in tables for line in table) <= width:
            break
    return part, tables


def _place(worst: tuple[int, ...], part: arrays.Window) -> tuple[int, int]:
    """Row and column of the worst element within the part that is shown."""
    column = worst[-1] if worst else 0
    row = worst[-2] if len(worst) > 1 else 0
    return row - part.rows[0], column - part.columns[0]


def _arranged(blocks: list[tuple[list[str], Style]], label: str, *, width: int, paint: Painter) -> list[str]:
    (right, good), (wrong, bad) = blocks
    left_width = max(len("expected"), *map(len, right))
    titles = [f"expected {label}".strip(), f"yours {label}".strip()]
    left_width = max(left_width, len(titles[0]))
    right_width = max(len(titles[1]), *map(len, wrong))
    if left_width + len(GAP) + right_width <= width:
        lines = [f"{titles[0]:<{left_width}}{GAP}{titles[1]}"]
        for one, other in zip(right, wrong, strict=True):
            lines.append(f"{_marked(f'{one:<{left_width}}', good, paint)}{GAP}{_marked(other, bad, paint)}".rstrip())
        return lines
    return [
        titles[0],
        *(_marked(line, good, paint) for line in right),
        titles[1],
        *(_marked(line, bad, paint) for line in wrong),
    ]


def _marked(line: str, style: Style, paint: Painter) -> str:
    """Colour the element between the marks."""
    first, last = line.find(MARKED_LEFT), line.find(MARKED_RIGHT)
    if first < 0 or last < first:
        return line
    return line[:first] + paint(line[first : last + 1], style) + line[last + 1 :]


def _aligned(cells: list[list[str]], mark: tuple[int, int] | None = None) -> list[str]:
    """Rows of numbers with their decimal points below each other; the marked one stands between > and <."""
    columns = [_pointed(list(column)) for column in zip(*cells, strict=True)]
    lines = []
    for row in range(len(cells)):
        parts = []
        for column, texts in enumerate(columns):
            text = texts[row]
            body = text.strip()
            before, after = text[: text.index(body)], text[text.index(body) + len(body) :]
            marked = mark == (row, column)
            parts.append(f"{before}{MARKED_LEFT}{body}{MARKED_RIGHT}{after}" if marked else f" {text} ")
        lines.append("".join(parts).rstrip())
    return lines


def _pointed(texts: list[str]) -> list[str]:
    """A column's numbers, padded to one width with their decimal points below each other."""
    tails = [text[text.index(".") :] if "." in text else "" for text in texts]
    most = max(len(tail) for tail in tails)
    padded = [text + " " * (most - len(tail)) for text, tail in zip(texts, tails, strict=True)]
    width = max(map(len, padded))
    return [text.rjust(width) for text in padded]
