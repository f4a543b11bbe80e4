"""The public Python API, as its users call it: from a folder of their own, in a process of their own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import judge
from judge.api.host import failed, verdict_of

ROOT = Path(__file__).parents[3]
SHAPE = "def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):\n    return x\n"


def run(program: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "JUDGE_HOME": str(folder / "home"), **more}
    return subprocess.run(
        [sys.executable, "-c", program], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_importing_it_imports_nothing_else(tmp_path: Path) -> None:
    program = """
import sys
before = set(sys.modules)
import judge
assert set(sys.modules) - before == {"judge"}, set(sys.modules) - before
judge.Verdict, judge.extract, judge.grade, judge.Pool, judge.problems
heavy = {"torch", "numpy", "hypothesis", "msgspec", "problems", "reference", "sandbox"} & set(sys.modules)
assert not heavy, heavy
"""
    done = run(program, tmp_path)
    assert done.returncode == 0, done.stderr


def test_files_of_the_caller_with_the_names_of_its_packages_do_not_disturb_it(tmp_path: Path) -> None:
    for name in ("problems", "reference", "sandbox", "msgspec", "torch"):
        (tmp_path / f"{name}.py").write_text(f"raise SystemExit('the wrong {name} was imported')\n")
    program = f"""
import judge
assert "lstm" in [each["name"] for each in judge.problems()]
assert judge.statement("lstm").startswith("#")
assert "def lstm" in judge.starter("lstm")
verdict = judge.grade({SHAPE!r}, "lstm", seed=3)
print(verdict.kind, verdict.accepted, verdict.reward, verdict.seed, verdict.problem, verdict.framework)
"""
    done = run(program, tmp_path)
    assert (done.stdout, done.stderr) == ("wrong_shape False 0.0 3 lstm torch\n", "")


def test_wrong_call_says_what_is_wrong() -> None:
    with pytest.raises(judge.UsageError, match="no problem called 'nothing'"):
        judge.grade(SHAPE, "nothing")
    with pytest.raises(judge.UsageError, match="is offered in"):
        judge.grade(SHAPE, "lora", framework="numpy")
    with pytest.raises(judge.UsageError, match="tells which problem"):
        judge.grade("x = 1\n")
    with pytest.raises(judge.UsageError, match="no problem called"):
        judge.statement("nothing")
    with pytest.raises(judge.UsageError, match="is offered in"):
        judge.starter("lora", "numpy")
    with pytest.raises(ValueError, match="effort"):
        judge.grade(SHAPE, "lstm", effort="some")
    with pytest.raises(AttributeError):
        judge.nothing


def test_path_tells_the_problem(tmp_path: Path) -> None:
    path = tmp_path / "lstm.py"
    path.write_text(SHAPE)
    verdict = judge.grade(path, effort="verdict")
    assert (verdict.kind, verdict.problem) == ("wrong_shape", "lstm")
    assert json.loads(verdict.to_json()) == verdict.data
    assert verdict.headline in repr(verdict)
    path.write_bytes(b"#" * (2 << 20))
    assert "the most that a solution may have" in judge.grade(path).headline


def test_our_own_failure_is_no_reward_of_zero() -> None:
    assert failed("It was not judged within 3 seconds.", 5).reward is None
    assert verdict_of({"trouble": "failure", "sentence": "it ended"}, 5).kind == "internal_error"
    with pytest.raises(judge.JudgeFailed, match="no sandbox"):
        verdict_of({"trouble": "sandbox", "sentence": "no sandbox works here"}, 5)


@pytest.mark.parametrize(
    ("markdown", "code"),
    [
        ("Here:\n```python\nx = 1\n```\nand\n```python\nx = 2\n```\n", "x = 2\n"),
        ("```\nx = 1\n```\n", "x = 1\n"),
        ("```bash\nls\n```\n```py\nx = 1\n```\n```text\nout\n```\n", "x = 1\n"),
        ("```bash\nls\n```\n", ""),
        ("x = 1\n", "x = 1\n"),
        ("````python\ns = '''\n```\n'''\n````\n", "s = '''\n```\n'''\n"),
        ("~~~python\nx = 1\n~~~\n", "x = 1\n"),
        ("It is cut off:\n```python\nx = 1\ny =", "x = 1\ny ="),
        ("```Python title='a.py'\nx = 1\n```\n", "x = 1\n"),
        ("", ""),
    ],
)
def test_code_is_taken_out_of_markdown(markdown: str, code: str) -> None:
    assert judge.extract(markdown) == code


def examples() -> list[str]:
    """The programs in the documentation of the API."""
    text = (ROOT / "docs" / "python-api.md").read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```", text, re.M | re.S)


@pytest.mark.parametrize("number", range(len(examples())))
def test_example_of_the_documentation_runs(number: int, tmp_path: Path) -> None:
    (tmp_path / "lstm.py").write_text(SHAPE)
    done = run(examples()[number], tmp_path, JUDGE_SANDBOX="process")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
