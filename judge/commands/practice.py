"""`judge practice` and `judge resume`: sessions against the clock."""

from __future__ import annotations

import shlex
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from cyclopts import Parameter

from judge.commands.catalogue import problem_name
from judge.commands.parameters import Flag, FrameworkName, Injected, Number, Sandbox, require_framework
from judge.console import Streams, shown_path
from judge.practice.clock import SystemClock, between, local
from judge.settings import Configuration, fresh_seed
from judge.verdict import UsageError, escaped
from problems import AmbiguousProblem, BrokenProblem, Problem, UnknownProblem

if TYPE_CHECKING:
    from judge.practice.events import Setup, Task
    from judge.records import Log, Store

    Minutes = float | None
else:
    Minutes = float

EXIT_SOLVED = 0
EXIT_NOT_SOLVED = 1
EXIT_LEFT = 130
LONGEST_MINUTES = 24 * 60


def practice(
    name: str | None = None,
    /,
    *,
    mode: Literal["learn", "interview"] = "learn",
    problems: Annotated[str | None, Parameter(show_default=False)] = None,
    topic: str | None = None,
    count: Number = None,
    minutes: Minutes = None,
    read: Minutes = None,
    submissions: Number = 1,
    framework: FrameworkName = None,
    dest: Path = Path(),
    keep: Flag = False,
    fresh: Flag = False,
    edit: Flag = False,
    seed: str | None = None,
    sandbox: Sandbox = None,
    streams: Injected,
) -> int:
    """Practise against the clock: a problem by name, or the one that is due, or the next new one.

    Args:
        name: the problem, by its name or an alias; the file is called as you type it.
        mode: learn judges every save and has hints; interview judges what you submit, once, and ends when the time is up.
        problems: several problems in one interview, with commas between: attention,sampling.
        topic: choose among the problems of this topic; --count says how many.
        count: how many problems of the topic.
        minutes: for all of it; otherwise what an interview gives for the problems.
        read: minutes to read the statement in, before the clock of the coding starts.
        submissions: how often each problem may be submitted in an interview.
        framework: torch, numpy, python or one of a pack, for problems that can be solved in several.
        dest: the folder to work in.
        keep: go on with a file that is there already.
        fresh: begin with the starter; a file that is there is kept under another name.
        edit: open your editor ($VISUAL or $EDITOR) at once; e opens it later.
        seed: a whole number that the cases follow from.
        sandbox: where the file runs.
        streams: where to print.
    """
    from judge.practice.events import Mode, Setup
    from judge.records import begin_session

    configuration = streams.configuration(sandbox=sandbox, seed=seed)
    _require_possible(mode, problems, topic, count, submissions, keep and fresh)
    with streams.store() as store:
        chosen = _chosen(name, problems, topic, count, store, streams)
        brought = (each for _, problem in chosen for each in problem.brought)
        require_framework(framework, tuple(dict.fromkeys((*streams.catalogue.frameworks, *brought))))
        if len(chosen) > 1 and mode == "learn":
            raise UsageError("Several problems at once are an interview: add --mode interview.")
        tasks = tuple(_task(typed, problem, framework, dest) for typed, problem in chosen)
        setup = Setup(
            mode=Mode(mode),
            tasks=tasks,
            minutes=_within("--minutes", minutes, sum(task.minutes for task in tasks)),
            read_minutes=_within("--read", read, 0.0),
            submissions=submissions or 1,
            seed=fresh_seed() if configuration.seed is None else configuration.seed,
            sandbox=configuration.sandbox,
        )
        begins = _knows_of_interviews(setup, store, streams) and _closed_others(setup, store, streams)
        if not begins or not _placed(setup, keep, fresh, streams):
            streams.say("Nothing was begun.")
            return EXIT_SOLVED
        log = begin_session(store, setup, _clock().read())
        return _run(log, store, configuration, streams, edit=edit)


def resume(name: str | None = None, /, *, edit: Flag = False, streams: Injected) -> int:
    """Go on with the session that was cut off or left.

    Args:
        name: a problem of it, where several wait; without it, the latest.
        edit: open your editor at once; e opens it later.
        streams: where to print.
    """
    from judge.records import unfinished
    from judge.terminal.lock import SessionLock

    configuration = streams.configuration()
    wanted = streams.catalogue.find(problem_name(name)).name if name else None
    with streams.store() as store:
        waiting = [log for log in unfinished(store) if wanted in (None, *(task.problem for task in log.setup.tasks))]
        here = [log for log in waiting if not _missing(log, streams)]
        for log in here:
            lock = SessionLock(streams.places.data_folder, log.uid)
            if lock.take():
                lock.release(finished=False)
                for other in waiting:
                    if other is not log and (words := _clock_runs(other)):
                        streams.say(words)
                return _run(log, store, configuration, streams, edit=edit, resumed=True)
        if here:
            raise UsageError("The session goes on in another terminal.")
        if waiting:
            missing = escaped(_missing(waiting[0], streams))
            raise UsageError(
                f"The session can't go on, as there is no problem {missing} here. Install what brings it; or "
                f"`judge history {shlex.quote(missing)} --delete all` deletes what is remembered of it."
            )
        on = f" on {wanted}" if wanted else ""
        raise UsageError(f"There is no session{on} to go on with: `judge practice` begins one.")


