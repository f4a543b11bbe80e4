"""What holds for every kind of judge: the same verdict for the same request, one final event for each, and nothing left over."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from judge.service.in_process import InProcess
from judge.service.place import POSSIBLE, Place
from judge.service.pool_judge import PoolJudge
from judge.service.requests import (
    Cancelled,
    Crashed,
    Decided,
    Effort,
    Failing,
    FirstFailure,
    Judge,
    Judged,
    Refused,
    Request,
    Settings,
    Stage,
    TriedAgain,
    Trouble,
    chosen,
)
from judge.service.resident import Resident
from judge.service.resident_judge import ResidentJudge, ask_status
from judge.service.worker_judge import WorkerJudge
from judge.settings import read_places
from judge.verdict import Kind, Verdict, from_json, to_json
from problems import find_problem
from tests.judge.service.hands import Heard

LSTM = find_problem("lstm")
RIGHT = LSTM.solution.encode()
WRONG = LSTM.solution.replace("i_BH, f_BH, g_BH, o_BH = gates", "i_BH, g_BH, f_BH, o_BH = gates").encode()
SHAPE = b"def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):\n    return x\n"
ENDLESS = b"import torch\nwhile True: pass\ndef lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh): ...\n"
SETTINGS = Settings(sandbox="process")
KINDS = ("in process", "worker", "pool", "resident")


class Held:
    """A judge of one kind, and how to end the process in which it judges."""

    def __init__(self, judge: Judge, pids: Callable[[], list[int]], close: Callable[[], None]) -> None:
        self.judge = judge
        self.pids = pids
        self.close = close

    def final(self, source: bytes, **options: object) -> Judged | Refused | Cancelled | Crashed:
        heard = Heard()
        self.judge.submit(request(source, **options), heard)
        return heard.final()

    def verdict(self, source: bytes, **options: object) -> Verdict:
        found = self.final(source, **options)
        assert isinstance(found, Judged), found
        return found.verdict


def request(source: bytes, **options: object) -> Request:
    fields: dict[str, object] = {"problem": chosen(LSTM), "framework": "torch", "seed": 3, "settings": SETTINGS}
    return Request(source=source, filename="lstm.py", **{**fields, **options})  # type: ignore[arg-type]


def made(kind: str, folder: Path) -> Held:
    if kind == "in process":
        here = InProcess()
        return Held(here, list, here.close)
    if kind == "worker":
        worker = WorkerJudge()
        return Held(worker, lambda: [worker.pid], worker.close)
    if kind == "pool":
        pool = PoolJudge(2, WorkerJudge)
        return Held(pool, lambda: pool.pids, pool.close)
    if not POSSIBLE:
        pytest.skip("a resident judge needs Linux")
    places = read_places({"JUDGE_HOME": str(folder / "home")})
    place = Place(places.server_folder, make=True)
    resident = Resident(place, SETTINGS)
    thread = threading.Thread(target=resident.serve)
    thread.start()
    while ask_status(places.server_folder) is None:
        time.sleep(0.02)
    otherwise = WorkerJudge()
    judge = ResidentJudge(places, os.environ, otherwise)

    def pids() -> list[int]:
        found = ask_status(places.server_folder)
        return [found.worker_pid] if found is not None else []

    def close() -> None:
        judge.close()
        resident.end()
        thread.join(20)
        place.close()
        assert otherwise.pid == 0

    return Held(judge, pids, close)


@pytest.fixture(scope="module", params=KINDS)
def held(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    before = set(threading.enumerate())
    found = made(request.param, tmp_path_factory.mktemp("judge"))
    yield found
    pids = [pid for pid in found.pids() if pid]
    found.close()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    left = [thread for thread in threading.enumerate() if thread not in before and thread.is_alive()]
    assert [thread.name for thread in left if thread.name in ("worker", "watchman", "resident")] == []


def lasting(verdict: Verdict) -> bytes:
    """What is the same from run to run."""
    checks = tuple(msgspec.structs.replace(check, seconds=0.0) for check in verdict.checks)
    return to_json(msgspec.structs.replace(verdict, seconds=0.0, checks=checks))


@pytest.fixture(scope="module")
def expected() -> dict[bytes, bytes]:
    """The verdicts, found in this process."""
    here = InProcess()
    found = {}
    for source in (RIGHT, WRONG, SHAPE):
        heard = Heard()
        here.submit(request(source), heard)
        final = heard.final()
        assert isinstance(final, Judged)
        found[source] = lasting(final.verdict)
    here.close()
    return found


def test_same_verdict_and_counterexample_for_the_same_request(held: Held, expected: dict[bytes, bytes]) -> None:
    for source, data in expected.items():
        verdict = held.verdict(source)
        assert lasting(verdict) == data
        assert verdict.accepted == (source == RIGHT)
        assert (verdict.cost is None) == (source != RIGHT)


def test_stages_and_the_first_failure_are_told_on_the_way(held: Held) -> None:
    heard = Heard()
    number = held.judge.submit(request(WRONG, first_word=True), heard)
    final = heard.final()
    assert isinstance(final, Judged)
    assert any(isinstance(event, Stage) and event.text == "loading the file" for event in heard.before)
    (first,) = [event for event in heard.before if isinstance(event, FirstFailure)]
    assert first.verdict == final.verdict.verdict
    assert {event.number for event in [*heard.before, final]} == {number}


def test_the_verdict_is_told_before_its_explanation(held: Held) -> None:
    heard = Heard()
    held.judge.submit(request(WRONG, verdict_first=True), heard)
    final = heard.final()
    assert isinstance(final, Judged)
    (decided,) = [event for event in heard.before if isinstance(event, Decided)]
    assert decided.verdict.diagnosis is None
    assert final.verdict.diagnosis is not None
    assert lasting(decided.verdict) == lasting(msgspec.structs.replace(final.verdict, diagnosis=None))
    heard = Heard()
    held.judge.submit(request(RIGHT, verdict_first=True), heard)
    heard.final()
    assert not any(isinstance(event, Decided) for event in heard.before)


def test_less_effort_has_the_same_kind_and_no_more_than_the_first_failure(
    held: Held, expected: dict[bytes, bytes]
) -> None:
    for source, full in expected.items():
        brief = held.verdict(source, effort=Effort.VERDICT)
        assert brief.verdict is from_json(full).verdict
        assert brief.diagnosis is None
        assert sum(check.outcome == "failed" for check in brief.checks) <= 1


def test_earlier_counterexample_is_tried_again_until_it_is_mended(held: Held) -> None:
    first = held.final(SHAPE, keep=True)
    assert isinstance(first, Judged)
    assert first.failing is not None
    assert first.mended is None
    for source, early, mended in ((SHAPE, False, False), (RIGHT, True, True)):
        heard = Heard()
        again = request(source, seed=4, keep=True, earlier=first.failing, earlier_first=early)
        held.judge.submit(again, heard)
        final = heard.final()
        assert isinstance(final, Judged)
        assert final.mended is mended
        (told,) = [event for event in heard.before if isinstance(event, TriedAgain)]
        assert told.mended is mended


def test_counterexample_from_elsewhere_that_no_check_could_have_drawn_is_not_tried(held: Held) -> None:
    case = {"sizes": {"B": 10**9}, "kind": "ordinary", "dtype": "float32", "layout": "contiguous", "seed": 1}
    strange = Failing(check="agrees-with-reference", case=case, seed=3)
    found = held.final(RIGHT, earlier=strange)
    assert isinstance(found, Judged)
    assert found.mended is None


def test_seed_is_drawn_where_none_is_given(held: Held) -> None:
    seeds = {held.verdict(SHAPE, seed=None, effort=Effort.VERDICT).seed for _ in range(2)}
    assert len(seeds) == 2


@pytest.mark.parametrize(
    ("source", "options", "trouble", "said"),
    [
        (b"x = 1\n", {"problem": None, "framework": None}, Trouble.USAGE, "tells which problem"),
        (b"x = 1\n", {"problem": "nothing"}, Trouble.USAGE, "There is no problem called 'nothing'"),
        (RIGHT, {"framework": "jax"}, Trouble.USAGE, "is offered in"),
        (RIGHT, {"settings": Settings(sandbox="none such")}, Trouble.FAILURE, "KeyError"),
    ],
)
def test_what_can_not_be_judged_is_refused_in_words(
    held: Held, source: bytes, options: dict[str, object], trouble: Trouble, said: str
) -> None:
    found = held.final(source, **options)
    assert isinstance(found, Refused)
    assert found.trouble is trouble
    assert said in found.sentence
    assert bool(found.traceback) == (trouble is Trouble.FAILURE)


def test_file_that_need_not_be_run_is_answered(held: Held) -> None:
    assert held.verdict(b"\xff\xfe\xff").verdict is Kind.LOAD_ERROR
    assert held.verdict(b"import torch\nlstm = torch.nn.LSTM\n").verdict is Kind.FORBIDDEN


def test_request_that_is_given_up_ends_so_and_the_next_one_is_judged(held: Held) -> None:
    """At once, while it is loaded, and in the middle."""
    for seconds in (0.0, 0.3, 1.5):
        heard = Heard()
        if isinstance(held.judge, InProcess):  # it answers before `submit` returns: given up by what it tells first
            given_up = []

            def told(event: object, heard: Heard = heard, given_up: list[int] = given_up) -> None:
                if not given_up:
                    given_up.append(event.number)  # type: ignore[attr-defined]
                    held.judge.cancel(event.number)  # type: ignore[attr-defined]
                heard(event)  # type: ignore[arg-type]

            held.judge.submit(request(WRONG), told)
        else:
            number = held.judge.submit(request(ENDLESS), heard)
            time.sleep(seconds)
            held.judge.cancel(number)
        assert isinstance(heard.final(), Cancelled)
        assert heard.events.empty()
    assert held.verdict(SHAPE).verdict is Kind.WRONG_SHAPE


def test_end_of_the_process_that_judges_costs_no_other_request_anything(held: Held) -> None:
    if isinstance(held.judge, InProcess):
        pytest.skip("what judges in this process can't survive its end, and says so")
    assert held.verdict(SHAPE).verdict is Kind.WRONG_SHAPE
    heard, other = Heard(), Heard()
    held.judge.submit(request(b"import time\ntime.sleep(0.8)\n" + SHAPE), heard)
    time.sleep(0.4)
    if not isinstance(held.judge, ResidentJudge):
        held.judge.submit(request(SHAPE), other)
    for pid in held.pids():
        if pid:
            os.kill(pid, signal.SIGKILL)
    final = heard.final()
    assert isinstance(final, Judged)
    assert final.verdict.verdict is Kind.WRONG_SHAPE
    if not isinstance(held.judge, ResidentJudge):
        assert isinstance(other.final(), Judged)
    assert held.verdict(SHAPE).verdict is Kind.WRONG_SHAPE


@pytest.mark.parametrize("kind", KINDS)
def test_closing_ends_what_is_open(kind: str, tmp_path: Path) -> None:
    if kind == "in process":
        pytest.skip("nothing is open there once `submit` has returned")
    found = made(kind, tmp_path)
    heard = Heard()
    found.judge.submit(request(ENDLESS), heard)
    time.sleep(0.5)
    found.close()
    assert isinstance(heard.final(), Cancelled)
    late = Heard()
    found.judge.submit(request(SHAPE), late)
    assert isinstance(late.final(), Cancelled)
