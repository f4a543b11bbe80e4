"""A trace for a terminal: the verdict, the case, where the values part, then each function's lines with what they assigned."""

from __future__ import annotations

from typing import Any

from judge.reports import arrays
from judge.reports.comparison import call_lines
from judge.reports.style import Painter, Style
from judge.reports.terminal import LABEL_WIDTH, WORDS, labelled, unprotected
from judge.verdict import (
    Alignment,
    Counterexample,
    Difference,
    Kind,
    Trace,
    TracedFunction,
    TracedLine,
    TracedValue,
    escaped,
    shortened,
    wrapped,
)
from problems import Framework
from problems.frameworks import framework_named

MOST_HEADLINE = 300
MOST_NAME = 20
MOST_LINES = 300
MOST_OUTPUT_LINES = 12
HALF = ("float16", "bfloat16")  # computed in float32, which is no other precision than asked for
LEGEND = (
    ("=", "the same values as in the reference under this name"),
    ("≠", "the shape of the reference's value of this name, and other values"),
    ("times", "this line was carried out several times; the first is shown"),
)


def render(
    trace: Trace,
    *,
    file: str,
    repeat: str,
    framework: Framework | None = None,
    width: int = 80,
    colour: bool = False,
) -> str:
    """The whole report.

    Args:
        trace: what was seen.
        file: the solution's name, as the person knows it.
        repeat: the command that gives the same trace again.
        framework: of the solution; None: one of the judge's own, by its name in the trace.
        width: columns to keep to; the headline alone may be longer.
        colour: whether to use the terminal's codes.
    """
    paint = Painter(colour)
    inner = width - LABEL_WIDTH - 2
    example = Counterexample(sizes=trace.sizes, inputs=(), brief=trace.call)
    sizes = "  ".join(f"{escaped(letter)}={size}" for letter, size in trace.sizes.items())
    case = (wrapped(sizes, inner) if sizes else []) + (call_lines(example, inner) if trace.call else [])
    look = [part for sentence in _sentences(trace, framework) for part in wrapped(escaped(sentence), inner)]
    lines = [_headline(trace, file, paint), *unprotected(trace.sandbox, width - 2)]
    for label, block in (("Case", case), ("Look at", look)):
        if block:
            lines += ["", *labelled(label, block, paint)]
    shown = [each for function in trace.functions for each in ["", *_function_lines(function, trace, width, paint)]]
    lines += shown[:MOST_LINES]
    if len(shown) > MOST_LINES:
        lines += ["", f"  … and {len(shown) - MOST_LINES:,} more lines; --json holds them all."]
    return "\n".join([*lines, *_ending(trace, repeat, width)]) + "\n"


def _headline(trace: Trace, file: str, paint: Painter) -> str:
    word = "not judged" if trace.verdict is None else WORDS[trace.verdict]
    text = shortened(escaped(trace.headline or trace.error or ""), MOST_HEADLINE)
    style = Style.GOOD if trace.verdict is Kind.ACCEPTED else Style.BAD
    return f"{paint(escaped(file), Style.HEADING)}: {paint(word, style)}{' — ' if text else ''}{text}"


def _sentences(trace: Trace, framework: Framework | None) -> list[str]:
    """What there is to look at, and what could not be seen."""
    found = [_main_sentence(trace, framework), precision := _dtype_sentence(trace)]
    if precision and trace.first_difference is None and trace.verdict is not Kind.ACCEPTED:
        del found[0]
    if trace.ended:
        found.append(f"the run ended: {trace.ended}. What is shown was seen before")
    if trace.repeated is False:
        found.append("asked on its own, this case does not fail: what was asked before it matters")
    return [f"{each}." for each in [*found, *trace.notes] if each]


