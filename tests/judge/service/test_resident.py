import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from judge import cli
from judge.isolation import open_sandbox
from judge.judging.grade import judge_submission
from judge.service import place, resident
from judge.service.identity import identity, problem_stamp
from judge.service.messages import Ahead
from judge.service.place import NoPlace, Place
from judge.service.requests import (
    Cancelled,
    Chosen,
    Crashed,
    Final,
    Judged,
    Refused,
    Request,
    Settings,
    Stage,
    Tell,
    Trouble,
    chosen,
)
from judge.service.resident import Resident
from judge.service.resident_judge import ResidentJudge, ask_status, ask_stop
from judge.service.resident_messages import Ask, Status, Why, receive_reply, send
from judge.service.waiting import final_event
from judge.settings import Configuration, Places, read_places, server_is_wanted
from judge.source import submission_of
from judge.verdict import Verdict, to_json
from problems import find_problem
from problems.catalogue import read_problem
from tests.judge.service.hands import NoJudge, judged

pytestmark = pytest.mark.skipif(not place.POSSIBLE, reason="needs Linux")
LSTM = find_problem("lstm")
RIGHT = LSTM.solution
WRONG = RIGHT.replace("i_BH, f_BH, g_BH, o_BH = gates", "i_BH, g_BH, f_BH, o_BH = gates")
SHAPE = "def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):\n    return x\n"
SECONDS = 20.0


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return read_places({"JUDGE_HOME": str(tmp_path / ("long" * 40))})  # longer than a socket's path may be


def request(source: str, seed: int | None = 7, problem: Any = LSTM) -> Request:
    found = chosen(problem)
    settings = Settings(sandbox="process")
    data = source.encode()
    return Request(source=data, filename="lstm.py", problem=found, framework="torch", seed=seed, settings=settings)


class ResidentRequest:
    """A resident judge that is asked for one file; where it does not judge it, nobody does."""

    def __init__(self, places: Places, environment: Mapping[str, str] = os.environ, **options: Any) -> None:
        self.judge = ResidentJudge(places, environment, NoJudge(), **options)
        self.stages: list[str] = []

    def verdict(self, source: str = RIGHT, seed: int | None = 7, problem: Any = LSTM) -> Verdict | None:
        def told(event: object) -> None:
            if isinstance(event, Stage):
                self.stages.append(event.text)

        final = final_event(self.judge, request(source, seed, problem), told)
        return final.verdict if isinstance(final, Judged) else None

    @property
    def said(self) -> tuple[str, bool]:
        return self.judge.note, self.judge.missing


class RunningResident:
    """Stands for the process that judges."""

    def __init__(self, *, silent_seconds: float, looks_first: bool, most_tries: int) -> None:
        assert (looks_first, most_tries) == (False, 1)
        self.pid = 0
        self.ready = True
        self.cancelled = threading.Event()
        self.begun = threading.Event()
        self.go_on = threading.Event()
        self.answer: Callable[[int, Request], Final] = judged
        self.aheads: list[Ahead] = []

    def prepare(self, problem: Chosen | None, framework: str, seed: int | None, settings: Settings) -> None:
        if problem is not None:
            self.aheads.append(Ahead(problem, framework, seed, settings))

    def ahead(self) -> list[Ahead]:
        return self.aheads

    def close(self) -> None: ...

    def cancel(self, number: int) -> None:
        self.cancelled.set()
        self.go_on.set()

    def submit(self, request: Request, tell: Tell) -> int:
        threading.Thread(target=self._judge, args=(request, tell), daemon=True).start()
        return 1

    def _judge(self, request: Request, tell: Tell) -> None:
        tell(Stage(1, "check 1 of 1"))
        self.begun.set()
        assert self.go_on.wait(SECONDS)
        tell(self.answer(1, request))


class Running:
    """A resident judge in a thread."""

    def __init__(self, places: Places, monkeypatch: pytest.MonkeyPatch, **options: Any) -> None:
        monkeypatch.setattr(resident, "WorkerJudge", RunningResident)
        self.places = places
        self.place = Place(places.server_folder, make=True)
        self.resident = Resident(self.place, Settings(), **options)
        self.desk: Any = self.resident._judge
        self.thread = threading.Thread(target=self.resident.serve)
        self.thread.start()
        while ask_status(places.server_folder) is None and self.thread.is_alive():
            time.sleep(0.01)

    def has_ended(self) -> bool:
        self.thread.join(SECONDS)
        return not self.thread.is_alive() and not (self.places.server_folder / "socket").exists()

    def close(self) -> None:
        self.desk.go_on.set()
        self.resident.end()
        assert self.has_ended()
        self.place.close()


