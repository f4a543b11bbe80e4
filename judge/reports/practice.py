"""The words of a practice session: how it begins, what happens, how it ended."""

from __future__ import annotations

from datetime import datetime

from judge.practice.events import Ending, Feeling, Mode, Setup
from judge.practice.state import Point, State, TaskState
from judge.practice.view import FEELINGS, minutes
from judge.reports.style import Painter, Style
from judge.verdict import escaped, wrapped

BAR = 20
MOST_POINTS = 12
ENDINGS = {
    Ending.SOLVED: "solved",
    Ending.REJECTED: "not solved",
    Ending.TIME_UP: "not solved when the time was up",
    Ending.GAVE_UP: "given up",
}


def opening(setup: Setup, *, paint: Painter, editor: bool) -> str:
    """How a session begins: what it is, and what happens in it."""
    names = escaped(", ".join(task.problem for task in setup.tasks))
    lines = [paint(f"{setup.mode.value.capitalize()}: {names}, {setup.minutes:g} minutes", Style.HEADING), ""]
    for task in setup.tasks:
        lines.append(f"  Write {escaped(task.file)}")
    if setup.mode is Mode.LEARN:
        lines.append("  Every save is judged. The clock shows where you stand; it ends nothing.")
    else:
        count = "Each problem is" if len(setup.tasks) > 1 else "It is"
        times = "once" if setup.submissions == 1 else f"at most {setup.submissions} times"
        lines.append(
            f"  Nothing is judged until you submit. {count} judged {times}, and as it stands when the time is up."
        )
    if editor:
        lines.append("  Your editor opens with e; any other will do as well.")
    return "\n".join(lines)


def heading(after: float, words: str, *, width: int, paint: Painter) -> str:
    """A line that begins what belongs to one moment."""
    text = f"--- {minutes(after)} {escaped(words)} "
    return paint(text + "-" * max(width - len(text), 3), Style.QUIET)


def retried(mended: bool, sentence: str, *, width: int, paint: Painter) -> str:
    """What became of the last counterexample."""
    if mended:
        return _headed("That one is fixed:", Style.GOOD, sentence, width, paint)
    return _headed("Not fixed yet:", Style.BAD, sentence, width, paint)


def noticed(verdict: str, check: str, sentence: str, *, width: int, paint: Painter, before: str = "") -> str:
    """A check that fails, before more is known: its kind, with words `before` it that stay as they are."""
    text = _headed(before + escaped(verdict.replace("_", " ")), Style.BAD, f"in {check}: {sentence}", width, paint)
    return f"{text}\nLooking for the smallest input ..."


def _headed(head: str, style: Style, text: str, width: int, paint: Painter) -> str:
    """A few words in a style, and a sentence after them."""
    lines = wrapped(f"{head} {escaped(text)}", width)
    return "\n".join([paint(head, style) + lines[0][len(head) :], *lines[1:]])


def hint_text(number: int, count: int, text: str) -> str:
    """One hint."""
    return f"Hint {number} of {count}\n\n{text}"


def question(problem: str | None) -> str:
    """How it felt."""
    head = f"How did {escaped(problem)} feel?" if problem else "How did it feel?"
    answers = "   ".join(f"{key} {feeling.value}" for key, feeling in FEELINGS.items())
    return f"{head}   {answers}   (Enter: not said)"


def comes_back(problem: str, due: datetime, now: datetime) -> str:
    """When a problem is due."""
    return f"{escaped(problem)} comes back {when(due, now)}."


def when(due: datetime, now: datetime) -> str:
    """A day, as people say it; both moments in the person's time zone."""
    days = (due.date() - now.date()).days
    match days:
        case _ if days <= 0:
            return "today"
        case 1:
            return "tomorrow"
        case _:
            return f"in {days} days, on {due:%A} {due.day} {due:%B}"


