"""A batch on its way: submissions go to processes that judge, results come back as they are ready.

One thread reads the submissions, never far ahead; one for each process gives it tasks; the caller's thread keeps the books and hands out
results. A process that ends on a submission is replaced, and the submission is tried once more in the new one.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator

import msgspec

from judge.batch.results import Line, Seen, harmless
from judge.batch.submissions import Item
from judge.errors import JudgeError
from judge.verdict import Kind, Verdict
from judge.workers.messages import Cancelled, Chosen, Done, Refused, Settings, Task, Trouble, Warm, chosen
from judge.workers.worker import Desk, WorkerGone
from problems import AmbiguousProblem, BrokenProblem, Catalogue, Problem, UnknownProblem

AHEAD = 4  # submissions read for each process beyond the one it is at


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How a batch is judged.

    Attributes:
        seed: of all cases.
        jobs: processes that judge.
        settings: where and within which limits.
        problem: of all that name none; None: told from each.
        framework: of all that name none; None: told from each.
        packs: folders of further problems.
        silent_seconds: after which a process counts as hung.
    """

    seed: int
    jobs: int
    settings: Settings
    problem: str | None = None
    framework: str | None = None
    packs: tuple[str, ...] = ()
    silent_seconds: float = 60.0


class Outcome(msgspec.Struct, frozen=True):
    """A submission that is done with: its result, or None where it was there already."""

    item: Item
    line: Line | None


class _End(msgspec.Struct, frozen=True):
    """There are no more submissions; `failure` says why where that was not their end."""

    failure: Exception | None = None


class _Job(msgspec.Struct, frozen=True):
    item: Item
    task: Task


class _Found(msgspec.Struct, frozen=True):
    job: _Job
    verdict: Verdict | JudgeError


