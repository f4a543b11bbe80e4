"""`judge run`: judge a file, remember it, report it."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from msgspec.json import decode

from judge.commands.exits import EXIT_ACCEPTED, EXIT_FAILED, EXIT_INTERRUPTED, EXIT_REJECTED, EXIT_USAGE
from judge.commands.parameters import Flag, FrameworkName, Hints, Injected, Sandbox, known_frameworks, require_framework
from judge.console import Streams, shown_path
from judge.service.look import request_of
from judge.service.place import POSSIBLE
from judge.service.requests import FirstFailure, Judge, Judged, NotJudged, Request, Trouble
from judge.service.waiting import judged
from judge.service.worker_judge import WorkerJudge
from judge.settings import Configuration, server_is_wanted
from judge.verdict import JudgeError, Kind, ProblemError, SandboxUsed, UsageError, Verdict, escaped, to_json
from problems import AmbiguousProblem, BrokenProblem, Catalogue, UnknownProblem

if TYPE_CHECKING:
    from judge.records import Store
    from judge.reports.terminal import Layout
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
    source = None
    if str(file) == STANDARD_INPUT:
        file, source = Path("standard_input.py"), streams.read_bytes()
    else:
        require_file(file, streams.catalogue)
    require_framework(framework, known_frameworks(streams.catalogue, problem))
    if junit is not None:
        _require_place_for(junit)
    worker = WorkerJudge(catalogue=streams.catalogue)
    resident = None if no_server else _resident(configuration, streams, worker)
    request = request_of(
        file, problem=problem, framework=framework, configuration=configuration, in_parts=not json, source=source
    )
    with streams.store() as store:
        opening = Opening(file.name, request.source, store, streams, quiet=json, full=verbose)
        try:
            begins = "starting" if store.has_attempts() else FIRST_START
            verdict = judged_now(resident or worker, request, streams, opening.show, opening.notice, begins).verdict
        except KeyboardInterrupt:
            if opening.interrupted():
                return EXIT_INTERRUPTED
            raise
        if seed is not None:
            say_other_versions(verdict, store, streams)
        opening.keep(verdict)
        steps = [] if json else next_steps(verdict, store, streams)
    if json:
        streams.write_bytes(to_json(verdict) + b"\n")
    else:
        repeat = repeat_command(
            Path(STANDARD_INPUT) if source is not None else file,
            verdict.seed,
            {"problem": problem, "framework": framework, "sandbox": sandbox},
        )
        if not opening.shown:
            report_opening(verdict, file.name, streams, full=verbose)
        report_closing(verdict, file.name, repeat, configuration.hints, streams, full=verbose, steps=steps)
    if verdict.sandbox is not None and configuration.sandbox == "auto":
        warn_of(verdict.sandbox, streams)
    written = junit is None or _wrote_junit(junit, verdict, file.name, streams)
    if resident is not None:
        if resident.missing:
            resident.start(request.settings)
        if resident.note and verbose:
            streams.say(f"judged without the resident judge: {resident.note}.")
    return exit_status(verdict) if written else EXIT_FAILED


class Opening:
    """The verdict before its explanation: kept, then shown, once.

    Args:
        file_name: as the person knows it.
        source: that was judged.
        store: keeps it.
        streams: where to print.
        quiet: print one JSON object and nothing else.
        full: the report shows everything.
    """

    def __init__(
        self, file_name: str, source: bytes, store: Store, streams: Streams, *, quiet: bool, full: bool = False
    ) -> None:
        self._file_name = file_name
        self._source = source
        self._store = store
        self._streams = streams
        self._uid = ""
        self._quiet = quiet
        self._full = full
        self._first: FirstFailure | None = None

    @property
    def shown(self) -> bool:
        """Whether the first part of the report is printed."""
        return bool(self._uid)

    def notice(self, event: FirstFailure) -> None:
        """Say what fails, at once: on a terminal above the report, else in one line on standard error."""
        known, self._first = self._first, event  # first, as what is said may be answered by Ctrl-C
        if known is None and not self._quiet:
            if self._streams.is_terminal:
                say_first_failure(event, self._file_name, self._streams)
            else:
                kind = event.verdict.replace("_", " ")
                self._streams.say(f"{self._file_name}: {kind} in {event.check}: {event.sentence}")

    def interrupted(self) -> bool:
        """Keep what had failed, where the person waits no longer, and say so; whether anything had."""
        self._streams.end_progress()
        name = self._file_name
        if self._uid:
            self._streams.say(f"{name} was judged, and the verdict is kept. The mistake was still being looked for.")
            return True
        if self._first is None or not self._first.data:
            return False
        verdict = decode(self._first.data, type=Verdict)
        self._store.add_attempt(verdict, file_name=self._file_name, source=self._source)
        if self._quiet:
            self._streams.write_bytes(to_json(verdict) + b"\n")
        self._streams.say(f"{name}: not finished, but it is wrong: {verdict.headline}")
        self._streams.say("The attempt is kept. Judge the file again for the whole report.")
        return True

    def show(self, verdict: Verdict) -> None:
        """Keep the attempt and print the first part of the report."""
        if not self._uid:
            self._uid = self._store.add_attempt(verdict, file_name=self._file_name, source=self._source)
            report_opening(verdict, self._file_name, self._streams, full=self._full)

    def keep(self, verdict: Verdict) -> None:
        """Keep the explained verdict."""
        if self._uid:
            self._store.explain_attempt(self._uid, verdict)
        else:
            self._store.add_attempt(verdict, file_name=self._file_name, source=self._source)


def say_other_versions(verdict: Verdict, store: Store, streams: Streams) -> None:
    """Say where a seed is repeated under other versions than the last time: its cases may be others."""
    from judge.records import other_versions

    changed = other_versions(store, verdict)
    words = [f"{name} {then}, now {now}" for name, (then, now) in changed.items() if name != "problem"]
    if "problem" in changed:
        words.append("an earlier version of the problem")
    if words:
        streams.say(f"Seed {verdict.seed} was judged before with {'; '.join(words)}. Its cases may be others now.")


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


def warn_of(used: SandboxUsed, streams: Streams) -> None:
    """Say on standard error where the sandbox that was taken is weaker than it could be."""
    if used.level == "full":
        return
    from judge.isolation import warning

    if words := warning(used.kind, used.level):
        streams.say(words)


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


def _require_place_for(junit: Path) -> None:
    if junit.is_dir():
        raise UsageError(f"--junit {shown_path(junit)} is a folder. Give the file to write.")
    if not junit.parent.is_dir():
        raise UsageError(
            f"--junit {shown_path(junit)} can't be written: there is no folder {shown_path(junit.parent)}."
        )


def repeat_command(file: Path, seed: int, options: dict[str, str | None]) -> str:
    """The command that gives this verdict again."""
    words = ["judge", "run", str(file), "--seed", str(seed)]
    for option, value in options.items():
        if value is not None:
            words += [f"--{option}", value]
    return escaped(shlex.join(words))


def say_first_failure(event: FirstFailure, file_name: str, streams: Streams) -> None:
    """Print what fails, before the report."""
    from judge.reports.practice import noticed
    from judge.reports.style import Painter

    streams.end_progress()
    paint, name = Painter(streams.colour), escaped(file_name)
    text = noticed(event.verdict, event.check, event.sentence, width=streams.width, paint=paint, before=f"{name}: ")
    streams.write(f"{text}\n\n")


def next_steps(verdict: Verdict, store: Store, streams: Streams) -> list[str]:
    """What to do after a file was accepted: look at the model answer, and practise what is due."""
    if not verdict.accepted or verdict.problem is None:
        return []
    from judge.records import due_dates

    due = [name for name, moment in due_dates(store).items() if moment <= streams.now() and name != verdict.problem]
    found = [f"`judge solution {verdict.problem}` shows the model answer to compare yours with."]
    if due:
        found.append(f"To be practised again: {', '.join(sorted(due))}. `judge practice {sorted(due)[0]}` begins.")
    return found


def report_opening(verdict: Verdict, file_name: str, streams: Streams, *, full: bool = False) -> None:
    """Print the first part of the report: all that is known before the mistake is looked for.

    Args:
        verdict: what was found.
        file_name: as the person knows it.
        streams: where to print.
        full: show everything.
    """
    from judge.reports.terminal import opening

    streams.end_progress()
    streams.write(opening(verdict, file=file_name, layout=layout_of(streams, full=full)))


def report_closing(
    verdict: Verdict,
    file_name: str,
    repeat: str,
    hints: str,
    streams: Streams,
    *,
    full: bool = False,
    again: bool = True,
    steps: Sequence[str] = (),
) -> None:
    """Print the rest.

    Args:
        verdict: what was found, explained.
        file_name: as the person knows it.
        repeat: the command that gives this verdict again.
        hints: what is shown of a mistake that was recognised.
        streams: where to print.
        full: show everything.
        again: end a rejection with the headline.
        steps: sentences about what to do next.
    """
    from judge.reports.terminal import closing

    streams.end_progress()
    layout = layout_of(streams, full=full, again=again)
    streams.write(closing(verdict, file=file_name, repeat=repeat, hints=hints, layout=layout, steps=steps))


def layout_of(streams: Streams, *, full: bool = False, again: bool = True) -> Layout:
    """How a report is laid out where it is printed."""
    from judge.reports.terminal import Layout

    return Layout(width=streams.width, colour=streams.colour, full=full, wraps=streams.is_terminal, again=again)


def _wrote_junit(path: Path, verdict: Verdict, file_name: str, streams: Streams) -> bool:
    """Write the XML; where that fails, the verdict has been shown, and is not lost."""
    from judge.reports.junit import render

    try:
        path.write_text(render(verdict, file=file_name), encoding="utf-8")
    except OSError as error:
        streams.say(f"--junit {shown_path(path)} can't be written: {error.strerror}.")
        return False
    return True
