"""One call of the command line: its streams, its clock, its environment. Commands are given it and use nothing else."""

from __future__ import annotations

import io
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, TextIO

from judge.settings import Configuration, Places, read_configuration, read_places, require_own, wants_colour
from judge.verdict import JudgeError, UsageError, encodable, escaped, printable_json
from problems import Catalogue, read_catalogue

if TYPE_CHECKING:
    from rich.console import Console

    from judge.records import Store

PIPED_WIDTH = 80
CLEAR_LINE = "\r\x1b[K"


class OutputError(JudgeError):
    """Standard output takes nothing more: exit status 3."""


class Streams:
    """What a command reads from and writes to.

    Args:
        out: standard output, or None where it is closed.
        err: standard error, or None where it is closed.
        answers: standard input, or None where it is closed.
        environment: the environment's variables.
        now: the clock.
    """

    def __init__(
        self,
        *,
        out: TextIO | None,
        err: TextIO | None,
        answers: TextIO | None,
        environment: Mapping[str, str],
        now: Callable[[], datetime],
    ) -> None:
        self.out = out
        self.err = err
        self.answers = answers
        self.environment = environment
        self.now = now
        self.places: Places = read_places(environment)
        self._own = False

    @property
    def colour(self) -> bool:
        """Whether standard output may be coloured."""
        return _is_terminal(self.out) and wants_colour(self.environment)

    @property
    def is_terminal(self) -> bool:
        """Whether a person reads standard output as it comes."""
        return _is_terminal(self.out)

    @property
    def width(self) -> int:
        """Columns of standard output, from 40 to 120; 80 where it is no terminal."""
        if self.out is None or not _is_terminal(self.out):
            return PIPED_WIDTH
        try:
            columns = os.get_terminal_size(self.out.fileno()).columns
        except (OSError, ValueError):
            columns = 0
        return min(max(columns or PIPED_WIDTH, 40), 120)

    def write(self, text: str) -> None:
        """Write to standard output. Where its reader has gone, the rest goes nowhere.

        Raises:
            OutputError: it can't be written for another reason, as on a full disk.
        """
        if self.out is not None:
            self.write_bytes(encodable(text, self.out.encoding).encode(self.out.encoding))

    def write_bytes(self, data: bytes) -> None:
        """Write bytes to standard output, whatever the terminal's encoding; otherwise like `write`."""
        if self.out is None:
            return
        try:
            self.out.flush()
            self.out.buffer.write(data)
            self.out.buffer.flush()
        except OSError as error:
            _silence(self.out)
            self.out = None
            if not isinstance(error, BrokenPipeError):
                raise OutputError(f"The result can't be written: {error.strerror}.") from error

    def page(self, text: str, *, pager: bool) -> None:
        """Write a text, through the person's pager where it is longer than the terminal.

        Args:
            text: it.
            pager: whether one may be used.

        Raises:
            OutputError: as `write`.
        """
        command = shlex.split(self.environment.get("PAGER", "") or "less")
        if not pager or not self.is_terminal or self._fits(text) or not command or which(command[0]) is None:
            self.write(text)
            return
        assert self.out is not None
        self.out.flush()
        data = encodable(text, self.out.encoding).encode(self.out.encoding)
        environment = {"LESS": "FRX", "LESSCHARSET": "utf-8", **self.environment}
        # Ctrl-C is for the pager: it stops a search there, and ends nothing here.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            subprocess.run(command, input=data, stdout=self.out.fileno(), env=environment, check=False)
        except OSError:
            self.write(text)
        finally:
            signal.signal(signal.SIGINT, before)

    def _fits(self, text: str) -> bool:
        """Whether a text fits into the terminal with a line for the prompt."""
        assert self.out is not None
        try:
            rows = os.get_terminal_size(self.out.fileno()).lines
        except (OSError, ValueError):
            return True
        return not rows or text.count("\n") < rows  # a terminal without a size says 0

    def write_json(self, record: object) -> None:
        """Write a record as one line of JSON that does no harm to a terminal."""
        import msgspec

        self.write_bytes(printable_json(msgspec.json.encode(record)) + b"\n")

    def say(self, sentence: str) -> None:
        """Write one line to standard error."""
        safe = "\n".join(escaped(line) for line in sentence.split("\n"))
        self._to_err(f"judge: {safe}\n")

    def progress(self) -> Callable[[str], None] | None:
        """Something that shows the stage on standard error, in place; None where no terminal is attached there."""
        if not _is_terminal(self.err) or self.environment.get("TERM") == "dumb":
            return None
        return lambda stage: self._to_err(f"{CLEAR_LINE}{escaped(stage)[: min(70, self.width - 1)]}")

    def end_progress(self) -> None:
        """Take the last stage away."""
        if self.progress() is not None:
            self._to_err(CLEAR_LINE)

    def ask(self, question: str) -> bool:
        """Ask for yes or no; no is the answer to an empty line or an end of input.

        Raises:
            UsageError: nobody can answer, because standard input is not a terminal.
        """
        if self.answers is None or not _is_terminal(self.answers):
            raise UsageError(f"{question} Nobody can answer here, as the input is not a terminal: add --yes.")
        self._to_err(f"{escaped(question)} [y/N] ")
        return self.answers.readline().strip().lower() in ("y", "yes")

    def configuration(self, **flags: str | None) -> Configuration:
        """The settings, with flags as typed.

        Raises:
            UsageError: one is unknown or its value is not possible, or others can change them.
        """
        self.require_own()
        return read_configuration(self.environment, self.places.config_file, flags)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The problems there are, those of packs included."""
        return read_catalogue(self.configuration().packs)

    @property
    def can_answer(self) -> bool:
        """Whether somebody is there to be asked."""
        return self.answers is not None and _is_terminal(self.answers)

    def choose(self, question: str, letters: str) -> str:
        """Ask for one of these letters; "" for anything else. Only where `can_answer` says so."""
        assert self.answers is not None
        self._to_err(f"{escaped(question)} [{'/'.join(letters)}] ")
        answer = self.answers.readline().strip().lower()[:1]
        return answer if answer in letters else ""

    def read_bytes(self) -> bytes:
        """All of standard input."""
        return b"" if self.answers is None else self.answers.buffer.read()

    def store(self) -> Store:
        """The store, opened; to be closed by the caller.

        Raises:
            UsageError: others can change it.
        """
        from judge.records import Store

        self.require_own()
        return Store(self.places.database, now=self.now, warn=self.say)

    def require_own(self) -> None:
        """Look once whether settings and store are this user's alone to change.

        Raises:
            UsageError: they are not.
        """
        if not self._own:
            require_own(self.places)
            self._own = True

    def console(self) -> Console:
        """A rich console to capture from; it prints no escape sequence at all where colour is off."""
        from rich.console import Console
        from rich.theme import Theme

        return Console(
            theme=Theme({"markdown.code": "cyan", "markdown.code_block": "cyan"}),  # rich puts them on black
            file=io.StringIO(),
            color_system="standard" if self.colour else None,
            force_terminal=self.colour,
            width=min(self.width, 100),
            highlight=False,
            emoji=False,
        )

    def error_console(self) -> Console:
        """A rich console that prints to standard error, as it goes."""
        from rich.console import Console

        colour = _is_terminal(self.err) and wants_colour(self.environment)
        return Console(
            file=self.err if self.err is not None else io.StringIO(),
            color_system="standard" if colour else None,
            no_color=not colour,
            width=None if _is_terminal(self.err) else PIPED_WIDTH,
            highlight=False,
            emoji=False,
        )

    def _to_err(self, text: str) -> None:
        if self.err is None:
            return
        try:
            self.err.write(encodable(text, self.err.encoding))
            self.err.flush()
        except OSError:
            # There is no further place to say it.
            _silence(self.err)
            self.err = None


def current_streams() -> Streams:
    """Those of this process."""
    return Streams(
        out=sys.stdout, err=sys.stderr, answers=sys.stdin, environment=os.environ, now=lambda: datetime.now(UTC)
    )


def shown_path(path: Path) -> str:
    """A path as it is shown in a sentence."""
    return escaped(str(path))


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def _silence(stream: TextIO) -> None:
    """Point the descriptor at nothing, so that flushing it when the interpreter ends does not fail again."""
    try:
        target = stream.fileno()
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, target)
    os.close(nowhere)
