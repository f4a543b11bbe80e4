"""The list of attempts, and one attempt, as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from judge.practice.view import minutes
from judge.records import Attempt, Counts, Line
from judge.verdict import escaped, shortened

MOST_NAME = 60  # of what stands in a column
OCCASIONS = {"run": "judge run", "save": "saved", "submit": "submitted", "time-up": "time was up"}


EARLIER = "older version"  # of the problem; there is little room


def listing(
    lines: list[Line], *, width: int, local: Callable[[datetime], datetime], digests: Mapping[str, str] | None = None
) -> str:
    """A line an attempt, the latest last.

    Args:
        lines: the attempts.
        width: of the terminal.
        local: a moment in the person's time zone.
        digests: of the files of each problem now.
    """
    now = digests or {}
    if not lines:
        return "Nothing was tried yet: `judge run FILE` and `judge practice` are remembered.\n"
    numbers = max(len(str(line.number)) for line in lines)
    problems = max(len(_named(line)) for line in lines)
    rows = []
    for line in lines:
        verdict = (line.verdict or "not judged").replace("_", " ")
        told = line.title or ("" if line.verdict == "accepted" else line.headline)
        if line.verdict == "accepted" and is_of_an_earlier_version(line, now):
            told = EARLIER
        head = (
            f"{line.number:>{numbers}}  {local(line.at):%Y-%m-%d %H:%M}  {_named(line):<{problems}}  "
            f"{_occasion(line):<11}  {_clock(line):>7}  {escaped(verdict):<13}"
        )
        room = width - len(head) - 2
        rows.append(f"{head}  {_cut(escaped(told), room)}".rstrip() if room > 10 else head.rstrip())
    rows += [
        "",
        f"{len(lines)} attempt{'' if len(lines) == 1 else 's'}. `judge history --show N` prints one, with its code.",
    ]
    return "\n".join(rows) + "\n"


def is_of_an_earlier_version(line: Line, digests: Mapping[str, str]) -> bool:
    """Whether the problem's files were others then; False where that is not known."""
    now = digests.get(line.problem or "")
    return bool(now and line.digest and line.digest != now)


def heading(
    attempt: Attempt, *, local: Callable[[datetime], datetime], digests: Mapping[str, str] | None = None
) -> str:
    """Where an attempt comes from."""
    line = attempt.line
    earlier = is_of_an_earlier_version(line, digests or {})
    session = f", {minutes(line.spent_seconds)} into a session" if line.spent_seconds is not None else ""
    versions = ", ".join(f"{name} {version}" for name, version in attempt.versions.items())
    return (
        f"Attempt {line.number} at {escaped(line.problem or 'an unknown problem')}, "
        f"{local(line.at):%Y-%m-%d %H:%M:%S} ({_occasion(line)}{session})\n"
        f"{shortened(escaped(versions), 200)}\n"
        + ("It was judged under an earlier version of the problem.\n" if earlier else "")
    )


def amount(counts: Counts) -> str:
    """How much there is, in words: "3 attempts, 1 session, 2 hints and 1 review"."""
    parts = [f"{count} {name if count != 1 else name[:-1]}" for name, count in _fields(counts)]
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _fields(counts: Counts) -> list[tuple[str, int]]:
    return [(name, getattr(counts, name)) for name in counts.__struct_fields__]


def _clock(line: Line) -> str:
    return "" if line.spent_seconds is None else minutes(line.spent_seconds)


def _named(line: Line) -> str:
    return _cut(escaped(line.problem or "-"), MOST_NAME)


def _occasion(line: Line) -> str:
    return OCCASIONS.get(line.occasion) or escaped(line.occasion)


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1]}…"
