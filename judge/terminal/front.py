"""Where a session meets the person: a terminal with a clock that stays, or plain lines."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from judge.console import Streams
from judge.practice.view import FEELINGS, KEYS, View
from judge.verdict import encodable

if TYPE_CHECKING:
    from rich.console import Group
    from rich.live import Live

EVERY_MINUTES = 5
NEWLINES = ("\n", "\r")


class Front(Protocol):
    """What a session needs of either."""

    keyboard: int | None
    deliberate: bool
    """What is typed is meant: nothing need be asked twice."""

    def __enter__(self) -> Front: ...

    def __exit__(self, *exception: object) -> None: ...

    def typed(self) -> list[str]:
        """The keys that were pressed, each as its character; "" for a line end. Call it when the keyboard has something."""

    def say(self, text: str) -> None:
        """Print what stays."""

    def status(self, view: View) -> None:
        """Show what changes."""

    def release(self) -> None:
        """Leave the terminal to someone else; what is said meanwhile comes later."""

    def reclaim(self) -> None:
        """Take it back."""


class Lines:
    """Plain lines in and out: for pipes, logs and terminals that can do no more.

    Args:
        write: prints.
        answers: where words come from; None: nobody types.
    """

    deliberate = True

    def __init__(self, write: Callable[[str], None], answers: TextIO | None) -> None:
        self._write = write
        self._begun = b""
        self._last = ""
        try:
            self.keyboard = None if answers is None else answers.fileno()
        except (OSError, ValueError):
            self.keyboard = None

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *exception: object) -> None:
        return None

    def typed(self) -> list[str]:
        """The key of each line: a key itself, or the words of what it does."""
        assert self.keyboard is not None
        data = os.read(self.keyboard, 4096)
        if not data:
            self.keyboard = None
            return []
        *lines, self._begun = (self._begun + data).split(b"\n")
        return [_key(line.decode(errors="replace").strip().lower()) for line in lines]

    def say(self, text: str) -> None:
        """Print what stays."""
        self._write(text.rstrip("\n") + "\n")

    def status(self, view: View) -> None:
        """The clock, now and then."""
        minute = view.clock.partition(":")[0]
        told = f"{minute}/{view.task}"
        if told != self._last and minute.isdigit() and (int(minute) % EVERY_MINUTES == 0 or view.hurry):
            if self._last:
                self._write(f"[{view.clock}]\n")
            self._last = told

    def release(self) -> None:
        """Nothing is in the way."""

    def reclaim(self) -> None:
        """Nothing was."""


def _key(line: str) -> str:
    words = {choice.value: key for key, choice in KEYS.items()} | {feeling.value: k for k, feeling in FEELINGS.items()}
    return words.get(line, line)


class Screen:
    """A terminal: keys without Enter, and a few lines at the bottom that stay.

    Args:
        out: the terminal's output.
        answers: its input.
        colour: whether it may be coloured.
        width: columns to keep to.
    """

    deliberate = False

    def __init__(self, out: TextIO, answers: TextIO, *, colour: bool, width: Callable[[], int]) -> None:
        from rich.console import Console

        self._out = out
        self._console = Console(
            file=out,
            force_terminal=True,
            color_system="standard" if colour else None,
            no_color=not colour,
            highlight=False,
            emoji=False,
            markup=False,
            legacy_windows=False,
        )
        self._colour = colour
        self._width = width
        self._live = self._new_live()
        self._shown: tuple[View, int] | None = None
        self._later: list[str] = []
        self._away = False
        self._descriptor = answers.fileno()
        self.keyboard: int | None = self._descriptor
        self._settings: list[Any] | None = None
        self._interrupt: Any = None

    def __enter__(self) -> Screen:
        self._take_keys()
        self._live.start()
        return self

    def __exit__(self, *exception: object) -> None:
        if self._away:
            signal.signal(signal.SIGINT, self._interrupt)
            return
        self._live.stop()
        self._give_keys_back()

    def typed(self) -> list[str]:
        """The keys that were pressed; of what is more than one character, such as an arrow, nothing."""
        data = os.read(self._descriptor, 1024)
        if not data:
            self.keyboard = None
        text = data.decode(errors="replace")
        if text.startswith("\x1b"):
            return []
        return ["" if mark in NEWLINES else mark.lower() for mark in text]

    def say(self, text: str) -> None:
        """Print what stays, above the clock."""
        if self._away:
            self._later.append(text)
            return
        from rich.text import Text

        shown = encodable(text.rstrip("\n"), self._out.encoding)
        self._console.print(Text.from_ansi(shown), soft_wrap=True)

    def status(self, view: View) -> None:
        """Show what changes, where it has changed."""
        width = self._width()
        if self._away or self._shown == (view, width):
            return
        self._shown = (view, width)
        self._live.update(self._drawn(view, width), refresh=True)

    def release(self) -> None:
        """Leave the terminal to an editor."""
        self._live.stop()
        self._give_keys_back()
        self.keyboard = None
        self._away = True
        # Ctrl-C is the editor's now, and reaches this process as well. A handler, unlike ignoring it, is not handed down.
        self._interrupt = signal.signal(signal.SIGINT, lambda number, frame: None)

    def reclaim(self) -> None:
        """Take it back, and say what has come up."""
        self._away = False
        signal.signal(signal.SIGINT, self._interrupt)
        self._take_keys()
        self.keyboard = self._descriptor
        self._shown = None
        self._live = self._new_live()  # one that was stopped takes away, as it starts, as many lines as it had
        self._live.start()
        said, self._later = self._later, []
        for text in said:
            self.say(text)

    def _new_live(self) -> Live:
        from rich.live import Live

        return Live(
            console=self._console,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def _drawn(self, view: View, width: int) -> Group:
        from rich.console import Group
        from rich.text import Text

        def line(*parts: tuple[str, str]) -> Text:
            found = Text(no_wrap=True, overflow="ellipsis")
            for text, style in parts:
                found.append(encodable(text, self._out.encoding), style if self._colour else "")
            found.truncate(width, overflow="ellipsis")
            return found

        rule = line(("─" * width, "dim"))
        clock = line((f" {view.clock}", "bold red" if view.hurry else "bold"), (f"   {view.task}", ""))
        rows = []
        for row in _rows(view.keys, width):
            parts: list[tuple[str, str]] = []
            for key, word in row:
                parts += [(f" {key} ", "reverse"), (f" {word} ", "")] if self._colour else [(f" [{key}] {word}", "")]
            rows.append(line(*parts))
        return Group(rule, clock, line((f" {view.news}", "dim")), *rows)

    def _take_keys(self) -> None:
        import termios
        import tty

        self._settings = termios.tcgetattr(self._descriptor)
        tty.setcbreak(self._descriptor, termios.TCSANOW)

    def _give_keys_back(self) -> None:
        import termios

        if self._settings is not None:
            termios.tcsetattr(self._descriptor, termios.TCSANOW, self._settings)
            self._settings = None


def _rows(keys: tuple[tuple[str, str], ...], width: int) -> list[list[tuple[str, str]]]:
    """The keys in as many rows as they need."""
    rows: list[list[tuple[str, str]]] = [[]]
    used = 0
    for key, word in keys:
        takes = len(key) + len(word) + 5
        if used + takes > width and rows[-1]:
            rows.append([])
            used = 0
        rows[-1].append((key, word))
        used += takes
    return rows


def front_of(streams: Streams) -> Front:
    """Where a practice session meets the person: a clock that stays, or plain lines."""
    if can_draw(streams.out, streams.answers, streams.environment.get("TERM")):
        assert streams.out is not None
        assert streams.answers is not None
        return Screen(streams.out, streams.answers, colour=streams.colour, width=lambda: streams.width)
    return Lines(streams.write, streams.answers)


def can_draw(out: TextIO | None, answers: TextIO | None, term: str | None) -> bool:
    """Whether both ends are a terminal that can do more than lines."""
    if term == "dumb" or sys.platform == "win32":
        return False
    try:
        return out is not None and answers is not None and out.isatty() and answers.isatty()
    except ValueError:  # closed
        return False
