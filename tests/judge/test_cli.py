import contextlib
import fcntl
import io
import json
import os
import pty
import struct
import subprocess
import sys
import termios
import threading
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest
from inline_snapshot import snapshot

from judge import cli
from judge.service.refusing import refused
from judge.service.requests import Final, Judged, Request, Settings
from judge.settings import Configuration
from judge.verdict import Kind, ProblemError, UsageError, Verdict
from problems import Catalogue, all_problems, find_problem, read_catalogue
from sandbox import SandboxUnavailable
from tests.judge.service.hands import HandJudge
from tests.judge.verdicts import ACCEPTED, EVERY, INTERNAL_ERROR, WRONG_ANSWER, WRONG_SHAPE

ROOT = Path(__file__).parents[2]


class Calls(list[Request]):
    """What was to be judged; the answer is `verdict`, or that it is raised on the way."""

    verdict: Verdict | BaseException = WRONG_ANSWER

    def __init__(self) -> None:
        super().__init__()
        self.catalogue: Catalogue | None = None

    def judge(self, *, catalogue: Catalogue) -> HandJudge:
        self.catalogue = catalogue
        return HandJudge(self.answer)

    def answer(self, number: int, request: Request) -> Final:
        self.append(request)
        if isinstance(self.verdict, Exception):
            try:
                raise self.verdict
            except Exception as error:  # noqa: BLE001 - as the real one
                return refused(number, error, lambda: None)
        if isinstance(self.verdict, BaseException):
            raise self.verdict
        return Judged(number, msgspec.json.encode(self.verdict))


@pytest.fixture
def judging(monkeypatch: pytest.MonkeyPatch) -> Calls:
    calls = Calls()
    monkeypatch.setattr("judge.commands.judging.WorkerJudge", calls.judge)
    return calls


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("JUDGE_HOME", str(folder))
    for name in [name for name in os.environ if name.startswith("JUDGE_") and name != "JUDGE_HOME"]:
        monkeypatch.delenv(name)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return folder


@pytest.fixture
def file() -> Path:
    path = Path("lstm.py")
    path.write_text("def lstm(): ...\n")
    return path


Judge = Callable[..., tuple[int, str, str]]


@pytest.fixture
def judge(capsys: pytest.CaptureFixture[str]) -> Judge:
    def call(*arguments: str) -> tuple[int, str, str]:
        status = cli.main(list(arguments))
        return (status, *capsys.readouterr())

    return call


def attempts(home: Path) -> list[tuple[Any, ...]]:
    import sqlite3

    with closing(sqlite3.connect(home / "judge.db")) as connection:
        return connection.execute("SELECT file_name, source, verdict, seed FROM attempts").fetchall()


# list, show, start


@pytest.mark.parametrize(
    ("rows", "options", "shown"),
    [(10, [], 3), (10, ["--no-pager"], 40), (400, [], 40)],
    ids=["long", "switched off", "short"],
)
def test_what_is_longer_than_the_terminal_goes_through_a_pager(
    home: Path, tmp_path: Path, rows: int, options: list[str], shown: int
):
    environment = {**os.environ, "PAGER": "head -3", "JUDGE_SERVER": "off", "TERM": "xterm"}
    with pty_of(rows) as (ours, theirs):
        command = [sys.executable, "-m", "judge", "list", *options]
        process = subprocess.Popen(command, stdout=theirs, stderr=theirs, stdin=theirs, env=environment, cwd=ROOT)
        os.close(theirs)
        data = b""
        with contextlib.suppress(OSError):  # Linux says so where nobody has the other end any more
            while part := os.read(ours, 4096):
                data += part
        assert process.wait(30) == 0
    assert (data.count(b"\n") == 3) is (shown == 3)
    assert (data.count(b"\n") > 30) is (shown > 3)


@contextlib.contextmanager
def pty_of(rows: int) -> Iterator[tuple[int, int]]:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, 80, 0, 0))
    try:
        yield ours, theirs
    finally:
        os.close(ours)


