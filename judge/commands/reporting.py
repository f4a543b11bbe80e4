"""What is printed and kept of a verdict, by `judge run` and by those that work like it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.json import decode

from judge.console import Streams, shown_path
from judge.service.requests import FirstFailure
from judge.verdict import SandboxUsed, UsageError, Verdict, escaped, to_json

if TYPE_CHECKING:
    from judge.records import Store
    from judge.reports.terminal import Layout


class Opening:
    """The verdict before its explanation: kept, then shown, once.

    Args:
        file_name: as the person knows it.
        source: that was judged.
        store: keeps it.
        streams: where to print.
        quiet: print one JSON object and nothing else.
        full: the report shows everything.
    """

    def __init__(
        self, file_name: str, source: bytes, store: Store, streams: Streams, *, quiet: bool, full: bool = False
    ) -> None:
        self._file_name = file_name
        self._source = source
        self._store = store
        self._streams = streams
        self._uid = ""
        self._quiet = quiet
        self._full = full
        self._first: FirstFailure | None = None

    @property
    def shown(self) -> bool:
        """Whether the first part of the report is printed."""
        return bool(self._uid)

    def notice(self, event: FirstFailure) -> None:
        """Say what fails, at once: on a terminal above the report, else in one line on standard error."""
        known, self._first = self._first, event  # first, as what is said may be answered by Ctrl-C
        if known is None and not self._quiet:
            if self._streams.is_terminal:
                say_first_failure(event, self._file_name, self._streams)
            else:
                kind = event.verdict.replace("_", " ")
                self._streams.say(f"{self._file_name}: {kind} in {event.check}: {event.sentence}")

    def interrupted(self) -> bool:
        """Keep what had failed, where the person waits no longer, and say so; whether anything had."""
        self._streams.end_progress()
        name = self._file_name
        if self._uid:
            self._streams.say(f"{name} was judged, and the verdict is kept. The mistake was still being looked for.")
            return True
        if self._first is None or not self._first.data:
            return False
        verdict = decode(self._first.data, type=Verdict)
        self._store.add_attempt(verdict, file_name=self._file_name, source=self._source)
        if self._quiet:
            self._streams.write_bytes(to_json(verdict) + b"\n")
        self._streams.say(f"{name}: not finished, but it is wrong: {verdict.headline}")
        self._streams.say("The attempt is kept. Judge the file again for the whole report.")
        return True

    def show(self, verdict: Verdict) -> None:
        """Keep the attempt and print the first part of the report."""
        if not self._uid:
            self._uid = self._store.add_attempt(verdict, file_name=self._file_name, source=self._source)
            report_opening(verdict, self._file_name, self._streams, full=self._full)

    def finish(self, verdict: Verdict, repeat: str, hints: str) -> None:
        """Keep the explained verdict, and print what is not printed yet.

        Args:
            verdict: explained.
            repeat: the command that gives it again.
            hints: what is shown of a mistake that was recognised.
        """
        if self._uid:
            self._store.explain_attempt(self._uid, verdict)
        else:
            self._store.add_attempt(verdict, file_name=self._file_name, source=self._source)
        if self._quiet:
            self._streams.write_bytes(to_json(verdict) + b"\n")
            return
        if not self.shown:
            report_opening(verdict, self._file_name, self._streams, full=self._full)
        steps = next_steps(verdict, self._store, self._streams)
        report_closing(verdict, self._file_name, repeat, hints, self._streams, full=self._full, steps=steps)


def say_other_versions(verdict: Verdict, store: Store, streams: Streams) -> None:
    """Say where a seed is repeated under other versions than the last time: its cases may be others."""
    from judge.records import other_versions

    changed = other_versions(store, verdict)
    words = [f"{name} {then}, now {now}" for name, (then, now) in changed.items() if name != "problem"]
    if "problem" in changed:
        words.append("an earlier version of the problem")
    if words:
        streams.say(f"Seed {verdict.seed} was judged before with {'; '.join(words)}. Its cases may be others now.")


def warn_of(used: SandboxUsed, streams: Streams) -> None:
    """Say on standard error where the sandbox that was taken is weaker than it could be."""
    if used.level == "full":
        return
    from judge.isolation import warning

    if words := warning(used.kind, used.level):
        streams.say(words)


def repeat_command(file: Path, seed: int, options: dict[str, str | None]) -> str:
    """The command that gives this verdict again."""
    words = ["judge", "run", str(file), "--seed", str(seed)]
    for option, value in options.items():
        if value is not None:
            words += [f"--{option}", value]
    return escaped(shlex.join(words))


def say_first_failure(event: FirstFailure, file_name: str, streams: Streams) -> None:
    """Print what fails, before the report."""
    from judge.reports.practice import noticed
    from judge.reports.style import Painter

    streams.end_progress()
    paint, name = Painter(streams.colour), escaped(file_name)
    text = noticed(event.verdict, event.check, event.sentence, width=streams.width, paint=paint, before=f"{name}: ")
    streams.write(f"{text}\n\n")


def next_steps(verdict: Verdict, store: Store, streams: Streams) -> list[str]:
    """What to do after a file was accepted: look at the model answer, and practise what is due."""
    if not verdict.accepted or verdict.problem is None:
        return []
    from judge.records import due_dates

    due = [name for name, moment in due_dates(store).items() if moment <= streams.now() and name != verdict.problem]
    found = [f"`judge solution {verdict.problem}` shows the model answer to compare yours with."]
    if due:
        found.append(f"To be practised again: {', '.join(sorted(due))}. `judge practice {sorted(due)[0]}` begins.")
    return found


def report_opening(verdict: Verdict, file_name: str, streams: Streams, *, full: bool = False) -> None:
    """Print the first part of the report: all that is known before the mistake is looked for.

    Args:
        verdict: what was found.
        file_name: as the person knows it.
        streams: where to print.
        full: show everything.
    """
    from judge.reports.terminal import opening

    streams.end_progress()
    streams.write(opening(verdict, file=file_name, layout=layout_of(streams, full=full)))


def report_closing(
    verdict: Verdict,
    file_name: str,
    repeat: str,
    hints: str,
    streams: Streams,
    *,
    full: bool = False,
    again: bool = True,
    steps: Sequence[str] = (),
) -> None:
    """Print the rest.

    Args:
        verdict: what was found, explained.
        file_name: as the person knows it.
        repeat: the command that gives this verdict again.
        hints: what is shown of a mistake that was recognised.
        streams: where to print.
        full: show everything.
        again: end a rejection with the headline.
        steps: sentences about what to do next.
    """
    from judge.reports.terminal import closing

    streams.end_progress()
    layout = layout_of(streams, full=full, again=again)
    streams.write(closing(verdict, file=file_name, repeat=repeat, hints=hints, layout=layout, steps=steps))


def layout_of(streams: Streams, *, full: bool = False, again: bool = True) -> Layout:
    """How a report is laid out where it is printed."""
    from judge.reports.terminal import Layout

    return Layout(width=streams.width, colour=streams.colour, full=full, wraps=streams.is_terminal, again=again)


def wrote_junit(path: Path, verdict: Verdict, file_name: str, streams: Streams) -> bool:
    """Write the XML; where that fails, the verdict has been shown, and is not lost."""
    from judge.reports.junit import render

    try:
        path.write_text(render(verdict, file=file_name), encoding="utf-8")
    except OSError as error:
        streams.say(f"--junit {shown_path(path)} can't be written: {error.strerror}.")
        return False
    return True


def require_place_for(junit: Path) -> None:
    """Say early that the report can't be written there.

    Raises:
        UsageError: it can't.
    """
    if junit.is_dir():
        raise UsageError(f"--junit {shown_path(junit)} is a folder. Give the file to write.")
    if not junit.parent.is_dir():
        raise UsageError(
            f"--junit {shown_path(junit)} can't be written: there is no folder {shown_path(junit.parent)}."
        )
