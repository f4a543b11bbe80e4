"""A session without a terminal and without torch: what is typed and saved follows a script, verdicts from words in the file."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from pathlib import Path
from subprocess import Popen
from typing import Any

import msgspec

from judge.console import Streams
from judge.practice.events import Setup
from judge.practice.view import View
from judge.records import Log, Store, begin_session, unfinished
from judge.service.requests import (
    Chosen,
    Crashed,
    Failing,
    Final,
    FirstFailure,
    Judged,
    Refused,
    Request,
    Settings,
    Tell,
    TriedAgain,
    Trouble,
)
from judge.terminal import saves, session_loop
from judge.terminal.front import Lines
from judge.terminal.pages import Pages
from judge.terminal.session_loop import SessionLoop
from judge.terminal.tools import Tools
from judge.verdict import Diagnosis, Kind, Outcome, Verdict
from tests.judge.practice.hands import HandClock
from tests.judge.verdicts import PASSED, SKIPPED, check, verdict

Script = Generator[None, None, None]


class QuickJudge:
    """Judges by words in the file: "right", "broken", "raises", "crashes", "no sandbox"; all else is a wrong answer, told by its text."""

    def __init__(self) -> None:
        self.judged: list[tuple[str, Failing | None]] = []
        self.prepared: list[str] = []
        self._number = 0

    def prepare(self, problem: Chosen | None, framework: str, seed: int | None, settings: Settings) -> None:
        self.prepared.append(framework)

    def cancel(self, number: int) -> None: ...

    def close(self) -> None: ...

    def submit(self, request: Request, tell: Tell) -> int:
        self._number += 1
        tell(self._final(self._number, request, tell))
        return self._number

    def _final(self, number: int, request: Request, tell: Tell) -> Final:
        text, failing = request.source.decode(), request.earlier
        self.judged.append((text, failing))
        if "raises" in text:
            return Refused(number, Trouble.FAILURE, "The judge itself failed (ZeroDivisionError: it fell over).")
        if "crashes" in text:
            return Crashed(number, "signal 11")
        if "no sandbox" in text:
            return Refused(number, Trouble.SANDBOX, "No sandbox works here.")
        same = {"problem": request.stem, "seconds": 0.5}
        mended = None
        if failing is not None:
            mended = failing.sentence not in text
            tell(TriedAgain(number, mended, failing.check, failing.sentence))
        if "right" in text:
            checks = (*PASSED, check("agrees"), check("gradients"))
            return _judged(number, verdict(Kind.ACCEPTED, "4 checks passed", checks=checks, **same), mended)
        if "broken" in text:
            return _judged(number, verdict(Kind.LOAD_ERROR, "it does not load", **same), mended)
        tell(FirstFailure(number, "wrong_answer", "agrees", text))
        checks = (*PASSED, check("agrees", Outcome.FAILED, text), *SKIPPED[:1])
        found = verdict(
            Kind.WRONG_ANSWER,
            text,
            checks=checks,
            diagnosis=Diagnosis(mistake="scale-missing", title="No scale", explanation="Scale.", question="Scale?"),
            **same,
        )
        return _judged(number, found, mended, Failing(check="agrees", case={"sizes": {}}, seed=7, sentence=text))


def _judged(number: int, found: Verdict, mended: bool | None, failing: Failing | None = None) -> Judged:
    return Judged(number, msgspec.json.encode(found), failing=failing, mended=mended)


class Typist(Lines):
    """Says what is printed to a list, and goes on with the script whenever the session has nothing better to do."""

    def __init__(self, script: Callable[[], None], *, deliberate: bool, keyboard: int | None) -> None:
        super().__init__(lambda text: None, None)
        self.said: list[str] = []
        self.view: View | None = None
        self.deliberate = deliberate
        self.keyboard = keyboard
        self.released = 0
        self._script = script

    def typed(self) -> list[str]:
        assert self.keyboard is not None
        return ["" if mark == "\n" else mark for mark in os.read(self.keyboard, 100).decode()]

    def say(self, text: str) -> None:
        self.said.append(text)

    def status(self, view: View) -> None:
        self.view = view
        self._script()

    def release(self) -> None:
        self.released += 1

    def reclaim(self) -> None:
        self.released -= 1


def quick_saves(set_: Callable[[Any, str, Any], None]) -> None:
    """Editors here take no time to save."""
    set_(saves, "DEBOUNCE_MS", 10)
    set_(saves, "SETTLED_SECONDS", 0.002)
    set_(saves, "EMPTY_SECONDS", 0.05)


class Stage:
    """Everything of a session, in one folder."""

    def __init__(self, folder: Path, monkeypatch: Any) -> None:
        monkeypatch.setattr(session_loop, "TICK_SECONDS", 0.002)
        quick_saves(monkeypatch.setattr)
        self.folder = folder
        self.clock = HandClock()
        self.judge = QuickJudge()
        self.warnings: list[str] = []
        self.store = Store(folder / "home" / "judge.db", now=lambda: self.clock.at, warn=self.warnings.append)
        self.edit: Callable[[str], Popen[bytes]] | None = None
        self.front = Typist(lambda: None, deliberate=False, keyboard=None)
        self._typing = -1

    def setup(self, setup: Setup) -> Setup:
        """The session with its files in this folder, each with the starter."""
        from msgspec.structs import replace

        from problems import find_problem

        tasks = tuple(replace(task, file=str(self.folder / f"{task.problem}.py")) for task in setup.tasks)
        for task in tasks:
            Path(task.file).write_text(find_problem(task.problem).starter(task.framework))
        return replace(setup, tasks=tasks)

    def run(
        self, log: Log, script: Script, *, keys: bool = True, resumed: bool = False, deliberate: bool = True
    ) -> Log:
        """One session to its end."""
        reading, self._typing = os.pipe()
        self._steps = 0
        self.front = Typist(lambda: self._go_on(script), deliberate=deliberate, keyboard=reading if keys else None)
        session = Streams(out=None, err=None, answers=None, environment={}, now=lambda: datetime.now(UTC))
        tools = Tools(
            store=self.store,
            clock=self.clock,
            front=self.front,
            pages=Pages(log.setup, session, hints="ladder", local=lambda moment: moment),
            judge=self.judge,
            settings=Settings(),
            local=lambda moment: moment,
            edit=self.edit,
        )
        try:
            SessionLoop(log, tools).run(resumed=resumed)
        finally:
            os.close(reading)
            os.close(self._typing)
        return log

    def begin(self, setup: Setup) -> Log:
        return begin_session(self.store, self.setup(setup), self.clock.read())

    def cut_off(self) -> Log:
        """The session as the next process finds it."""
        (log,) = unfinished(self.store)
        return log

    def _go_on(self, script: Script) -> None:
        self._steps += 1
        assert self._steps < 5000, f"the script waits in vain; last said: {self.front.said[-3:]}"
        next(script, None)

    # what a script does

    def press(self, keys: str) -> None:
        os.write(self._typing, keys.encode())

    def save(self, text: str, problem: str = "lstm") -> None:
        path = self.folder / f"{problem}.py"
        other = path.with_suffix(".new")  # as editors save: a whole file in one step
        other.write_text(text)
        other.replace(path)

    def until(self, words: str) -> Script:
        """Go on when something has been said."""
        seen = len(self.front.said)
        while not any(words in text for text in self.front.said[seen:]):
            yield

    def until_said(self, words: str) -> Script:
        """The same, where it may have been said before."""
        while not self.said(words):
            yield

    def settle(self, steps: int = 30) -> Script:
        for _ in range(steps):
            yield

    def said(self, words: str) -> bool:
        return any(words in text or words in " ".join(text.split()) for text in self.front.said)

    @property
    def everything(self) -> str:
        return "\n".join(self.front.said)