def test_list_names_every_problem_and_what_is_solved(judge: Judge, judging: Calls, file: Path):
    status, before, errors = judge("list")
    assert (status, errors) == (0, "")
    for problem in all_problems():
        (line,) = [line for line in before.splitlines() if line.startswith(f"  {problem.slug} ")]
        assert problem.title in line
        assert f"{problem.minutes} min" in line
        assert "solved" not in line
        assert problem.difficulty.value in line
        headings = [each for each in before.partition(line)[0].splitlines() if each and not each.startswith(" ")]
        assert headings[-1].lower() == problem.topics[0]
    judging.verdict = ACCEPTED
    judge("run", "lstm.py")
    _, after, _ = judge("list")
    assert [line.split()[0] for line in after.splitlines() if line.startswith("  ") and line.endswith("solved")] == [
        "lstm"
    ]
    assert f"1 of {len(all_problems())} solved" in after


def test_list_as_json(judge: Judge):
    status, text, _ = judge("list", "--json")
    found = json.loads(text)
    assert (status, found["schema"]) == (0, 1)
    assert {each["slug"] for each in found["problems"]} == {problem.slug for problem in all_problems()}
    assert set(found["problems"][0]) == {
        *("slug", "title", "difficulty", "topics", "minutes", "frameworks", "aliases", "solved", "pack", "due"),
        *("asked", "builds_on"),
    }


def test_show_prints_the_statement_as_it_is_and_what_comes_next(judge: Judge):
    status, text, _ = judge("show", "lstm")
    statement = find_problem("lstm").statement
    assert (status, text.startswith(statement.rstrip("\n"))) == (0, True)
    assert text[len(statement) :] == snapshot("""\

Next:
  judge start lstm   writes lstm.py to begin with
  judge run lstm.py  judges it
  judge hint lstm    shows the next of 3 hints
An interview gives about 25 minutes for it.
""")


def test_start_writes_the_starter_under_the_name_as_typed(judge: Judge):
    status, text, _ = judge("start", "attention")
    assert (status, text) == (0, "attention.py is written. `judge run attention.py` judges it.\n")
    assert Path("attention.py").read_text() == find_problem("attention").starter("torch")
    judge("start", "lstm.py", "--framework", "numpy", "--dest", "new/folder")
    assert Path("new/folder/lstm.py").read_text() == find_problem("lstm").starter("numpy")


def test_start_never_overwrites(judge: Judge, file: Path):
    status, text, errors = judge("start", "lstm")
    assert (status, text) == (2, "")
    assert "lstm.py is there already and is left as it is" in errors
    assert file.read_text() == "def lstm(): ...\n"
    Path("lora.py").symlink_to("nowhere.py")
    assert judge("start", "lora")[0] == 2
    assert not Path("nowhere.py").exists()


def test_start_says_where_it_cannot_write(judge: Judge, file: Path):
    status, _, errors = judge("start", "lora", "--dest", "lstm.py")
    assert (status, errors) == (2, "judge: lstm.py is not a folder: give another --dest.\n")
    status, _, errors = judge("start", "lora", "--dest", "lstm.py/below")
    assert (status, "can't be written: Not a directory" in errors) == (2, True)


def test_start_offers_a_framework_only_where_there_are_two(judge: Judge):
    status, _, errors = judge("start", "lora", "--framework", "numpy")
    assert (status, errors) == (2, "judge: lora is solved in torch only: leave --framework out.\n")
    assert not Path("lora.py").exists()


# run


@pytest.mark.parametrize("name", EVERY)
def test_exit_status_follows_the_verdict(judge: Judge, judging: Calls, file: Path, name: str):
    judging.verdict = EVERY[name]
    status, text, errors = judge("run", "lstm.py")
    assert status == {"accepted": 0, "internal_error": 3}.get(name, 1)
    assert text.startswith("lstm.py: ")
    used = EVERY[name].sandbox
    weak = used is not None and used.level == "none"
    assert errors.startswith("judge: your file ran in `process`, which does not isolate it") if weak else errors == ""