@pytest.fixture
def running(places: Places, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    found = Running(places, monkeypatch)
    found.desk.go_on.set()
    yield found
    found.close()


def test_client_gets_the_verdict_and_is_told_of_its_progress(running: Running):
    asked = ResidentRequest(running.places)
    verdict = asked.verdict()
    assert verdict is not None
    assert (verdict.accepted, verdict.seed) == (True, 7)
    assert asked.stages == ["check 1 of 1"]
    assert asked.said == ("", False)
    status = ask_status(running.places.server_folder)
    assert status is not None
    assert (status.judged, status.busy, status.pid) == (1, False, os.getpid())


def test_one_that_has_answered_is_free_again(running: Running):
    for seed in range(50):
        asked = ResidentRequest(running.places)
        assert asked.verdict(seed=seed) is not None, asked.judge.note


def test_cases_are_made_ahead_for_one_who_names_no_seed(running: Running):
    assert ResidentRequest(running.places).verdict(seed=7) is not None
    assert running.desk.ahead() == [], "who repeats a run does not ask for another one"
    assert ResidentRequest(running.places).verdict(seed=None) is not None
    (order,) = running.desk.ahead()
    assert (order.problem, order.framework, order.seed) == (chosen(LSTM), "torch", None)


def test_one_that_is_left_behind_has_the_same_problem_ready(places: Places, monkeypatch: pytest.MonkeyPatch):
    commands: list[list[str]] = []
    monkeypatch.setattr(
        "judge.service.resident_judge.subprocess.run", lambda command, **options: commands.append(command)
    )
    asked = ResidentRequest(places)
    assert asked.verdict(seed=None) is None
    assert asked.judge.missing
    asked.judge.start(Settings(sandbox="process"))
    (command,) = commands
    order = msgspec.json.decode(command[command.index("--ahead") + 1], type=Ahead)
    assert (order.problem, order.framework) == (chosen(LSTM), "torch")
    stamp = command[command.index("--stamp") + 1]
    assert stamp == problem_stamp(LSTM)

    running = Running(places, monkeypatch, ahead=(order, stamp))
    running.desk.go_on.set()
    try:
        assert running.desk.ahead() == [order]
        assert ResidentRequest(places).verdict(seed=None) is not None
    finally:
        running.close()


def test_what_is_refused_or_lost_there_is_judged_without_it(running: Running):
    running.desk.answer = lambda number, request: Refused(number, Trouble.SANDBOX, "no sandbox")
    asked = ResidentRequest(running.places)
    assert asked.verdict() is None
    assert asked.said == ("no sandbox", False)

    running.desk.answer = lambda number, request: Crashed(number, "signal 9")
    asked = ResidentRequest(running.places)
    assert asked.verdict() is None
    assert asked.said == (Why.LOST.value, False)
    running.desk.answer = judged
    assert ResidentRequest(running.places).verdict() is not None


def test_one_of_another_environment_is_replaced(running: Running):
    other = ResidentRequest(running.places, {**os.environ, "PYTHONHASHSEED": "5"})
    assert other.verdict() is None
    assert other.said == (Why.STALE.value, True)
    assert running.has_ended()
    again = ResidentRequest(running.places)
    assert again.verdict() is None
    assert again.said == ("", True)


def test_identity_follows_version_environment_and_limits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    before = identity({"HOME": "/a", "TERM": "x"})
    assert identity({"HOME": "/a", "TERM": "y", "JUDGE_SEED": "5"}) == before
    assert identity({"HOME": "/a", "PYTHONPATH": "/elsewhere"}) != before
    other = tmp_path / "another-name"
    other.symlink_to(os.path.realpath(sys.executable))
    monkeypatch.setattr(sys, "executable", str(other))
    assert identity({"HOME": "/a"}) == before
    monkeypatch.setattr(sys, "executable", "/bin/sh")
    assert identity({"HOME": "/a"}) != before
    monkeypatch.undo()
    monkeypatch.setattr("judge.service.identity.versions", lambda: {"torch": "0.0"})
    assert identity({"HOME": "/a"}) != before


def test_changed_problem_folder_replaces_it(running: Running, tmp_path: Path):
    folder, reference = tmp_path / "problems" / "lstm", tmp_path / "reference" / "lstm.py"
    folder.mkdir(parents=True)
    reference.parent.mkdir()
    (folder / "problem.toml").write_text((LSTM.folder / "problem.toml").read_text())
    (folder / "checks.py").write_text("CHECKS = ()\n")
    reference.write_text(RIGHT)
    problem = read_problem(folder, reference)
    stamp = problem_stamp(problem)
    for _ in range(2):
        assert ResidentRequest(running.places).verdict(problem=problem) is not None
    (folder / "checks.py").write_text("CHECKS = (1,)\n")
    assert problem_stamp(problem) != stamp
    assert ResidentRequest(running.places).verdict() is not None  # another problem
    asked = ResidentRequest(running.places)
    assert asked.verdict(problem=problem) is None
    assert asked.judge.missing
    assert running.has_ended()


def test_clients_at_once_one_is_judged_and_the_others_go_on_without(running: Running):
    running.desk.go_on.clear()
    first: list[Verdict | None] = []
    thread = threading.Thread(target=lambda: first.append(ResidentRequest(running.places).verdict()))
    thread.start()
    assert running.desk.begun.wait(SECONDS)
    second = ResidentRequest(running.places)
    assert second.verdict(seed=8) is None
    assert second.said == (Why.BUSY.value, False)
    status = ask_status(running.places.server_folder)
    assert status is not None
    assert status.busy
    running.desk.go_on.set()
    thread.join(SECONDS)
    assert first[0] is not None
    assert first[0].seed == 7


def test_task_of_a_client_that_has_gone_is_given_up(running: Running):
    running.desk.go_on.clear()
    running.desk.answer = lambda number, request: Cancelled(number)
    with Place(running.places.server_folder) as found, found.connect(SECONDS) as connection:
        send(connection, Ask(identity(os.environ), "", Request(source=b"", filename="x", seed=1)))
        assert running.desk.begun.wait(SECONDS)
    assert running.desk.cancelled.wait(SECONDS)


def test_bytes_that_are_no_request_end_nothing(running: Running):
    for data in (b"", b"\0\0", b"\0\0\0\x05hello", b"\xff" * 100, b"\0\0\0\x01\xc0"):
        with Place(running.places.server_folder) as found, found.connect(SECONDS) as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ConnectionResetError):  # it closes with bytes unread
                assert receive_reply(connection) is None
    assert isinstance(ask_status(running.places.server_folder), Status)


