"""The place where judges are killed: a folder with a home of theirs, their temporary files, and what hostile files reach for."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

from judge.service.place import NoPlace
from judge.service.requests import Request, chosen, settings_of
from judge.service.resident_judge import ResidentJudge, ask_status, ask_stop
from judge.service.resident_messages import Status
from judge.service.waiting import final_event
from judge.settings import read_configuration, read_places
from judge.verdict import from_json
from problems import find_problem
from tests import leftovers
from tests.judge.service.hands import NoJudge
from tests.kills import processes
from tests.kills.answers import Weighed, Weights
from tests.kills.files import File, Reach, mix, reach_in

SECONDS = 120.0
SETTLE_SECONDS = 20.0
SETTINGS = {"JUDGE_CALL_SECONDS": "1", "JUDGE_MEMORY_MIB": "256", "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"}
RAISED = re.compile(
    r"^[ |+]*((?:[a-zA-Z_]+\.)*[A-Z]\w+: .*)$", re.MULTILINE
)  # the line of a traceback that says what was raised
# All that may be there at the end: in the home, and of temporary files.
# Of case sets a file that was being written may be left: whoever writes the next one clears it away.
CASE_SETS = r"cache(/case-sets(/[^/]+(/(\d+\.(ready|taken)|\.[0-9a-f]{16}))?)?)?"
AT_HOME = re.compile(rf"judge\.db|server|server/lock|server/commands|server\.log|sessions|failures(/.*)?|{CASE_SETS}")
TEMPORARY = re.compile(r"ml-judge-[0-9]+(/isolation-[0-9a-f]+\.json)?")
# Python's `tempfile` tries its folder with a file of such a name, which holds "blat", and removes it at once. A kill can come between.
TRIAL, TRIAL_BYTES = re.compile(r"[a-z0-9_]{8}"), (b"", b"blat")


class Room:
    """Everything of a session of kills, in one folder.

    Args:
        folder: empty; it goes when the room is closed.
        sandbox: in which all files are judged.
        settle_seconds: what is being ended may take so long.

    Attributes:
        folder: see there.
        reach: what files reach for.
        files: the mix, by their names.
        environment: of each command.
    """

    def __init__(self, folder: Path, sandbox: str = "auto", settle_seconds: float = SETTLE_SECONDS) -> None:
        self._settle_seconds = settle_seconds
        folder.chmod(0o755)  # what a run can't reach it is kept from by walls, not by this
        self.folder = folder
        self.work = folder / "work"
        self._temporary = folder / "tmp"
        for each in (self.work, self._temporary):
            each.mkdir()
        self.reach: Reach = reach_in(folder / "reach")
        self.files: dict[str, File] = mix(self.reach)
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in ("CI", "VISUAL", "EDITOR") and not name.startswith(("JUDGE_", "TMUX", "XDG_RUNTIME"))
        }
        places = {"JUDGE_HOME": str(folder / "home"), "TMPDIR": str(self._temporary)}
        self.environment = kept | SETTINGS | places | {"JUDGE_SANDBOX": sandbox}
        self.places = read_places(self.environment)
        self._before = self._look()

    def command(self, *words: str) -> list[str]:
        """A command of the judge."""
        return [sys.executable, "-P", "-m", "judge", *words]

    def done(self, *words: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """What a command says that nobody disturbs."""
        return subprocess.run(
            self.command(*words),
            env=self.environment if environment is None else environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    # the resident judge

    def status(self) -> Status | None:
        """How the resident judge is; None where there is none, or none that answers."""
        try:
            return ask_status(self.places.server_folder)
        except NoPlace:
            return None

    def begin_resident(self, file: File) -> Status | None:
        """Start one, as `judge run` of this file does; the resident judge once it is ready."""
        configuration = read_configuration(self.environment, self.places.config_file)
        problem = find_problem(file.problem)
        settings = settings_of(configuration, own_code=True)
        request = Request(
            source=file.source.encode(),
            filename="",
            problem=chosen(problem),
            framework=problem.frameworks[0],
            settings=settings,
        )
        asked = ResidentJudge(self.places, self.environment, NoJudge())
        final_event(asked, request)  # there is none that judges it: this is how it knows what to prepare
        asked.start(settings)
        return self.ready()

    def ready(self) -> Status | None:
        """The resident judge once it is ready and has nothing to do; None where there is none, or it does not come to that."""
        until = time.monotonic() + SECONDS / 2
        while self._resident() and time.monotonic() < until:
            status = self.status()
            if status is not None and status.ready and not status.busy:
                return status
            time.sleep(0.05)
        return None

    def end_resident(self) -> None:
        """Stop the resident judge, one that begins as well."""
        until = time.monotonic() + SETTLE_SECONDS
        while self._resident() and time.monotonic() < until:
            with contextlib.suppress(NoPlace):
                ask_stop(self.places.server_folder)
            time.sleep(0.05)

    def _resident(self) -> bool:
        """Whether there is one, or a shell that is about to start it."""
        return any("judge.service.resident" in each.words for each in processes.below(os.getpid()).values())

    # what must hold after each trial

    def faults(self) -> list[str]:
        """What is left over, and what a file has reached. What is left is taken away, so that the next trial is not blamed for it."""
        self.end_resident()
        found = self._processes_left(self._settle_seconds)
        left = leftovers.settled(self._look, self._before, self._settle_seconds)
        found += [f"left over: {line}" for line in leftovers.sentences(left)]
        for path in _beyond(self._temporary, TEMPORARY):
            if not _is_trial(path):
                found.append(f"left over: the temporary file {path.relative_to(self._temporary)}")
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
        if self.reach.mark.exists():
            found.append("a file ran without walls: it has left its mark")
            self.reach.mark.unlink()
        if self.reach.secret_file.read_text() != self.reach.secret:
            found.append("a file ran without walls: it has changed the secret")
        return found

    def told(self, text: str) -> list[str]:
        """The fault where what a command has printed holds the secret."""
        return ["a file ran without walls: it has read the secret"] if self.reach.secret in text else []

    def remembered(self, weights: Weights) -> list[str]:
        """What is wrong with the store: it can't be opened, is damaged, or remembers what no file has earned."""
        if not self.places.database.exists():
            return []
        found = []
        try:
            with closing(sqlite3.connect(self.places.database)) as connection:
                if (said := connection.execute("PRAGMA integrity_check").fetchall()) != [("ok",)]:
                    found.append(f"the store is damaged: {said}")
                rows = connection.execute("SELECT source, verdict_json FROM attempts").fetchall()
        except sqlite3.Error as error:
            return [f"the store can't be read: {error}"]
        for source, verdict in rows:
            found += self.told(verdict)
            if (weighed := self._weighed(weights, source, verdict)).fault:
                found.append(f"the store remembers: {weighed.fault}")
        return found

    def forget(self) -> None:
        """Take away what the store remembers, so that the next trial is not blamed for it."""
        for path in self.places.data_folder.glob("judge.db*"):
            path.unlink()

    def unfinished(self) -> int:
        """Sessions of practice that have begun and are not over."""
        if not self.places.database.exists():
            return 0
        with closing(sqlite3.connect(self.places.database)) as connection:
            try:
                return int(connection.execute("SELECT count(*) FROM sessions WHERE finished_at IS NULL").fetchone()[0])
            except sqlite3.OperationalError:
                return 0  # the store was just begun

    def untidy(self) -> list[str]:
        """What the home holds that it should not."""
        home = self.places.data_folder
        return [f"left at home: {path.relative_to(home)}" for path in _beyond(home, AT_HOME)]

    def failures(self) -> list[str]:
        """The errors of the tracebacks that the judge has written of its own failures; they are taken away."""
        found = []
        for path in self.places.failures_folder.glob("*"):
            errors = RAISED.findall(path.read_text())
            found.append("; ".join(dict.fromkeys(errors))[:1000])
            path.unlink()
        return found

    def close(self) -> None:
        """End what is still there, and remove the folder."""
        self.end_resident()
        self._processes_left(1.0)
        shutil.rmtree(self.folder)

    def _weighed(self, weights: Weights, source: str | bytes, verdict: str) -> Weighed:
        text = source if isinstance(source, str) else source.decode(errors="replace")
        file = next(each for each in self.files.values() if text.startswith(each.source))
        return weights.weigh(file, from_json(verdict.encode()))

    def _look(self) -> Counter[str]:
        reap_adopted()
        return leftovers.look(os.getpid())

    def _processes_left(self, seconds: float) -> list[str]:
        """Processes that outlive what they are for. They are ended then."""
        until = time.monotonic() + seconds
        while processes.below(os.getpid()) and time.monotonic() < until:
            reap_adopted()
            time.sleep(0.02)
        found = []
        while left := processes.below(os.getpid()):
            named = processes.roles(left, 0)
            found += [f"left over: the process {named[pid]}: {each.words[:200]}" for pid, each in left.items()]
            for each in left.values():
                processes.kill(each)
            reap_adopted()
            time.sleep(0.02)
        return found


def _is_trial(path: Path) -> bool:
    """Whether Python has made a file to see if its folder for temporary files can be written to."""
    return bool(TRIAL.fullmatch(path.name)) and path.is_file() and path.read_bytes() in TRIAL_BYTES


def _beyond(folder: Path, allowed: re.Pattern[str]) -> list[Path]:
    """What is in a folder beyond what may be there."""
    paths = folder.rglob("*")
    return sorted(path for path in paths if not allowed.fullmatch(path.relative_to(folder).as_posix()))


def reap_adopted() -> None:
    """Let go of processes that this one has adopted and that have ended; its own are waited for by those who started them."""
    for each in leftovers.tree(os.getpid()):
        if each.ended and each.parent == os.getpid() and each.pid not in OWN:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(each.pid, os.WNOHANG)


OWN: set[int] = set()
"""Processes that this one has started itself."""
