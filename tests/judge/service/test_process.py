"""One process that judges: what is said to it, and what becomes of requests where it ends, hangs or never starts."""

import os
import signal
import threading
import time
from collections.abc import Iterator

import msgspec
import pytest

from judge.service.messages import Ahead, ChannelError, Submit, Warm, frame, read_frame, read_order
from judge.service.pool_judge import PoolJudge
from judge.service.requests import (
    Cancelled,
    Chosen,
    Crashed,
    Failing,
    Judged,
    Refused,
    Request,
    Settings,
    Trouble,
    chosen,
)
from judge.service.worker import Gone
from judge.service.worker_judge import WorkerJudge
from judge.verdict import Kind
from problems import find_problem, frameworks
from tests.judge.service.hands import HandWorker, Heard, judged

LSTM = find_problem("lstm")
RIGHT = LSTM.solution.encode()
NUMPY = (LSTM.folder / "accepted" / "numpy_loop.py").read_bytes()
SETTINGS = Settings(sandbox="process")


def request(source: bytes = RIGHT, **options: object) -> Request:
    fields: dict[str, object] = {"problem": chosen(LSTM), "framework": "torch", "seed": 3, "settings": SETTINGS}
    return Request(source=source, filename="lstm.py", **{**fields, **options})  # type: ignore[arg-type]


class Room:
    """A judge whose processes a test plays."""

    def __init__(self, **options: object) -> None:
        self.workers: list[HandWorker] = []
        self.judge = WorkerJudge(start=self._start, **options)  # type: ignore[arg-type]

    def _start(self, deliver: object) -> HandWorker:
        self.workers.append(HandWorker(deliver))  # type: ignore[arg-type]
        return self.workers[-1]

    @property
    def worker(self) -> HandWorker:
        return self.workers[-1]

    def submit(self, source: bytes = RIGHT, **options: object) -> Heard:
        heard = Heard()
        heard.number = self.judge.submit(request(source, **options), heard)  # type: ignore[attr-defined]
        return heard


@pytest.fixture
def room() -> Iterator[Room]:
    found = Room()
    yield found
    found.judge.close()


def test_process_is_started_for_the_first_file_and_warmed_for_its_framework(room: Room) -> None:
    assert room.workers == []
    heard = room.submit(NUMPY, framework="numpy")
    assert room.worker.warm() == Warm(SETTINGS, frameworks.NUMPY)
    submit = room.worker.submitted()
    room.worker.say(judged(submit.number, submit.request))
    assert isinstance(heard.final(), Judged)


def test_file_that_need_not_be_run_starts_none(room: Room) -> None:
    final = room.submit(b"def lstm(:\n").final()
    assert isinstance(final, Judged)
    assert final.verdict.verdict is Kind.LOAD_ERROR
    assert room.submit(b"x = 1\n", problem=None).final() == Refused(
        2,
        Trouble.USAGE,
        room.submit(b"x = 1\n", problem=None).final().sentence,  # type: ignore[union-attr]
    )
    broken = room.submit(problem=Chosen("/nowhere", "/nowhere.py", "")).final()
    assert isinstance(broken, Refused)
    assert broken.trouble is Trouble.PROBLEM
    assert room.workers == []


def test_file_on_which_the_process_ends_is_tried_once_more_with_the_same_seed(room: Room) -> None:
    heard, waiting = room.submit(seed=None), room.submit()
    first = room.worker.submitted()
    room.worker.say(Gone("signal 9"))
    assert room.workers[0].closed
    again, other = room.worker.submitted(), room.worker.submitted()
    assert again == first
    room.worker.say(judged(again.number, again.request))
    room.worker.say(judged(other.number, other.request))
    assert isinstance(heard.final(), Judged)
    assert isinstance(waiting.final(), Judged)


def test_file_on_which_it_ends_twice_has_no_verdict_and_the_others_do(room: Room) -> None:
    heard, waiting = room.submit(), room.submit()
    room.worker.say(Gone("signal 9"))
    room.worker.say(Gone("signal 11"))
    assert heard.final() == Crashed(1, "signal 11")
    other = room.worker.submitted()
    assert other.number == 2
    room.worker.say(judged(other.number, other.request))
    assert isinstance(waiting.final(), Judged)
    assert len(room.workers) == 3


def test_process_that_does_not_start_twice_ends_all_that_is_open(room: Room) -> None:
    every = [room.submit(), room.submit()]
    for _ in range(2):
        room.worker.ready = False
        room.worker.say(Gone("no module named torch"))
    assert [heard.final() for heard in every] == [
        Crashed(number, "no module named torch", began=False) for number in (1, 2)
    ]
    assert len(room.workers) == 2
    room.submit()
    assert len(room.workers) == 3, "the next file tries it anew"


def test_process_that_ends_while_nothing_is_judged_is_replaced_at_once(room: Room) -> None:
    room.judge.prepare(None, "torch", None, SETTINGS)
    room.worker.say(Gone("signal 9"))
    assert len(room.workers) == 2
    assert room.worker.warm() == Warm(SETTINGS, frameworks.TORCH)