def test_it_ends_by_itself_where_nobody_asks(places: Places, monkeypatch: pytest.MonkeyPatch):
    found = Running(places, monkeypatch, idle_seconds=0.2)
    assert found.has_ended()
    found.place.close()


def test_there_is_one_at_a_time_and_a_socket_that_was_left_is_taken_over(
    places: Places, running: Running, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(resident, "PREDECESSOR_SECONDS", 0.2)
    with Place(places.server_folder) as found, found.lock() as mine:
        assert mine
        assert not resident.run(places.server_folder, Settings())


def test_socket_without_a_process_is_none_and_is_taken_over(places: Places, monkeypatch: pytest.MonkeyPatch):
    with Place(places.server_folder, make=True) as found:
        found.listen().close()
    assert (places.server_folder / "socket").is_socket()
    assert ask_status(places.server_folder) is None
    assert ask_stop(places.server_folder) is False
    asked = ResidentRequest(places)
    assert asked.verdict() is None
    assert asked.said == ("", True)
    running = Running(places, monkeypatch)
    running.desk.go_on.set()
    assert asked.verdict() is not None
    running.close()


@pytest.mark.parametrize("kind", ["open", "link", "file"])
def test_folder_that_others_can_enter_or_exchange_is_not_used(places: Places, tmp_path: Path, kind: str):
    folder = places.server_folder
    folder.parent.mkdir(parents=True)
    if kind == "open":
        folder.mkdir(mode=0o700)
        folder.chmod(0o755)
    elif kind == "link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        folder.symlink_to(tmp_path / "elsewhere")
    else:
        folder.write_text("")
    with pytest.raises(NoPlace):
        Place(folder, make=True)
    asked = ResidentRequest(places)
    assert asked.verdict() is None
    assert asked.judge.note
    assert not asked.judge.missing
    with pytest.raises(NoPlace):
        ask_status(folder)


def test_folder_or_process_of_another_user_is_not_used(running: Running, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(place, "peer", lambda connection: (1, os.geteuid() + 1))
    asked = ResidentRequest(running.places)
    assert asked.verdict() is None
    assert "belongs to another user" in asked.judge.note
    assert not asked.judge.missing
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(NoPlace, match="belongs to another user"):
        Place(running.places.server_folder)
    monkeypatch.undo()


def test_missing_folder_is_made_for_this_user_alone(places: Places):
    assert ask_status(places.server_folder) is None
    Place(places.server_folder, make=True).close()
    assert places.server_folder.stat().st_mode & 0o777 == 0o700


def test_one_that_is_stopped_is_waited_for_a_while_and_ended(places: Places):
    program = (
        "import sys, time; from pathlib import Path; from judge.service.place import Place\n"
        "place = Place(Path(sys.argv[1]), make=True); listener = place.listen(); print(flush=True); time.sleep(100)"
    )
    decoy = subprocess.Popen([sys.executable, "-c", program, str(places.server_folder)], stdout=subprocess.PIPE)
    assert decoy.stdout is not None
    with decoy.stdout:
        decoy.stdout.readline()
    asked = ResidentRequest(places, silent_seconds=0.3)
    assert asked.verdict() is None
    assert "said nothing for 0.3 seconds" in asked.judge.note
    assert asked.judge.missing
    assert decoy.wait(SECONDS) == -signal.SIGKILL


@pytest.mark.parametrize(
    ("environment", "setting", "wanted"),
    [
        ({}, True, True), ({}, False, False), ({"CI": "true"}, True, False), ({"CI": "1"}, True, False),
        ({"CI": ""}, True, True), ({"CI": "false"}, True, True),
    ],
)  # fmt: skip
def test_none_is_wanted_where_it_is_switched_off_or_in_ci(environment: dict[str, str], setting: bool, wanted: bool):
    assert server_is_wanted(Configuration(server=setting), environment) is wanted


def lasting(verdict: Verdict) -> bytes:
    """What is the same from run to run."""
    checks = tuple(msgspec.structs.replace(check, seconds=0.0) for check in verdict.checks)
    return to_json(msgspec.structs.replace(verdict, seconds=0.0, checks=checks))


def test_verdicts_are_the_same_with_it_and_without_and_its_end_in_the_middle_costs_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """The only one here with processes that judge: started by the first `judge run`, as for everyone."""
    home = tmp_path / "home"
    monkeypatch.delenv("CI")
    monkeypatch.setenv("JUDGE_HOME", str(home))
    monkeypatch.setenv("JUDGE_SANDBOX", "process")
    monkeypatch.chdir(tmp_path)
    Path("lstm.py").write_text("def lstm(x): ...\n")
    folder = read_places(os.environ).server_folder
    try:
        assert cli.main(["run", "lstm.py", "--no-server"]) == 1
        assert not folder.exists()
        assert cli.main(["run", "lstm.py"]) == 1
        found = waited(folder, lambda status: status.ready)
        capsys.readouterr()
        answers = {"wrong": WRONG, "shape": SHAPE, "right": (LSTM.folder / "accepted" / "numpy_loop.py").read_text()}
        with open_sandbox("process") as sandbox:
            for text in answers.values():
                framework = "numpy" if "numpy" in text else "torch"
                asked = ResidentJudge(read_places(os.environ), os.environ, NoJudge())
                final = final_event(asked, msgspec.structs.replace(request(text, 3), framework=framework))
                assert isinstance(final, Judged), asked.note
                there = final.verdict
                given = submission_of(text.encode(), "lstm.py", problem="lstm", framework=framework, stem="")
                assert lasting(there) == lasting(judge_submission(given, seed=3, sandbox=sandbox))
        assert waited(folder, lambda status: status.judged == len(answers)).pid == found.pid
        # Killed in the middle: the run goes on without it, and says so only where it is asked to.
        Path("lstm.py").write_text("import time\ntime.sleep(1.5)\ndef lstm(x): ...\n")
        killer = threading.Thread(
            target=lambda: os.kill(waited(folder, lambda status: status.busy).pid, signal.SIGKILL)
        )
        killer.start()
        assert cli.main(["run", "lstm.py", "-v"]) == 1
        killer.join()
        assert "judged without the resident judge: it ended in the middle" in capsys.readouterr().err
        # And the next one is there already.
        assert waited(folder, lambda status: True).pid != found.pid
        assert gone(found.worker_pid)
        assert cli.main(["server", "status"]) == 0
        assert "usable   yes" in capsys.readouterr().out
    finally:
        cli.main(["server", "stop"])
    assert cli.main(["server", "status"]) == 1
    assert "No resident judge runs" in capsys.readouterr().out


def waited(folder: Path, good: Callable[[Status], bool]) -> Status:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        status = ask_status(folder, seconds=SECONDS)
        if status is not None and good(status):
            return status
        time.sleep(0.05)
    raise AssertionError("it did not come to that")


def gone(pid: int) -> bool:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)  # where a test before has made this process the reaper of orphans
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
