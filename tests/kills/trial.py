"""One trial: a command is started, something of it is killed, and what it says is weighed."""

from __future__ import annotations

import shutil
import signal
import time
from pathlib import Path

import msgspec

from judge.verdict import Verdict, from_json
from tests.kills import processes
from tests.kills.answers import Came, Weighed, Weights, worst
from tests.kills.files import File
from tests.kills.killing import Killer
from tests.kills.plans import Plan
from tests.kills.room import Room
from tests.kills.running import Running

SEED = 7


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a trial.

    Attributes:
        plan: of it.
        killed: what each process was for that was killed; empty where there was none any more.
        came: what came of the files.
        faults: what must not be, a sentence each.
        notes: what the judge has written of its own failures.
        seconds: it took.
    """

    plan: Plan
    killed: tuple[str, ...]
    came: Came
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0


class Trial:
    """One trial on its way.

    Args:
        room: where.
        weights: weigh what comes.
        plan: see there.

    Attributes:
        faults: what must not be, a sentence each.
        weighed: what came of each file.
        running: the command.
        killer: kills.
        work: the folder that the person works in.
    """

    def __init__(self, room: Room, weights: Weights, plan: Plan) -> None:
        self.room = room
        self.plan = plan
        self.faults: list[str] = []
        self.weighed: list[Weighed] = []
        self.running: Running | None = None
        self.killer: Killer | None = None
        self.work = room.work / str(plan.number)
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir()
        self._weights = weights
        self._saved = 0

    @property
    def file(self) -> File:
        """The one that is judged; in a batch, the first."""
        return self.room.files[self.plan.files[0]]

    @property
    def remedy(self) -> File:
        """A right answer to the same problem."""
        return next(each for each in self.room.files.values() if each.right and each.problem == self.file.problem)

    @property
    def killed(self) -> list[str]:
        """What was killed so far."""
        return self.killer.killed if self.killer is not None else []

    @property
    def cut_off(self) -> bool:
        """Whether the command itself was killed."""
        if self.running is not None and self.running.process.poll() == -signal.SIGKILL:
            self.settle()  # who has killed it may not have noted it yet
        return processes.COMMAND in self.killed

    def start(self, *words: str, apart: bool = False, terminal: bool = False) -> Running:
        """Start the command; from now on it may lose processes."""
        running = self.call(*words, apart=apart, terminal=terminal)
        self.running, self.killer = running, Killer(self.plan, running.process.pid)
        return running

    def call(self, *words: str, apart: bool = False, terminal: bool = False) -> Running:
        """Start a command that nobody disturbs."""
        return Running(self.room.command(*words), self.room.environment, apart=apart, terminal=terminal)

    def settle(self) -> None:
        """Wait until what was to be killed is, where that has a moment."""
        if self.killer is not None and not self.plan.templates:
            self.killer.wait()

    def spare(self) -> None:
        """Kill nothing from now on."""
        if self.killer is not None:
            self.killer.end()

    def save(self, file: File, path: Path | None = None) -> Path:
        """Save a file, whole, in one step, each time with another last line."""
        path = path or self.work / f"{file.problem}.py"
        self._saved += 1
        beside = path.with_name(f"{path.name}.new")
        beside.write_text(f"{file.source}\n# save {self._saved} of trial {self.plan.number}\n")
        beside.replace(path)
        return path

    # what comes is weighed

    def read(self, text: str) -> Verdict | None:
        """A verdict that was printed as JSON; None, and a fault, where it is none."""
        try:
            return from_json(text.encode())
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            self.faults.append(f"what it printed is no verdict ({error}): {text[:300]!r}")
            return None

    def weigh(self, file: File, verdict: Verdict) -> Came:
        """Weigh a verdict."""
        return self._keep(self._weights.weigh(file, verdict))

    def weigh_words(self, file: File, said: str) -> Came:
        """Weigh what stands for a verdict on paper."""
        return self._keep(self._weights.words(file, said))

    def refuse(self) -> Came:
        """A command has said that the judge failed."""
        return self._keep(Weighed(Came.REFUSED))

    def must_be_right(self, came: Came, when: str) -> None:
        """After all that, a file is judged as always."""
        if came is not Came.RIGHT:
            self.faults.append(f"{when}: a right file came out as {came}")

    def honest(self, when: str, *, alone: bool) -> None:
        """A `judge run` of a right file that nobody disturbs. It does not count among what came of this trial.

        Args:
            when: in words.
            alone: without a resident judge.
        """
        file = self.remedy
        path = self.save(file, self.work / f"honest_{file.problem}.py")
        words = ["run", str(path), "--json", "--seed", str(SEED), "--problem", file.problem]
        done = self.room.done(*words, *(["--no-server"] if alone else []))
        if (verdict := self.read(done.stdout)) is None:
            return
        weighed = self._weights.weigh(file, verdict)
        if weighed.came is not Came.RIGHT or done.returncode != 0:
            said = weighed.fault or verdict.error or verdict.headline
            self.faults.append(f"{when}: exit status {done.returncode}, {said}")

    def record(self, seconds: float, notes: list[str]) -> Record:
        """What came of it."""
        return Record(
            plan=self.plan,
            killed=tuple(self.killed),
            came=worst(self.weighed),
            faults=tuple(dict.fromkeys(self.faults)),
            notes=tuple(notes),
            seconds=round(seconds, 2),
        )

    def _keep(self, weighed: Weighed) -> Came:
        self.weighed.append(weighed)
        if weighed.fault:
            self.faults.append(weighed.fault)
        return weighed.came


def seconds_since(begun: float) -> float:
    """Since a moment of the monotonic clock."""
    return time.monotonic() - begun
