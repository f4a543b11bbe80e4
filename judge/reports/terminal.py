"""The report for a terminal: one headline that survives `| head -1`, then what shows why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace

from judge.reports import comparison
from judge.reports.diagnosis import diagnosis_lines, looked_at
from judge.reports.places import place_lines
from judge.reports.style import Painter, Style
from judge.verdict import (
    ASKED_FOR,
    CheckResult,
    Cost,
    Kind,
    Location,
    Outcome,
    SandboxUsed,
    Verdict,
    counted,
    escaped,
    shortened,
    wrapped,
)

LABEL_WIDTH = 10
STOPPED = "Judging was interrupted: what is skipped was not looked at, nor was the mistake."
MOST_FACTS = 12
MOST_FACT_CHARACTERS = 600
MOST_HEADLINE_CHARACTERS = 300
MOST_OUTPUT_LINES = 12
# Of a report that is not the full one: a rejection shall fit into 24 lines.
MOST_FACTS_AT_FIRST = 2
MOST_CASE_LINES = 4
MOST_INPUT_LINES = 4
MOST_OUTPUT_AT_FIRST = 1
MOST_CHECK_LINES = 2

WORDS = {
    Kind.ACCEPTED: "accepted",
    Kind.WRONG_ANSWER: "wrong answer",
    Kind.WRONG_SHAPE: "wrong shape",
    Kind.RUNTIME_ERROR: "runtime error",
    Kind.LOAD_ERROR: "load error",
    Kind.FORBIDDEN: "forbidden",
    Kind.TIME_LIMIT: "time limit",
    Kind.MEMORY_LIMIT: "memory limit",
    Kind.SANDBOX_VIOLATION: "sandbox violation",
    Kind.INTERNAL_ERROR: "the judge failed",
}
SIGNS = {Outcome.PASSED: "passed", Outcome.FAILED: "FAILED", Outcome.SKIPPED: "skipped"}
STYLES = {Outcome.PASSED: Style.GOOD, Outcome.FAILED: Style.BAD, Outcome.SKIPPED: Style.QUIET}


class Layout(msgspec.Struct, frozen=True):
    """How a report is laid out.

    Attributes:
        width: columns to keep to.
        colour: whether to use the terminal's codes.
        full: show everything: all inputs and checks, the time and the sandbox. Otherwise a rejection mostly fits into 24 lines.
        wraps: break a long headline between words. Otherwise it stays in one line, for `| head -1`.
        again: end a rejection with the headline, since the first line may have left the screen. Not where another report follows.
    """

    width: int = 80
    colour: bool = False
    full: bool = False
    wraps: bool = False
    again: bool = True

    @property
    def inner(self) -> int:
        """Columns beside the labels."""
        return self.width - LABEL_WIDTH - 2


def render(
    verdict: Verdict,
    *,
    file: str,
    repeat: str,
    hints: str = "full",
    layout: Layout = Layout(full=True),  # noqa: B008 - it is frozen
) -> str:
    """The whole report.

    Args:
        verdict: what was found.
        file: the solution's name, as the person knows it.
        repeat: the command that gives the same verdict again.
        hints: what is shown of a mistake that was recognised: "ladder", "full" or "off".
        layout: how.
    """
    first = opening(verdict, file=file, layout=layout)
    return first + closing(verdict, file=file, repeat=repeat, hints=hints, layout=layout)


def opening(verdict: Verdict, *, file: str, layout: Layout) -> str:
    """The report's first part: what is known before the mistake is looked for. The arguments are those of `render`."""
    paint, inner, full = Painter(layout.colour), layout.inner, layout.full
    failed = verdict.failed()
    case, inputs, result = ([], [], []) if failed is None else _example(verdict, failed, inner, paint, full=full)
    blocks = [
        {"Rule": [] if failed is None else [part for rule in _rules(failed) for part in wrapped(escaped(rule), inner)]},
        {
            "": _details(verdict, failed, inner, most=MOST_FACTS if full else MOST_FACTS_AT_FIRST),
            "Where": place_lines(_places(verdict), width=inner, paint=paint),
        },
        {
            "Case": case,
            "Inputs": inputs,
            "Result": result,
            "You print": _output(verdict.output, inner, most=MOST_OUTPUT_LINES if full else MOST_OUTPUT_AT_FIRST),
            "Checks": _checks(verdict.checks, inner, paint) if full else _failing(verdict, inner, paint),
        },
    ]
    lines = [*_headline(verdict, file, layout), *unprotected(verdict.sandbox, inner + LABEL_WIDTH)]
    return "\n".join([*lines, *_groups(blocks, paint, apart=full)]) + "\n"


