"""`judge list`, `judge show` and `judge start`: what there is to solve, and a file to begin with."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from judge.authoring.keeping import Known, Standing, known
from judge.commands.parameters import Flag, FrameworkName, Injected, Pager, require_framework
from judge.console import Streams, shown_path
from judge.practice.choosing import in_order, is_due
from judge.practice.clock import local
from judge.records import due_dates, stamp
from judge.reports.markup import markdown
from judge.verdict import UsageError, escaped, wrapped
from problems import Catalogue, Problem
from problems.problem import Difficulty


class ListedProblem(msgspec.Struct, frozen=True, kw_only=True):
    """One problem of `judge list --json`."""

    slug: str
    title: str
    difficulty: Difficulty
    topics: tuple[str, ...]
    minutes: int
    frameworks: tuple[str, ...]
    aliases: tuple[str, ...]
    solved: bool
    due: str | None
    pack: str
    asked: int
    builds_on: tuple[str, ...]


class BrokenListed(msgspec.Struct, frozen=True, kw_only=True):
    """A pack or a problem that can't be used."""

    name: str
    reason: str


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """What `judge list --json` prints."""

    schema: int = 1
    problems: tuple[ListedProblem, ...]
    broken: tuple[BrokenListed, ...]


LEGEND = {
    Standing.FEW_SEEDS: "with fewer than 20 seeds.",
    Standing.SHARED_CHANGED: "files that all problems use have changed since the proof.",
    Standing.CHANGED: "files of the problem have changed; the proof does not hold for them.",
}


class ProvedProblem(msgspec.Struct, frozen=True, kw_only=True):
    """One problem of `judge list --proved --json`; what its proof says is null where there is none.

    Attributes:
        standing: one of `judge.authoring.keeping.Standing`.
        mutants: how many were rejected.
        cases: of all checks together.
        seconds: what the proof took.
    """

    name: str
    standing: str
    seeds: int | None = None
    date: str | None = None
    mutants: int | None = None
    mistakes: int | None = None
    checks: int | None = None
    cases: int | None = None
    seconds: float | None = None


class ProvedListing(msgspec.Struct, frozen=True, kw_only=True):
    """What `judge list --proved --json` prints."""

    schema: int = 1
    problems: tuple[ProvedProblem, ...]


Order = Literal["topic", "difficulty", "asked", "due"]
ASKED = {
    5: "Asked in nearly every interview about machine learning",
    4: "Asked often",
    3: "Asked sometimes",
    2: "Asked now and then",
    1: "Asked seldom",
}


def list_problems(
    *, by: Order = "topic", proved: Flag = False, json: Flag = False, pager: Pager = True, streams: Injected
) -> int:
    """List the problems, which of them you have solved, and which are due.

    Args:
        by: group them by topic, by difficulty, by how often interviews ask them, or by when they are due.
        proved: list instead what `judge verify` has proved of each, and whether that still holds.
        json: print one JSON object.
        pager: use a pager where the list is longer than the terminal.
        streams: where to print.
    """
    if proved:
        return _list_proofs(streams, json=json)
    with streams.store() as store:
        solved, due = store.solved(), due_dates(store)
    catalogue, order = streams.catalogue, list(Difficulty)
    problems = sorted(catalogue.problems, key=lambda problem: (order.index(problem.difficulty), problem.name))
    if json:
        listing = Listing(
            problems=tuple(_listed(problem, solved, due) for problem in problems),
            broken=tuple(BrokenListed(name=each.name, reason=each.reason) for each in catalogue.broken),
        )
        streams.write_json(listing)
    else:
        now = local(streams.now())
        groups = _grouped(problems, by, due, now)
        text = _table(catalogue, groups, solved, due, now)
        if by == "asked":
            text += "How often: by how many collections of interview questions, exercises and courses have it.\n"
        streams.page(text + _broken(catalogue, streams.width), pager=pager)
    return 0


def search(word: str, /, *, streams: Injected) -> int:
    """List the problems whose name, title, topics or statement mention a word.

    Args:
        word: to look for; capital letters don't matter.
        streams: where to print.
    """
    with streams.store() as store:
        solved, due = store.solved(), due_dates(store)
    found = [problem for problem in in_order(streams.catalogue.problems) if _mentions(problem, word.lower())]
    if not found:
        streams.write(f"No problem mentions {escaped(word)!r}. `judge list` lists all problems.\n")
        return 0
    streams.write(_table(streams.catalogue, {"": found}, solved, due, local(streams.now())))
    return 0