def _main_sentence(trace: Trace, framework: Framework | None) -> str:
    raising = [line for function in trace.functions for line in function.lines if line.raised]
    accepted = trace.verdict is Kind.ACCEPTED
    if not trace.check:
        return "the problem has no case to show" if accepted else "your file could not be called: `judge run` says more"
    asked = f"the reference raises {shortened(trace.refused, MOST_HEADLINE)}" if trace.refused else ""
    if raising:
        said = f"line {raising[-1].line} raises {shortened(raising[-1].raised, MOST_HEADLINE)}"
        return f"{said}; {asked}" if asked and not accepted else said
    if asked and not accepted:
        return f"{asked}; your code goes on"
    if trace.first_difference is not None:
        return difference_words(trace.first_difference)
    if accepted:
        return "nothing fails. This is one ordinary case, so that you see the shapes"
    if not trace.functions or trace.ended:
        return ""
    found = framework or framework_named(trace.framework or "")
    if found is not None and found.is_plain:
        expected = "where your values first part from what you expect"
        return f"{expected}: those of {found.called} are not compared with the reference's"
    return "every value that could be compared is the reference's, or has no counterpart there"


def _dtype_sentence(trace: Trace) -> str:
    """The first array of a lower precision than the case's; of a higher one too where the result has the wrong dtype."""
    if not trace.dtype or trace.verdict is Kind.ACCEPTED or trace.dtype in HALF:
        return ""
    for function in trace.functions:
        for line in function.lines:
            for value in line.values:
                other = value.shape is not None and value.type.startswith("float") and value.type != trace.dtype
                if other and (trace.dtype == "float64" or trace.verdict is Kind.WRONG_SHAPE):
                    return f"line {line.line}: {_name(value)} is {value.type}, where the case is {trace.dtype}"
    return ""


def difference_words(found: Difference) -> str:
    """Where the values part, in a sentence without its full stop."""
    likeness = found.likeness
    when = "" if likeness.times == 1 else f", the {ordinal(likeness.times)} time,"
    said = f"line {found.line}: {found.name}{when}"
    if likeness.instead:
        return f"{said} is the reference's {likeness.instead}, and not its {likeness.name}"
    if likeness.gradient_lost:
        return f"{said} has the values of the reference's {likeness.name}, but carries no gradient. It is the first that has lost it"
    if likeness.kind == "other shape":
        return f"{said} has another shape than the reference's {likeness.name}, which is {list(likeness.shape)}"
    place = "" if not likeness.index else f" at {list(likeness.index)}"
    yours, theirs = _pair(likeness)
    if likeness.name == found.name and "()" in found.name:
        return (
            f"{said} is not the reference's:{place} it is {yours}, there {theirs}. No line before it is known to differ"
        )
    return (
        f"{said} has the shape of the reference's {likeness.name}, but other values:{place} it is {yours}, there {theirs}. "
        "Of what can be set side by side, it is the first that differs"
    )


def _pair(likeness: Alignment) -> tuple[str, str]:
    digits = arrays.digits_to_tell(likeness.yours, likeness.theirs)
    return arrays.number(likeness.yours, digits), arrays.number(likeness.theirs, digits)


def ordinal(number: int) -> str:
    """ "2nd" """
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _function_lines(function: TracedFunction, trace: Trace, width: int, paint: Painter) -> list[str]:
    times = f", called {function.times:,} times; the first is shown" if function.times > 1 else ""
    first, *rest = wrapped(f"{escaped(function.name)}{times}", width - 2)
    name = escaped(function.name) if first.startswith(escaped(function.name)) else first
    lines = [f"  {paint(name, Style.HEADING)}{first[len(name) :]}", *(f"  {part}" for part in rest)]
    digits = max((len(str(line.line)) for line in function.lines), default=1)
    names = [len(_name(value)) for line in function.lines for value in line.values]
    column = min(max(names, default=0), MOST_NAME)
    for line in function.lines:
        if line.event == "assign" and all(_is_dull(value) for value in line.values):
            continue
        lines += _line(line, digits, column, trace, width, many=function.times, paint=paint)
    return lines


