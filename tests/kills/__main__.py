"""Processes of the judge are killed at random moments, and nothing may come of it: `python -m tests.kills --count 300 --state FILE`.

A trial starts `judge run`, `watch`, `batch` or `practice` on a right, wrong or hostile file, and kills one of its processes: the command,
a resident judge, a process that judges, a template of the sandbox, a run or its keeper. One trial in six kills templates while they start.
No file may get a verdict that it has not earned: it gets the right one, or the judge says that it failed. Nothing may run without walls,
nothing may be left over, what was remembered stays whole, and the next `judge run` is as good as any.

A trial follows from the seed and its number; which processes there are at its moment does not. `--state` keeps what was done: called once
more, it goes on. Exit status 1 where anything was not as it must be.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests import leftovers
from tests.kills import plans
from tests.kills.answers import Came, Weights
from tests.kills.plans import Plan, planned
from tests.kills.records import Begun, Measured, State, Tried, figures
from tests.kills.room import Room
from tests.kills.running import Hung
from tests.kills.scenes import SCENES, resumed
from tests.kills.trial import SEED, Record, Trial, seconds_since

RUN_SECONDS = 3.7  # of `judge run` on a right file, where `plans.LIVES` was measured
EARLIER = 4  # a trial whose command had ended before the kill is done again, with half of its moment, so often


class Session:
    """Trials, one after the other, in one room.

    Args:
        room: where.
        state: what is kept.
        every: after so many trials the judge is looked over.
        small: batches have few files.
    """

    def __init__(self, room: Room, state: State, every: int, *, small: bool) -> None:
        self._small = small
        self._room = room
        self._state = state
        self._every = every
        measured = state.measured
        self._weights = Weights(room.files, {name: each.verdict.encode() for name, each in measured.items()})
        right = [each.seconds for name, each in measured.items() if name == "right"]
        self._pace = right[0] / RUN_SECONDS if right else 1.0

    def go_on(self, first: int, count: int) -> list[Record]:
        """Do the trials from one number on that were not done yet."""
        done = {record.plan.number for record in self._state.records}
        for number in range(first, first + count):
            if number not in done:
                record = self._tried(number, looked_over=(number + 1) % self._every == 0 or number == first + count - 1)
                self._state.add(Tried(record))
                _tell(record, quick=self._small)
        return [record for record in self._state.records if first <= record.plan.number < first + count]

    def _tried(self, number: int, *, looked_over: bool) -> Record:
        plan = planned(self._state.seed, number, self._room.files, self._pace, small=self._small)
        for _ in range(EARLIER):
            record = self._once(plan, looked_over=looked_over)
            if record.killed or record.faults or plan.templates:
                break
            plan = _earlier(plan)
        return record

    def _once(self, plan: Plan, *, looked_over: bool) -> Record:
        begun = time.monotonic()
        trial = Trial(self._room, self._weights, plan)
        try:
            SCENES[plan.command](trial)
        except Hung as error:
            trial.faults.append(f"hung: {error}")
        finally:
            trial.spare()
            if trial.running is not None:
                trial.running.close()
        try:
            if plan.command in (plans.LESSON, plans.INTERVIEW, plans.TERMINAL):
                resumed(trial)
            self._look_over(trial, thoroughly=looked_over)
        except Hung as error:
            trial.faults.append(f"afterwards, hung: {error}")
        return trial.record(seconds_since(begun), self._room.failures())

    def _look_over(self, trial: Trial, *, thoroughly: bool) -> None:
        """The judge goes on as if nothing had been, and nothing is left."""
        room = self._room
        if thoroughly:
            with_resident = trial.plan.command in (plans.BEGINS, plans.WARM)
            trial.honest("the next run", alone=not with_resident)
            if with_resident:
                _recovered(trial)
            if (done := room.done("history")).returncode != 0:
                trial.faults.append(f"history ends with {done.returncode}: {done.stderr[-300:]!r}")
        trial.faults += room.faults()
        if remembered := room.remembered(self._weights):
            trial.faults += remembered
            room.forget()
        if thoroughly:
            trial.faults += room.untidy()


def measure(room: Room, state: State) -> list[str]:
    """Judge each file while nothing is killed; what is wrong with that."""
    faults = []
    for file in room.files.values():
        if file.name in state.measured:
            continue
        trial = Trial(room, Weights(room.files, {}), planned(state.seed, 0, room.files))
        begun = time.monotonic()
        done = room.done("run", str(trial.save(file)), "--json", "--no-server", "--seed", str(SEED))
        seconds = seconds_since(begun)
        if (verdict := trial.read(done.stdout)) is not None:
            came = trial.weigh(file, verdict)
            if came is not Came.RIGHT and not trial.faults:
                trial.faults.append(f"{file.name}, while nothing is killed: {verdict.verdict} ({verdict.error})")
            state.add(Measured(file.name, done.stdout, seconds))
            print(f"{file.name}: {verdict.verdict} in {seconds:.1f} s", flush=True)
        faults += trial.faults
    for line in faults:
        print(f"FAULT: {line}", flush=True)
    return faults


def _recovered(trial: Trial) -> None:
    """A resident judge is there again, and judges."""
    before = trial.room.ready()
    if before is None:
        trial.faults.append("no resident judge becomes ready again")
        return
    trial.honest("the run after the next", alone=False)
    after = trial.room.ready()
    if after is None or after.judged <= before.judged:
        trial.faults.append("the resident judge is there again and does not judge")


def _earlier(plan: Plan) -> Plan:
    from msgspec.structs import replace

    return replace(plan, moment=plan.moment / 2)


def _tell(record: Record, *, quick: bool) -> None:
    killed = ", ".join(dict.fromkeys(record.killed)) or "nothing"
    print(f"{record.plan}; killed: {killed} x {len(record.killed)}; {record.came}; {record.seconds:.0f} s", flush=True)
    for kind, lines in (("FAULT", record.faults), ("note", record.notes)):
        for line in lines:
            print(f"    {kind}: {line}", flush=True)
    if record.faults:
        again = f"--seed {record.plan.seed} --first {record.plan.number} --count 1{' --quick' if quick else ''}"
        print(f"    Repeat with: python -m tests.kills {again}", flush=True)


@contextlib.contextmanager
def opened(state: State, sandbox: str) -> Iterator[Room]:
    """A room. A session that goes on has the folder that it had before, which stands in files and so in verdicts."""
    folder = state.folder
    if folder is None:
        folder = Path(tempfile.mkdtemp(prefix="judge-kills-"))
        state.add(Begun(state.seed, str(folder)))
    else:
        if folder.is_dir():  # it was killed
            shutil.rmtree(folder)
        folder.mkdir(mode=0o700)
    room = Room(folder, sandbox)
    try:
        yield room
    finally:
        room.close()


def main() -> int:
    """Do the trials, and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=300, help="how many trials")
    parser.add_argument("--first", type=int, default=0, help="the number of the first one")
    parser.add_argument("--seed", type=int, help="all trials follow from it; 0 without it")
    parser.add_argument("--state", type=Path, help="the file that keeps what was done, and from which to go on")
    parser.add_argument("--every", type=int, default=1, help="look the judge over after so many trials, and at the end")
    parser.add_argument(
        "--quick", action="store_true", help="small batches, and kinds of verdicts are compared, not their content"
    )
    parser.add_argument(
        "--sandbox", default="auto", help="of the judge; process shows that a run without walls is seen"
    )
    given = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where this runs in the background
    leftovers.adopt_orphans()
    leftovers.see_no_mounts_of_others()
    try:
        state = State(given.state, given.seed)
    except ValueError as error:
        parser.error(str(error))
    with opened(state, given.sandbox) as room:
        faults = [] if given.quick else measure(room, state)
        session = Session(room, state, given.every, small=given.quick)
        records = session.go_on(given.first, given.count)
    print(f"\n{figures(records)}")
    faulty = sum(bool(record.faults) for record in records)
    print(f"{len(records)} trials, {faulty} with faults; {sum(os.times()[:4]):.0f} seconds of the processor")
    for line in faults:
        print(f"before any of them: {line}")
    return int(bool(faults) or bool(faulty))


if __name__ == "__main__":
    sys.exit(main())
