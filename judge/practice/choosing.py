"""Which problem is next: what is due comes first, then what is new, in the order of the plan."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from judge.verdict import UsageError
from problems import Problem
from problems.problem import Difficulty


def in_order(problems: Sequence[Problem]) -> list[Problem]:
    """Easy ones first; the order in which a plan takes what is new."""
    order = list(Difficulty)
    return sorted(problems, key=lambda problem: (order.index(problem.difficulty), problem.name))


def ranked(
    problems: Sequence[Problem], *, due: Mapping[str, datetime], solved: Collection[str], now: datetime
) -> list[Problem]:
    """All of them, the one to practise next first.

    What is due comes first, the longest overdue before the others. Then what was neither practised nor solved; then what was
    solved without a session, so that its date is not known; at last what is due later, the soonest first.

    Args:
        problems: to choose from.
        due: when each problem that was practised is due.
        solved: those that were accepted at least once.
        now: the wall time.
    """

    def place(item: tuple[int, Problem]) -> tuple[int, float]:
        number, problem = item
        when = due.get(problem.name)
        if when is None:
            return (2 if problem.name in solved else 1), number
        return (0 if is_due(when, now) else 3), when.timestamp()

    return [problem for _, problem in sorted(enumerate(in_order(problems)), key=place)]


def is_due(due: datetime, now: datetime) -> bool:
    """Whether its day has come: one practises by days, not by hours."""
    return due.astimezone(now.tzinfo).date() <= now.date()


def with_topic(problems: Sequence[Problem], topic: str) -> list[Problem]:
    """The problems of a topic; case is forgiven.

    Raises:
        UsageError: there is none.
    """
    found = [problem for problem in problems if topic.lower() in (each.lower() for each in problem.topics)]
    if not found:
        topics = sorted({each for problem in problems for each in problem.topics})
        raise UsageError(f"No problem has the topic {topic!r}. Topics are: {', '.join(topics)}.")
    return found
