"""`judge watch`: judge at every save."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from judge.commands.judging import repeat_command, report, require_file, warn_of
from judge.commands.parameters import Framework, Hints, Injected, Sandbox
from judge.errors import UsageError
from judge.session import Session, shown_path
from judge.text import escaped

if TYPE_CHECKING:
    from judge.store import Store
    from judge.verdict import Verdict
    from judge.watching import Saved
    from judge.workers.messages import Noticed

EXIT_STOPPED = 0
EARLIER = {
    "fixed": "The counterexample of before is right now: that one is fixed.",
    "still": "The counterexample of before still fails.",
}


def watch(
    *files: Path,
    problem: str | None = None,
    framework: Framework = None,
    seed: str | None = None,
    sandbox: Sandbox = None,
    hints: Hints = None,
    session: Injected,
) -> int:
    """Judge files at every save, until Ctrl-C.

    Each save is judged on fresh cases, drawn while you type, and on the counterexample of before.

    Args:
        files: the solutions to watch.
        problem: the problem, where neither a file's name nor what it defines tells.
        framework: torch, numpy or python, where the imports don't tell.
        seed: a whole number; the same cases at every save.
        sandbox: where the files run; auto takes the strongest that works here.
        hints: of a mistake that is recognised, show a question that leads to it (ladder), its explanation (full) or nothing (off).
        session: where to print.
    """
    if not files:
        raise UsageError("Which file shall be watched? `judge watch FILE`.")
    configuration = session.configuration(sandbox=sandbox, seed=seed, hints=hints)
    for file in files:
        require_file(file, session.catalogue)
    if problem is not None:
        session.catalogue.find(problem)
    from judge.submission import MOST_SOURCE_BYTES
    from judge.watching import Saves, Watching
    from judge.watching.watching import Options
    from judge.workers.messages import settings_of

    options = Options(
        settings=settings_of(configuration, own_code=True),
        problem=problem,
        framework=framework,
        seed=configuration.seed,
    )
    typed = {"problem": problem, "framework": framework, "sandbox": sandbox}
    with session.store() as store:
        shown = _Page(session, store, hints=configuration.hints, typed=typed, auto=configuration.sandbox == "auto")
        watching = Watching(options, session.catalogue, shown)
        unique = list(dict.fromkeys(files))
        saves = Saves(unique, watching.tell, most_bytes=MOST_SOURCE_BYTES)
        try:
            watching.run(unique)
        except KeyboardInterrupt:
            session.end_progress()
            session.say("Stopped watching.")
        finally:
            saves.close()
    return EXIT_STOPPED


class _Page:
    """What a person sees, and what is remembered of it."""

    def __init__(self, session: Session, store: Store, *, hints: str, typed: dict[str, str | None], auto: bool) -> None:
        self._session = session
        self._store = store
        self._hints = hints
        self._typed = typed
        self._auto = auto
        self._progress = session.progress()
        self._file = Path()

    def judging(self, file: Path) -> None:
        """This file is judged now."""
        self._file = file
        self.stage(f"judging {shown_path(file)}")

    def stage(self, text: str) -> None:
        """What is being done."""
        if self._progress is not None:
            self._progress(text)

    def noticed(self, word: Noticed) -> None:
        """What fails, at once; the whole report comes after it."""
        from judge.reports.practice import noticed
        from judge.reports.style import Painter

        self._session.end_progress()
        name, paint = escaped(self._file.name), Painter(self._session.colour)
        text = noticed(
            word.verdict, word.check, word.sentence, width=self._session.width, paint=paint, before=f"{name}: "
        )
        self._session.write(f"{text}\n\n")

    def verdict(self, saved: Saved, verdict: Verdict, earlier: str) -> None:
        """The report, as `judge run` prints it."""
        file = saved.file
        self._store.add_attempt(verdict, file_name=file.name, source=saved.source)
        self._session.end_progress()
        repeat = repeat_command(file, verdict.seed, self._typed)
        report(verdict, file.name, repeat, self._hints, self._session)
        after = [EARLIER[earlier]] if earlier in EARLIER else []
        at = f"{self._session.now().astimezone():%H:%M:%S}"
        self._session.write("\n".join(["", *after, f"{at}  watching; Ctrl-C ends it.", "", ""]))
        if verdict.sandbox is not None and self._auto:
            self._auto = False  # said once
            warn_of(verdict.sandbox, self._session)

    def sentence(self, file: Path, text: str) -> None:
        """Why there is no verdict."""
        self._session.end_progress()
        self._session.say(f"{shown_path(file)} {text}")
