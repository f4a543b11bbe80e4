"""`judge verify` finds nothing to mend in the first five problems, with two seeds and without a look at how small counterexamples are.

`make verify` proves every problem, with twenty seeds and with that look.
"""

import pytest

from judge.authoring.verification import Verification
from judge.sandboxes import open_sandbox
from problems import find_problem
from tests.judge.answers import FIRST


@pytest.fixture(scope="module")
def sandbox():
    with open_sandbox("auto") as place:
        yield place


@pytest.mark.slow
@pytest.mark.parametrize("slug", FIRST)
def test_a_problem_is_proved_good(slug, sandbox):
    proof = Verification(find_problem(slug), sandbox, seeds=2, shrink=False, progress=lambda text: None).proof()
    assert [note.text for section in proof.sections for note in section.notes if not note.good] == []
    assert proof.killed >= 30
    assert proof.survived == 0