class Batch:
    """Judges submissions.

    Args:
        items: the submissions, read as they are needed.
        options: see there.
        catalogue: the problems there are.
        seen: results that are there already.
    """

    def __init__(
        self, items: Iterable[Item], options: Options, catalogue: Catalogue, seen: Iterable[Seen] = ()
    ) -> None:
        self._items = items
        self._options = options
        self._catalogue = catalogue
        self._seen = {(each.id, each.sha256) for each in seen if each.seed == options.seed}
        self._events: queue.SimpleQueue[Item | _Found | _End] = queue.SimpleQueue()
        self._todo: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._room = threading.Semaphore(options.jobs * (AHEAD + 1))
        self._desks: list[Desk] = []
        self._waiting: dict[tuple[object, ...], list[Item]] = {}
        self._judged: dict[tuple[object, ...], Line] = {}
        self._numbers = 0
        self._open = 0

    def run(self) -> Iterator[Outcome]:
        """What becomes of each submission, as it is known.

        Raises:
            JudgeError: nothing can be judged here: no sandbox works, or the processes don't start.
        """
        self._start()
        ended = False
        try:
            while not ended or self._open:
                match event := self._events.get():
                    case Item():
                        yield from self._arrived(event)
                    case _Found():
                        yield from self._found(event)
                    case _End():
                        if event.failure is not None:
                            raise event.failure
                        ended = True
        finally:
            self.close()

    def close(self) -> None:
        """End the processes, in the middle of a submission too."""
        for desk in self._desks:
            self._todo.put(None)
            desk.close()

    def _start(self) -> None:
        threading.Thread(target=self._feed, name="submissions", daemon=True).start()
        for number in range(self._options.jobs):
            desk = Desk(self._options.silent_seconds)
            self._desks.append(desk)
            threading.Thread(target=self._serve, args=(desk,), name=f"job {number + 1}", daemon=True).start()

    def _feed(self) -> None:
        """Thread: submissions, as there is room for them."""
        try:
            for item in self._items:
                self._room.acquire()
                self._events.put(item)
        except Exception as error:  # noqa: BLE001 - handed to the thread that keeps the books
            self._events.put(_End(error))
            return
        self._events.put(_End())

    def _arrived(self, item: Item) -> Iterator[Outcome]:
        if (item.id, item.sha256) in self._seen or (harmless(item.id), item.sha256) in self._seen:
            yield self._done(item, None)
            return
        problem = item.problem if item.problem is not None else self._options.problem
        framework = item.framework or self._options.framework
        found: Chosen | None = None
        if item.error:
            yield self._done(item, self._line(item, self._refusal(item.error)))
            return
        if problem is not None:
            try:
                found = chosen(self._named(item, problem))
            except (UnknownProblem, AmbiguousProblem, BrokenProblem) as error:
                yield self._done(item, self._line(item, self._refusal(str(error))))
                return
        key = (item.sha256, found or self._by_stem(item), framework)
        if key in self._judged:
            yield self._done(item, _same(item, self._judged[key]))
        elif key in self._waiting:
            self._waiting[key].append(item)
            self._open += 1
        else:
            self._waiting[key] = []
            self._open += 1
            self._numbers += 1
            self._todo.put(_Job(item, self._task(item, found, framework)))

    def _named(self, item: Item, problem: str) -> Problem:
        """The problem of this name. One that comes with a submission leads to no folder: checks are code that is trusted."""
        return self._catalogue.find(problem) if item.problem is None else self._catalogue.listed(problem)

    def _by_stem(self, item: Item) -> str:
        """What the file's name says of the problem; "" where it is no problem's name."""
        try:
            return self._catalogue.find(item.stem).name
        except (UnknownProblem, BrokenProblem):
            return ""
        except AmbiguousProblem:
            return item.stem

    def _task(self, item: Item, found: Chosen | None, framework: str | None) -> Task:
        return Task(
            number=self._numbers,
            source=item.source,
            filename=item.filename,
            stem=item.stem,
            problem=found,
            framework=framework,
            packs=self._options.packs,
            seed=self._options.seed,
            settings=self._options.settings,
            keep=True,
            cost=False,
        )

    def _found(self, found: _Found) -> Iterator[Outcome]:
        if isinstance(found.verdict, JudgeError):
            raise found.verdict
        item, task = found.job.item, found.job.task
        line = self._line(item, found.verdict)
        key = (item.sha256, task.problem or self._by_stem(item), task.framework)
        self._judged[key] = line
        self._open -= 1
        yield self._done(item, line)
        for other in self._waiting.pop(key):
            self._open -= 1
            yield self._done(other, _same(other, line))

    def _done(self, item: Item, line: Line | None) -> Outcome:
        self._room.release()
        return Outcome(msgspec.structs.replace(item, source=b""), line)

    def _line(self, item: Item, verdict: Verdict) -> Line:
        return Line(id=item.id, sha256=item.sha256, same_as=None, verdict=verdict, filename=item.filename)

    def _refusal(self, sentence: str, kind: Kind | None = None) -> Verdict:
        return Verdict(problem=None, framework=None, verdict=kind, seed=self._options.seed, seconds=0.0, error=sentence)

    def _serve(self, desk: Desk) -> None:
        """Thread: give one process its tasks."""
        cold = True
        try:
            while (job := self._todo.get()) is not None:
                if cold:
                    warm = Warm(self._options.settings, self._likely_framework(job))
                    desk.post(warm)  # the process starts now; the sandbox, while it imports torch
                    cold = False
                self._events.put(_Found(job, self._judge(desk, job.task)))
        except WorkerGone:
            return  # the batch was closed

    def _likely_framework(self, job: _Job) -> str:
        """What the first submission is written for, as far as that is known without reading it."""
        problem = job.item.problem if job.item.problem is not None else self._options.problem
        if job.task.framework is not None or problem is None:
            return job.task.framework or "torch"
        return self._named(job.item, problem).frameworks[0]

    def _judge(self, desk: Desk, task: Task) -> Verdict | JudgeError:
        word: Done | Refused | Cancelled | WorkerGone
        try:
            word = desk.judge(task)
        except WorkerGone:
            try:
                word = desk.judge(task)  # alone, in a new process
            except WorkerGone as error:
                word = error
        match word:
            case Done():
                return word.verdict
            case WorkerGone() if not desk.was_ready:
                return JudgeError(f"The processes that judge don't start: {word}")
            case WorkerGone():
                why = f"The process that judges ended on it, twice: {word}. This says nothing about the solution."
                return self._refusal(why, Kind.INTERNAL_ERROR)
            case Refused(trouble=Trouble.SANDBOX):
                return JudgeError(word.sentence)
            case Refused(trouble=Trouble.USAGE):
                return self._refusal(word.sentence)
            case Refused():
                return self._refusal(word.sentence, Kind.INTERNAL_ERROR)
            case Cancelled():
                return self._refusal("It was given up.", Kind.INTERNAL_ERROR)


def _same(item: Item, line: Line) -> Line:
    return msgspec.structs.replace(line, id=item.id, same_as=line.id, filename=item.filename)
