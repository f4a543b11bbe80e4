"""The files of a problem's folder: each is there and can be read; everything that is not as it must be, at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from judge.authoring.equivalents import read_equivalents
from judge.authoring.mutants import Mutant
from judge.errors import ProblemError
from judge.rules import parse
from problems import BrokenProblem, Problem
from problems.mistakes import read_mistakes
from problems.problem import FRAMEWORKS

KINDS = ("class", "object", "function")


def files_faults(
    problem: Problem, load_checks: Callable[[], object], every: Callable[[], list[Mutant]]
) -> Iterator[str]:
    """What is wrong with the files, a sentence each.

    Args:
        problem: whose files.
        load_checks: raises where checks.py does not load.
        every: all mutants of the reference.
    """
    yield from _table_faults(problem)
    readers: dict[str, Callable[[], object]] = {
        "the reference": lambda: parse(problem.solution, problem.reference.name),
        "statement.md": lambda: problem.statement,
        "hints.md": lambda: _at_least(3, problem.hints, "hints, one under each heading `## `"),
        "mistakes.toml": lambda: _at_least(1, read_mistakes(problem), "mistakes"),
        "checks.py": load_checks,
        "mutants.toml": lambda: read_equivalents(problem, every()),
        "accepted/": lambda: _at_least(1, sorted((problem.folder / "accepted").glob("*.py")), "right answers"),
    }
    readers |= {f"the starter for {each}": partial(problem.starter, each) for each in problem.frameworks}
    if problem.oracle:
        readers["oracle"] = lambda: parse((problem.folder / problem.oracle).read_text(encoding="utf-8"), problem.oracle)
    for name, read in readers.items():
        try:
            read()
        except SyntaxError as error:
            yield f"{name}: line {error.lineno}: {error.msg}"
        except (BrokenProblem, ProblemError) as error:
            yield from (f"{name}: {line}" for line in str(error).split("\n"))
        except Exception as error:  # noqa: BLE001 - an author's file may raise anything; it is shown, not hidden
            yield f"{name}: {type(error).__name__}: {error}"


def _table_faults(problem: Problem) -> Iterator[str]:
    """problem.toml, beyond what reading it has found."""
    for entry in problem.entry:
        if entry.kind not in KINDS:
            yield f"{_place(problem, entry.kind)}: an entry is of the kind class, object or function, not {entry.kind!r}"
        if not entry.signature.startswith("("):
            yield f"{_place(problem, entry.signature)}: a signature is written as `(x, mask=None)`"
    if not problem.entry:
        yield "problem.toml has no [[entry]]: what must a solution define?"
    for framework in problem.frameworks:
        if framework not in FRAMEWORKS:
            yield f"{_place(problem, framework)}: a framework is torch, numpy or python, not {framework!r}"
    if "python" in problem.frameworks and not problem.plain:
        yield f"{_place(problem, 'frameworks')}: python stands by itself: its problems are those without arrays"
    if not problem.frameworks:
        yield f"{_place(problem, 'frameworks')}: name at least one framework"
    for name in ("call_seconds", "run_seconds", "memory_mib", "output_kib"):
        if getattr(problem.limits, name) <= 0:
            yield f"{_place(problem, name)}: {name} must be more than 0"


def _place(problem: Problem, word: str) -> str:
    """The first line of problem.toml that holds the word."""
    text = (problem.folder / "problem.toml").read_text(encoding="utf-8")
    lines = (number for number, line in enumerate(text.splitlines(), 1) if word and word in line)
    return f"problem.toml, line {next(lines, 1)}"


def _at_least(count: int, found: Sequence[object], what: str) -> None:
    if len(found) < count:
        raise BrokenProblem(f"has {len(found)} {what}; at least {count} are asked for")
