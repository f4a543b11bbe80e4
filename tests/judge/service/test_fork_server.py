"""Quick commands through the fork server: they do exactly what they would do by themselves, or it declines."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from judge.service import fork_server, place, thin_client
from judge.service.fork_server import ForkServer
from judge.service.place import Place
from judge.settings import read_places

pytestmark = pytest.mark.skipif(not place.POSSIBLE, reason="needs Linux")
CLIENT = "import sys; from judge.service.thin_client import carried_out; status = carried_out(sys.argv[1:]);"
SECONDS = 20.0
SLOW = """\
import time

import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    time.sleep(0.2)
    return torch.stack([h0 + 1] * x.shape[1], 1), (h0, c0)
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def environment(home: Path) -> Mapping[str, str]:
    own = {name: value for name, value in os.environ.items() if name != "CI" and not name.startswith("JUDGE_")}
    return {**own, "JUDGE_HOME": str(home)}


@contextlib.contextmanager
def running(home: Path, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    folder = home / "server"
    with Place(folder, make=True) as here:
        before = here.number(thin_client.SOCKET)
        home.chmod(0o700)
        command = [sys.executable, "-P", "-m", "judge.cli", str(folder)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment) as process:
            until = time.monotonic() + SECONDS
            while here.number(thin_client.SOCKET) in (None, before):
                assert time.monotonic() < until
                assert process.poll() is None
                time.sleep(0.02)
            yield process
            assert process.stdin is not None
            process.stdin.close()
            assert process.wait(SECONDS) == 0


@pytest.fixture
def server(home: Path, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with running(home, environment) as process:
        yield process


def by_itself(*arguments: str, cwd: Path, environment: Mapping[str, str]) -> tuple[int, bytes, bytes]:
    program = "import sys; from judge.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-P", "-c", program, *arguments], cwd=cwd, env=environment, capture_output=True
    )
    return done.returncode, done.stdout, done.stderr


def through(*arguments: str, cwd: Path, environment: Mapping[str, str]) -> tuple[int, bytes, bytes]:
    """By the fork server; status 99 where it was not."""
    program = f"{CLIENT} sys.exit(99 if status is None else status)"
    done = subprocess.run(
        [sys.executable, "-P", "-c", program, *arguments], cwd=cwd, env=environment, capture_output=True
    )
    return done.returncode, done.stdout, done.stderr


