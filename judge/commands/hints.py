"""`judge hint` and `judge solution`: help for those who are stuck, from a nudge to the answer."""

from __future__ import annotations

from judge.commands.catalogue import problem_name
from judge.commands.parameters import Flag, Injected, Number, Pager
from judge.console import Streams
from judge.reports.markup import markdown, python
from judge.verdict import ProblemError, UsageError
from problems import Problem


def hint(
    name: str,
    /,
    *,
    again: Flag = False,
    number: Number = None,
    streams: Injected,
) -> int:
    """Show the next hint, from a nudge to nearly the answer.

    Args:
        name: the problem, by its name or an alias; a solution's file name will do.
        again: show the hints that you have seen, and no further one.
        number: show this hint, counted from 1.
        streams: where to print.
    """
    typed = problem_name(name)
    problem = streams.catalogue.find(typed)
    hints = problem.hints
    _require_hint(problem, number)
    with streams.store() as store:
        seen = store.hints_seen(problem.name)
        if again and number is None:
            shown = [each for each in sorted(seen) if each <= len(hints)]
        else:
            shown = [number or _next(seen, len(hints))]
        if not shown:
            raise UsageError(f"You have not seen a hint for {problem.name} yet: `judge hint {typed}` shows the first.")
        for each in shown:
            if each and each not in seen:
                store.add_hint(problem.name, each)
    for each in shown:
        streams.write(_all_seen(problem, typed) if each == 0 else _hint(problem, typed, each, streams))
    return 0


def solution(name: str, /, *, yes: Flag = False, pager: Pager = True, streams: Injected) -> int:
    """Show the model answer. Asks first, unless you have solved the problem.

    Args:
        name: the problem, by its name or an alias; a solution's file name will do.
        yes: don't ask.
        pager: use a pager where it is longer than the terminal.
        streams: where to print.
    """
    problem = streams.catalogue.find(problem_name(name))
    with streams.store() as store:
        if not yes and problem.name not in store.solved():
            question = f"You have not solved {problem.name} yet. Show the solution all the same?"
            if not streams.ask(question):
                streams.say(f"Nothing was shown. `judge hint {problem_name(name)}` shows a hint.")
                return 0
        store.add_solution_seen(problem.name)
    streams.page(python(problem.solution, streams), pager=pager)
    return 0


def _require_hint(problem: Problem, number: int | None) -> None:
    count = len(problem.hints)
    if not count:
        raise ProblemError(f"{problem.folder / 'hints.md'} has no hints.")
    if number is not None and not 1 <= number <= count:
        raise UsageError(f"There is no hint {number} for {problem.name}: its hints are numbered 1 to {count}.")


def _next(seen: frozenset[int], count: int) -> int:
    """The first hint that was not shown; 0 where all were."""
    return next((number for number in range(1, count + 1) if number not in seen), 0)


def _hint(problem: Problem, typed: str, number: int, streams: Streams) -> str:
    count = len(problem.hints)
    if number < count:
        after = f"`judge hint {typed}` shows the next one."
    else:
        after = f"This is the last one. `judge solution {typed}` shows the solution."
    return f"Hint {number} of {count} for {problem.name}\n\n{markdown(problem.hints[number - 1], streams)}\n{after}\n"


def _all_seen(problem: Problem, typed: str) -> str:
    listed = "\n".join(
        f"  judge hint {typed} --number {number}   {_beginning(text)}" for number, text in enumerate(problem.hints, 1)
    )
    return (
        f"You have seen all {len(problem.hints)} hints for {problem.name}:\n\n{listed}\n\n"
        f"`judge solution {typed}` shows the solution.\n"
    )


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 50 else line[:49].rsplit(" ", 1)[0] + "…"
