"""`judge verify --quick` finds nothing to mend in any problem: one seed, and no look at how small counterexamples are.

`make verify` proves them with twenty seeds and with that look.
"""

import pytest

from judge.authoring.verification import Verification
from problems import all_problems, find_problem

# They come first, so that no processor is left alone with one of them at the end.
HEAVIEST = ("adam", "lstm", "kv_cache", "sampling", "transformer_block", "multi_head_attention", "autograd", "lora")
OTHERS = tuple(problem.slug for problem in all_problems() if problem.slug not in HEAVIEST)


@pytest.mark.slow
@pytest.mark.parametrize("slug", [*HEAVIEST, *OTHERS])
def test_a_problem_is_proved_good(slug, sandbox):
    problem = find_problem(slug)
    proof = Verification(problem, sandbox, seeds=2, shrink=False, progress=lambda text: None).proof()
    assert [note.text for section in proof.sections for note in section.notes if not note.good] == []
    assert len(proof.sections) == 8
    assert len(proof.table) >= 8
    assert proof.killed >= 30
    assert proof.survived == 0
