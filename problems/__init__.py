"""What is asked: the catalogue, the words in which checks are written, and one folder per problem."""

from problems.catalogue import (
    AmbiguousProblem,
    Catalogue,
    UnknownProblem,
    all_problems,
    find_problem,
    own_catalogue,
    read_catalogue,
)
from problems.frameworks import BrokenProblem, Framework
from problems.problem import Problem

__all__ = [
    "AmbiguousProblem",
    "BrokenProblem",
    "Catalogue",
    "Framework",
    "Problem",
    "UnknownProblem",
    "all_problems",
    "find_problem",
    "own_catalogue",
    "read_catalogue",
]
