"""mistakes.toml: what it may say, and where it says what is wrong with it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from problems import BrokenProblem, Problem, all_problems, find_problem
from problems.catalogue import read_problem
from problems.mistakes import mistaken, read_mistakes

GOOD = """\
# A comment.

[[mistake]]
id = "biases-forgotten"
title = "Biases left out"
question = "What is added beside the products?"
explanation = "You left the biases out."
hint = 1
replace = "x @ w_ih.T + b_ih + b_hh"
with = "x @ w_ih.T"

[[mistake]]
id = "tanh-and-sigmoid"
title = "Both"
question = "Which functions?"
explanation = "You exchanged them."
hint = 2
edits = [
    {replace = "g_BH = torch.tanh(g_BH)", with = "g_BH = torch.sigmoid(g_BH)"},
    {replace = "o_BH = torch.sigmoid(o_BH)", with = "o_BH = torch.tanh(o_BH)"},
]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a problem's folder."""
    return Path(shutil.copytree(find_problem("lstm").folder, tmp_path / "lstm"))


def problem(folder: Path, text: str) -> Problem:
    (folder / "mistakes.toml").write_text(text)
    return read_problem(folder, find_problem("lstm").reference)


def test_edits_of_one_place_and_of_several_are_read_and_applied(folder: Path) -> None:
    lstm = problem(folder, GOOD)
    first, second = read_mistakes(lstm)
    assert (first.line, second.line) == (3, 12)
    source = mistaken(lstm.solution, [first])
    assert source is not None
    assert "inputs_BTG = x @ w_ih.T\n" in source
    both = mistaken(lstm.solution, [first, second])
    assert both is not None
    assert "g_BH = torch.sigmoid(g_BH)" in both
    assert "inputs_BTG = x @ w_ih.T\n" in both


def test_mistakes_that_are_in_each_others_way_are_not_combined(folder: Path) -> None:
    lstm = problem(folder, GOOD)
    first, _ = read_mistakes(lstm)
    assert mistaken(lstm.solution, [first, first]) is None


def test_a_problem_without_the_file_has_no_mistakes(folder: Path) -> None:
    (folder / "mistakes.toml").unlink(missing_ok=True)
    assert read_mistakes(read_problem(folder, find_problem("lstm").reference)) == ()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "x @ w_ih.T + b_ih + b_hh",
            "nowhere",
            "line 3: the mistake 'biases-forgotten' replaces 'nowhere', which does not stand",
        ),
        ('"x @ w_ih.T + b_ih + b_hh"', '"h_BH"', "'h_BH', which stands"),
        ('with = "x @ w_ih.T"', 'with = "x @ (w_ih.T"', "makes the reference unreadable"),
        (
            'id = "tanh-and-sigmoid"',
            'id = "biases-forgotten"',
            "line 12: the mistake 'biases-forgotten' has the id of the one in line 3",
        ),
        ('id = "tanh-and-sigmoid"', 'id = "Tanh and sigmoid"', "small letters and digits"),
        ("hint = 2", "hint = 4", "line 12: the mistake 'tanh-and-sigmoid' names hint 4; there are 3"),
        ("edits = [", 'replace = "x"\nedits = [', "either `replace` and `with`, or `edits`"),
        ('title = "Both"\n', "", "line 12: "),
        ("hint = 1", 'hint = "one"', "line 3: "),
        ("hint = 1", "hints = 1", "mistakes.toml, line 3: "),
        ("[[mistake]]", "[[mistake]", "mistakes.toml: "),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(folder: Path, old: str, new: str, words: str) -> None:
    assert old in GOOD
    broken = problem(folder, GOOD.replace(old, new, 1))
    with pytest.raises(BrokenProblem) as error:
        read_mistakes(broken)
    assert words in str(error.value)
    assert str(folder / "mistakes.toml") in str(error.value)


@pytest.mark.parametrize("slug", [each.slug for each in all_problems()])
def test_every_problem_knows_a_good_many_mistakes(slug: str) -> None:
    mistakes = read_mistakes(find_problem(slug))
    assert len(mistakes) >= 3
    for mistake in mistakes:
        assert mistake.question.endswith("?"), mistake.id
        assert len(mistake.explanation) > 40, mistake.id
        assert len(mistake.title) < 70, mistake.id
        for word in mistake.explanation, mistake.question:
            assert "\n\n" not in word, mistake.id
