"""What is asked: the catalogue, the words in which checks are written, and one folder per problem."""

from problems.catalogue import BrokenProblem, UnknownProblem, all_problems, find_problem
from problems.problem import Problem

__all__ = ["BrokenProblem", "Problem", "UnknownProblem", "all_problems", "find_problem"]