def test_run_passes_on_what_was_asked_for(judge: Judge, judging: Calls, file: Path):
    judge("run", "lstm.py")
    assert judging.catalogue == read_catalogue()
    kept = Configuration().cache_mib
    plain = Request(
        source=file.read_bytes(),
        filename="lstm.py",
        stem="lstm",
        settings=Settings(cache_mib=kept),
        first_word=True,
        verdict_first=True,
    )
    assert judging[-1] == plain
    judge(*["run", "lstm.py", "--problem", "lstm", "--framework", "numpy", "--seed", "7", "--sandbox", "process"])
    asked = {
        "problem": "lstm",
        "framework": "numpy",
        "seed": 7,
        "settings": Settings(sandbox="process", cache_mib=kept),
    }
    assert judging[-1] == msgspec.structs.replace(plain, **asked)


def test_file_is_read_once_and_what_was_judged_is_kept(judge: Judge, judging: Calls, file: Path, home: Path):
    """A save while the file is judged does not change what is remembered."""
    asked = judging.answer

    def answer(number: int, request: Request) -> Final:
        file.write_text("def lstm(): 'saved meanwhile'\n")
        return asked(number, request)

    judging.answer = answer  # type: ignore[method-assign]
    judge("run", "lstm.py")
    assert judging[-1].source == b"def lstm(): ...\n"
    assert attempts(home) == [("lstm.py", "def lstm(): ...\n", "wrong_answer", 7)]


def test_pipe_is_read_once_too(judge: Judge, judging: Calls, home: Path):
    os.mkfifo("pipe.py")
    writing = threading.Thread(target=lambda: Path("pipe.py").write_text("def lstm(): 'from a pipe'\n"))
    writing.start()
    judge("run", "pipe.py", "--problem", "lstm")
    writing.join()
    assert attempts(home) == [("pipe.py", "def lstm(): 'from a pipe'\n", "wrong_answer", 7)]


def test_file_that_is_too_large_is_refused(judge: Judge, judging: Calls, file: Path):
    file.write_text("#" * 1_200_000)
    status, text, errors = judge("run", "lstm.py")
    assert (status, text, len(judging)) == (2, "", 0)
    assert errors == "judge: lstm.py has more than 1,048,576 bytes, the most that a solution may have.\n"


def test_flag_beats_environment_beats_file(
    judge: Judge, judging: Calls, file: Path, home: Path, monkeypatch: pytest.MonkeyPatch
):
    home.mkdir()
    (home / "config.toml").write_text('sandbox = "docker"\ncall_seconds = 3\nseed = 1\n')
    judge("run", "lstm.py")
    assert (judging[-1].settings.sandbox, judging[-1].seed) == ("docker", 1)
    monkeypatch.setenv("JUDGE_SANDBOX", "linux")
    judge("run", "lstm.py", "--seed", "2")
    settings = judging[-1].settings
    assert (settings.sandbox, settings.call_seconds, judging[-1].seed) == ("linux", 3, 2)
    judge("run", "lstm.py", "--sandbox", "process")
    assert judging[-1].settings.sandbox == "process"


def test_command_that_repeats_a_run_names_what_was_typed(judge: Judge, judging: Calls, tmp_path: Path):
    folder = tmp_path / "my work"
    folder.mkdir()
    (folder / "a.py").write_text("")
    _, text, _ = judge("run", str(folder / "a.py"), "--problem", "lstm", "--sandbox", "process")
    assert f"judge run '{folder}/a.py' --seed 7 --problem lstm --sandbox process\n" in text
    assert text.startswith("a.py: wrong answer")


def test_attempt_is_kept_before_it_is_shown(
    judge: Judge, judging: Calls, file: Path, home: Path, monkeypatch: pytest.MonkeyPatch
):
    kept = []

    def render(*_: object, **__: object) -> str:
        kept.extend(attempts(home))
        return "shown\n"

    monkeypatch.setattr("judge.reports.terminal.opening", render)
    assert judge("run", "lstm.py")[1].startswith("shown\n")
    assert kept == [("lstm.py", "def lstm(): ...\n", "wrong_answer", 7)]