def test_last_words_of_a_process_that_was_replaced_are_not_heard(room: Room) -> None:
    heard = room.submit()
    first = room.workers[0]
    submit = first.submitted()
    first.say(Gone("signal 9"))
    first.say(judged(submit.number, submit.request, Kind.WRONG_ANSWER))
    room.worker.say(judged(submit.number, submit.request))
    final = heard.final()
    assert isinstance(final, Judged)
    assert final.verdict.accepted
    assert heard.events.empty()


def test_what_was_given_up_is_not_tried_again(room: Room) -> None:
    heard = room.submit()
    room.judge.cancel(heard.number)  # type: ignore[attr-defined]
    assert room.worker.cancelled() == 1
    room.worker.say(Gone("signal 9"))
    assert heard.final() == Cancelled(1)


def test_counterexample_that_no_message_can_hold_is_refused_and_the_judge_goes_on(room: Room) -> None:
    strange = Failing(check="agrees-with-reference", case={"seed": 2**70}, seed=3)
    final = room.submit(earlier=strange).final()
    assert isinstance(final, Refused)
    assert final.trouble is Trouble.FAILURE
    heard = room.submit()
    submit = room.worker.submitted()
    room.worker.say(judged(submit.number, submit.request))
    assert isinstance(heard.final(), Judged)


def test_interruption_that_comes_late_does_not_give_up_the_next_file(room: Room) -> None:
    heard = room.submit()
    first = room.worker.submitted()
    room.worker.say(Cancelled(first.number))
    again = room.worker.submitted()
    assert again == first
    room.worker.say(judged(again.number, again.request))
    assert isinstance(heard.final(), Judged)
    assert heard.events.empty()


def test_closing_waits_for_nothing(room: Room) -> None:
    heard = room.submit()
    room.worker.submitted()
    begun = time.monotonic()
    room.judge.close()
    assert time.monotonic() - begun < 0.5
    assert heard.final() == Cancelled(1)


def test_pool_answers_any_number_of_files_that_need_not_be_run() -> None:
    workers: list[HandWorker] = []
    pool = PoolJudge(2, lambda: WorkerJudge(start=lambda deliver: workers.append(HandWorker(deliver)) or workers[-1]))  # type: ignore[func-returns-value, return-value]
    slow = [Heard(), Heard()]
    for heard in slow:
        pool.submit(request(), heard)
    every = [Heard() for _ in range(1000)]
    for heard in every:
        pool.submit(request(b"def lstm(:\n"), heard)
    for worker in workers:
        submit = worker.submitted()
        worker.say(judged(submit.number, submit.request))
    assert {type(heard.final()) for heard in [*slow, *every]} == {Judged}
    pool.close()


def test_process_that_reads_nothing_does_not_keep_its_judge_from_closing() -> None:
    judge = WorkerJudge()
    judge.prepare(None, "torch", None, SETTINGS)
    os.kill(judge.pid, signal.SIGSTOP)
    heard = Heard()
    judge.submit(request(RIGHT + b"#" * 500_000), heard)
    begun = time.monotonic()
    judge.close()
    assert time.monotonic() - begun < 5
    assert isinstance(heard.final(), Cancelled)


def test_cases_are_prepared_where_a_seed_is_given(room: Room) -> None:
    room.judge.prepare(chosen(LSTM), "torch", 7, SETTINGS)
    assert room.worker.ahead() == Ahead(chosen(LSTM), "torch", 7, SETTINGS)


def test_process_that_falls_silent_counts_as_hung() -> None:
    room = Room(silent_seconds=0.5)
    heard = room.submit()
    room.worker.silent_seconds = 9.0
    deadline = time.monotonic() + 20
    while len(room.workers) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    room.worker.silent_seconds = 9.0
    final = heard.final()
    assert final == Crashed(1, "it was silent for 0.5 seconds")
    room.judge.close()


def test_real_process_that_is_stopped_is_replaced() -> None:
    judge = WorkerJudge(silent_seconds=3.0)
    try:
        judge.prepare(None, "torch", None, SETTINGS)
        while not judge.ready:
            time.sleep(0.05)
        stopped = judge.pid
        os.kill(stopped, signal.SIGSTOP)
        heard = Heard()
        judge.submit(request(), heard)
        assert isinstance(heard.final(), Judged)
        assert judge.pid != stopped
    finally:
        judge.close()
    assert judge.pid == 0
    assert [each.name for each in threading.enumerate() if each.name in ("worker", "watchman")] == []


def test_frames_that_are_cut_end_the_stream_and_those_too_long_are_refused() -> None:
    data = frame(Submit(1, request()))
    source = memoryview(data)

    def reader(data: memoryview):
        place = 0

        def read(count: int) -> bytes:
            nonlocal place
            part = bytes(data[place : place + count])
            place += count
            return part

        return read

    assert isinstance(read_order(reader(source)), Submit)
    for length in (0, 3, 4, len(data) - 1):
        assert read_frame(reader(source[:length])) is None
    with pytest.raises(ChannelError):
        read_frame(reader(source), most_bytes=10)
    with pytest.raises(msgspec.DecodeError):
        read_order(reader(memoryview(b"\0\0\0\x01\xc1")))
