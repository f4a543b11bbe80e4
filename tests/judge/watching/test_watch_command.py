import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from judge.errors import JudgeError
from judge.verdict import Kind, Verdict
from judge.watching import Saved, Vanished, Watching
from judge.watching.watching import Options
from judge.workers.messages import (
    Ahead,
    Cancel,
    Cancelled,
    Done,
    Noticed,
    Order,
    Ready,
    Refused,
    Settings,
    Task,
    Trouble,
    Warm,
    Word,
)
from judge.workers.worker import Gone
from problems import find_problem, own_catalogue

LSTM = find_problem("lstm").solution
WRONG = "def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):\n    return x\n"
FILE, OTHER = Path("lstm.py"), Path("other/lstm.py")
SECONDS = 20.0


class Worker:
    """Stands for the process that judges: keeps its orders, and says what a test wants."""

    def __init__(self, deliver: Callable[[Word | Gone], None]) -> None:
        self.say = deliver
        self.orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
        self.ready = True
        self.silent_seconds = 0.0
        self.closed = False

    def post(self, order: Order) -> None:
        self.orders.put(order)

    def close(self) -> None:
        self.closed = True

    def task(self) -> Task:
        """The next one that it is given."""
        while True:
            order = self.orders.get(timeout=SECONDS)
            if isinstance(order, Task):
                return order

    def cancelled(self) -> int:
        while True:
            order = self.orders.get(timeout=SECONDS)
            if isinstance(order, Cancel):
                return order.number

    def ahead(self) -> Ahead:
        while True:
            order = self.orders.get(timeout=SECONDS)
            if isinstance(order, Ahead):
                return order


class Shown:
    """Keeps what a person would see."""

    def __init__(self) -> None:
        self.seen: queue.SimpleQueue[tuple[Path, object]] = queue.SimpleQueue()
        self.noticed_first: list[str] = []

    def judging(self, file: Path) -> None: ...

    def stage(self, text: str) -> None: ...

    def noticed(self, word: Noticed) -> None:
        self.noticed_first.append(word.verdict)

    def verdict(self, saved: Saved, verdict: Verdict, earlier: str) -> None:
        self.seen.put((saved.file, (verdict.verdict, saved.source, earlier)))

    def sentence(self, file: Path, text: str) -> None:
        self.seen.put((file, text))

    def next(self) -> tuple[Path, object]:
        return self.seen.get(timeout=SECONDS)


class Room:
    """A loop that runs in a thread, with what it talks to."""

    def __init__(self, seed: int | None = None) -> None:
        self.workers: list[Worker] = []
        self.shown = Shown()
        options = Options(settings=Settings(), seed=seed, silent_seconds=5.0)
        self.watching = Watching(options, own_catalogue(), self.shown, self._start)  # type: ignore[arg-type]
        self.failure: BaseException | None = None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.watching.run()
        except JudgeError as error:
            self.failure = error

    def _start(self, deliver: Callable[[Word | Gone], None]) -> Worker:
        self.workers.append(Worker(deliver))
        return self.workers[-1]

    @property
    def worker(self) -> Worker:
        return self.workers[-1]

    def save(self, source: str, file: Path = FILE) -> None:
        self.watching.tell(Saved(file, source.encode()))


@pytest.fixture
def room() -> Iterator[Room]:
    found = Room()
    yield found
    ended(found)
    assert not found.thread.is_alive()


def done(task: Task, kind: Kind = Kind.ACCEPTED, earlier: str = "") -> Done:
    verdict = Verdict(problem="lstm", framework="torch", verdict=kind, seed=task.seed, seconds=0.1)
    return Done(task.number, msgspec.json.encode(verdict), earlier)


def test_each_save_is_judged_with_the_seed_that_was_drawn_ahead(room: Room):
    assert isinstance(room.worker.orders.get(timeout=SECONDS), Warm)
    seeds = []
    for n in range(3):
        room.save(f"{LSTM}# {n}")
        task = room.worker.task()
        seeds.append(task.seed)
        room.worker.say(Noticed(task.number, "wrong_answer", "agrees-with-reference", "1 of 2 numbers is wrong"))
        room.worker.say(done(task, Kind.WRONG_ANSWER, earlier="still"))
        assert room.shown.next() == (FILE, (Kind.WRONG_ANSWER, f"{LSTM}# {n}".encode(), "still"))
        ahead = room.worker.ahead()
        seeds.append(ahead.seed)
    assert seeds[1] == seeds[2]
    assert seeds[3] == seeds[4]
    assert len(set(seeds)) == 4
    assert task.follow == "lstm.py"
    assert room.shown.noticed_first == ["wrong_answer"] * 3


