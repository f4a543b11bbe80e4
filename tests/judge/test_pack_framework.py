"""A fourth framework, which a pack brings: judged through the linux door, by `run`, by the resident judge, in a batch and by the API."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from judge import cli
from judge.authoring.verification import Verification
from judge.batch import items_of_lines
from judge.isolation import Sandbox
from judge.reports.trace import render
from judge.service import place
from judge.service.resident_judge import ask_status
from judge.settings import read_places
from judge.source import submission_of
from problems import Framework, Problem, read_catalogue
from problems.frameworks import PYTHON
from sandbox import Limits, LinuxSandbox, SandboxUnavailable
from tests.judge.judging import trace_submission

ROOT = Path(__file__).resolve().parents[2]
PRECISE = ROOT / "tests" / "packs" / "precise"
ANSWERS = PRECISE / "answers"
SECONDS = 120.0

Judge = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def linux() -> None:
    """Passes over where the linux sandbox does not work."""
    try:
        with LinuxSandbox() as sandbox:
            sandbox.open(PYTHON, Limits(), None).close()
    except SandboxUnavailable as error:
        pytest.skip(f"the linux sandbox does not work here: {error}")


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The pack, named in the settings of a home of its own."""
    for name in [name for name in os.environ if name.startswith("JUDGE_")]:
        monkeypatch.delenv(name)
    folder = Path(shutil.copytree(PRECISE, tmp_path / "precise", ignore=shutil.ignore_patterns("__pycache__")))
    monkeypatch.setenv("JUDGE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("JUDGE_PACKS", str(folder))
    monkeypatch.setenv("JUDGE_SANDBOX", "linux")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return folder


@pytest.fixture
def problem(pack: Path) -> Problem:
    return read_catalogue([pack]).find("horner")


@pytest.fixture
def judge(capsys: pytest.CaptureFixture[str], pack: Path) -> Judge:
    def call(*arguments: str) -> tuple[int, str, str]:
        status = cli.main(list(arguments))
        return (status, *capsys.readouterr())

    return call


INSIDE = """
import sys
LOADED = sorted({"mpmath", "fractions", "torch", "numpy", "einops"} & set(sys.modules))

def loaded():
    return LOADED

def reached(name):
    found = []
    for text in (name, name[::-1]):
        try:
            found.append(__import__(text[::-1]).__name__)
        except ImportError as error:
            found.append(type(error).__name__)
    return found

def listed(folder):
    import os
    try:
        return sorted(os.listdir(folder))
    except OSError as error:
        return type(error).__name__
"""


@pytest.mark.usefixtures("linux")
def test_its_template_has_imported_its_modules_and_no_array_package_can_be_reached(problem: Problem) -> None:
    framework: Framework = problem.model
    spec: dict[str, Any] = {"source": INSIDE, "filename": "inside.py", "seed": 0, "entry": [], "forbidden_packages": []}
    spec |= {"forbidden_names": [], "forbidden_operators": []}
    step = {"do": "call", "kwargs": {}, "into": "", "seed": 0, "echo": False, "times": 1, "answer": True}
    sites = Path(sys.modules["pytest"].__file__ or "").parents[1]
    calls = [("loaded", ()), ("reached", ("torch",)), ("reached", ("numpy",)), ("listed", (str(sites / "torch"),))]
    with LinuxSandbox() as sandbox, sandbox.open(framework, Limits(), None) as door:
        loaded = door.load(spec | sandbox.spec(framework) | {"guard": False})  # so that the walls answer
        assert (loaded.end, loaded.raised, loaded.faults) == (None, None, ())
        (replies,) = door.ask([[{**step, "target": name, "args": args, "may_raise": False} for name, args in calls]])
    values = [reply.fields["value"] for reply in replies]
    assert values[0] == ["fractions", "mpmath"]
    assert values[1:3] == [["ModuleNotFoundError"] * 2] * 2
    assert values[3] in ("FileNotFoundError", "PermissionError")


@pytest.mark.slow
@pytest.mark.usefixtures("linux")
@pytest.mark.skipif(not place.POSSIBLE, reason="a resident judge needs Linux")
def test_run_judges_it_and_so_does_the_resident_judge(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    folder = read_places(os.environ).server_folder
    arguments = ["--problem", "horner", "--framework", "mpmath", "--json", "--seed", "5"]

    def verdict(name: str) -> dict[str, Any]:
        status, out, errors = judge("run", str(ANSWERS / f"{name}.py"), *arguments)
        found: dict[str, Any] = json.loads(out)
        assert (status, found["framework"], errors) == (0 if found["verdict"] == "accepted" else 1, "mpmath", "")
        return {key: value for key, value in found.items() if key not in ("seconds", "checks", "cost")}

    try:
        alone = verdict("wrong")  # and leaves a resident judge behind
        assert (alone["problem"], alone["verdict"]) == ("precise/polynomial_value", "wrong_answer")
        assert alone["diagnosis"]["mistake"] == "digits-of-a-float"
        until = time.monotonic() + SECONDS
        while not ((status := ask_status(folder)) and getattr(status, "ready", False)) and time.monotonic() < until:
            time.sleep(0.05)
        assert verdict("wrong") == alone
        assert verdict("right")["verdict"] == "accepted"
        assert getattr(ask_status(folder), "judged", 0) == 2
    finally:
        cli.main(["server", "stop"])


@pytest.mark.usefixtures("linux")
def test_a_module_that_is_not_there_is_said_in_a_sentence(judge: Judge, pack: Path) -> None:
    table = pack / "frameworks.toml"
    table.write_text(table.read_text().replace('"fractions"]', '"mpmath.nothing"]'))
    status, out, errors = judge("run", str(ANSWERS / "right.py"), "--problem", "horner")
    assert (status, out) == (3, "")
    assert "Traceback" not in errors
    assert (
        "No module named 'mpmath.nothing' where mpmath.nothing is imported for every solution: install it there, or mend"
        in errors
    )


@pytest.mark.usefixtures("linux")
def test_a_batch_judges_it(judge: Judge, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    status, _, errors = judge("batch", str(ANSWERS), "--problem", "horner", "--jobs", "1", "--out", str(out))
    assert status == 0, errors
    found = [json.loads(line) for line in out.read_text().splitlines()]
    verdicts = {Path(line["id"]).stem: (line["framework"], line["verdict"]) for line in found}
    assert verdicts == {
        "right": ("mpmath", "accepted"),
        "wrong": ("mpmath", "wrong_answer"),
        "foreign": ("mpmath", "forbidden"),
    }


@pytest.mark.usefixtures("linux", "pack")
def test_the_api_judges_it() -> None:
    program = f"""
import judge
source = open({str(ANSWERS / "right.py")!r}).read()
verdict = judge.grade(source, "horner", framework="mpmath", seed=3)
print(verdict.kind, verdict.framework, "def polynomial_value" in judge.starter("horner", "mpmath"))
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("accepted mpmath True\n", "")


def test_commands_know_it(judge: Judge, pack: Path) -> None:
    listed = next(each for each in json.loads(judge("list", "--json")[1])["problems"] if each["pack"])
    assert (listed["slug"], listed["frameworks"]) == ("polynomial_value", ["mpmath"])
    assert "mpmath is there" in judge("show", "horner")[1]
    assert judge("start", "horner", "--framework", "mpmath")[0] == 0
    assert Path("horner.py").read_text() == (pack / "problems" / "polynomial_value" / "starter.py").read_text()
    status, _, errors = judge("start", "lora", "--framework", "mpmath")
    assert (status, errors) == (2, "judge: lora is solved in torch only: leave --framework out.\n")
    status, _, errors = judge("run", "horner.py", "--framework", "jax")
    assert status == 2
    assert 'Invalid value "jax" for --framework. Choose from: "torch", "numpy", "python", "mpmath".' in errors
    lines = b'{"id": 1, "problem": "horner", "framework": "jax", "source": ""}\n'
    (item,) = items_of_lines(io.BytesIO(lines), read_catalogue([pack]).frameworks)
    assert item.error == "There is no framework 'jax'; possible are torch, numpy, python and mpmath."


def test_a_bad_file_of_frameworks_is_said_by_every_command(judge: Judge, pack: Path) -> None:
    path = pack / "frameworks.toml"
    path.write_text('[[framework]]\nname = "torch"\nvalues = "value"\n')
    status, out, errors = judge("run", str(ANSWERS / "right.py"), "--problem", "polynomial_value", "--no-server")
    assert (status, out) == (3, "")
    assert "torch is a framework of the judge itself: give yours another name" in " ".join(errors.split())
    status, out, _ = judge("list")
    assert status == 0
    assert "frameworks.toml:torchisaframeworkofthejudgeitself" in "".join(out.split())


def test_a_trace_says_that_its_values_are_not_compared(problem: Problem, sandbox: Sandbox) -> None:
    source = (ANSWERS / "wrong.py").read_text()
    submission = submission_of(source.encode(), "a.py", problem=problem, framework=None, stem="a")
    trace = trace_submission(submission, seed=3, sandbox=sandbox)
    shown = " ".join(render(trace, file="a.py", repeat="again", framework=problem.model).split())
    assert "those of mpmath are not compared with the reference's" in shown


@pytest.mark.slow
def test_its_problem_has_a_proof(problem: Problem, sandbox: Sandbox) -> None:
    proof = Verification(problem, sandbox, seeds=1, minimise=False, progress=lambda stage: None).proof()
    assert [note.text for section in proof.sections for note in section.notes if not note.good] == []
    assert proof.killed > 5
