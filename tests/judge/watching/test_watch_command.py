import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from judge.service.requests import (
    Cancelled,
    Crashed,
    Decided,
    Failing,
    FirstFailure,
    NotJudged,
    Refused,
    Settings,
    Trouble,
)
from judge.terminal.saves import Saved, Vanished
from judge.terminal.watching import Options, Watching
from judge.verdict import Kind, Verdict
from problems import find_problem, own_catalogue
from tests.judge.service.hands import HandJudge, judged

LSTM = find_problem("lstm").solution
WRONG = "def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):\n    return x\n"
FILE, OTHER = Path("lstm.py"), Path("other/lstm.py")
SECONDS = 20.0
FAILING = Failing(check="agrees-with-reference", case={}, seed=1)


class Shown:
    """Keeps what a person would see."""

    def __init__(self) -> None:
        self.seen: queue.SimpleQueue[tuple[Path, object]] = queue.SimpleQueue()
        self.first_failures: list[str] = []
        self.decisions: list[Kind | None] = []

    def judging(self, file: Path) -> None: ...

    def stage(self, text: str) -> None: ...

    def first_failure(self, event: FirstFailure) -> None:
        self.first_failures.append(event.verdict)

    def decided(self, saved: Saved, verdict: Verdict) -> None:
        self.decisions.append(verdict.verdict)

    def verdict(self, saved: Saved, verdict: Verdict, mended: bool | None) -> None:
        self.seen.put((saved.file, (verdict.verdict, saved.source, mended)))

    def sentence(self, file: Path, text: str) -> None:
        self.seen.put((file, text))

    def next(self) -> tuple[Path, object]:
        return self.seen.get(timeout=SECONDS)


class Room:
    """A loop that runs in a thread, with what it talks to."""

    def __init__(self, seed: int | None = None) -> None:
        self.judge = HandJudge()
        self.shown = Shown()
        self.watching = Watching(Options(settings=Settings(), seed=seed), own_catalogue(), self.shown, self.judge)
        self.failure: BaseException | None = None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.watching.run()
        except NotJudged as error:
            self.failure = error

    def save(self, source: str, file: Path = FILE) -> None:
        self.watching.tell(Saved(file, source.encode()))

    def end(self) -> None:
        """The process that judges does not start: that ends the loop."""
        self.save(LSTM + "# the last", Path("lstm_last.py"))
        while self.thread.is_alive():
            number, _, tell = self.judge.next()
            tell(Crashed(number, "no module named torch", began=False))
            self.thread.join(1.0)


@pytest.fixture
def room() -> Iterator[Room]:
    found = Room()
    yield found
    if found.thread.is_alive():
        found.end()
    assert found.judge.closed


def test_each_save_is_judged_with_the_seed_that_was_drawn_ahead(room: Room) -> None:
    assert room.judge.aheads.get(timeout=SECONDS) == (None, "torch", None)
    seeds = []
    for n in range(3):
        room.save(f"{LSTM}# {n}")
        number, request, tell = room.judge.next()
        seeds.append(request.seed)
        tell(FirstFailure(number, "wrong_answer", "agrees-with-reference", "1 of 2 numbers is wrong"))
        final = judged(number, request, Kind.WRONG_ANSWER, mended=False)
        tell(Decided(number, final.data))
        tell(final)
        assert room.shown.next() == (FILE, (Kind.WRONG_ANSWER, f"{LSTM}# {n}".encode(), False))
        seeds.append(room.judge.aheads.get(timeout=SECONDS)[2])
    assert seeds[1] == seeds[2]
    assert seeds[3] == seeds[4]
    assert len(set(seeds)) == 4
    assert request.first_word
    assert request.verdict_first
    assert room.shown.first_failures == ["wrong_answer"] * 3
    assert room.shown.decisions == [Kind.WRONG_ANSWER] * 3


def test_last_counterexample_goes_with_the_next_save_until_it_is_mended(room: Room) -> None:
    earlier = []
    answers = (
        {"kind": Kind.WRONG_ANSWER, "failing": FAILING},
        {"kind": Kind.WRONG_ANSWER, "mended": True},
        {"kind": Kind.LOAD_ERROR},
        {"kind": Kind.WRONG_ANSWER, "failing": FAILING},
        {"kind": Kind.ACCEPTED, "mended": True},
        {"kind": Kind.ACCEPTED},
    )
    for n, answer in enumerate(answers):
        room.save(f"{LSTM}# {n}")
        number, request, tell = room.judge.next()
        earlier.append(request.earlier)
        tell(judged(number, request, **answer))
        room.shown.next()
    assert earlier == [None, FAILING, None, None, FAILING, None]


def test_save_during_judging_begins_anew_with_the_newest(room: Room) -> None:
    room.save(LSTM)
    first, request, tell = room.judge.next()
    room.save(LSTM + "# second")
    assert room.judge.cancels.get(timeout=SECONDS) == first
    room.save(LSTM + "# third")
    tell(Cancelled(first))
    number, newest, say = room.judge.next()
    while not newest.source.endswith(b"third"):  # where the second had been begun already
        say(Cancelled(number))
        number, newest, say = room.judge.next()
    tell(FirstFailure(first, "wrong_answer", "agrees-with-reference", "of before"))
    tell(judged(first, request))  # too late: nobody asks for it
    say(judged(number, newest))
    assert room.shown.next() == (FILE, (Kind.ACCEPTED, newest.source, None))
    assert room.shown.seen.empty()
    assert room.shown.first_failures == []


def test_save_of_another_file_waits_and_does_not_disturb(room: Room) -> None:
    room.save(LSTM)
    number, request, tell = room.judge.next()
    room.save(WRONG, OTHER)
    tell(judged(number, request))
    number, request, tell = room.judge.next()
    tell(judged(number, request, Kind.WRONG_ANSWER))
    assert [room.shown.next()[0], room.shown.next()[0]] == [FILE, OTHER]


def test_what_is_no_solution_is_said_at_once(room: Room) -> None:
    room.watching.tell(Vanished(FILE))
    assert room.shown.next() == (FILE, "is gone; it is judged when it is there again.")
    room.watching.tell(Saved(FILE, None, "Permission denied"))
    assert room.shown.next() == (FILE, "can't be read: Permission denied.")
    room.save("#" * (2 << 20))
    assert "the most that a solution may have" in str(room.shown.next()[1])
    room.save("x = 1\n", Path("untold.py"))
    assert "tells which problem" in str(room.shown.next()[1])


def test_why_there_is_no_verdict_is_said_and_the_watch_goes_on(room: Room) -> None:
    for event, said in (
        (
            lambda number: Refused(number, Trouble.SANDBOX, "no sandbox works here"),
            "can't be judged: no sandbox works here",
        ),
        (lambda number: Crashed(number, "signal 11"), "ended on it twice (signal 11)"),
    ):
        room.save(f"{LSTM}# {said}")
        number, _, tell = room.judge.next()
        tell(event(number))
        file, words = room.shown.next()
        assert file == FILE
        assert said in str(words)


def test_process_that_never_starts_ends_the_watch() -> None:
    room = Room()
    room.end()
    assert "does not start: no module named torch" in str(room.failure)
    assert room.judge.closed


def test_given_seed_is_that_of_every_save() -> None:
    room = Room(seed=5)
    for n in range(2):
        room.save(f"{LSTM}# {n}")
        number, request, tell = room.judge.next()
        assert request.seed == 5
        tell(judged(number, request))
    room.end()


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