def test_unwritable_home_costs_a_warning_only(
    judge: Judge, judging: Calls, file: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("JUDGE_HOME", str(file.absolute() / "home"))
    status, text, errors = judge("run", "lstm.py")
    assert (status, text.split("\n")[0]) == (1, f"lstm.py: wrong answer — {WRONG_ANSWER.headline}")
    assert errors.startswith("judge: Nothing can be remembered in ")
    judging.verdict = ACCEPTED
    assert judge("run", "lstm.py")[0] == 0


def test_home_of_a_newer_version_is_refused(judge: Judge, judging: Calls, file: Path, home: Path):
    import sqlite3

    judge("list")
    with closing(sqlite3.connect(home / "judge.db")) as connection:
        connection.execute("PRAGMA user_version = 99")
    status, text, errors = judge("run", "lstm.py")
    assert (status, text, len(judging)) == (2, "", 0)
    assert "newer version" in errors


def test_json_is_one_object(judge: Judge, judging: Calls, file: Path):
    status, text, errors = judge("run", "lstm.py", "--json")
    assert (status, errors, text.count("\n")) == (1, "", 1)
    found = json.loads(text)
    assert (found["verdict"], found["seed"], found["schema"]) == ("wrong_answer", 7, 1)
    assert found["sandbox"] == {"kind": "linux", "level": "full"}
    assert found["error"] is None


def test_junit_is_written_beside_the_report(judge: Judge, judging: Calls, file: Path):
    judging.verdict = WRONG_SHAPE
    status, text, _ = judge("run", "lstm.py", "--junit", "report.xml", "--json")
    assert (status, json.loads(text)["verdict"]) == (1, "wrong_shape")
    assert ElementTree.parse("report.xml").getroot()[0].attrib["failures"] == "1"


def test_junit_that_cannot_be_written_is_said_before_judging(judge: Judge, judging: Calls, file: Path):
    for place in ("nowhere/report.xml", "."):
        status, text, errors = judge("run", "lstm.py", "--junit", place)
        assert (status, text, len(judging)) == (2, "", 0)
        assert place in errors


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_junit_that_fails_late_leaves_one_object(judge: Judge, judging: Calls, file: Path):
    status, text, errors = judge("run", "lstm.py", "--junit", "/dev/full", "--json")
    assert (status, json.loads(text)["verdict"]) == (3, "wrong_answer")
    assert errors == "judge: --junit /dev/full can't be written: No space left on device.\n"


def test_a_solution_can_come_from_standard_input(judge: Judge, judging: Calls, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"def lstm(): ...\n")))
    status, text, errors = judge("run", "-", "--seed", "7")
    assert (status, errors) == (1, "")
    (request,) = judging
    assert (request.source, request.filename) == (b"def lstm(): ...\n", "standard_input.py")
    assert "judge run - --seed 7" in text


# wrong usage


WRONG_USAGE = {
    "no such file": (["run", "nofile.py"], "There is no file nofile.py"),
    "a folder": (["run", "."], "is a folder"),
    "no .py": (["run", "lstm"], "Did you mean lstm.py?"),
    "not begun": (["run", "lora.py"], "`judge start lora` writes one"),
    "impossible name": (["run", "a\x00b"], r"There is no file a\x00b"),
    "no file": (["run"], "Which file? For example: `judge run attention.py`."),
    "two files": (["run", "lstm.py", "b.py"], "judge batch lstm.py b.py"),
    "two words": (["run", "lstm.py", "b"], "There is no place for 'b'"),
    "only an option": (["run", "--jsn"], "There is no file --jsn. `judge run --help` shows the options."),
    "an option first": (["run", "--jsn", "lstm.py"], "There is no option '--jsn'."),
    "unknown option": (["run", "lstm.py", "--bogus"], "--bogus"),
    "framework": (["run", "lstm.py", "--framework", "jax"], '"torch", "numpy"'),
    "sandbox": (["run", "lstm.py", "--sandbox", "chroot"], '"auto", "linux", "docker", "process"'),
    "none for nothing": (["run", "lstm.py", "--framework", "none"], '"torch", "numpy"'),
    "seed": (["run", "lstm.py", "--seed", "1.5"], "whole number from 0 to 2^63 - 1"),
    "negative seed": (["run", "lstm.py", "--seed", "-1"], "whole number"),
    "seed without value": (["run", "lstm.py", "--seed"], "requires an argument"),
    "problem": (["run", "lstm.py", "--problem", "lsmt"], "Did you mean lstm?"),
    "unknown problem": (["show", "lsmt"], "Did you mean lstm?"),
    "command": (["rum", "lstm.py"], 'Did you mean "run"?'),
    "file for a command": (["lstm.py"], "`judge run lstm.py`"),
    "hint number": (["hint", "lora", "--number", "9"], "numbered 1 to 3"),
}