def _mentions(problem: Problem, word: str) -> bool:
    texts = (problem.name, problem.title, *problem.aliases, *problem.topics, problem.statement)
    return any(word in text.lower() for text in texts)


def _list_proofs(streams: Streams, *, json: bool) -> int:
    found = [(streams.catalogue.name_of(problem), known(problem)) for problem in streams.catalogue.problems]
    if json:
        streams.write_json(ProvedListing(problems=tuple(_proved(name, each) for name, each in found)))
        return 0
    rows = [("problem", "proof", "seeds", "on", "mutants", "cases")]
    for name, each in found:
        row = _proved(name, each)
        seeds = "" if row.seeds is None else str(row.seeds)
        rows.append((name, row.standing, seeds, row.date or "", _shown(row.mutants), _shown(row.cases)))
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    left = sum(row[1] != Standing.PROVED for row in rows[1:])
    told = f"{len(found) - left} of {len(found)} are proved."
    if left:
        told += " `judge verify --stale` proves the others."
    legend = [f"{each}: {words}" for each, words in LEGEND.items() if any(row[1] == each for row in rows)]
    streams.write("\n".join([*lines, "", *legend, told]) + "\n")
    for _, each in found:
        if each.trouble:
            streams.say(each.trouble)
    return 0


def _proved(name: str, known: Known) -> ProvedProblem:
    proof = known.proof
    if proof is None:
        return ProvedProblem(name=name, standing=known.standing)
    return ProvedProblem(
        name=name,
        standing=known.standing,
        seeds=proof.seeds,
        date=proof.date,
        mutants=len(proof.rejected),
        mistakes=len(proof.mistakes),
        checks=len(proof.checks),
        cases=proof.figures.cases,
        seconds=proof.figures.seconds,
    )


def _shown(number: int | None) -> str:
    return "" if number is None else str(number)


def show(name: str, /, *, pager: Pager = True, streams: Injected) -> int:
    """Show what a problem asks for.

    Args:
        name: the problem, by its name or an alias.
        pager: use a pager where the statement is longer than the terminal.
        streams: where to print.
    """
    typed = problem_name(name)
    problem = streams.catalogue.find(typed)
    text = markdown(problem.statement, streams)
    file = f"{Path(typed).name}.py"
    wide = max(len(typed), len(file) - 2)
    text += (
        f"\nNext:\n"
        f"  judge start {typed:<{wide}}  writes {file} to begin with\n"
        f"  judge run {file:<{wide + 2}}  judges it\n"
        f"  judge hint {typed:<{wide + 1}}  shows the next of {len(problem.hints)} hints\n"
        f"An interview gives about {problem.minutes} minutes for it.\n"
    )
    streams.page(text + _not_proved(typed, known(problem).standing), pager=pager)
    return 0


def _not_proved(typed: str, standing: Standing) -> str:
    """What is said of a problem that nobody has proved as it is; "" of one that somebody has."""
    if standing.holds:
        return ""
    changed = standing is not Standing.NEVER
    why = "Its files have changed since its proof" if changed else "It has no proof"
    return f"{why}: nothing shows that its checks accept right answers and reject wrong ones. `judge verify {typed}` does.\n"


def start(
    name: str,
    /,
    *,
    framework: FrameworkName = None,
    dest: Path = Path(),
    streams: Injected,
) -> int:
    """Write a file to begin with. A file that is there already is never changed.

    Args:
        name: the problem, by its name or an alias; the file is called as you type it.
        framework: torch, numpy, python or one of a pack, for problems that can be solved in several.
        dest: the folder to write it to.
        streams: where to print.
    """
    typed = name.removesuffix(".py")
    problem = streams.catalogue.find(typed)
    require_framework(framework, (*streams.catalogue.frameworks, *problem.brought))
    if framework is not None and framework not in problem.frameworks:
        raise UsageError(f"{problem.name} is solved in {' or '.join(problem.frameworks)} only: leave --framework out.")
    path = dest / f"{Path(typed).name}.py"
    _write_new(path, problem.starter(framework or problem.frameworks[0]))
    streams.write(f"{shown_path(path)} is written. `judge run {shlex.quote(shown_path(path))}` judges it.\n")
    return 0


