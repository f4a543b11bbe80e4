"""`judge watch`: judge at every save."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from judge.commands.judging import require_file
from judge.commands.parameters import FrameworkName, Hints, Injected, Sandbox, known_frameworks, require_framework
from judge.commands.reporting import repeat_command, report_closing, report_opening, say_first_failure, warn_of
from judge.console import Streams, shown_path
from judge.verdict import UsageError

if TYPE_CHECKING:
    from judge.records import Store
    from judge.service.requests import FirstFailure
    from judge.terminal.saves import Saved
    from judge.verdict import Verdict

EXIT_STOPPED = 0
EARLIER = {
    True: "The counterexample of before is right now: that one is fixed.",
    False: "The counterexample of before still fails.",
}


def watch(
    *files: Path,
    problem: str | None = None,
    framework: FrameworkName = None,
    seed: str | None = None,
    sandbox: Sandbox = None,
    hints: Hints = None,
    streams: Injected,
) -> int:
    """Judge files at every save, until Ctrl-C.

    Each save is judged on fresh cases, drawn while you type, and on the counterexample of before.

    Args:
        files: the solutions to watch.
        problem: the problem, where neither a file's name nor what it defines tells.
        framework: torch, numpy, python or one of a pack, where the imports don't tell.
        seed: a whole number; the same cases at every save.
        sandbox: where the files run; auto takes the strongest that works here.
        hints: of a mistake that is recognised, show a question that leads to it (ladder), its explanation (full) or nothing (off).
        streams: where to print.
    """
    if not files:
        raise UsageError("Which file shall be watched? `judge watch FILE`.")
    configuration = streams.configuration(sandbox=sandbox, seed=seed, hints=hints)
    for file in files:
        require_file(file, streams.catalogue)
    require_framework(framework, known_frameworks(streams.catalogue, problem))
    from judge.service.requests import settings_of
    from judge.service.worker_judge import WorkerJudge
    from judge.terminal.saves import Saves
    from judge.terminal.watching import Options, Watching

    options = Options(
        settings=settings_of(configuration, own_code=True),
        problem=problem,
        framework=framework,
        seed=configuration.seed,
    )
    typed = {"problem": problem, "framework": framework, "sandbox": sandbox}
    with streams.store() as store:
        shown = _Page(streams, store, hints=configuration.hints, typed=typed, auto=configuration.sandbox == "auto")
        judge = WorkerJudge(catalogue=streams.catalogue)
        watching = Watching(options, streams.catalogue, shown, judge)
        unique = list(dict.fromkeys(files))
        saves = Saves(unique, watching.tell)
        try:
            watching.run(unique)
        except KeyboardInterrupt:
            streams.end_progress()
            streams.say("Stopped watching.")
        finally:
            saves.close()
    return EXIT_STOPPED


class _Page:
    """What a person sees, and what is remembered of it."""

    def __init__(self, streams: Streams, store: Store, *, hints: str, typed: dict[str, str | None], auto: bool) -> None:
        self._streams = streams
        self._store = store
        self._hints = hints
        self._typed = typed
        self._auto = auto
        self._progress = streams.progress()
        self._file = Path()
        self._kept = ""  # the uid of the attempt, once its report has begun

    def judging(self, file: Path) -> None:
        """This file is judged now."""
        self._file, self._kept = file, ""
        self.stage(f"judging {shown_path(file)}")

    def stage(self, text: str) -> None:
        """What is being done."""
        if self._progress is not None:
            self._progress(text)

    def first_failure(self, event: FirstFailure) -> None:
        """What fails, at once; the whole report comes after it."""
        say_first_failure(event, self._file.name, self._streams)

    def decided(self, saved: Saved, verdict: Verdict) -> None:
        """The report, before the mistake is looked for; once for a save."""
        if not self._kept:
            self._kept = self._store.add_attempt(verdict, file_name=saved.file.name, source=saved.source)
            report_opening(verdict, saved.file.name, self._streams)

    def verdict(self, saved: Saved, verdict: Verdict, mended: bool | None) -> None:
        """The rest of the report, as `judge run` prints it."""
        file = saved.file
        if self._kept:
            self._store.explain_attempt(self._kept, verdict)
        self.decided(saved, verdict)
        repeat = repeat_command(file, verdict.seed, self._typed)
        report_closing(verdict, file.name, repeat, self._hints, self._streams, again=False)
        after = [EARLIER[mended]] if mended is not None else []
        at = f"{self._streams.now().astimezone():%H:%M:%S}"
        self._streams.write("\n".join(["", *after, f"{at}  watching; Ctrl-C ends it.", "", ""]))
        if verdict.sandbox is not None and self._auto:
            self._auto = False  # said once
            warn_of(verdict.sandbox, self._streams)

    def sentence(self, file: Path, text: str) -> None:
        """Why there is no verdict."""
        self._streams.end_progress()
        self._streams.say(f"{shown_path(file)} {text}")