@pytest.mark.parametrize(("arguments", "words"), WRONG_USAGE.values(), ids=WRONG_USAGE)
def test_wrong_usage_is_said_in_one_sentence(
    judge: Judge, judging: Calls, file: Path, arguments: list[str], words: str
):
    status, text, errors = judge(*arguments)
    assert (status, text, len(judging)) == (2, "", 0)
    assert words in errors
    assert errors.count("\n") == 1
    assert errors.startswith("judge: ")
    status, text, errors = judge(*arguments, "--json")
    found = json.loads(text)
    assert (status, errors, text.count("\n")) == (2, "", 1)
    assert (found["verdict"], found["schema"]) == (None, 1)
    if "seed" not in arguments[-1] and arguments[0] not in ("show", "hint", "rum", "lstm.py"):
        assert words in found["error"]


def test_json_after_two_dashes_is_a_file(judge: Judge):
    status, text, errors = judge("run", "--", "--json")
    assert (status, text, errors) == (2, "", "judge: There is no file --json. `judge run --help` shows the options.\n")


def test_seed_of_a_wrong_call_is_reported(judge: Judge):
    assert json.loads(judge("run", "no.py", "--json", "--seed", "12")[1])["seed"] == 12
    assert json.loads(judge("run", "no.py", "--json", "--seed=13")[1])["seed"] == 13


# failures


FAILURES = {
    "usage": (UsageError("Several problems fit: lora, lstm."), 2, "Several problems fit"),
    "problem": (ProblemError("checks.py raises."), 3, "A problem's folder is broken: checks.py raises."),
    "sandbox": (SandboxUnavailable("docker is not running."), 3, "docker is not running."),
    "defect": (ZeroDivisionError("by zero\x1b[2J"), 3, "The judge itself failed (ZeroDivisionError: by zero"),
    "interrupt": (KeyboardInterrupt(), 130, "Interrupted."),
}


@pytest.mark.parametrize(("error", "status", "words"), FAILURES.values(), ids=FAILURES)
def test_failures_are_said_in_one_sentence(
    judge: Judge, judging: Calls, file: Path, home: Path, error: BaseException, status: int, words: str
):
    judging.verdict = error
    found, text, errors = judge("run", "lstm.py")
    assert (found, text, errors.count("\n")) == (status, "", 1)
    assert words in errors
    assert "\x1b" not in errors
    assert attempts(home) == []
    found, text, errors = judge("run", "lstm.py", "--json")
    assert (found, errors) == (status, "")
    answer = json.loads(text)
    assert words in answer["error"]
    assert answer["verdict"] == ("internal_error" if status == 3 else None)


def test_traceback_of_a_defect_is_written_to_a_file(judge: Judge, judging: Calls, file: Path, home: Path):
    judging.verdict = ZeroDivisionError("by zero")
    _, _, errors = judge("run", "lstm.py")
    (path,) = (home / "failures").iterdir()
    assert str(path) in errors
    assert "ZeroDivisionError: by zero" in path.read_text()
    _, text, errors = judge("run", "lstm.py", "-v", "--json")
    assert "Traceback" in errors
    assert json.loads(text)["verdict"] == "internal_error"