def problem_name(typed: str) -> str:
    """The problem's name in what was typed, which may also be the path of a solution."""
    return Path(typed).stem if typed.endswith(".py") else typed


def _write_new(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        if not path.parent.is_dir():
            raise UsageError(f"{shown_path(path.parent)} is not a folder: give another --dest.") from None
        raise UsageError(
            f"{shown_path(path)} is there already and is left as it is. "
            "Move it away, or give another folder with --dest."
        ) from None
    except OSError as error:
        raise UsageError(f"{shown_path(path)} can't be written: {error.strerror}.") from error


def _listed(problem: Problem, solved: frozenset[str], due: dict[str, datetime]) -> ListedProblem:
    return ListedProblem(
        slug=problem.slug,
        title=problem.title,
        difficulty=problem.difficulty,
        topics=problem.topics,
        minutes=problem.minutes,
        frameworks=problem.frameworks,
        aliases=problem.aliases,
        solved=problem.name in solved,
        due=stamp(due[problem.name]) if problem.name in due else None,
        pack=problem.pack,
        asked=problem.asked,
        builds_on=problem.builds_on,
    )


def _grouped(
    problems: Sequence[Problem], by: Order, due: Mapping[str, datetime], now: datetime
) -> dict[str, list[Problem]]:
    """The problems under their headings, both in order."""

    def heading(problem: Problem) -> str:
        match by:
            case "topic":
                return (problem.topics[0] if problem.topics else "other").capitalize()
            case "difficulty":
                return problem.difficulty.value.capitalize()
            case "asked":
                return ASKED[problem.asked]
            case "due":
                when = due.get(problem.name)
                return "New" if when is None else "Due" if is_due(when, now) else "Due later"

    found: dict[str, list[Problem]] = {}
    for problem in in_order(problems) if by in ("asked", "due") else problems:
        found.setdefault(heading(problem), []).append(problem)
    orders: dict[Order, Sequence[str]] = {
        "topic": sorted(found),
        "difficulty": list(found),
        "asked": list(ASKED.values()),
        "due": ("Due", "New", "Due later"),
    }
    return {name: found[name] for name in orders[by] if name in found}


def _table(
    catalogue: Catalogue,
    groups: Mapping[str, Sequence[Problem]],
    solved: frozenset[str],
    due: Mapping[str, datetime],
    now: datetime,
) -> str:
    """Problems under their headings, and how many are solved."""
    problems = [problem for group in groups.values() for problem in group]
    rows = {
        problem.name: (
            catalogue.name_of(problem),
            problem.title,
            problem.difficulty.value,
            f"{problem.minutes} min",
            _standing(problem.name in solved, due.get(problem.name), now),
        )
        for problem in problems
    }
    widths = [max(len(row[column]) for row in rows.values()) for column in range(4)] if rows else []
    lines = []
    for heading, group in groups.items():
        lines += [heading] if heading else []
        for problem in group:
            cells = [cell.ljust(width) for cell, width in zip(rows[problem.name][:4], widths, strict=True)]
            lines.append("  " + "  ".join([*cells, rows[problem.name][4]]).rstrip())
        lines.append("")
    done = sum(problem.name in solved for problem in problems)
    waiting = sum(is_due(due[problem.name], now) for problem in problems if problem.name in due)
    told = f", {waiting} due: `judge practice`" if waiting else ""
    lines.append(f"{done} of {len(problems)} solved{told}. `judge show NAME` prints a statement.")
    return "\n".join(lines) + "\n"


def _broken(catalogue: Catalogue, width: int) -> str:
    """What can't be used, and why; nothing where all can."""
    if not catalogue.broken:
        return ""
    lines = ["", "Not usable"]
    for each in catalogue.broken:
        first, *others = wrapped(f"{escaped(each.name)}: {escaped(each.reason)}", width - 4)
        lines += [f"  {first}", *(f"    {other}" for other in others)]
    return "\n".join(lines) + "\n"


def _standing(solved: bool, due: datetime | None, now: datetime) -> str:
    """ "solved", "due", "solved, due in 3 days", or nothing."""
    parts = ["solved"] if solved else []
    if due is not None:
        days = (due.astimezone(now.tzinfo).date() - now.date()).days
        parts.append("due" if days <= 0 else f"due in {days} day{'s' if days > 1 else ''}")
    return ", ".join(parts)
