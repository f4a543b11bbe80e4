"""What a session says, ready to be printed: the words of `judge.reports.practice` with this terminal's width, colour and time zone."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from datetime import datetime

from judge.console import Streams
from judge.practice.events import Feeling, Occasion, Setup, Task
from judge.practice.state import Choice, Phase, State
from judge.practice.view import minutes
from judge.reports import practice as words
from judge.reports.markup import markdown, python
from judge.reports.style import Painter, Style
from judge.reports.terminal import Layout, closing, opening
from judge.service.requests import FirstFailure, TriedAgain
from judge.verdict import Verdict, escaped, wrapped


class Pages:
    """The words of one session.

    Args:
        setup: the session's.
        streams: the terminal.
        hints: what is shown of a mistake that was recognised: "ladder", "full" or "off".
        local: a moment in the person's time zone.
    """

    def __init__(self, setup: Setup, streams: Streams, *, hints: str, local: Callable[[datetime], datetime]) -> None:
        self._setup = setup
        self._streams = streams
        self._hints = hints
        self._local = local

    @property
    def _paint(self) -> Painter:
        return Painter(self._streams.colour)

    def time(self, seconds: float) -> str:
        """Minutes and seconds."""
        return minutes(seconds)

    def opening(self, setup: Setup, editor: bool) -> str:
        """How it begins, with the statement of the first problem."""
        head = words.opening(setup, paint=self._paint, editor=editor)
        return f"{self.statement(0)}\n{head}\n"

    def begun(self, state: State) -> str:
        """The clock of the coding has started."""
        return self._moment(state.coding(state.spent), f"the clock is running: {self._setup.minutes:g} minutes")

    def resumed(self, state: State, spent: float, away: float) -> str:
        """It goes on."""
        task = state.setup.tasks[state.current]
        if state.phase is Phase.READING:
            return f"{escaped(task.problem)} goes on: you are reading."
        at = f"{minutes(state.coding(spent))} of {state.setup.minutes:g} minutes"
        told = f"{escaped(task.problem)} goes on after {minutes(away)}, at {at}."
        return self._wrapped(f"{told} The file is {escaped(task.file)}.")

    def statement(self, place: int) -> str:
        """What is asked."""
        return markdown(self._streams.catalogue.listed(self._setup.tasks[place].problem).statement, self._streams)

    def at_problem(self, state: State) -> str:
        """Which problem it is now, with its statement."""
        task = state.setup.tasks[state.current]
        head = self._moment(state.coding(state.spent), f"now {task.problem}, in {task.file}")
        return f"{head}\n{self.statement(state.current)}"

    def hint(self, number: int, count: int, text: str) -> str:
        """A hint."""
        return self._wrapped(words.hint_text(number, count, text))

    def no_hints(self, problem: str) -> str:
        """There are none."""
        return f"{escaped(problem)} has no hints."

    def solution(self, problem: str) -> str:
        """The model answer."""
        return python(self._streams.catalogue.listed(problem).solution, self._streams)

    def retried(self, notice: TriedAgain, after: float) -> str:
        """What became of the last counterexample."""
        text = words.retried(bool(notice.mended), notice.sentence, width=self._streams.width, paint=self._paint)
        return f"{self._moment(after, 'the last counterexample')}\n{text}"

    def noticed(self, notice: FirstFailure, after: float) -> str:
        """A check that fails."""
        text = words.noticed(
            notice.verdict, notice.check, notice.sentence, width=self._streams.width, paint=self._paint
        )
        return f"{self._moment(after, 'the verdict')}\n{text}"

    def verdict(self, verdict: Verdict, task: Task, occasion: Occasion, after: float) -> str:
        """The report, without what explains the verdict."""
        file = task.file.rpartition("/")[2]
        report = opening(verdict, file=file, layout=self._layout)
        name = {"save": "saved", "submit": "submitted", "time-up": "as it stood when the time was up"}
        return f"{self._moment(after, name[occasion.value])}\n{report}"

    def explained(self, verdict: Verdict, task: Task) -> str:
        """The rest of the report."""
        file = task.file.rpartition("/")[2]
        again = shlex.join(["judge", "run", file, "--problem", task.problem, "--seed", str(verdict.seed)])
        return closing(verdict, file=file, repeat=escaped(again), hints=self._hints, layout=self._layout)

    def summary(self, state: State, place: int) -> str:
        """How the work on a problem went."""
        text = words.task_summary(state, place, width=self._streams.width, paint=self._paint)
        return f"{self._moment(state.coding(state.spent), 'the end')}\n{text}\n"

    def overall(self, state: State) -> str:
        """A mock interview as a whole."""
        text = words.overall(state, width=self._streams.width, paint=self._paint)
        return f"{self._moment(state.coding(state.spent), 'all of it')}\n{text}\n"

    def question(self, state: State, place: int) -> str:
        """How it felt."""
        return self._wrapped(words.question(state.setup.tasks[place].problem if len(state.tasks) > 1 else None))

    def comes_back(self, problem: str, feeling: Feeling | None, due: datetime, now: datetime) -> str:
        """When the problem is due."""
        said = f"Noted: {words.felt(feeling)}. " if feeling else ""
        return said + words.comes_back(problem, self._local(due), self._local(now))

    def time_is_up(self) -> str:
        """It is."""
        return self._paint("Time is up. What you have not submitted is judged as it stands.", Style.HEADING)

    def too_late(self, file: str) -> str:
        """A file was changed after the time was up."""
        return self._wrapped(
            f"{escaped(file)} was changed after the time was up: what was last seen to be saved within the time is judged."
        )

    def clock_moved(self, seconds: float) -> str:
        """The system's time was changed."""
        direction = "forward" if seconds > 0 else "back"
        return self._wrapped(
            f"The system's time was put {direction} by {minutes(abs(seconds))}. What you have used up is counted as it passed."
        )

    def unknown(self, key: str, possible: tuple[Choice, ...]) -> str:
        """A word that means nothing here."""
        named = ", ".join(choice.value for choice in possible)
        return self._wrapped(f"{escaped(key)!r} means nothing here. Possible are: {named}.")

    def no_file(self, file: str) -> str:
        """There is nothing to submit."""
        return f"{escaped(file)} can't be read: save it there, then submit."

    def no_editor(self, why: str = "") -> str:
        """There is none to open."""
        return f"Your editor can't be opened{f' ({escaped(why)})' if why else ''}: EDITOR or VISUAL says which it is."

    def not_judged(self, why: str) -> str:
        """The judge failed, or the file can't be judged."""
        return f"{self._paint('Not judged.', Style.BAD)} {escaped(why)}"

    @property
    def _layout(self) -> Layout:
        return Layout(
            width=self._streams.width, colour=self._streams.colour, wraps=self._streams.is_terminal, again=False
        )

    def _wrapped(self, text: str) -> str:
        return "\n".join(part for line in text.split("\n") for part in wrapped(line, self._streams.width))

    def _moment(self, after: float, text: str) -> str:
        return words.heading(after, text, width=self._streams.width, paint=self._paint)
