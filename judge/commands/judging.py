"""`judge run`: judge a file, remember it, report it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from judge.commands.exits import EXIT_ACCEPTED, EXIT_FAILED, EXIT_INTERRUPTED, EXIT_REJECTED, EXIT_USAGE
from judge.commands.parameters import Flag, FrameworkName, Hints, Injected, Sandbox, known_frameworks, require_framework
from judge.commands.reporting import (
    Opening,
    repeat_command,
    require_place_for,
    say_other_versions,
    warn_of,
    wrote_junit,
)
from judge.console import Streams, shown_path
from judge.service.look import request_of
from judge.service.place import POSSIBLE
from judge.service.requests import FirstFailure, Judge, Judged, NotJudged, Request, Trouble
from judge.service.waiting import judged
from judge.service.worker_judge import WorkerJudge
from judge.settings import Configuration, server_is_wanted
from judge.verdict import JudgeError, Kind, ProblemError, UsageError, Verdict, escaped
from problems import AmbiguousProblem, BrokenProblem, Catalogue, UnknownProblem

if TYPE_CHECKING:
    from judge.service.resident_judge import ResidentJudge


STANDARD_INPUT = "-"
REPORT = "judge.reports.terminal"
FIRST_START = "first start: loading PyTorch takes some seconds; later it is quicker"


def run(
    file: Annotated[Path, Parameter(allow_leading_hyphen=True)],
    /,
    *,
    problem: str | None = None,
    framework: FrameworkName = None,
    json: Flag = False,
    seed: str | None = None,
    sandbox: Sandbox = None,
    hints: Hints = None,
    junit: Path | None = None,
    no_server: Flag = False,
    verbose: Annotated[bool, Parameter(name=("--verbose", "-v"), negative=(), show_default=False)] = False,
    streams: Injected,
) -> int:
    """Judge a file: is it right, and where is it not?

    Args:
        file: the solution, one file; - reads it from standard input.
        problem: the problem, where neither the file's name nor what it defines tells.
        framework: torch, numpy, python or one of a pack, where the file's imports don't tell.
        json: print one JSON object and nothing else.
        seed: a whole number; repeats the cases of an earlier run. Without it they are drawn afresh.
        sandbox: where the file runs; auto takes the strongest that works here.
        hints: of a mistake that is recognised, show a question that leads to it (ladder), its explanation (full) or nothing (off).
        junit: also write the report to this file, as JUnit XML.
        no_server: neither use the resident judge nor leave one behind.
        verbose: show all inputs and checks, the time and the sandbox; where the judge itself fails, its traceback.
        streams: where to print.
    """
    configuration = streams.configuration(sandbox=sandbox, seed=seed, hints=hints)
    path, source = _given(file, streams)
    require_framework(framework, known_frameworks(streams.catalogue, problem))
    if junit is not None:
        require_place_for(junit)
    worker = WorkerJudge(catalogue=streams.catalogue)
    resident = None if no_server else _resident(configuration, streams, worker)
    request = request_of(
        path, problem=problem, framework=framework, configuration=configuration, in_parts=not json, source=source
    )
    with streams.store() as store:
        opening = Opening(path.name, request.source, store, streams, quiet=json, full=verbose)
        try:
            begins = "starting" if store.has_attempts() else FIRST_START
            verdict = judged_now(resident or worker, request, streams, opening.show, opening.notice, begins).verdict
        except KeyboardInterrupt:
            if opening.interrupted():
                return EXIT_INTERRUPTED
            raise
        if seed is not None:
            say_other_versions(verdict, store, streams)
        repeat = repeat_command(file, verdict.seed, {"problem": problem, "framework": framework, "sandbox": sandbox})
        opening.finish(verdict, repeat, configuration.hints)
    if verdict.sandbox is not None and configuration.sandbox == "auto":
        warn_of(verdict.sandbox, streams)
    written = junit is None or wrote_junit(junit, verdict, path.name, streams)
    if resident is not None:
        _leave_behind(resident, request, streams, verbose=verbose)
    return exit_status(verdict) if written else EXIT_FAILED


def _given(file: Path, streams: Streams) -> tuple[Path, bytes | None]:
    """The file, and what it holds where that comes from standard input.

    Raises:
        UsageError: there is no such file.
    """
    if str(file) == STANDARD_INPUT:
        return Path("standard_input.py"), streams.read_bytes()
    require_file(file, streams.catalogue)
    return file, None


def _leave_behind(resident: ResidentJudge, request: Request, streams: Streams, *, verbose: bool) -> None:
    """Start a resident judge where there is none; say why it could not be used."""
    if resident.missing:
        resident.start(request.settings)
    if resident.note and verbose:
        streams.say(f"judged without the resident judge: {resident.note}.")


def _resident(configuration: Configuration, streams: Streams, otherwise: Judge) -> ResidentJudge | None:
    """What reaches the resident judge, where one is wanted and possible."""
    if not POSSIBLE or not server_is_wanted(configuration, streams.environment):
        return None
    from judge.service.resident_judge import ResidentJudge

    return ResidentJudge(streams.places, streams.environment, otherwise, catalogue=streams.catalogue)


def judged_now(
    judge: Judge,
    request: Request,
    streams: Streams,
    decided: Callable[[Verdict], None] | None = None,
    first: Callable[[FirstFailure], None] | None = None,
    begins: str = "starting",
) -> Judged:
    """Wait for a verdict, and say meanwhile what is done. The judge is closed.

    Args:
        judge: who judges.
        request: the file.
        streams: where to say it.
        decided: told the verdict before its explanation.
        first: told of the first check that fails.
        begins: what is said on a terminal until anything is known.

    Raises:
        UsageError, ProblemError, JudgeError: there is none.
    """
    progress = streams.progress()
    if progress is not None:
        progress(begins)
    threading.Thread(target=import_module, args=(REPORT,), daemon=True).start()  # while there is nothing else to do
    try:
        return judged(judge, request, progress, decided, first)
    except NotJudged as error:
        kinds: dict[Trouble, type[JudgeError]] = {Trouble.USAGE: UsageError, Trouble.PROBLEM: ProblemError}
        if error.traceback or error.trouble not in kinds:
            raise
        raise kinds[error.trouble](str(error)) from None
    finally:
        judge.close()
        streams.end_progress()


def exit_status(verdict: Verdict) -> int:
    """The exit status that stands for a verdict."""
    if verdict.verdict is None:
        return EXIT_USAGE
    if verdict.verdict is Kind.INTERNAL_ERROR:
        return EXIT_FAILED
    return EXIT_ACCEPTED if verdict.accepted else EXIT_REJECTED


def require_file(file: Path, catalogue: Catalogue) -> None:
    """Say early, before anything slow is imported, that there is nothing to judge.

    Raises:
        UsageError: there is no such file, or it is a folder.
    """
    name = shown_path(file)
    if file.is_dir():
        raise UsageError(f"{name} is a folder. Give the file to judge.")
    try:
        file.stat()
    except (OSError, ValueError):
        sibling = file.with_name(file.name + ".py")
        if sibling.is_file():
            raise UsageError(f"There is no file {name}. Did you mean {shown_path(sibling)}?") from None
        options = " `judge run --help` shows the options." if name.startswith("-") else ""
        raise UsageError(f"There is no file {name}.{options or _how_to_start(file, catalogue)}") from None


def _how_to_start(file: Path, catalogue: Catalogue) -> str:
    try:
        catalogue.find(file.stem)
    except (UnknownProblem, AmbiguousProblem, BrokenProblem):
        return ""
    return f" `judge start {escaped(file.stem)}` writes one to begin with."
