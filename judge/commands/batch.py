"""`judge batch`: judge a whole class."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from judge.commands.exits import EXIT_FAILED, EXIT_INTERRUPTED
from judge.commands.parameters import (
    Effort,
    Flag,
    FrameworkName,
    Injected,
    Number,
    Sandbox,
    known_frameworks,
    require_framework,
)
from judge.console import Streams, shown_path
from judge.settings import Configuration, fresh_seed
from judge.verdict import JudgeError, UsageError

if TYPE_CHECKING:
    from judge.batch import Batch, Item, Options, Seen
    from judge.batch.results import Sink
    from judge.batch.summary import Tally

EXIT_ALL_JUDGED = 0
EXIT_SOME_NOT_JUDGED = 1
MOST_JOBS = 256


def batch(
    *paths: Annotated[Path, Parameter(allow_leading_hyphen=True)],
    problem: str | None = None,
    framework: FrameworkName = None,
    jobs: Number = None,
    out: Path | None = None,
    junit: Path | None = None,
    resume: Flag = False,
    follow_links: Flag = False,
    seed: str | None = None,
    effort: Effort = "full",
    sandbox: Sandbox = None,
    streams: Injected,
) -> int:
    """Judge many files: a folder, files, or lines of JSON from standard input.

    Exit status 0 where all were judged, whatever the verdicts; 1 where some could not be, and their results say why.

    Args:
        paths: folders (every *.py in them and below), files, or - for lines {"id", "problem", "source"} on standard input.
        problem: the problem, where neither a file's name nor what it defines tells.
        framework: torch, numpy, python or one of a pack, where the imports don't tell.
        jobs: how many are judged at once; without it half as many as there are processors.
        out: the file that results go to, as CSV where it ends in .csv, else as JSON Lines; without it standard output.
        junit: also write a file of JUnit XML for each submission to this folder.
        resume: go on where an earlier batch ended: what is in --out already is not judged again.
        follow_links: follow symbolic links that stay inside the folder; without it, none is followed.
        seed: a whole number; the cases of all follow from it. Without it they are drawn afresh, once for all.
        effort: full: the smallest failing input and the mistake of each; verdict: stop at the first check that fails, which is quicker.
        sandbox: where the files run; auto takes the strongest that works here, and never one that isolates nothing.
        streams: where to print.
    """
    configuration = streams.configuration(sandbox=sandbox, seed=seed)
    require_framework(framework, known_frameworks(streams.catalogue, problem))
    if jobs is not None and not 1 <= jobs <= MOST_JOBS:
        raise UsageError(f"--jobs must be from 1 to {MOST_JOBS}.")
    from judge.batch import Batch

    items, count = _items(paths, streams, follow=follow_links)
    seen = _earlier(out, resume=resume)
    at_once = min(jobs or max(1, (os.cpu_count() or 1) // 2), count or MOST_JOBS)
    options = _options(configuration, streams, seen, problem=problem, framework=framework, jobs=at_once, effort=effort)
    _require_isolation(configuration.sandbox)
    streams.say(f"seed {options.seed}, {options.jobs} at once" + (f", {count} submissions" if count else ""))
    sinks = _sinks(out, junit, seen, streams)
    work = Batch(items, options, streams.catalogue, seen)
    return _Report(streams, seen, count, bar=out is not None or junit is not None).run(work, sinks, out)


def _require_isolation(name: str) -> None:
    """Say what is missing before anything is started.

    Raises:
        JudgeError: the files can't be run here.
    """
    from judge.isolation import require
    from sandbox import SandboxUnavailable

    try:
        require(name, own_code=False)
    except SandboxUnavailable as error:
        raise JudgeError(str(error)) from error


def _items(paths: tuple[Path, ...], streams: Streams, *, follow: bool) -> tuple[Iterable[Item], int | None]:
    """The submissions, and how many there are where that is known."""
    from judge.batch import files_below, items_of_files, items_of_lines

    if not paths:
        raise UsageError("What shall be judged? `judge batch FOLDER`, files, or - for lines of JSON on standard input.")
    for path in paths:
        if str(path).startswith("-") and path != Path("-"):
            raise UsageError(f"There is no option {shown_path(path)}. `judge batch --help` shows what is possible.")
    if Path("-") in paths:
        if len(paths) > 1:
            raise UsageError("- stands for standard input; it can't be mixed with files.")
        if streams.answers is None:
            raise UsageError("Standard input is closed, so there are no lines to read.")
        return items_of_lines(streams.answers.buffer, streams.catalogue.frameworks), None
    files = files_below(paths, follow=follow)
    if files.remark:
        streams.say(files.remark)
    return items_of_files(files.found), len(files.found)


def _earlier(out: Path | None, *, resume: bool) -> list[Seen]:
    """The results that are there already."""
    from judge.batch.results import read_results

    if out is None:
        if resume:
            raise UsageError("--resume goes on with a file of results: say which one with --out FILE.")
        return []
    if out.is_dir():
        raise UsageError(f"--out {shown_path(out)} is a folder. Give the file to write.")
    if not out.parent.is_dir():
        raise UsageError(f"--out {shown_path(out)} can't be written: there is no folder {shown_path(out.parent)}.")
    if resume:
        return read_results(out)
    if out.exists() and out.stat().st_size:
        raise UsageError(
            f"{shown_path(out)} holds results already. --resume goes on with it; for a batch from the beginning, "
            "give another file or remove it."
        )
    return []


def _any_seed(configuration: Configuration, streams: Streams, *, problem: str | None, framework: str | None) -> int:
    """A seed for all: of the problem that was named, one whose cases are ready."""
    if problem is None or not configuration.cache_mib:
        return fresh_seed()
    from judge.service.ready_sets import ReadySets

    named = streams.catalogue.find(problem)
    chosen = named.model if framework is None else named.framework(framework)
    taken = ReadySets(streams.places.case_sets_folder).take(named, chosen)
    return fresh_seed() if taken is None else taken


def _options(
    configuration: Configuration,
    streams: Streams,
    seen: list[Seen],
    *,
    problem: str | None,
    framework: str | None,
    jobs: int,
    effort: str,
) -> Options:
    from judge.batch import Options
    from judge.service.requests import Effort, settings_of

    seed = configuration.seed
    if seed is None:
        seed = seen[-1].seed if seen else _any_seed(configuration, streams, problem=problem, framework=framework)
    return Options(
        seed=seed,
        jobs=jobs,
        settings=settings_of(configuration, own_code=False),
        problem=problem,
        framework=framework,
        packs=tuple(str(folder) for folder in configuration.packs),
        effort=Effort(effort),
    )


def _sinks(out: Path | None, junit: Path | None, seen: list[Seen], streams: Streams) -> list[Sink]:
    """Where results go. What `--resume` reads is written last."""
    from judge.batch.results import JsonLines, JUnitFolder, open_results

    sinks: list[Sink] = []
    if junit is not None:
        sinks.append(JUnitFolder(junit, seen))
    if out is not None:
        sinks.append(open_results(out))
    elif junit is None:
        sinks.append(JsonLines(streams.write_bytes))
    return sinks


class _Report:
    """Carries results to where they go, and tells the one who waits.

    Args:
        streams: where to print.
        seen: results that were there already.
        count: of the submissions; None where it is not known.
        bar: a bar may be shown: results don't go to the same terminal.
    """

    def __init__(self, streams: Streams, seen: list[Seen], count: int | None, *, bar: bool) -> None:
        from judge.batch.summary import Tally

        self._streams = streams
        self._count = count
        self._bar = bar
        self._tally: Tally = Tally()
        self._levels: set[tuple[str, str]] = set()
        self._skipped = 0
        self._judged = 0
        for each in {(each.id, each.sha256): each for each in seen}.values():
            self._tally.add(each)

    def run(self, work: Batch, sinks: list[Sink], out: Path | None) -> int:
        """Do all of it, and return the exit status."""
        begun = time.monotonic()
        stopped: BaseException | None = None
        try:
            with self._shown() as advance:
                self._carry(work, sinks, advance)
        except (KeyboardInterrupt, JudgeError) as error:
            stopped = error
        finally:
            work.close()
            for sink in sinks:
                sink.close()
        self._summarise(time.monotonic() - begun)
        return self._status(stopped, out)

    def _carry(self, work: Batch, sinks: list[Sink], advance: Callable[[], object]) -> None:
        for outcome in work.run():
            line = outcome.line
            if line is None:
                self._skipped += 1
            else:
                for sink in sinks:
                    sink.add(line)
                self._judged += 1
                self._tally.add(line.seen, copy=line.same_as is not None)
                if line.verdict.sandbox is not None:
                    self._levels.add((line.verdict.sandbox.kind, line.verdict.sandbox.level))
            advance()
            if self._streams.out is None and not self._bar:
                raise JudgeError("Nobody reads the results any more.")

    @contextmanager
    def _shown(self) -> Iterator[Callable[[], object]]:
        console = self._streams.error_console()
        if not console.is_terminal or not self._bar:
            yield lambda: None
            return
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("judging"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task("judging", total=self._count)
            yield lambda: progress.advance(task)

    def _summarise(self, seconds: float) -> None:
        from judge.batch.summary import print_summary
        from judge.isolation import warning

        said = [f"{self._judged} judged in {seconds:.0f} s"]
        if self._judged and seconds:
            said[0] += f" ({60 * self._judged / seconds:.0f} a minute)"
        if self._tally.copies:
            said.append(f"{self._tally.copies} of them have the same code as another file")
        if self._skipped:
            said.append(f"{self._skipped} were there already")
        if self._tally.total:
            print_summary(self._tally, self._streams.error_console())
        self._streams.say("; ".join(said) + ".")
        for kind, level in sorted(self._levels):
            if words := warning(kind, level):
                self._streams.say(words)

    def _status(self, stopped: BaseException | None, out: Path | None) -> int:
        again = "`--resume` goes on from here." if out is not None else "With --out FILE, --resume can go on."
        if isinstance(stopped, KeyboardInterrupt):
            self._streams.say(f"Interrupted; what was judged is kept. {again}")
            return EXIT_INTERRUPTED
        if stopped is not None:
            self._streams.say(f"{stopped} What was judged is kept. {again}")
            return EXIT_FAILED
        if self._tally.failures:
            self._streams.say(f"The judge itself failed on {self._tally.failures}: their results say how.")
            return EXIT_FAILED
        if self._tally.refused:
            self._streams.say(f"{self._tally.refused} could not be judged: their results say why, under `error`.")
            return EXIT_SOME_NOT_JUDGED
        return EXIT_ALL_JUDGED