def test_defect_without_a_home_is_still_said(judge: Judge, judging: Calls, file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JUDGE_HOME", str(file.absolute() / "home"))
    judging.verdict = ZeroDivisionError("by zero")
    status, _, errors = judge("run", "lstm.py")
    assert (status, "`-v` shows the traceback" in errors) == (3, True)


def test_internal_error_that_was_judged_is_exit_status_3(judge: Judge, judging: Calls, file: Path):
    judging.verdict = INTERNAL_ERROR
    status, text, _ = judge("run", "lstm.py", "--json")
    assert (status, json.loads(text)["verdict"]) == (3, "internal_error")
    assert cli.Kind.INTERNAL_ERROR is Kind.INTERNAL_ERROR


# hint, solution


def test_hints_come_one_by_one_and_are_remembered(judge: Judge):
    hints = find_problem("lstm").hints
    for number, text in enumerate(hints, 1):
        status, shown, _ = judge("hint", "work/lstm.py")
        assert status == 0
        assert shown.startswith(f"Hint {number} of {len(hints)} for lstm\n\n{text}\n")
    status, shown, _ = judge("hint", "lstm")
    assert status == 0
    assert "You have seen all 3 hints for lstm" in shown
    assert "judge hint lstm --number 3" in shown
    assert judge("hint", "lora")[1].startswith("Hint 1 of")


def test_hints_are_shown_again_on_request(judge: Judge):
    assert judge("hint", "lstm", "--again")[0] == 2
    judge("hint", "lstm", "--number", "2")
    assert judge("hint", "lstm", "--again")[1].startswith("Hint 2 of 3")
    assert judge("hint", "lstm")[1].startswith("Hint 1 of 3")
    assert judge("hint", "lstm")[1].startswith("Hint 3 of 3")


def test_solution_is_not_shown_where_nobody_can_be_asked(judge: Judge, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b"y\n")))
    status, text, errors = judge("solution", "lstm")
    assert (status, text) == (2, "")
    assert "--yes" in errors


def test_solution_is_shown_with_yes_or_once_it_was_solved(judge: Judge, judging: Calls, file: Path, home: Path):
    assert judge("solution", "lstm", "--yes") == (0, find_problem("lstm").solution, "")
    assert judge("solution", "lstm")[0] == 2
    judging.verdict = ACCEPTED
    judge("run", "lstm.py")
    assert judge("solution", "lstm")[0] == 0


# terminals, pipes, encodings


PROGRAM = """
import sys
sys.path.insert(0, {root!r})
import msgspec
from judge.commands import judging
from judge.service.requests import Judged, Stage
from tests.judge.verdicts import EVERY
class Quick:
    def __init__(self, **options): ...
    def submit(self, request, tell):
        tell(Stage(1, "check 3 of 12: agrees with the reference"))
        tell(Judged(1, msgspec.json.encode(EVERY["wrong_answer"])))
        return 1
    def close(self): ...
judging.WorkerJudge = Quick
from judge.cli import main
sys.exit(main())
"""


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", PROGRAM.format(root=str(ROOT)), *arguments]


def environment(**more: str) -> Mapping[str, str]:
    return {**os.environ, "TERM": "xterm", **more}


class Terminal:
    """A terminal that a process is run in."""

    def __init__(self) -> None:
        self.ours, self.theirs = pty.openpty()

    def run(self, *arguments: str, typed: str = "", **more: str) -> tuple[int, str]:
        streams = {"stdin": self.theirs, "stdout": self.theirs, "stderr": self.theirs}
        process = subprocess.Popen(command(*arguments), env=environment(**more), **streams)  # type: ignore[call-overload]
        os.close(self.theirs)
        os.write(self.ours, typed.encode())
        shown = b""
        while True:
            try:
                data = os.read(self.ours, 4096)
            except OSError:  # the other side is closed
                break
            if not data:
                break
            shown += data
        os.close(self.ours)
        return process.wait(), shown.decode()


def test_terminal_gets_colour_and_progress(file: Path):
    status, shown = Terminal().run("run", "lstm.py", NO_COLOR="")
    assert status == 1
    assert "\x1b[31mwrong answer\x1b[0m" in shown
    assert "check 3 of 12: agrees with the reference" in shown
    assert "\r\x1b[K" in shown


