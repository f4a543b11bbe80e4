"""What is asked: the catalogue, the words in which checks are written, and one folder per problem."""

from problems.catalogue import (
    AmbiguousProblem,
    BrokenProblem,
    Catalogue,
    UnknownProblem,
    all_problems,
    find_problem,
    own_catalogue,
    read_catalogue,
)
from problems.problem import Problem

__all__ = [
    "AmbiguousProblem",
    "BrokenProblem",
    "Catalogue",
    "Problem",
    "UnknownProblem",
    "all_problems",
    "find_problem",
    "own_catalogue",
    "read_catalogue",
]