def closing(
    verdict: Verdict, *, file: str, repeat: str, hints: str = "full", layout: Layout, steps: Sequence[str] = ()
) -> str:
    """The report's last part: in which line it goes wrong and by what mistake, what to do next, and the headline once more.

    Args:
        verdict, file, repeat, hints, layout: as of `render`.
        steps: sentences about what to do next.
    """
    paint, inner, full = Painter(layout.colour), layout.inner, layout.full
    blocks = [
        {
            "Look at": looked_at(verdict, hints, inner, paint),
            "Think" if hints == "ladder" else "Mistake": diagnosis_lines(verdict, hints, inner, paint),
            "Stopped": [] if verdict.complete else wrapped(STOPPED, inner),
            "Next": [part for step in (*_steps(verdict, hints), *steps) for part in wrapped(escaped(step), inner)],
            "Repeat": [repeat] if verdict.verdict is not None else [],
            **_ending(verdict, full=full),
        },
    ]
    again = _headline(verdict, file, layout) if layout.again and verdict.failed() is not None else []
    return "\n".join([*_groups(blocks, paint, apart=full), *again]) + "\n"


def _groups(groups: Sequence[Mapping[str, list[str]]], paint: Painter, *, apart: bool) -> list[str]:
    """The blocks that hold something, each with its label. Before a group, or with `apart` before every block, an empty line."""
    lines: list[str] = []
    for group in groups:
        shown = [labelled(label, block, paint) for label, block in group.items() if block]
        for number, block in enumerate(shown):
            lines += ["", *block] if apart or (number == 0 and group is not groups[0]) else block
    return lines


def _rules(failed: CheckResult) -> list[str]:
    """What the failed check asks for."""
    return [line.removeprefix(ASKED_FOR) for line in failed.message.splitlines() if line.startswith(ASKED_FOR)]


def _headline(verdict: Verdict, file: str, layout: Layout) -> list[str]:
    paint = Painter(layout.colour)
    word = "not judged" if verdict.verdict is None else WORDS[verdict.verdict]
    text = shortened(escaped(verdict.headline or verdict.error or ""), MOST_HEADLINE_CHARACTERS)
    name, between = escaped(file), " — " if text else ""
    style = Style.GOOD if verdict.accepted else Style.BAD
    head = f"{paint(name, Style.HEADING)}: {paint(word, style)}"
    plain = f"{name}: {word}"
    lines = wrapped(f"{plain}{between}{text}", layout.width) if layout.wraps else [f"{plain}{between}{text}"]
    return [head + lines[0][len(plain) :], *lines[1:]] if lines[0].startswith(plain) else lines


def unprotected(used: SandboxUsed | None, width: int) -> list[str]:
    """Where nothing stood between the file and this machine, that, before anything else."""
    if used is None or used.level != "none":
        return []
    words = (
        f"Nothing protected this machine: your file ran in `{used.kind}`, which isolates nothing. Run only code that you trust there; "
        "`judge doctor` says what would isolate it."
    )
    return [f"  {part}" for part in wrapped(words, width)]


def _places(verdict: Verdict) -> tuple[Location, ...]:
    """The places, without a note that the headline has already given."""
    return tuple(replace(place, note="") if place.note == verdict.headline else place for place in verdict.locations)


def labelled(label: str, block: list[str], paint: Painter) -> list[str]:
    """A block with its label in the margin; without a label, the block as it is."""
    if not label:
        return block
    margin = " " * (LABEL_WIDTH + 2)
    first = f"  {paint(f'{label:<{LABEL_WIDTH}}', Style.HEADING)}{block[0]}"
    return [first.rstrip(), *(f"{margin}{line}".rstrip() for line in block[1:])]


def _details(verdict: Verdict, failed: CheckResult | None, width: int, *, most: int) -> list[str]:
    """The facts: more lines of the verdict, and of the check that decided, where they are not the headline."""
    facts = list(verdict.details)
    if verdict.error is not None and verdict.headline:
        facts.append(verdict.error)
    if failed is not None:
        said = verdict.headline.lower()
        more = [line for line in failed.message.splitlines() if line.strip() and not line.startswith(ASKED_FOR)]
        facts += [line for line in more if line.lower() not in said]
    lines = []
    for fact in dict.fromkeys(facts[: most + 1]):
        lines += [f"  {part}" for part in wrapped(shortened(escaped(fact), MOST_FACT_CHARACTERS), width + LABEL_WIDTH)]
    if len(facts) > most + 1:
        lines.append(f"  and {counted(len(facts) - most - 1, 'more line')}")
    return lines


def _example(verdict: Verdict, failed: CheckResult, width: int, paint: Painter, *, full: bool) -> list[list[str]]:
    """Three blocks, empty where there is nothing to show: the case, its inputs, the result."""
    example = failed.counterexample
    if example is None:
        return [[], [], []]
    values = verdict.verdict is not Kind.WRONG_SHAPE and not comparison.shapes_differ(example)
    sizes = "  ".join(f"{escaped(letter)}={size}" for letter, size in example.sizes.items())
    calls = comparison.call_lines(example, width, comments=full)
    case = (wrapped(sizes, width) if sizes else []) + calls
    return [
        case if full else folded(case, MOST_CASE_LINES),
        comparison.input_lines(example, width=width, values=values)
        if full
        else folded(comparison.input_lines(example, width=width, values=values, call_first=True), MOST_INPUT_LINES),
        comparison.result_lines(example, width=width, paint=paint, values=values),
    ]