def _line(
    line: TracedLine, digits: int, column: int, trace: Trace, width: int, *, many: int, paint: Painter
) -> list[str]:
    gutter, below = f"  {line.line:>{digits}} │ ", f"  {'':>{digits}} │   "
    room = width - len(gutter)
    repeated = line.times > 1 and line.times != many
    often = f"  ({'at least ' if line.at_least else ''}{line.times:,} times)" if repeated else ""
    if line.event == "raise" and line.times > 1:
        often = f"  (the {ordinal(line.times)} time)"
    text, most = escaped(line.text), room - len(often)
    text = text if len(text) <= most else f"{text[: most - 1]}…"
    lines = [paint(gutter, Style.QUIET) + text + paint(often, Style.QUIET)]
    first = trace.first_difference
    for value in line.values:
        marked = first is not None and (first.line, first.likeness) == (line.line, value.likeness)
        parts = _value_lines(value, column, width - len(below), marked=marked)
        lines += [paint(below, Style.QUIET) + (paint(part, Style.BAD) if marked else part) for part in parts]
    if line.raised:
        said = wrapped(f"raises {escaped(shortened(line.raised, MOST_HEADLINE))}", width - len(below))
        lines += [paint(below, Style.QUIET) + paint(part, Style.BAD) for part in said]
    return lines


def _is_dull(value: TracedValue) -> bool:
    """Whether it is an object that only its type is known of."""
    return value.shape is None and value.text.endswith(f" {value.type}")


def _name(value: TracedValue) -> str:
    return f"returns{escaped(value.name)}" if not value.name or value.name.startswith("[") else escaped(value.name)


def _value_lines(value: TracedValue, column: int, room: int, *, marked: bool) -> list[str]:
    """A value in a line, its notes below each other where they don't fit."""
    if value.shape is None:
        what = shortened(escaped(value.text), max(room - column - 30, 20))
    else:
        kinds = [f"{escaped(value.type)} {list(value.shape)}", *map(escaped, value.letters or ()), escaped(value.text)]
        what = " ".join(filter(None, kinds))
    head, *more = _beside(_name(value), what, column, room)
    parts = [*([likeness_words(value.likeness, marked=marked)] if value.likeness else []), *map(escaped, value.notes)]
    lines = [head, *more]
    head = lines[-1]
    for part in parts:
        joined = f"{lines[-1]}{'   ' if lines[-1] == head else '; '}{part}"
        if len(joined) <= room:
            lines[-1] = joined
        else:
            margin = " " * min(column + 2, room // 3)
            lines += [margin + piece for piece in wrapped(part, room - len(margin))]
    return lines


def _beside(name: str, what: str, column: int, room: int) -> list[str]:
    """A name and what it held; below each other where they don't fit."""
    joined = f"{name:<{column}}  {what}"
    if len(joined) <= room:
        return [joined]
    return [*wrapped(name, room), *(f"  {part}" for part in wrapped(what, room - 2))]


def likeness_words(likeness: Alignment, *, marked: bool) -> str:
    """What a value is like, short."""
    name, when = escaped(likeness.name), "" if likeness.times == 1 else f"the {ordinal(likeness.times)} time "
    words: dict[str, Any] = {
        "same": f"{when}= {name}",
        "transposed": f"{when}permute({', '.join(map(str, likeness.axes or ()))}) = {name}",
        "reshaped": f"{when}reshape({', '.join(map(str, likeness.shape))}) = {name}",
        "differs": f"{when}≠ {name}" + (" (the first that differs)" if marked else ""),
        "other shape": f"the reference's {name} is {list(likeness.shape)}",
    }
    lost = ", without its gradient" if likeness.gradient_lost and marked else ""
    return f"{words[likeness.kind]}{lost}"


def _ending(trace: Trace, repeat: str, width: int) -> list[str]:
    """The legend, what was printed, how to see it again."""
    likenesses = [
        value.likeness
        for function in trace.functions
        for line in function.lines
        for value in line.values
        if value.likeness
    ]
    used = {"≠" if likeness.kind == "differs" else "=" for likeness in likenesses if likeness.kind != "other shape"}
    counted = {line.times for function in trace.functions for line in function.lines if line.times != function.times}
    used |= {"times"} if any(times > 1 for times in counted) else set()
    lines = [""]
    if printed := trace.output.removesuffix("\n"):
        said = [f"│ {shortened(escaped(each), width - 40)}" for each in printed.split("\n")[:MOST_OUTPUT_LINES]]
        lines += [*labelled("You print", said, Painter(False)), ""]
    for sign, words in LEGEND:
        if sign in used:
            parts = wrapped(words, width - LABEL_WIDTH - 2)
            lines += labelled(sign, parts, Painter(False))
    return [*lines, *([f"  {'Repeat':<{LABEL_WIDTH}}{repeat}"] if trace.verdict is not None else [])]
