"""The example in each statement is what the reference computes."""

import pytest

from judge.authoring.example import example_faults
from problems import all_problems


@pytest.mark.parametrize("problem", all_problems(), ids=lambda problem: problem.slug)
def test_example_is_what_the_reference_computes(problem):
    assert list(example_faults(problem)) == []
