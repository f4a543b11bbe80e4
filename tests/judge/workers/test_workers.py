import os
import signal
import threading
import time
from collections.abc import Iterator

import msgspec
import pytest

from judge.judging import judge_submission
from judge.sandboxes import open_sandbox
from judge.submission import submission_of
from judge.verdict import Kind, Verdict, to_json
from judge.workers import Ahead, Cancelled, Chosen, Done, Refused, Settings, Task, Trouble, Warm, WorkerGone
from judge.workers.messages import ChannelError, chosen, frame, read_frame, read_order
from judge.workers.worker import Desk
from problems import find_problem

LSTM = find_problem("lstm")
RIGHT = LSTM.solution.encode()
WRONG = LSTM.solution.replace("i_BH, f_BH, g_BH, o_BH = gates", "i_BH, g_BH, f_BH, o_BH = gates").encode()
SHAPE = b"def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):\n    return x\n"
ENDLESS = b"import torch\nwhile True: pass\ndef lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh): ...\n"
SETTINGS = Settings(sandbox="process")


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    found = Desk(silent_seconds=60)
    found.post(Warm(SETTINGS))
    yield found
    found.close()


numbers = iter(range(1, 1000))


def task(source: bytes, seed: int = 3, **options: object) -> Task:
    fields: dict[str, object] = {"problem": chosen(LSTM), "framework": "torch", "settings": SETTINGS, **options}
    return Task(number=next(numbers), source=source, filename="lstm.py", seed=seed, **fields)  # type: ignore[arg-type]


def lasting(verdict: Verdict) -> bytes:
    """What is the same from run to run."""
    checks = tuple(msgspec.structs.replace(check, seconds=0.0) for check in verdict.checks)
    return to_json(msgspec.structs.replace(verdict, seconds=0.0, checks=checks))


def verdict_of(word: object) -> Verdict:
    assert isinstance(word, Done), word
    return word.verdict


def test_verdict_is_the_one_that_this_process_finds(desk: Desk):
    stages: list[str] = []
    with open_sandbox("process") as sandbox:
        for source, keep in ((RIGHT, True), (WRONG, False)):
            submission = submission_of(source, "lstm.py", problem="lstm", framework="torch", stem="")
            here = judge_submission(submission, seed=3, sandbox=sandbox)
            there = verdict_of(desk.judge(task(source, keep=keep), stages.append))
            assert lasting(there) == lasting(here)
            assert here.accepted == (source == RIGHT)
            assert (there.cost is None) == (source == WRONG)
    assert any(stage.startswith("check 1 of") for stage in stages)


def test_last_counterexample_is_tried_again_until_it_is_fixed(desk: Desk):
    desk.post(Ahead(chosen(LSTM), "torch", 4, SETTINGS))
    saves = ((SHAPE, 3), (SHAPE, 4), (RIGHT, 5))
    words = [desk.judge(task(source, seed, follow="a", keep=True)) for source, seed in saves]
    assert [getattr(word, "earlier", None) for word in words] == ["", "still", "fixed"]
    assert [verdict_of(word).accepted for word in words] == [False, False, True]


def test_what_passes_new_cases_and_fails_the_last_counterexample_is_rejected_again(desk: Desk):
    seldom = LSTM.solution.replace(
        "    batch", "    if x.shape[0] == 3 and x.shape[1] == 2:\n        x = x + 1\n    batch", 1
    )
    if seldom == LSTM.solution:
        head, _, body = LSTM.solution.rpartition('"""\n')
        seldom = f'{head}"""\n    if x.shape[0] == 3 and x.shape[1] == 2:\n        x = x + 1\n{body}'
    first = desk.judge(task(seldom.encode(), 3, follow="seldom", keep=True))
    assert not verdict_of(first).accepted
    second = desk.judge(task(seldom.encode(), 4, follow="seldom", keep=True))
    assert not verdict_of(second).accepted
    assert isinstance(second, Done)
    assert second.earlier == "still"


@pytest.mark.parametrize(
    ("source", "options", "trouble", "said"),
    [
        (b"x = 1\n", {"problem": None}, Trouble.USAGE, "tells which problem"),
        (b"x = 1\n", {"problem": "nothing"}, Trouble.USAGE, "There is no problem called 'nothing'"),
        (RIGHT, {"problem": Chosen("/nowhere", "/nowhere.py", "")}, Trouble.PROBLEM, "can't be read"),
        (RIGHT, {"settings": Settings(sandbox="none such")}, Trouble.FAILURE, "KeyError"),
    ],
)
def test_what_can_not_be_judged_is_refused_in_words(
    desk: Desk, source: bytes, options: dict[str, object], trouble: Trouble, said: str
):
    word = desk.judge(task(source, **options))
    assert isinstance(word, Refused)
    assert word.trouble is trouble
    assert said in word.sentence


def test_undecodable_file_is_a_load_error(desk: Desk):
    assert verdict_of(desk.judge(task(b"\xff\xfe\xff"))).verdict is Kind.LOAD_ERROR


def test_task_that_nobody_waits_for_any_more_is_given_up_and_the_next_one_judged(desk: Desk):
    endless = task(ENDLESS)
    timer = threading.Timer(0.7, lambda: desk.cancel(endless.number))
    timer.start()
    before = desk.pid
    assert desk.judge(endless) == Cancelled(endless.number)
    timer.join()
    assert verdict_of(desk.judge(task(SHAPE))).verdict is Kind.WRONG_SHAPE
    assert desk.pid == before


def test_process_that_is_killed_or_stopped_in_the_middle_is_replaced(desk: Desk):
    verdict_of(desk.judge(task(SHAPE)))
    first = desk.pid
    timer = threading.Timer(0.7, lambda: os.kill(first, signal.SIGKILL))
    timer.start()
    with pytest.raises(WorkerGone, match="signal 9"):
        desk.judge(task(ENDLESS))
    timer.join()
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    assert desk.was_ready
    assert not desk.ready


def test_process_that_falls_silent_counts_as_hung():
    desk = Desk(silent_seconds=0.5)
    try:
        desk.post(Warm(SETTINGS))
        os.kill(desk.pid, signal.SIGSTOP)
        time.sleep(0.1)
        with pytest.raises(WorkerGone, match=r"silent for 0\.5 seconds"):
            desk.judge(task(RIGHT))
        assert desk.pid == 0
    finally:
        desk.close()
    with pytest.raises(WorkerGone):
        desk.judge(task(RIGHT))


def test_frames_that_are_cut_end_the_stream_and_those_too_long_are_refused():
    data = frame(task(RIGHT))
    source = memoryview(data)

    def reader(data: memoryview):
        place = 0

        def read(count: int) -> bytes:
            nonlocal place
            part = bytes(data[place : place + count])
            place += count
            return part

        return read

    assert isinstance(read_order(reader(source)), Task)
    for length in (0, 3, 4, len(data) - 1):
        assert read_frame(reader(source[:length])) is None
    with pytest.raises(ChannelError):
        read_frame(reader(source), most_bytes=10)
    with pytest.raises(msgspec.DecodeError):
        read_order(reader(memoryview(b"\0\0\0\x01\xc1")))
