"""Frameworks as objects, and those that a pack brings."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from judge.service.identity import problem_stamp
from judge.source import find_offences, parse, submission_of
from judge.verdict import UsageError
from problems import BrokenProblem, all_problems, find_problem, read_catalogue
from problems.catalogue import read_problem
from problems.frameworks import (
    BUILT_IN,
    NUMPY,
    PYTHON,
    TORCH,
    Framework,
    NoiseKind,
    Values,
    brought_by,
    framework_named,
)
from sandbox.packages import libraries

PRECISE = Path(__file__).resolve().parents[1] / "packs" / "precise"
SAMPLE = Path(__file__).resolve().parents[1] / "packs" / "sample" / "src" / "sample_problems"
LEAST = 'name = "mine"\nvalues = "value"\n'


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A pack that brings a framework, in a folder."""
    return Path(shutil.copytree(PRECISE, tmp_path / "precise", ignore=shutil.ignore_patterns("__pycache__")))


def test_the_three_of_this_project_are_found_by_name() -> None:
    assert [framework_named(name) for name in ("torch", "numpy", "python")] == [TORCH, NUMPY, PYTHON]
    assert framework_named("mpmath") is None
    assert {name for problem in all_problems() for name in problem.frameworks} <= {each.name for each in BUILT_IN}


def test_a_pack_s_framework_is_known_from_a_problem_s_folder_alone(pack: Path) -> None:
    """As every process that judges reads it."""
    folder = pack / "problems" / "polynomial_value"
    problem = read_problem(folder, pack / "reference" / "polynomial_value.py", pack="precise")
    (found,) = problem.brought
    assert problem.framework("mpmath") is found
    assert (problem.model, problem.offered, problem.plain) == (found, (found,), True)
    assert (found.name, found.called, found.values, found.noise) == ("mpmath", "mpmath", Values.VALUE, NoiseKind.NONE)
    assert found.imports == ("mpmath", "fractions")
    assert (found.importable, found.told_by, found.starter) == (("mpmath",), ("mpmath",), "starter_mpmath.py")
    assert {"torch", "numpy", "scipy"} <= set(found.foreign)


def test_it_stands_in_the_catalogue_beside_the_others(pack: Path) -> None:
    catalogue = read_catalogue([pack])
    assert [each.name for each in catalogue.frameworks] == ["torch", "numpy", "python", "mpmath"]
    assert [each.name for each in read_catalogue().frameworks] == ["torch", "numpy", "python"]
    assert catalogue.find("horner").starter("mpmath").startswith('"""A polynomial near its roots')


def test_only_its_own_packages_can_be_found_in_its_sandbox(pack: Path) -> None:
    (framework,) = brought_by(pack)
    found = libraries(framework)
    assert found.allowed == ("mpmath",)
    assert {Path(place).name for place in set(found.readable) - set(libraries(PYTHON).readable)} == {"mpmath"}


def test_what_is_foreign_to_it_is_told_in_its_words(pack: Path) -> None:
    (framework,) = brought_by(pack)
    tree = parse("import numpy\n", "answer.py")
    (offence,) = find_offences(tree, find_problem("bpe").forbidden, framework=framework)
    assert offence.message == (
        "This is judged as a solution in mpmath, and numpy may not be used in one: the standard library and mpmath are there."
    )
    (offence,) = find_offences(tree, find_problem("bpe").forbidden, framework=PYTHON)
    assert offence.message == (
        "This is judged as a solution in plain Python, and numpy may not be used in one: the standard library is there."
    )
    tree = parse("import torch\n", "answer.py")
    (offence,) = find_offences(tree, find_problem("rnn").forbidden, framework=NUMPY)
    assert offence.message == "This is judged as a NumPy solution, and torch may not be used in one."


