"""Which problem is next: what is due comes first, then what is new, in the order of the plan."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from judge.verdict import UsageError
from problems import Problem
from problems.problem import Difficulty

NEW_TOPIC = 0.5  # decides between problems that are asked equally often


def in_order(problems: Sequence[Problem]) -> list[Problem]:
    """The order in which new problems are learned.

    First comes what interviews ask most often, and what that builds on comes before it. A problem of a new topic is preferred, so that
    every topic comes early. Of equals the easier one is first.
    """
    weights = {problem.slug: _weight(problem, problems) for problem in problems}
    left = sorted(problems, key=lambda problem: (list(Difficulty).index(problem.difficulty), problem.name))
    touched: set[str] = set()
    found: list[Problem] = []
    while left:
        waiting = {problem.slug for problem in left}
        ready = [problem for problem in left if not waiting & set(problem.builds_on)] or left
        best = max(
            ready, key=lambda problem: weights[problem.slug] + (0 if touched & set(problem.topics) else NEW_TOPIC)
        )
        found.append(best)
        left.remove(best)
        touched |= set(best.topics)
    return found


def _weight(problem: Problem, problems: Sequence[Problem]) -> int:
    """How often it is asked, or what builds on it, directly or by another."""
    slugs, most = {problem.slug}, problem.asked
    while above := [each for each in problems if each.slug not in slugs and slugs & set(each.builds_on)]:
        slugs |= {each.slug for each in above}
        most = max(most, *(each.asked for each in above))
    return most


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
