"""The same suite where this process does not run: as an ordinary user, and where user namespaces are denied."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conformance import ON_LINUX

HERE = Path(__file__).parent
# Who is tried where, at which level, and by what of the suite: the ordinary user meets all of it at one level or the other.
PLACES = {
    "root in a container, with an interpreter of its own": (
        ["--container", "--hidden"],
        "reduced",
        ("test_walls.py", "test_conformance_python.py", "test_conformance_results.py"),
    ),
    "a user namespace with one user": (["--user", "12345", "--lone"], "full", ("test_walls.py",)),
    "a container with one user": (
        ["--user", "12345", "--lone", "--container"],
        "reduced",
        ("test_conformance_attacks.py",),
    ),
    "an ordinary user": (["--user", "12345"], "full", ("test_conformance.py", "test_walls.py")),
    "root without user namespaces": (["--denied"], "reduced", ("test_walls.py",)),
    "an ordinary user without user namespaces": (
        ["--denied", "--user", "12345"],
        "reduced",
        ("test_conformance_limits.py",),
    ),
}


def command(options: list[str], *rest: str) -> list[str]:
    """What runs a command elsewhere."""
    return [sys.executable, str(HERE / "elsewhere.py"), *options, sys.executable, *rest]


def why_not_elsewhere() -> str:
    """Why other users can't be tried here, "" where they can."""
    if not ON_LINUX or os.geteuid() != 0:
        return "only root on Linux can become other users; run the suite as root too"
    tried = subprocess.run(command(["--denied"], "-c", "pass"), capture_output=True, text=True, check=False)
    return "" if tried.returncode == 0 else f"this root may not make namespaces: {tried.stderr.strip()[-200:]}"


@pytest.mark.slow
@pytest.mark.parametrize("name", PLACES)
def test_the_suite_holds_elsewhere(name: str, tmp_path: Path) -> None:
    if reason := why_not_elsewhere():
        pytest.skip(reason)
    options, level, chosen_files = PLACES[name]
    tmp_path.chmod(0o777)
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    for variable in [variable for variable in environment if variable.startswith("PYTEST_")]:
        del environment[variable]
    probe = (
        "from problems.frameworks import NUMPY; from sandbox import *; s = LinuxSandbox(); "
        "s.open(NUMPY, Limits(), None).close(); print(s.level); s.close()"
    )
    folder = HERE.parents[1]
    found = subprocess.run(
        command(options, "-c", probe), capture_output=True, text=True, check=False, env=environment, cwd=folder
    )
    assert found.stdout.strip() == level, found.stderr
    suite = [str(HERE / each) for each in chosen_files]
    chosen = f"linux or {level}"
    arguments = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", chosen, *suite]
    ran = subprocess.run(
        command(options, *arguments), capture_output=True, text=True, check=False, env=environment, cwd=folder
    )
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
    assert " passed" in ran.stdout or "[100%]" in ran.stdout


@pytest.mark.parametrize("options", [["--lone"], ["--lone", "--container"]])
def test_root_whose_threads_can_not_be_limited_gets_no_such_sandbox(options: list[str]) -> None:
    if reason := why_not_elsewhere():
        pytest.skip(reason)
    probe = """
from judge.isolation.sandboxes import AutoSandbox
from problems.frameworks import PYTHON
from sandbox import *
try: LinuxSandbox().open(PYTHON, Limits(), None)
except SandboxRefused as error: print(error)
try: AutoSandbox(own_code=False).open(PYTHON, Limits(), None)
except SandboxRefused as error: print(error)
"""
    folder = HERE.parents[1]
    found = subprocess.run(command(options, "-c", probe), capture_output=True, text=True, check=False, cwd=folder)
    assert found.returncode == 0, found.stderr
    first, second = found.stdout.splitlines()
    assert "the machine's root, whose threads can't be limited" in first
    assert "No sandbox that isolates code works here" in second


def test_a_batch_says_what_is_missing_before_it_starts_anything(tmp_path: Path) -> None:
    if reason := why_not_elsewhere():
        pytest.skip(reason)
    folder, out = HERE.parents[1], tmp_path / "results.jsonl"
    answers = folder / "tests" / "answers" / "autograd" / "right"
    judged = ["-m", "judge", "batch", str(answers), "--problem", "autograd", "--out", str(out)]
    environment = os.environ | {"JUDGE_HOME": str(tmp_path / "home")}
    found = subprocess.run(
        command(["--lone"], *judged), capture_output=True, text=True, check=False, cwd=folder, env=environment
    )
    assert found.returncode == 3
    assert "No sandbox that isolates code works here" in found.stderr
    assert "submissions" not in found.stderr
    assert not out.exists()