def test_an_import_tells_it_where_there_is_a_choice(pack: Path) -> None:
    table = pack / "problems" / "polynomial_value" / "problem.toml"
    table.write_text(table.read_text().replace('["mpmath"]', '["python", "mpmath"]'))
    problem = read_catalogue([pack]).find("horner")
    assert problem.plain

    def told(source: str, framework: str | None = None) -> str:
        data = source.encode()
        return submission_of(data, "a.py", problem=problem, framework=framework, stem="a").framework.name

    assert told("import mpmath\n") == "mpmath"
    assert told("import math\n") == "python"
    assert told("import math\n", "mpmath") == "mpmath"
    with pytest.raises(UsageError, match="offered in python and mpmath, not in torch"):
        told("", "torch")
    (pack / "frameworks.toml").write_text(
        '[[framework]]\nname = "tables"\nvalues = "array"\nimports = ["numpy"]\npackages = ["numpy", "einops", "pandas"]\n'
    )
    table.write_text(table.read_text().replace('["python", "mpmath"]', '["torch", "numpy", "tables"]'))
    problem = read_catalogue([pack]).find("horner")
    assert told("import numpy\nimport einops\n") == "numpy", (
        "what NumPy's solutions may import as well tells nothing of it"
    )
    assert told("import torch\nimport einops\n") == "torch"
    assert told("import numpy\nimport pandas\n") == "tables"


def test_a_name_that_stands_for_no_framework_is_said_when_it_is_needed(pack: Path) -> None:
    (pack / "frameworks.toml").unlink()
    problem = read_catalogue([pack]).find("horner")
    words = r"problem\.toml names the framework 'mpmath', which there is not: there are torch, numpy and python, and a pack brings more in"
    with pytest.raises(BrokenProblem, match=words):
        submission_of(b"", "a.py", problem=problem, framework=None, stem="a")


WRONG = {
    "no TOML": ("[[framework", "frameworks.toml: "),
    "no name": ('[[framework]]\nvalues = "value"\n', "name"),
    "an unknown key": (f"[[framework]]\n{LEAST}import = []\n", "import"),
    "other values": ('[[framework]]\nname = "mine"\nvalues = "matrix"\n', "matrix"),
    "a name to go elsewhere": (
        '[[framework]]\nname = "../x"\nvalues = "value"\n',
        "a framework can't be called '../x': write its name in small letters",
    ),
    "a name of the judge's own": (
        '[[framework]]\nname = "numpy"\nvalues = "value"\n',
        "numpy is a framework of the judge itself: give yours another name",
    ),
    "twice": (f"[[framework]]\n{LEAST}[[framework]]\n{LEAST}", "two frameworks are called mine"),
    "another noise": (
        f'[[framework]]\n{LEAST}noise = "torch"\n',
        'mine has values = "value" and noise = "torch": for these values noise is "python" or "none"',
    ),
    "arrays without NumPy": (
        '[[framework]]\nname = "mine"\nvalues = "array"\n',
        'mine has values = "array", which numpy carries: name numpy in imports and in packages',
    ),
    "an import that is not allowed": (
        f'[[framework]]\n{LEAST}imports = ["mpmath.libmp"]\n',
        "mine imports mpmath.libmp and does not allow it: name mpmath in packages or needed",
    ),
    "allowed and foreign": (
        f'[[framework]]\n{LEAST}packages = ["mpmath"]\nforeign = ["mpmath"]\n',
        "mine allows mpmath and calls it foreign",
    ),
    "no module": (f'[[framework]]\n{LEAST}imports = ["os; import x"]\n', "names 'os; import x', which is no module"),
    "no top-level package": (
        f'[[framework]]\n{LEAST}packages = ["mpmath.libmp"]\n',
        "packages of mine names 'mpmath.libmp': write the top-level package, 'mpmath'",
    ),
    "not installed": (
        f'[[framework]]\n{LEAST}imports = ["there_is_none"]\npackages = ["there_is_none"]\n',
        "mine imports there_is_none, and there_is_none is not installed here: install it beside the judge",
    ),
    "optional and not imported": (f'[[framework]]\n{LEAST}optional = ["mpmath"]\n', "does not import it"),
    "a starter elsewhere": (f'[[framework]]\n{LEAST}starter = "../x.py"\n', "it is a file `NAME.py`"),
    "a starter without a name": (f'[[framework]]\n{LEAST}starter = ".py"\n', "it is a file `NAME.py`"),
    "packages with references": (
        f'[[framework]]\n{LEAST}packages = ["reference"]\n',
        "mine allows reference, which holds references or checks: take it out of packages and needed",
    ),
}