@pytest.mark.parametrize("arguments", [["run", "lstm.py"], ["--help"], ["show", "lstm"], ["list"]])
def test_no_color_prints_no_style_at_all(file: Path, arguments: list[str]):
    status, shown = Terminal().run(*arguments, NO_COLOR="1")
    assert status == (1 if "run" in arguments else 0)
    assert "\x1b" not in shown.replace("\r\x1b[K", "")


def test_statement_is_rendered_on_a_terminal():
    status, shown = Terminal().run("show", "lstm", NO_COLOR="")
    assert status == 0
    assert "\x1b[" in shown
    assert "# LSTM" not in shown


@pytest.mark.parametrize(("typed", "seen"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_solution_asks_first(typed: str, seen: bool):
    status, shown = Terminal().run("solution", "lstm", typed=typed, NO_COLOR="1")
    assert status == 0
    assert "[y/N]" in shown
    assert ("def lstm" in shown) is seen


def piped(*arguments: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command(*arguments), env=environment(**more), capture_output=True, check=False)


def test_pipe_gets_neither_colour_nor_progress(file: Path):
    done = piped("run", "lstm.py")
    assert (done.returncode, done.stderr) == (1, b"")
    assert b"\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(["run", "lstm.py"], 1), (["run", "lstm.py", "--json"], 1), (["list"], 0), (["--help"], 0), (["show", "lora"], 0)],
)
def test_reader_that_goes_away_changes_nothing(file: Path, arguments: list[str], status: int):
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.Popen(command(*arguments), stdout=writer, stderr=subprocess.PIPE, env=environment())
    os.close(writer)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (status, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_full_disk_is_said(file: Path):
    run = ["run", "lstm.py"]
    for arguments in (run, [*run, "--json"], ["list"], ["--help"], ["run", "no.py", "--json"]):
        with open("/dev/full", "wb") as full:
            done = subprocess.run(
                command(*arguments), stdout=full, stderr=subprocess.PIPE, env=environment(), check=False
            )
        assert (done.returncode, done.stderr.count(b"\n")) == (3, 1)
        assert b"No space left on device" in done.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_closed_streams_do_no_harm(file: Path, closed: str):
    import shlex

    line = f"{shlex.join(command('run', 'lstm.py'))} {closed}"
    done = subprocess.run(["sh", "-c", line], env=environment(), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize("encoding", ["ascii", "cp437", "utf-8"])
def test_terminals_of_any_encoding_get_the_report(file: Path, encoding: str):
    done = piped("run", "lstm.py", PYTHONIOENCODING=encoding, LC_ALL="C")
    assert (done.returncode, done.stderr) == (1, b"")
    dash = "—" if encoding == "utf-8" else "-"
    assert done.stdout.decode(encoding).startswith(f"lstm.py: wrong answer {dash} ")
    assert json.loads(piped("run", "lstm.py", "--json", PYTHONIOENCODING=encoding).stdout)["seed"] == 7
    for arguments in (["--help"], ["show", "lora"], ["hint", "lstm"]):
        done = piped(*arguments, PYTHONIOENCODING=encoding, LC_ALL="C")
        assert (done.returncode, done.stderr) == (0, b"")


def test_file_names_that_are_no_text_do_no_harm(judge: Judge, judging: Calls):
    name = os.fsdecode(b"l\xff.py")
    assert judge("run", name)[2] == "judge: There is no file l\\udcff.py.\n"
    assert "udcff" in json.loads(judge("run", name, "--json")[1])["error"]
    Path(name).write_text("")
    status, text, _ = judge("run", name)
    assert (status, text.startswith("l\\udcff.py: wrong answer")) == (1, True)


# start-up


QUICK = {
    "list": ["list"],
    "help": ["--help"],
    "show": ["show", "lstm"],
    "start": ["start", "lora"],
    "hint": ["hint", "lora"],
    "stats": ["stats"],
    "plan": ["plan", "--weeks", "2"],
    "history": ["history"],
    "wrong usage": ["run", "no.py"],
}


@pytest.mark.parametrize("arguments", QUICK.values(), ids=QUICK)
def test_nothing_heavy_is_imported_before_it_is_needed(arguments: list[str]):
    program = (
        "import sys\nfrom judge.cli import main\nmain()\n"
        "heavy = {'torch', 'numpy', 'hypothesis', 'pygal', 'watchfiles'} & set(sys.modules)\n"
        "heavy |= {'rich', 'fsrs'} & set(sys.modules) if sys.argv[1] == 'list' else set()\n"
        "others = {'judge.commands.practice', 'judge.commands.batch'} & set(sys.modules)\n"
        "heavy |= others if sys.argv[1] != '--help' else set()\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    path = {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], env=environment(**path), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_version_is_that_of_the_project(judge: Judge):
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert judge("--version") == (0, f"{version}\n", "")


def test_help_shows_examples_and_the_exit_status(judge: Judge):
    status, text, _ = judge("--help")
    assert status == 0
    assert "Judge a file: is it right, and where is it not?" in text
    assert "judge run attention.py --seed 7" in text
    assert "130 interrupted" in text
    assert judge()[1] == text


def test_completion_is_installed_where_asked(judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    script = tmp_path / "judge.bash"
    assert judge("--install-completion", "--shell", "bash", "--output", str(script))[0] == 0
    assert "solution" in script.read_text()


def test_module_beside_the_solution_is_not_imported(tmp_path: Path):
    for name in ("msgspec", "cyclopts", "judge", "problems"):
        Path(f"{name}.py").write_text("raise SystemExit('a trap')")
    program = [sys.executable, str(ROOT / "judge" / "__main__.py"), "list"]
    done = subprocess.run(program, env=environment(), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


# versions


def under(**versions: str) -> Verdict:
    return msgspec.structs.replace(
        ACCEPTED, problem="lstm", seed=5, versions={"torch": "2.9", "problem": "x", **versions}
    )


def test_seed_repeated_under_other_versions_says_so(judge: Judge, judging: Calls, file: Path):
    judging.verdict = under()
    assert judge("run", "lstm.py", "--seed", "5")[2] == ""
    assert judge("run", "lstm.py", "--seed", "5")[2] == ""
    judging.verdict = under(torch="2.10")
    errors = judge("run", "lstm.py", "--seed", "5")[2]
    assert errors == "judge: Seed 5 was judged before with torch 2.9, now 2.10. Its cases may be others now.\n"
    judging.verdict = under(torch="2.10", problem="y")
    errors = judge("run", "lstm.py", "--seed", "5")[2]
    assert (
        errors
        == "judge: Seed 5 was judged before with an earlier version of the problem. Its cases may be others now.\n"
    )
    judging.verdict = under(torch="2.11", problem="z")
    assert judge("run", "lstm.py")[2] == "", "who gave no seed repeats nothing"


def test_attempt_that_was_accepted_under_an_older_statement_is_shown_as_that(judge: Judge, judging: Calls, file: Path):
    judging.verdict = under(problem=find_problem("lstm").digest)
    judge("run", "lstm.py")
    judging.verdict = under(problem="older")
    judge("run", "lstm.py")
    first, second = judge("history")[1].splitlines()[:2]
    assert "older version" not in first
    assert second.endswith("older version")
    assert "earlier version" not in judge("history", "--show", "1")[1]
    assert "It was judged under an earlier version of the problem." in judge("history", "--show", "2")[1]


def test_digest_of_a_problem_follows_what_decides_a_verdict(tmp_path: Path):
    import shutil

    from problems.catalogue import read_problem

    known = find_problem("lstm")
    folder = tmp_path / "lstm"
    shutil.copytree(known.folder, folder)
    copy = read_problem(folder, known.reference)
    assert copy.digest == known.digest
    (folder / "hints.md").write_text("## One\nOther words.\n")
    assert copy.digest == known.digest
    for name in ("statement.md", "checks.py", "problem.toml"):
        before = copy.digest
        with (folder / name).open("a") as stream:
            stream.write("\n# changed\n")
        assert copy.digest != before