def task_summary(state: State, place: int, *, width: int, paint: Painter) -> str:
    """How the work on one problem went."""
    task, asked = state.tasks[place], state.setup.tasks[place]
    ending = ENDINGS[task.ending] if task.ending else "not ended"
    style = Style.GOOD if task.ending is Ending.SOLVED else Style.BAD
    lines = [
        f"{paint(escaped(asked.problem), Style.HEADING)}: {paint(ending, style)} after {minutes(task.used)} "
        f"(an interview gives {asked.minutes:g} minutes)",
        "",
        *_labelled("Judged", [_counted(task, state.setup.mode)]),
        *_labelled("Mistakes", [part for met in task.mistakes for part in wrapped(escaped(met.title), width - 14)]),
        *_labelled("Progress", _journey(task.journey)),
        *_labelled("Passed at", _green(task, width - 14)),
        *_labelled("Note", wrapped(escaped(task.note), width - 14) if task.note else []),
    ]
    return "\n".join(lines)


def overall(state: State, *, width: int, paint: Painter) -> str:
    """A mock interview as a whole."""
    solved = sum(task.ending is Ending.SOLVED for task in state.tasks)
    used = sum(task.used for task in state.tasks)
    lines = [
        paint(
            f"{solved} of {len(state.tasks)} solved in {minutes(used)} of {state.setup.minutes:g} minutes",
            Style.HEADING,
        ),
        "",
    ]
    names = [escaped(task.problem) for task in state.setup.tasks]
    wide = max(map(len, names))
    for name, task in zip(names, state.tasks, strict=True):
        passed = _checks(task.journey[-1]) if task.journey else "never judged"
        ending = ENDINGS[task.ending] if task.ending else "not ended"
        lines.append(f"  {name:<{wide}}  {minutes(task.used)}  {ending}, {passed}")
    mistakes = dict.fromkeys(met.title for task in state.tasks for met in task.mistakes)
    lines += _labelled("Mistakes", [part for title in mistakes for part in wrapped(escaped(title), width - 14)])
    return "\n".join(lines)


def _labelled(label: str, block: list[str]) -> list[str]:
    return [f"  {label if number == 0 else '':<12}{line}".rstrip() for number, line in enumerate(block)]


def _counted(task: TaskState, mode: Mode) -> str:
    judged, hints = len(task.journey), len(task.hints)
    times = f"{judged} time{'' if judged == 1 else 's'}" if judged else "never"
    if mode is Mode.INTERVIEW:
        return times
    submitted = f", {task.submissions} of them submitted" if task.submissions else ""
    return f"{times}{submitted}, {hints or 'no'} hint{'' if hints == 1 else 's'}"


def _journey(points: tuple[Point, ...]) -> list[str]:
    """A line a judging: when, and how many checks passed."""
    shown = points if len(points) <= MOST_POINTS else (*points[: MOST_POINTS // 2], *points[-MOST_POINTS // 2 :])
    lines = []
    for point in shown:
        filled = round(BAR * point.passed / point.total) if point.total else 0
        lines.append(f"{minutes(point.after):>7}  {'#' * filled:.<{BAR}}  {_checks(point)}")
    if len(points) > len(shown):
        lines.insert(MOST_POINTS // 2, f"         and {len(points) - len(shown)} more")
    return lines


def _checks(point: Point) -> str:
    if not point.total:
        return "did not run"
    return f"{point.passed} of {point.total} checks{', accepted' if point.accepted else ''}"


def _green(task: TaskState, width: int) -> list[str]:
    """Which checks passed from when on, by time."""
    moments: dict[float, list[str]] = {}
    for name, after in sorted(task.green.items(), key=lambda item: item[1]):
        moments.setdefault(after, []).append(name)
    lines = []
    for after, names in moments.items():
        parts = wrapped(escaped(", ".join(names)), width - 9)
        lines += [f"{minutes(after):>7}  {parts[0]}", *(f"{'':>7}  {part}" for part in parts[1:])]
    return lines


def felt(feeling: Feeling | None) -> str:
    """What was answered."""
    return feeling.value if feeling else "not said"