def _missing(log: Log, streams: Streams) -> str:
    """A problem of a session that is not here any more, or never was; "" where all are."""
    for task in log.setup.tasks:
        try:
            streams.catalogue.listed(task.problem)
        except (UnknownProblem, AmbiguousProblem, BrokenProblem):
            return task.problem
    return ""


def _run(
    log: Log,
    store: Store,
    configuration: Configuration,
    streams: Streams,
    *,
    edit: bool,
    resumed: bool = False,
) -> int:
    """One session, from here to its end or to where the person leaves."""
    from judge.practice.events import Ending, Mode
    from judge.practice.state import Phase
    from judge.practice.view import minutes
    from judge.service.requests import settings_of
    from judge.service.worker_judge import WorkerJudge
    from judge.terminal.front import front_of
    from judge.terminal.lock import SessionLock
    from judge.terminal.pages import Pages
    from judge.terminal.session_loop import SessionLoop
    from judge.terminal.tools import Left, Tools

    lock = SessionLock(streams.places.data_folder, log.uid)
    if not lock.take():
        raise UsageError("The session goes on in another terminal.")
    tools = Tools(
        store=store,
        clock=_clock(),
        front=front_of(streams),
        pages=Pages(log.setup, streams, hints=configuration.hints, local=local),
        judge=WorkerJudge(catalogue=streams.catalogue),
        settings=msgspec.structs.replace(settings_of(configuration, own_code=True), sandbox=log.setup.sandbox),
        local=local,
        edit=_editor(streams),
        catalogue=streams.catalogue,
    )
    try:
        with _ended_by_signals():
            SessionLoop(log, tools).run(resumed=resumed, edit=edit)
    except (Left, KeyboardInterrupt):
        goes_on = ", and so does the interview's clock" if log.setup.mode is Mode.INTERVIEW else ""
        at = minutes(log.state.coding(log.seen.spent))
        streams.say(f"Left at {at}. `judge resume` goes on{goes_on}.")
        return EXIT_LEFT
    finally:
        lock.release(finished=log.state.phase is Phase.OVER)
    solved = all(task.ending is Ending.SOLVED for task in log.state.tasks)
    return EXIT_SOLVED if solved else EXIT_NOT_SOLVED


def _clock() -> SystemClock:
    return SystemClock()


def _require_possible(
    mode: str, problems: str | None, topic: str | None, count: int | None, submissions: int | None, both: bool
) -> None:
    if both:
        raise UsageError("--keep and --fresh exclude each other.")
    if problems is not None and topic is not None:
        raise UsageError("--problems and --topic exclude each other.")
    if count is not None and (topic is None or count < 1):
        raise UsageError("--count says how many problems of a --topic; it is 1 at least.")
    if submissions is None or not 1 <= submissions <= 100:
        raise UsageError("--submissions must be from 1 to 100.")
    if submissions != 1 and mode == "learn":
        raise UsageError("--submissions is for --mode interview: in learn mode there is no limit.")


def _within(option: str, minutes: float | None, otherwise: float) -> float:
    if minutes is None:
        return otherwise
    if not 0 < minutes <= LONGEST_MINUTES:  # false for NaN, too
        raise UsageError(f"{option} must be a number of minutes greater than 0, a day at most.")
    return minutes


def _chosen(
    name: str | None, problems: str | None, topic: str | None, count: int | None, store: Store, streams: Streams
) -> list[tuple[str, Problem]]:
    """Each problem, and what its file is called after."""
    from judge.practice.choosing import ranked, with_topic
    from judge.records import due_dates

    if name is not None and (problems is not None or topic is not None):
        raise UsageError("Give one name, or --problems, or --topic.")
    if name is not None:
        typed = problem_name(name)
        return [(Path(typed).name, streams.catalogue.find(typed))]
    if problems is not None:
        typed_names = [part.strip().removesuffix(".py") for part in problems.split(",") if part.strip()]
        found = [(Path(typed).name, streams.catalogue.find(typed)) for typed in typed_names]
        if not found or len({problem.name for _, problem in found}) < len(found):
            raise UsageError("--problems takes names with commas between, each problem once: attention,sampling.")
        return found
    among = list(streams.catalogue.problems) if topic is None else with_topic(streams.catalogue.problems, topic)
    wanted = count or 1
    if wanted > len(among):
        raise UsageError(
            f"{len(among)} problem{'s' if len(among) > 1 else ''} with the topic {topic!r}: --count is more."
        )
    order = ranked(among, due=due_dates(store), solved=store.solved(), now=local(streams.now()))
    return [(problem.aliases[0] if problem.aliases else problem.slug, problem) for problem in order[:wanted]]


