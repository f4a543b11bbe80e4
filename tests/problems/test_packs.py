"""Problems from outside: folders and installed packages."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from judge.cases import CaseSet, load_checks
from judge.verdict import ProblemError
from problems import AmbiguousProblem, BrokenProblem, UnknownProblem, all_problems, read_catalogue
from problems.frameworks import TORCH
from problems.packs import HOME, find_packs

SAMPLE = Path(__file__).resolve().parents[1] / "packs" / "sample" / "src" / "sample_problems"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A pack with one problem, in a folder."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "course", ignore=shutil.ignore_patterns("__pycache__")))


@pytest.fixture
def lookup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that installed packages are looked for in."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    yield folder
    assert "outside" not in sys.modules


def install(site: Path, entry: str) -> None:
    folder = site / "outside-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: outside\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text(f"[judge.problems]\n{entry}\n")


@pytest.mark.parametrize(
    "name", ["moving_average", "Moving-Average", "sliding_mean", "course/moving_average", "COURSE/sliding-mean"]
)
def test_a_problem_of_a_folder_is_found(course: Path, name: str) -> None:
    problem = read_catalogue([course]).find(name)
    assert (problem.slug, problem.name, problem.folder) == (
        "moving_average",
        "course/moving_average",
        course / "problems" / "moving_average",
    )
    assert "windows_BWT" in problem.solution


def test_the_project_s_own_problems_keep_their_names(course: Path) -> None:
    catalogue = read_catalogue([course])
    assert [problem.name for problem in catalogue.problems if not problem.pack] == [
        each.slug for each in all_problems()
    ]
    assert catalogue.find("judge/lstm") is catalogue.find("lstm")
    assert catalogue.name_of(catalogue.find("lstm")) == "lstm"
    assert catalogue.name_of(catalogue.find("moving_average")) == "moving_average"
    assert catalogue.broken == ()


def test_a_folder_is_a_problem_s_name_as_well(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(course)
    for name in ("problems/moving_average", str(course / "problems" / "moving_average"), "./problems/moving_average/"):
        assert read_catalogue().find(name).name == "course/moving_average"
    assert read_catalogue().find(str(HOME / "problems" / "lstm")).name == "lstm"
    with pytest.raises(UnknownProblem):
        read_catalogue().find("reference/moving_average")


def test_a_name_of_two_packs_is_written_with_its_pack(course: Path) -> None:
    shutil.move(course / "problems" / "moving_average", course / "problems" / "lstm")
    shutil.move(course / "reference" / "moving_average.py", course / "reference" / "lstm.py")
    catalogue = read_catalogue([course])
    with pytest.raises(
        AmbiguousProblem, match=r"Several problems are called 'lstm'\. Say which one: judge/lstm or course/lstm"
    ):
        catalogue.find("lstm")
    assert catalogue.find("course/lstm").folder.parent.parent == course
    assert catalogue.find("judge/lstm").pack == ""
    assert [catalogue.name_of(catalogue.find(name)) for name in ("course/lstm", "judge/lstm")] == [
        "course/lstm",
        "judge/lstm",
    ]
    assert catalogue.name_of(catalogue.find("lora")) == "lora"


def test_the_same_folder_twice_is_one_pack(course: Path) -> None:
    assert [pack.name for pack in find_packs([course, course / "problems" / "..", HOME])] == ["judge", "course"]


def test_checks_may_import_what_lies_beside_them(course: Path) -> None:
    names = {check.name for check in load_checks(read_catalogue([course]).find("moving_average"))}
    assert {"shape-and-dtype", "gradients"} <= names


def test_two_packs_may_have_files_of_one_name(course: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(course, tmp_path / "other"))
    drawing = other / "problems" / "moving_average" / "drawing.py"
    drawing.write_text(drawing.read_text().replace('"B": (1, 2, 3)', '"B": (7,)'))
    catalogue = read_catalogue([course, other])
    for _ in range(2):
        of_course, of_other = (load_checks(catalogue.find(f"{pack}/moving_average")) for pack in ("course", "other"))
        assert of_course[0].draw.__globals__["__name__"] != of_other[0].draw.__globals__["__name__"]


def wrong_toml(course: Path) -> None:
    path = course / "problems" / "moving_average" / "problem.toml"
    path.write_text(path.read_text().replace("minutes = 10", 'minutes = "ten"'))


def no_toml(course: Path) -> None:
    (course / "problems" / "moving_average" / "problem.toml").unlink()


def no_reference(course: Path) -> None:
    (course / "reference" / "moving_average.py").unlink()


def odd_name(course: Path) -> None:
    shutil.move(course / "problems" / "moving_average", course / "problems" / "Moving-Average")


@pytest.mark.parametrize(
    ("spoil", "name", "words"),
    [
        (wrong_toml, "course/moving_average", "minutes"),
        (no_toml, "course/moving_average", "problem.toml can't be read"),
        (no_reference, "course/moving_average", "has no model answer: there is no file"),
        (odd_name, "course/Moving-Average", "small letters"),
    ],
)
def test_a_broken_problem_is_kept_with_its_reason(course: Path, spoil, name: str, words: str) -> None:
    spoil(course)
    catalogue = read_catalogue([course])
    (broken,) = catalogue.broken
    assert broken.name == name
    assert words in broken.reason
    assert str(course) in broken.reason
    assert len(catalogue.problems) == len(all_problems())
    for typed in ("moving_average", name):
        with pytest.raises(BrokenProblem) as caught:
            catalogue.find(typed)
        assert str(caught.value) == broken.reason


def test_a_broken_pack_is_kept_with_its_reason(course: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "a b" / "problems").mkdir(parents=True)
    same = tmp_path / "elsewhere" / "Course"
    (same / "problems").mkdir(parents=True)
    folders = [tmp_path / "nothing", tmp_path / "empty", tmp_path / "a b", course, same]
    catalogue = read_catalogue(folders)
    assert [(broken.name, broken.reason) for broken in catalogue.broken] == [
        ("nothing", f"there is no folder {tmp_path / 'nothing'}"),
        ("empty", f"{tmp_path / 'empty'} has no folder `problems`"),
        ("a b", f"{tmp_path / 'a b'} has a name that can't be typed: use letters, digits, `_`, `-` and `.`"),
        ("Course", f"{same} has the name of the pack in {course}: rename one of them"),
    ]
    assert catalogue.find("moving_average").pack == "course"


def test_a_package_is_found_and_not_imported(course: Path, lookup: Path) -> None:
    shutil.move(course, lookup / "outside")
    install(lookup, "somewhere = outside")
    problem = read_catalogue().find("somewhere/moving_average")
    assert problem.folder == lookup / "outside" / "problems" / "moving_average"


def test_a_package_in_a_package_is_found_and_neither_is_imported(course: Path, lookup: Path) -> None:
    (lookup / "outside").mkdir()
    (lookup / "outside" / "__init__.py").write_text("raise RuntimeError")
    shutil.move(course, lookup / "outside" / "inner")
    install(lookup, "somewhere = outside.inner")
    assert read_catalogue().find("moving_average").name == "somewhere/moving_average"


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("somewhere = outside", "its entry point names 'outside', and there is no such package"),
        ("somewhere = json", "has no folder `problems`"),
        ("judge = json", "has no folder `problems`"),
        ("a b = json", "can't be typed"),
    ],
)
def test_a_package_that_brings_nothing_is_kept_with_its_reason(lookup: Path, entry: str, words: str) -> None:
    install(lookup, entry)
    (broken,) = read_catalogue().broken
    assert broken.name == entry.partition(" =")[0]
    assert words in broken.reason


def test_a_package_can_t_take_the_project_s_own_name(course: Path, lookup: Path) -> None:
    shutil.move(course, lookup / "outside")
    install(lookup, "judge = outside")
    catalogue = read_catalogue()
    (broken,) = catalogue.broken
    assert "rename one of them" in broken.reason
    assert len(catalogue.problems) == len(all_problems())


def test_a_folder_that_is_no_problem_is_said(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(course.parent)
    for name, words in {
        "./course": "course holds several: give the folder of one, course/problems/NAME.",
        "course/reference": "course/reference is a folder and holds no problem.toml.",
        "elsewhere/problems/softmax": "Nor is there a folder elsewhere/problems/softmax.",
        "course/softmax": "`judge list` shows all of them.",
    }.items():
        with pytest.raises(UnknownProblem) as caught:
            read_catalogue().find(name)
        assert str(caught.value).endswith(words)


def test_a_problem_by_its_folder_is_read_as_strictly(course: Path) -> None:
    (course / "reference" / "moving_average.py").unlink()
    with pytest.raises(BrokenProblem, match="has no model answer: there is no file"):
        read_catalogue().find(str(course / "problems" / "moving_average"))


def test_a_signature_that_can_t_be_read_is_named(course: Path) -> None:
    path = course / "problems" / "moving_average" / "problem.toml"
    path.write_text(path.read_text().replace('"(x, width)"', '"(x, width"'))
    (broken,) = read_catalogue([course]).broken
    assert "the signature '(x, width' of moving_average can't be read" in broken.reason


def rewritten(course: Path, old: str, new: str):
    path = course / "problems" / "moving_average" / "checks.py"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return read_catalogue([course]).find("moving_average")


def test_two_checks_of_one_name_are_refused(course: Path) -> None:
    problem = rewritten(course, "    agreement_check(SUBJECT),\n", "    agreement_check(SUBJECT),\n" * 2)
    with pytest.raises(ProblemError, match=r"several checks called 'agrees-with-reference': give one another name="):
        load_checks(problem)


def test_a_check_that_can_t_ask_says_which_and_why(course: Path) -> None:
    problem = rewritten(course, "rows_check(SUBJECT)", 'rows_check(SUBJECT, batch="Q")')
    case_set = CaseSet(problem, TORCH, 1)
    rows = next(check for check in case_set.checks if check.name == "rows-are-independent")
    with pytest.raises(
        ProblemError, match=r"rows-are-independent can't ask on .*: ValueError: rows_check finds no size 'Q'"
    ):
        case_set.prepare(rows)