@pytest.mark.parametrize(("text", "words"), WRONG.values(), ids=WRONG)
def test_a_bad_file_is_refused_with_what_to_do(pack: Path, text: str, words: str) -> None:
    path = pack / "frameworks.toml"
    path.write_text(text)
    with pytest.raises(BrokenProblem, match=re.escape(str(path))) as raised:
        brought_by(pack)
    assert words in str(raised.value)
    catalogue = read_catalogue([pack])
    assert [each.reason for each in catalogue.broken if each.name == "precise/polynomial_value"] == [str(raised.value)]
    with pytest.raises(BrokenProblem, match=re.escape(str(path))):
        catalogue.find("polynomial_value")


def test_the_name_of_another_pack_s_framework_is_refused(pack: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(pack, tmp_path / "later"))
    assert not read_catalogue([pack, other]).broken, "the same framework twice is no clash"
    assert read_catalogue([pack]).find(str(other / "problems" / "polynomial_value")).pack == "later"
    table = other / "frameworks.toml"
    table.write_text(table.read_text().replace('called = "mpmath"', 'called = "another one"'))
    third = Path(shutil.copytree(SAMPLE, tmp_path / "course", ignore=shutil.ignore_patterns("__pycache__")))
    catalogue = read_catalogue([pack, other, third])
    assert [problem.name for problem in catalogue.problems if problem.pack] == [
        "precise/polynomial_value",
        "course/moving_average",
    ]
    (broken,) = catalogue.broken
    assert broken.name == "later/polynomial_value"
    assert broken.reason == (
        f"{other / 'frameworks.toml'} brings a framework called mpmath, and so does {pack / 'frameworks.toml'}: rename one of them"
    )
    with pytest.raises(BrokenProblem, match="rename one of them"):
        read_catalogue([pack]).find(str(other / "problems" / "polynomial_value"))


def test_what_is_left_out_is_as_in_the_own_framework_of_the_same_values(pack: Path) -> None:
    (pack / "frameworks.toml").write_text(
        '[[framework]]\nname = "arrays"\nvalues = "array"\nimports = ["numpy"]\npackages = ["numpy", "scipy"]\n'
    )
    (found,) = brought_by(pack)
    assert isinstance(found, Framework)
    assert (found.called, found.noise, found.foreign) == ("arrays", NoiseKind.NUMPY, NUMPY.foreign)
    assert found.told_by == ("scipy",)  # NumPy's import tells NumPy
    assert found.foreign_words("torch") == "This is judged as an arrays solution, and torch may not be used in one."


def test_a_resident_judge_and_its_client_must_have_the_same_file(pack: Path) -> None:
    def stamped() -> tuple[str, str]:
        problem = read_catalogue([pack]).find("horner")
        return problem_stamp(problem), problem.digest

    before = stamped()
    assert stamped() == before
    path = pack / "frameworks.toml"
    path.write_text(path.read_text().replace('called = "mpmath"', 'called = "MPMath"'))
    assert all(old != new for old, new in zip(before, stamped(), strict=True))


@pytest.mark.skipif(os.name != "posix", reason="rights to files are those of POSIX")
def test_a_file_that_others_may_change_is_not_trusted(pack: Path) -> None:
    """What it names is imported where files run, and allowed there."""
    (pack / "frameworks.toml").chmod(0o666)
    catalogue = read_catalogue([pack])
    assert [problem for problem in catalogue.problems if problem.pack] == []
    (broken,) = catalogue.broken
    assert "frameworks.toml" in broken.reason


def test_listing_them_imports_nothing_of_them(pack: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from problems import read_catalogue; "
        f"found = read_catalogue([Path({str(pack)!r})]); assert found.find('horner').brought; "
        "print(sorted({'mpmath', 'numpy', 'torch', 'hypothesis'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