def _task(typed: str, problem: Problem, framework: str | None, dest: Path) -> Task:
    from judge.practice.events import Task

    if framework is not None and framework not in problem.frameworks:
        raise UsageError(f"{problem.name} is solved in {' or '.join(problem.frameworks)} only: leave --framework out.")
    file = dest.absolute().resolve() / f"{typed}.py"
    return Task(
        problem=problem.name,
        name=typed,
        framework=framework or problem.frameworks[0],
        file=str(file),
        minutes=float(problem.minutes),
    )


def _clock_runs(log: Log) -> str:
    """That an interview is open and how much of its time is left; "" where no time is, or where it is no interview."""
    from judge.practice.events import Mode
    from judge.practice.view import minutes

    left = log.state.left(log.seen.spent + between(log.seen.reading, _clock().read()))
    if log.setup.mode is not Mode.INTERVIEW or left <= 0:
        return ""
    names = " and ".join(task.name for task in log.setup.tasks)
    resume = shlex.join(["judge", "resume", log.setup.tasks[0].name])
    return escaped(
        f"The interview on {names} is still open, and its clock runs: {minutes(left)} left. `{resume}` goes on with it."
    )


def _knows_of_interviews(setup: Setup, store: Store, streams: Streams) -> bool:
    """Name the interviews on other problems whose clock runs, and ask where somebody can answer; False: begin nothing."""
    from judge.records import unfinished

    wanted = {task.problem for task in setup.tasks}
    for log in unfinished(store):
        words = _clock_runs(log)
        if not words or wanted & {task.problem for task in log.setup.tasks}:
            continue
        if not streams.can_answer:
            streams.say(words)
        elif not streams.ask(f"{words} Begin another session all the same?"):
            return False
    return True


def _closed_others(setup: Setup, store: Store, streams: Streams) -> bool:
    """Close earlier sessions on the same problems, asking where somebody can answer; False: leave all as it is."""
    from judge.records import unfinished
    from judge.terminal.lock import SessionLock

    wanted = {task.problem for task in setup.tasks}
    for log in unfinished(store):
        shared = wanted & {task.problem for task in log.setup.tasks}
        lock = SessionLock(streams.places.data_folder, log.uid)
        if not shared or not lock.take():
            continue
        lock.release(finished=False)
        slug = sorted(shared)[0]
        left = f"A session on {slug} of {local(datetime.fromisoformat(log.at)):%d %B, %H:%M} is not finished"
        if streams.can_answer:
            if not streams.ask(f"{left}; `judge resume` goes on with it. Close it, and begin anew?"):
                return False
        else:
            streams.say(f"{left}. It is closed, and a new one is begun.")
        log.abandon()
    return True


def _placed(setup: Setup, keep: bool, fresh: bool, streams: Streams) -> bool:
    """Put the starters where the person works; False: leave all as it is."""
    from judge.terminal.files import Existing, place_starter

    def ask(path: Path, aside: Path) -> Existing:
        if keep:
            return Existing.KEEP
        if fresh:
            streams.say(f"{shown_path(path)} is kept as {shown_path(Path(aside.name))}.")
            return Existing.FRESH
        if not streams.can_answer:
            raise UsageError(
                f"{shown_path(path)} is there already. --keep goes on with it; --fresh begins with the starter and keeps "
                f"yours as {shown_path(Path(aside.name))}."
            )
        answers = {"k": Existing.KEEP, "f": Existing.FRESH}
        question = f"{shown_path(path)} is there already. [k]eep working on it, or begin a[f]resh (yours is kept as {aside.name})?"
        return answers.get(streams.choose(question, "kf"), Existing.STOP)

    return all(
        place_starter(Path(task.file), streams.catalogue.listed(task.problem).starter(task.framework), ask)
        for task in setup.tasks
    )


def _editor(streams: Streams) -> Callable[[str], subprocess.Popen[bytes]] | None:
    """Opens a file in the person's editor."""
    words = streams.environment.get("VISUAL") or streams.environment.get("EDITOR")
    if not words:
        return None
    return lambda file: subprocess.Popen([*shlex.split(words), file])


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """A closed terminal and a polite kill end a session as Ctrl-C does: the terminal is put right, the clock is kept."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    names = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, interrupt) for number in names}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