def test_save_during_judging_begins_anew_with_the_newest(room: Room):
    room.save(LSTM)
    first = room.worker.task()
    room.save(LSTM + "# second")
    assert room.worker.cancelled() == first.number
    room.save(LSTM + "# third")
    room.worker.say(Cancelled(first.number))
    task = room.worker.task()
    while not task.source.endswith(b"third"):  # where the second had been begun already
        room.worker.say(Cancelled(task.number))
        task = room.worker.task()
    room.worker.say(Noticed(first.number, "wrong_answer", "agrees-with-reference", "of before"))
    room.worker.say(done(first))  # too late: nobody asks for it
    room.worker.say(done(task))
    assert room.shown.next() == (FILE, (Kind.ACCEPTED, task.source, ""))
    assert room.shown.seen.empty()
    assert room.shown.noticed_first == []


def test_save_of_another_file_waits_and_does_not_disturb(room: Room):
    room.save(LSTM)
    first = room.worker.task()
    room.save(WRONG, OTHER)
    room.worker.say(done(first))
    second = room.worker.task()
    room.worker.say(done(second, Kind.WRONG_ANSWER))
    assert [room.shown.next()[0], room.shown.next()[0]] == [FILE, OTHER]


def test_what_needs_no_run_is_answered_at_once(room: Room):
    room.save("def lstm(:\n")
    assert room.shown.next() == (FILE, (Kind.LOAD_ERROR, b"def lstm(:\n", ""))
    room.watching.tell(Vanished(FILE))
    assert room.shown.next() == (FILE, "is gone; it is judged when it is there again.")
    room.watching.tell(Saved(FILE, None, "Permission denied"))
    assert room.shown.next() == (FILE, "can't be read: Permission denied.")
    room.save("#" * (2 << 20))
    assert "the most that a solution may have" in str(room.shown.next()[1])
    room.save("x = 1\n", Path("untold.py"))
    assert "tells which problem" in str(room.shown.next()[1])


def test_process_that_goes_is_replaced_and_the_save_judged_once_more(room: Room):
    room.save(LSTM)
    first = room.worker.task()
    room.worker.say(Gone("signal 9"))
    deadline = time.monotonic() + SECONDS
    while len(room.workers) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert room.workers[0].closed
    assert room.worker.task() == first
    room.worker.say(done(first))
    assert room.shown.next()[0] == FILE
    room.save(LSTM + "# again")
    room.worker.say(Refused(room.worker.task().number, Trouble.SANDBOX, "no sandbox works here"))
    assert room.shown.next() == (FILE, "can't be judged: no sandbox works here")
    for _ in range(2):
        if _ == 0:
            room.save(LSTM + "# kills")
        room.worker.task()
        count = len(room.workers)
        room.worker.say(Gone("signal 11"))
        while len(room.workers) == count and time.monotonic() < deadline:
            time.sleep(0.01)
    assert "ended on it twice (signal 11)" in str(room.shown.next()[1])


def test_process_that_goes_while_it_starts_is_replaced_once():
    room = Room()
    room.worker.ready = False
    room.worker.say(Gone("signal 9"))
    room.save(LSTM)
    deadline = time.monotonic() + SECONDS
    while len(room.workers) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    room.worker.say(done(room.worker.task()))
    assert room.shown.next()[0] == FILE
    ended(room)


def test_process_that_never_starts_ends_the_watch():
    room = Room()
    ended(room)
    assert len(room.workers) == 2
    assert "does not start: no module named torch" in str(room.failure)


def ended(room: Room) -> None:
    """Let the loop end: neither the process that judges nor the next one starts."""
    while room.thread.is_alive():
        worker = room.worker
        worker.ready = False
        worker.say(Gone("no module named torch"))
        deadline = time.monotonic() + SECONDS
        while room.worker is worker and room.thread.is_alive() and time.monotonic() < deadline:
            time.sleep(0.01)
    room.thread.join(SECONDS)


def test_given_seed_is_that_of_every_save():
    room = Room(seed=5)
    for n in range(2):
        room.save(f"{LSTM}# {n}")
        task = room.worker.task()
        assert task.seed == 5
        room.worker.say(done(task))
        assert room.worker.ahead().seed == 5
    ended(room)


def test_watch_reports_at_every_save_until_it_is_interrupted(tmp_path: Path):
    """The only one here with a process that judges."""
    file = tmp_path / "lstm.py"
    file.write_text(WRONG)
    command = [sys.executable, "-m", "judge", "watch", str(file), "--sandbox", "process", "--seed", "3"]
    environment = {**os.environ, "JUDGE_HOME": str(tmp_path / "home"), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored where tests run in the background
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline().startswith("lstm.py: wrong shape")
        _until(process, "Ctrl-C ends it")
        beside = tmp_path / "beside"
        beside.write_text("def lstm(:\n")
        os.replace(beside, file)
        assert _until(process, "lstm.py: ").startswith("lstm.py: load error")
        _until(process, "Ctrl-C ends it")
    finally:
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert err == "judge: Stopped watching.\n"


def _until(process: "subprocess.Popen[str]", part: str) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if part in line:
            return line
    raise AssertionError(f"it ended without {part!r}")


def test_ready_is_no_event_to_show(room: Room):
    room.worker.say(Ready())
    room.save("def lstm(:\n")
    assert room.shown.next()[0] == FILE