def client_of_slow(folder: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Have a wrong file judged that takes minutes."""
    (folder / "lstm.py").write_text(SLOW)
    return subprocess.Popen(
        [sys.executable, "-P", "-c", f"{CLIENT} sys.exit(99 if status is None else status)", "run", "lstm.py"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["list"],
        ["list", "--json"],
        ["show", "lstm"],
        ["show", "lstn"],
        ["history"],
        ["stats"],
        ["explain"],
        ["hint", "lstm"],
        ["run", "nothing.py"],
        ["run", "broken.py", "--problem", "lstm", "--seed", "1", "--json"],
        ["run"],
    ],
    ids=" ".join,
)
def test_a_command_does_what_it_does_by_itself(
    server: subprocess.Popen[bytes], tmp_path: Path, environment: Mapping[str, str], arguments: list[str]
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "broken.py").write_text("def lstm(:\n")
    found = through(*arguments, cwd=work, environment=environment)
    again = by_itself(*arguments, cwd=work, environment={**environment, "JUDGE_HOME": str(tmp_path / "other")})
    status, out, err = (each.replace(b"/other", b"/home") if isinstance(each, bytes) else each for each in again)
    if "run" in arguments and "--json" in arguments:  # it says how long it took
        assert found[0] == status == 1
        assert found[1].split(b'"seconds"')[0] == out.split(b'"seconds"')[0]
    else:
        assert found == (status, out, err)


def test_the_client_imports_next_to_nothing(
    server: subprocess.Popen[bytes], tmp_path: Path, environment: Mapping[str, str]
) -> None:
    program = f"before = set(__import__('sys').modules); {CLIENT} print(sorted(set(sys.modules) - before))"
    command = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {os.getcwd()!r}); {program}", "list"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    imported = done.stdout.splitlines()[-1]
    assert set(eval(imported)) <= {"_socket", "judge", "judge.service", "judge.service.thin_client", "__future__"}


def test_it_works_in_the_folder_and_with_the_variables_of_the_client(
    server: subprocess.Popen[bytes], tmp_path: Path, environment: Mapping[str, str]
) -> None:
    work = tmp_path / "wörk"
    work.mkdir()
    (work / "lstm.py").write_text("def lstm(:\n")
    status, out, _ = through("run", "lstm.py", cwd=work, environment={**environment, "JUDGE_SEED": "41"})
    assert status == 1
    assert b"--seed 41" in out


def test_ctrl_c_goes_to_the_command_and_keeps_what_was_found(
    server: subprocess.Popen[bytes], tmp_path: Path, environment: Mapping[str, str]
) -> None:
    with client_of_slow(tmp_path, environment) as client:
        assert client.stderr is not None
        assert client.stderr.readline().startswith(b"judge: lstm.py: wrong answer in ")
        client.send_signal(signal.SIGINT)
        errors = client.stderr.read()
        assert client.wait(SECONDS) == 130
    assert b"not finished, but it is wrong" in errors
    assert b"Traceback" not in errors


def test_a_command_whose_client_was_killed_ends(
    server: subprocess.Popen[bytes], tmp_path: Path, environment: Mapping[str, str]
) -> None:
    with client_of_slow(tmp_path, environment) as client:
        assert client.stderr is not None
        client.stderr.readline()
        (child,) = children(server.pid)
        client.kill()
        until = time.monotonic() + SECONDS
        while children(server.pid):
            assert time.monotonic() < until, child
            time.sleep(0.05)
    assert through("list", cwd=tmp_path, environment=environment)[0] == 0


def test_a_command_that_is_killed_is_said_as_json_too(
    server: subprocess.Popen[bytes], tmp_path: Path, environment: Mapping[str, str]
) -> None:
    (tmp_path / "lstm.py").write_text(SLOW)
    command = [sys.executable, "-P", "-m", "judge", "run", "lstm.py", "--json"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE) as client:
        until = time.monotonic() + SECONDS
        while not children(server.pid):
            assert time.monotonic() < until
            time.sleep(0.02)
        os.kill(children(server.pid)[0], signal.SIGKILL)
        assert client.stdout is not None
        said = json.loads(client.stdout.read())
        assert client.wait(SECONDS) == 3
    assert said["verdict"] == "internal_error"
    assert "was killed" in said["error"]


def test_what_was_begun_goes_on_where_the_resident_judge_ends(
    home: Path, tmp_path: Path, environment: Mapping[str, str]
) -> None:
    with running(home, environment) as server:
        with client_of_slow(tmp_path, environment) as client:
            assert client.stderr is not None
            assert client.stderr.readline()
            assert server.stdin is not None
            server.stdin.close()
            until = time.monotonic() + SECONDS
            while (home / "server" / thin_client.SOCKET).exists():
                assert time.monotonic() < until
                time.sleep(0.02)
            assert client.poll() is None
            assert server.poll() is None
            client.send_signal(signal.SIGINT)
            assert client.wait(SECONDS) == 130
        assert server.wait(SECONDS) == 0


def test_a_successor_keeps_its_socket(home: Path, tmp_path: Path, environment: Mapping[str, str]) -> None:
    with running(home, environment) as first, running(home, environment) as second:
        assert first.stdin is not None
        first.stdin.close()
        assert first.wait(SECONDS) == 0
        assert through("list", cwd=tmp_path, environment=environment)[0] == 0
        assert second.poll() is None


def children(process: int) -> list[int]:
    return list(map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split()))


@pytest.mark.parametrize("other", [{"PYTHONHASHSEED": "1"}, {"LANG": "xx"}, {"OMP_NUM_THREADS": "7"}])
def test_another_environment_is_declined(
    server: subprocess.Popen[bytes], tmp_path: Path, environment: Mapping[str, str], other: dict[str, str]
) -> None:
    assert through("list", cwd=tmp_path, environment={**environment, **other})[0] == 99
    assert through("list", cwd=tmp_path, environment=environment)[0] == 0


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [(["run", "a.py", "--no-server"], {}), (["list"], {"CI": "1"}), (["list"], {"JUDGE_SERVER": "false"}), (["batch"], {})],
)  # fmt: skip
def test_it_is_not_asked_where_no_process_shall_be_left_behind(
    server: subprocess.Popen[bytes],
    tmp_path: Path,
    environment: Mapping[str, str],
    arguments: list[str],
    variables: dict[str, str],
) -> None:
    assert through(*arguments, cwd=tmp_path, environment={**environment, **variables})[0] == 99


def test_a_folder_that_others_can_enter_is_not_used(
    server: subprocess.Popen[bytes], home: Path, tmp_path: Path, environment: Mapping[str, str]
) -> None:
    (home / "server").chmod(0o755)
    assert through("list", cwd=tmp_path, environment=environment)[0] == 99
    (home / "server").chmod(0o700)


@pytest.mark.parametrize("data", [b"", b"\0" * 8, b"\0\0\0\0\0\0\0\5abc", b"\xff" * 8, b"\0\0\0\0\0\0\0\3a\0b"])
def test_what_is_no_request_is_answered_by_nothing(
    server: subprocess.Popen[bytes], home: Path, tmp_path: Path, environment: Mapping[str, str], data: bytes
) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        descriptor = os.open(home / "server", os.O_RDONLY)
        connection.connect(f"/proc/self/fd/{descriptor}/{thin_client.SOCKET}")
        os.close(descriptor)
        connection.settimeout(SECONDS)
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""
    assert through("list", cwd=tmp_path, environment=environment)[0] == 0


@pytest.mark.parametrize("answer", [None, b"x"])
def test_a_client_that_gave_up_has_nothing_carried_out(
    home: Path, environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch, answer: bytes | None
) -> None:
    """It waited too long, and does it by itself: the command must not be carried out twice."""
    monkeypatch.setattr(thin_client, "GO", answer or b"")
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("JUDGE_HOME", str(home))
    with Place(home / "server", make=True) as here:
        server = ForkServer(here, lambda arguments: pytest.fail("it was carried out"))
        monkeypatch.setattr(fork_server, "REQUEST_SECONDS", 0.5)
        ended: list[object] = []

        def ask() -> None:
            with pytest.raises(thin_client.Lost):
                thin_client.carried_out(["list"])
            ended.append(True)

        with here.listen(thin_client.SOCKET) as server._listener:
            client = threading.Thread(target=ask)
            client.start()
            assert server._accepted() is True
            client.join(SECONDS)
        assert server._running == {}
    assert ended == [True]


def test_it_ends_where_the_files_of_the_judge_have_changed(
    home: Path, environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("JUDGE_HOME", str(home))
    with Place(home / "server", make=True) as here:
        server = ForkServer(here, lambda arguments: 0)
        monkeypatch.setattr(fork_server, "identity", lambda environment, process=None: "another")
        answers: list[int | None] = []
        with here.listen(thin_client.SOCKET) as server._listener:
            client = threading.Thread(target=lambda: answers.append(thin_client.carried_out(["list"])))
            client.start()
            assert server._accepted() is False
            client.join(SECONDS)
    assert answers == [None]


@pytest.mark.parametrize(
    "variables",
    [
        {"JUDGE_HOME": "here"},
        {"XDG_RUNTIME_DIR": "/tmp"},
        {"XDG_RUNTIME_DIR": "/nowhere", "XDG_DATA_HOME": "/data"},
        {"XDG_DATA_HOME": " "},
        {},
    ],
)
def test_the_client_looks_where_the_resident_judge_is(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    for name in ("JUDGE_HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert thin_client.server_folder() == str(read_places(os.environ).server_folder)
