"""Sessions one after the other, to be killed at any moment: `python -m tests.judge.practice.scripted WORK DATABASE`.

Every save carries a token of its own, so that whoever reads what was printed can look for it in the database.
"""

from __future__ import annotations

import itertools
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from judge.console import Streams
from judge.practice.clock import SystemClock
from judge.practice.events import Mode, Setup, Task
from judge.practice.view import View
from judge.records import Store, begin_session
from judge.service.requests import Settings
from judge.terminal import session_loop
from judge.terminal.front import Lines
from judge.terminal.pages import Pages
from judge.terminal.session_loop import SessionLoop
from judge.terminal.tools import Tools
from tests.judge.practice.stage import QuickJudge, quick_saves


class Driver(Lines):
    """Prints at once, and types and saves by itself."""

    deliberate = True

    def __init__(self, file: Path, keyboard: tuple[int, int], token: itertools.count[int]) -> None:
        super().__init__(lambda text: os.write(1, text.encode()) and None, None)
        self.keyboard, self._typing = keyboard
        self._file = file
        self._token = token
        self._said = ""
        self._steps = self._script()

    def typed(self) -> list[str]:
        assert self.keyboard is not None
        return list(os.read(self.keyboard, 100).decode())

    def say(self, text: str) -> None:
        self._said += text
        super().say(text)

    def status(self, view: View) -> None:
        next(self._steps, None)

    def _script(self):
        for number in range(3):
            token = f"token-{next(self._token)}-"
            self._file.write_text(f"{token} is off")
            if number == 1:
                os.write(self._typing, b"h")
            while f"wrong answer — {token}" not in self._said:
                yield
        self._file.write_text(f"right {next(self._token)}")
        while "How did it feel?" not in self._said:
            yield
        os.write(self._typing, b"1")


def main(folder: Path, database: Path) -> None:
    session_loop.TICK_SECONDS = 0.002
    quick_saves(setattr)
    session = Streams(out=None, err=None, answers=None, environment={}, now=lambda: datetime.now(UTC))
    token = itertools.count(int(datetime.now(UTC).timestamp() * 1000) * 100_000 + os.getpid())
    keyboard = os.pipe()
    file = folder / "lstm.py"
    with Store(database, now=lambda: datetime.now(UTC), warn=lambda text: sys.exit(text)) as store:
        while True:
            file.write_text("starter")
            task = Task(problem="lstm", name="lstm", framework="torch", file=str(file), minutes=25.0)
            setup = Setup(mode=Mode.LEARN, tasks=(task,), minutes=25.0, seed=7)
            tools = Tools(
                store=store,
                clock=SystemClock(),
                front=Driver(file, keyboard, token),
                pages=Pages(setup, session, hints="ladder", local=lambda moment: moment),
                judge=QuickJudge(),
                settings=Settings(),
                local=lambda moment: moment,
                edit=None,
            )
            SessionLoop(begin_session(store, setup, SystemClock().read()), tools).run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
