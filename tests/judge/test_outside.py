"""Problems from outside on the command line, and `judge new`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from judge import cli
from judge.authoring.verification import Verification
from judge.isolation import Sandbox
from problems import find_problem, read_catalogue

PACK = Path(__file__).resolve().parents[1] / "packs" / "sample"
SOURCE = PACK / "src" / "sample_problems"
RIGHT = (SOURCE / "problems" / "moving_average" / "accepted" / "unfold.py").read_text()
SUMS = RIGHT.replace(".mean(-1)", ".sum(-1)")

Judge = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("JUDGE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("JUDGE_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "home"


@pytest.fixture
def judge(capsys: pytest.CaptureFixture[str]) -> Judge:
    def call(*arguments: str) -> tuple[int, str, str]:
        status = cli.main(list(arguments))
        return (status, *capsys.readouterr())

    return call


@pytest.fixture
def course(tmp_path: Path, home: Path) -> Path:
    """A pack in a folder that the settings name."""
    folder = Path(shutil.copytree(SOURCE, tmp_path / "course", ignore=shutil.ignore_patterns("__pycache__")))
    (home / "config.toml").write_text('packs = ["../course"]\n')
    return folder


def test_an_installed_package_brings_its_problems(tmp_path: Path, home: Path) -> None:
    """Built and installed as from an index, into a folder of its own; its own code, which would raise, is never run."""
    site = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    pack = shutil.copytree(PACK, tmp_path / "pack")
    built = subprocess.run([*pip, "--target", str(site), str(pack)], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    environment = {**os.environ, "PYTHONPATH": str(site)}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-P", "-m", "judge", *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)

    listed = json.loads(run("list", "--json").stdout)
    (problem,) = [each for each in listed["problems"] if each["pack"]]
    assert (problem["slug"], problem["pack"], problem["solved"]) == ("moving_average", "sample", False)
    assert listed["broken"] == []
    Path("moving_average.py").write_text(SUMS)
    verdict = json.loads(run("run", "moving_average.py", "--json", "--seed", "1").stdout)
    assert (verdict["problem"], verdict["verdict"]) == ("sample/moving_average", "wrong_answer")
    assert verdict["diagnosis"]["mistake"] == "sum-in-place-of-mean"
    Path("moving_average.py").write_text(RIGHT)
    assert run("run", "moving_average.py").returncode == 0
    listed = json.loads(run("list", "--json").stdout)
    assert [each["slug"] for each in listed["problems"] if each["solved"]] == ["moving_average"]


def test_a_folder_s_problem_is_solved_like_any_other(judge: Judge, course: Path) -> None:
    assert judge("start", "course/moving_average") == (
        0,
        "moving_average.py is written. `judge run moving_average.py` judges it.\n",
        "",
    )
    status, shown, _ = judge("show", "course/moving_average")
    assert status == 0
    assert "judge start course/moving_average  writes moving_average.py to begin with" in shown
    assert "judge run moving_average.py        judges it" in shown
    status, hint, _ = judge("hint", "moving_average")
    assert "Hint 1 of 3 for course/moving_average" in hint
    Path("moving_average.py").write_text(RIGHT)
    status, out, _ = judge("run", "moving_average.py", "--sandbox", "process")
    assert (status, out.splitlines()[0]) == (0, "moving_average.py: accepted — 8 checks passed")
    assert judge("solution", "moving_average")[0] == 0
    listed = next(line for line in judge("list")[1].splitlines() if "Moving average" in line)
    assert listed.split() == ["moving_average", "Moving", "average", "easy", "10", "min", "solved"]


def test_a_file_that_two_packs_could_mean_is_asked_about(judge: Judge, course: Path) -> None:
    for folder in ("problems", "reference"):
        for path in (course / folder).glob("moving_average*"):
            shutil.move(path, path.with_name(path.name.replace("moving_average", "lstm")))
    Path("lstm.py").write_text("def lstm(): ...\n")
    status, out, errors = judge("run", "lstm.py")
    assert (status, out) == (2, "")
    assert errors == "judge: lstm.py fits several problems. Say which one: --problem judge/lstm or course/lstm.\n"
    assert judge("show", "lstm")[2] == (
        "judge: Several problems are called 'lstm'. Say which one: judge/lstm or course/lstm.\n"
    )
    assert judge("show", "course/lstm")[0] == 0
    assert "course/lstm" in judge("list")[1]


def test_what_is_broken_is_listed_with_its_reason(judge: Judge, course: Path, home: Path, tmp_path: Path) -> None:
    (course / "reference" / "moving_average.py").unlink()
    (home / "config.toml").write_text('packs = ["../course", "../gone"]\n')
    status, out, _ = judge("list")
    assert status == 0
    shown = "".join(out[out.index("Not usable") :].split()).replace(
        str(tmp_path), "…"
    )  # wherever long paths are broken
    assert shown == "".join(
        [
            "Notusable",
            "course/moving_average:…/course/problems/moving_averagehasnomodelanswer:",
            "thereisnofile…/course/reference/moving_average.py",
            "gone:thereisnofolder…/gone",
        ]
    )
    status, out, errors = judge("show", "moving_average")
    assert (status, out) == (3, "")
    assert "has no model answer" in errors


def test_a_new_problem_passes_its_own_proof(judge: Judge, sandbox: Sandbox) -> None:
    status, out, errors = judge("new", "tempered", "--dest", "mine")
    assert (status, errors) == (0, "")
    assert "judge verify mine/problems/tempered --quick" in out
    problem = read_catalogue().find("mine/problems/tempered")
    texts = [path.read_text() for path in Path("mine").rglob("*") if path.is_file()]
    assert len(texts) == 10
    assert not [text for text in texts if "__NAME__" in text or "__TITLE__" in text]
    proof = Verification(problem, sandbox, seeds=1, minimise=False, progress=lambda stage: None).proof()
    assert [note.text for section in proof.sections for note in section.notes if not note.good] == []
    assert proof.killed > 20


def test_a_new_problem_may_begin_from_another_one(judge: Judge) -> None:
    status, out, errors = judge("new", "my_rope", "--dest", "mine", "--from", "rotary")
    assert (status, errors) == (0, "")
    listed = [Path(line.strip()).name for line in out.partition("\n\n")[0].splitlines()[1:]]
    assert listed[:4] == ["problem.toml", "statement.md", "my_rope.py", "checks.py"]
    origin, problem = find_problem("rope"), read_catalogue().find("mine/problems/my_rope")
    assert (problem.title, problem.aliases, problem.entry) == ("My rope", (), origin.entry)
    assert problem.solution == origin.solution
    assert not (problem.folder / "corpus.json").exists()
    assert len(list(problem.folder.glob("accepted/*.py"))) == len(list(origin.folder.glob("accepted/*.py")))
    status, out, errors = judge(
        "run", str(origin.reference), "--problem", "mine/problems/my_rope", "--sandbox", "process"
    )
    assert status == 0, out + errors
    assert "accepted" in out
    status, _, errors = judge("new", "another", "--from", "no_such_problem")
    assert status == 2
    assert "no_such_problem" in errors


def test_a_problem_in_a_framework_of_its_pack_is_not_begun_from(judge: Judge) -> None:
    pack = Path(__file__).resolve().parents[1] / "packs" / "precise"
    copied = Path(shutil.copytree(pack, Path("precise")))
    status, out, errors = judge("new", "mine", "--from", str(copied / "problems" / "polynomial_value"))
    assert (status, out) == (2, "")
    assert "is solved in mpmath, which its pack brings: copy" in errors
    assert not Path("problems").exists()


@pytest.mark.parametrize("name", ["Softmax", "soft-max", "2d", "class", "a/b", "", "__main__", "ö"])
def test_a_name_that_can_t_be_a_function_is_refused(judge: Judge, name: str) -> None:
    status, out, errors = judge("new", name)
    assert (status, out) == (2, "")
    assert "can't be the name of a problem" in errors
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(("name", "other"), [("lora", "judge/lora"), ("mha", "judge/multi_head_attention")])
def test_a_name_that_another_problem_has_is_said(judge: Judge, name: str, other: str) -> None:
    status, out, errors = judge("new", name, "--dest", "mine")
    assert status == 0
    assert errors == (
        f"judge: {name} is the name of a problem already: {other}. Once both are listed, yours must be written mine/{name}, "
        f"and `judge run {name}.py` wants --problem. Another name spares you that.\n"
    )
    assert "judge verify" in out
    assert Path(f"mine/problems/{name}/problem.toml").exists()
    assert judge("new", "nobody_has_this", "--dest", "mine")[2] == ""


def test_what_stands_there_is_left_as_it_is(judge: Judge) -> None:
    assert judge("new", "mine")[0] == 0
    Path("problems/mine/statement.md").write_text("hours of work")
    for gone in ("problems/mine", "reference/mine.py"):
        status, _, errors = judge("new", "mine")
        assert (status, gone in errors, "is there already" in errors) == (2, True, True)
        assert Path("problems/mine/statement.md").exists() == (gone == "problems/mine")
        shutil.rmtree("problems/mine", ignore_errors=True)
    assert not Path("problems/mine").exists()


def test_where_it_can_t_be_written_nothing_is_left(judge: Judge) -> None:
    Path("reference").write_text("a file")
    status, _, errors = judge("new", "mine")
    assert status == 2
    assert "can't be written" in errors
    assert [path.name for path in Path().rglob("*") if path.is_file()] == ["reference"]
