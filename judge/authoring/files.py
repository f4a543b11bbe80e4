"""The files of a problem's folder: each is there and can be read; everything that is not as it must be, at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from judge.authoring.equivalents import read_equivalents
from judge.authoring.signatures import signature_faults
from judge.cases import read_corpus
from judge.explain.edits.mutants import Mutant
from judge.source import parse
from judge.verdict import ProblemError
from problems import BrokenProblem, Problem
from problems.mistakes import read_mistakes

KINDS = ("class", "object", "function")
TABLE = "problem.toml"
REFERENCE = "the reference"
CHECKS = "checks.py"
STATEMENT = "statement.md"
MISTAKES = "mistakes.toml"
EQUIVALENTS = "mutants.toml"
CORPUS = "corpus.json"
ACCEPTED = "accepted/"
STARTER = "the starter"
ORACLE = "oracle"
OTHER = ""
LONGEST_TITLE, LEAST_EXPLANATION = 70, 40  # letters


class FileFault(msgspec.Struct, frozen=True):
    """Something wrong with a file.

    Attributes:
        file: which can't be used for it, one of the names above; `OTHER` where nothing follows from it.
        text: what is wrong, with the file's name.
    """

    file: str
    text: str


def files_faults(
    problem: Problem, load_checks: Callable[[], object], every: Callable[[], list[Mutant]]
) -> Iterator[FileFault]:
    """What is wrong with the files, a sentence each.

    Args:
        problem: whose files.
        load_checks: raises where checks.py does not load.
        every: all mutants of the reference.
    """
    yield from (FileFault(TABLE, text) for text in _table_faults(problem))
    readers: dict[str, Callable[[], object]] = {
        REFERENCE: lambda: _same_signatures(problem),
        STATEMENT: lambda: problem.statement,
        "hints.md": lambda: _at_least(3, problem.hints, "hints, one under each heading `## `"),
        MISTAKES: lambda: read_mistakes(problem),
        CHECKS: load_checks,
        EQUIVALENTS: lambda: read_equivalents(problem, every()),
        CORPUS: lambda: read_corpus(problem),
        ACCEPTED: lambda: _at_least(1, sorted((problem.folder / "accepted").glob("*.py")), "right answers"),
    }
    if problem.oracle:
        readers[ORACLE] = lambda: parse((problem.folder / problem.oracle).read_text(encoding="utf-8"), problem.oracle)
    for name, read in readers.items():
        yield from (FileFault(name, f"{name}: {text}") for text in _said(read))
    for framework in problem.frameworks:
        told = _said(lambda framework=framework: problem.starter(framework))  # type: ignore[misc]
        yield from (FileFault(STARTER, f"{STARTER} for {framework}: {text}") for text in told)
    yield from (FileFault(OTHER, f"{EQUIVALENTS}: {text}") for text in _entries_that_mark_nothing(problem, every))
    yield from (FileFault(OTHER, text) for text in _words_that_do_not_fit(problem))


def _said(read: Callable[[], object]) -> Iterator[str]:
    """What reading raises, a sentence each."""
    try:
        read()
    except SyntaxError as error:
        yield f"line {error.lineno}: {error.msg}"
    except (BrokenProblem, ProblemError) as error:
        yield from str(error).split("\n")
    except Exception as error:  # noqa: BLE001 - an author's file may raise anything; it is shown, not hidden
        yield f"{type(error).__name__}: {error}"


def _same_signatures(problem: Problem) -> None:
    tree = parse(problem.solution, problem.reference.name)
    if faults := list(signature_faults(problem, tree)):
        raise BrokenProblem("\n".join(faults))


def _entries_that_mark_nothing(problem: Problem, every: Callable[[], list[Mutant]]) -> tuple[str, ...]:
    """Those of mutants.toml, where it can be read: the others still hold."""
    try:
        return read_equivalents(problem, every()).faults
    except (BrokenProblem, SyntaxError):
        return ()  # said already


def _words_that_do_not_fit(problem: Problem) -> Iterator[str]:
    """What is said of mistakes: a title is a headline, a question asks, an explanation explains."""
    try:
        mistakes = read_mistakes(problem)
    except BrokenProblem:
        return  # said already
    for mistake in mistakes:
        place = f"{MISTAKES}, line {mistake.line}: the"
        if len(mistake.title) > LONGEST_TITLE:
            yield f"{place} title of {mistake.id} has {len(mistake.title)} letters; {LONGEST_TITLE} fit in a headline"
        if not mistake.question.endswith("?"):
            yield f"{place} question of {mistake.id} must end in a question mark"
        if len(mistake.explanation) < LEAST_EXPLANATION:
            yield f"{place} explanation of {mistake.id} is too short: say what the person did, and why it matters"
        if any("\n\n" in words for words in (mistake.question, mistake.explanation)):
            yield f"{place} words of {mistake.id} must be one paragraph each"


def _table_faults(problem: Problem) -> Iterator[str]:
    """problem.toml, beyond what reading it has found."""
    for entry in problem.entry:
        if entry.kind not in KINDS:
            yield f"{_place(problem, entry.kind)}: an entry is of the kind class, object or function, not {entry.kind!r}"
        if not entry.signature.startswith("("):
            yield f"{_place(problem, entry.signature)}: a signature is written as `(x, mask=None)`"
    if not problem.entry:
        yield "problem.toml has no [[entry]]: what must a solution define?"
    known = [each.name for each in problem.possible]
    for framework in problem.frameworks:
        if framework not in known:
            listed = f"{', '.join(known[:-1])} or {known[-1]}"
            yield f"{_place(problem, framework)}: a framework is {listed}, not {framework!r}"
    if not problem.plain:
        for framework in (each.name for each in problem.offered if each.is_plain):
            where = _place(problem, "frameworks")
            yield f"{where}: {framework} stands by itself: its problems are those without arrays"
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
        raise BrokenProblem(f"{len(found) or 'none'} of at least {count} {what}")
