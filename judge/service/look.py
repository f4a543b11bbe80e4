"""What can be said of a file without running it. This imports nothing heavy."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from judge.service.requests import Chosen, Final, Judged, Refused, Request, Trouble, chosen, settings_of
from judge.settings import Configuration, fresh_seed
from judge.source import (
    MOST_SOURCE_BYTES,
    Submission,
    read_source,
    reject_unread,
    require_size,
    siblings_of,
    submission_of,
)
from judge.verdict import Kind, UsageError, Verdict, untraced
from problems import AmbiguousProblem, BrokenProblem, Catalogue, Framework, Problem, UnknownProblem, read_catalogue
from problems.catalogue import read_problem
from problems.frameworks import USUAL, framework_named


def request_of(
    file: Path,
    *,
    problem: str | None,
    framework: str | None,
    configuration: Configuration,
    traced: bool = False,
    in_parts: bool = False,
    source: bytes | None = None,
) -> Request:
    """What is asked of a judge for a file, which is read here, once. What fails is told at once, but not where it is traced.

    Args:
        file: it.
        problem: its name; None: told from the file.
        framework: its name; None: told from what the file imports.
        configuration: seed, sandbox and limits.
        traced: follow its lines.
        in_parts: tell the verdict before its explanation.
        source: what it holds; None: it is read.

    Raises:
        UsageError: it can't be read, or is too large.
    """
    data = read_source(file) if source is None else source
    require_size("Standard input" if source is not None else file.name, data)
    return Request(
        source=data,
        siblings=siblings_of(file, data) if source is None else (),
        filename=file.name,
        stem=file.stem,
        problem=problem,
        framework=framework,
        seed=configuration.seed,
        settings=settings_of(configuration, own_code=True),
        traced=traced,
        first_word=not traced,
        verdict_first=in_parts,
    )


def looked_at(number: int, request: Request, catalogue: Catalogue | None) -> Final | Request:
    """The answer where the file need not be run; else the request, with its problem and framework found.

    Args:
        number: of the request.
        request: it.
        catalogue: the problems there are; None: those of the request's packs.
    """
    try:
        submission = submission_for(request, catalogue)
    except (UsageError, UnknownProblem, AmbiguousProblem) as error:
        return Refused(number, Trouble.USAGE, str(error))
    except BrokenProblem as error:
        return Refused(number, Trouble.PROBLEM, str(error))
    rejected = rejected_unread(number, request, submission)
    if rejected is not None:
        return rejected
    problem = request.problem if isinstance(request.problem, Chosen) else chosen(submission.problem)
    return msgspec.structs.replace(request, problem=problem, framework=submission.framework.name)


def rejected_unread(number: int, request: Request, submission: Submission) -> Judged | None:
    """The verdict on a file that does not parse, or uses what is forbidden."""
    rejected = reject_unread(submission, fresh_seed() if request.seed is None else request.seed)
    if rejected is None:
        return None
    trace = msgspec.json.encode(untraced(rejected)) if request.traced else b""
    return Judged(number, msgspec.json.encode(rejected), trace=trace)


def too_large(number: int, request: Request) -> Judged | None:
    """A verdict on a file that is larger than a solution may be, for who does not take that for a wrong call."""
    if len(request.source) <= MOST_SOURCE_BYTES:
        return None
    sentence = f"your file has more than {MOST_SOURCE_BYTES:,} bytes, the most that a solution may have"
    seed = 0 if request.seed is None else request.seed
    verdict = Verdict(problem=None, framework=None, verdict=Kind.LOAD_ERROR, seed=seed, seconds=0.0, headline=sentence)
    return Judged(number, msgspec.json.encode(verdict))


def submission_for(request: Request, catalogue: Catalogue | None = None) -> Submission:
    """What is known of a file before it runs.

    Raises:
        UsageError: the problem can't be told, or is not offered in this framework, or the file is too large.
        BrokenProblem: its files can't be read, or it names a framework that there is not.
    """
    require_size(request.filename, request.source)
    problem: Problem | str | None
    if isinstance(request.problem, Chosen):
        problem = problem_of(request.problem)
    else:
        problem, catalogue = request.problem, catalogue or _catalogue(request.packs)
    return submission_of(
        request.source,
        request.filename,
        problem=problem,
        framework=request.framework,
        stem=request.stem,
        catalogue=catalogue,
        siblings=request.siblings,
    )


@cache
def _catalogue(packs: tuple[str, ...]) -> Catalogue:
    return read_catalogue([Path(pack) for pack in packs])


def likely_framework(problem: Chosen | str | None, name: str | None) -> Framework:
    """What files are written with, as far as that is known without reading them.

    Args:
        problem: of the files, where it is known.
        name: of the framework, where somebody has said it.
    """
    own = framework_named(name or "")
    if own is not None or not isinstance(problem, Chosen):
        return own or USUAL
    try:
        found = problem_of(problem)
        return found.framework(found.frameworks[0] if name is None else name)
    except BrokenProblem:
        return USUAL  # it is said when the file is judged


def problem_of(chosen: Chosen) -> Problem:
    """The problem that was found before."""
    return read_problem(Path(chosen.folder), Path(chosen.reference), pack=chosen.pack)