def folded(lines: list[str], most: int) -> list[str]:
    """The first lines, and how many there are beyond them."""
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], f"... {len(lines) - most + 1} more lines: `judge run -v` shows all"]


def _output(output: str, width: int, *, most: int) -> list[str]:
    """What the solution printed, with a rule at its left, its beginning only."""
    printed = output.removesuffix("\n")
    if not printed:
        return []
    lines = printed.split("\n")
    shown = []
    for line in lines[:most]:
        text = escaped(line.removesuffix("\r").expandtabs(4))
        shown.append(f"│ {text if len(text) <= width - 2 else shortened(text, width - 2 - 24)}")
    if len(lines) > most:
        shown.append(f"and {counted(len(lines) - most, 'more line')}")
    return shown


def _checks(checks: tuple[CheckResult, ...], width: int, paint: Painter) -> list[str]:
    """How many passed, and the name of each by what became of it."""
    lines = []
    for outcome in (Outcome.FAILED, Outcome.PASSED, Outcome.SKIPPED):
        names = [escaped(check.name) for check in checks if check.outcome is outcome]
        if not names:
            continue
        head = f"{len(names):>2} {SIGNS[outcome]:<8}"
        parts = wrapped(", ".join(names), width - len(head))
        lines.append(paint(head, STYLES[outcome]) + parts[0])
        lines += [f"{'':<{len(head)}}{part}" for part in parts[1:]]
    return lines


def _failing(verdict: Verdict, width: int, paint: Painter) -> list[str]:
    """The names of the checks that failed, the one that is reported first, as far as two lines hold them. How many of how many."""
    names = [check.name for check in verdict.checks if check.outcome is Outcome.FAILED]
    first = verdict.failed()
    if first is None:
        return []
    names = [first.name, *(name for name in names if name != first.name)]
    skipped = sum(check.outcome is Outcome.SKIPPED for check in verdict.checks)
    head = f"{len(names)} of {len(verdict.checks)} failed{f' ({skipped} not tried)' if skipped else ''}: "
    for count in range(len(names), 0, -1):
        left = len(names) - count
        text = escaped(", ".join(names[:count])) + (f" and {left} more" if left else "")
        lines = wrapped(head + text, width)
        if len(lines) <= MOST_CHECK_LINES:
            break
    return [paint(head.rstrip(), Style.BAD) + lines[0][len(head.rstrip()) :], *lines[1:]]


def _steps(verdict: Verdict, hints: str) -> list[str]:
    """What to do next, as far as the verdict says so."""
    diagnosis = verdict.diagnosis
    if diagnosis is not None and hints == "ladder" and diagnosis.mistake is not None and diagnosis.question:
        return [f"`judge explain {verdict.problem}` says what the mistake is."]
    return []


def _ending(verdict: Verdict, *, full: bool) -> dict[str, list[str]]:
    """What it took and where it ran, where that is asked for; what was measured, where it decided or was accepted."""
    took = f"{verdict.seconds:.1f} s"
    if verdict.accepted and verdict.cost is not None:
        took += _ratio(verdict.cost)
    measured = _measured(verdict)
    blocks = {"Time": [took + measured] if full or measured or verdict.accepted else []}
    return {**blocks, "Sandbox": [_sandbox(verdict.sandbox)] if full else []}


def _ratio(cost: Cost) -> str:
    if cost.reference_seconds <= 0:
        return ""
    return f", {cost.solution_seconds / cost.reference_seconds:.1f}x the reference's CPU time"


def _measured(verdict: Verdict) -> str:
    """The calls that a cost was judged by: "; a call takes 0.004 s at T = 128, 0.07 s at T = 512: 17-fold"."""
    calls = {words: seconds for words, seconds in verdict.measured.items() if words != "growth"}
    if not calls:
        return ""
    each = ", ".join(f"{seconds:.2g} s at {escaped(words)}" for words, seconds in calls.items())
    growth = verdict.measured.get("growth")
    return f"; a call takes {each}" + (f": {growth:.0f}-fold" if growth is not None else "")


def _sandbox(used: SandboxUsed | None) -> str:
    if used is None:
        return "none was needed: your file was not run"
    match used.level:
        case "full":
            return f"{escaped(used.kind)}, full isolation"
        case "none":
            return f"{escaped(used.kind)}, no isolation: for code that you trust"
        case _:
            return f"{escaped(used.kind)}, {escaped(used.level)} isolation"
