"""Checks that are asked of many answers with one seed: drawn once, and what is right computed once."""

from functools import lru_cache

from judge.cases import CaseSet
from judge.source import Submission
from problems import Framework, find_problem


@lru_cache(maxsize=24)
def _kept(slug: str, framework: Framework, seed: int) -> CaseSet:
    return CaseSet(find_problem(slug), framework, seed, kept=True)


def case_set_for(submission: Submission, seed: int) -> CaseSet:
    """The case set of an answer to one of this project's own problems."""
    return _kept(submission.problem.slug, submission.framework, seed)
