"""A batch on its way: submissions go to processes that judge, results come back as they are ready.

One thread reads the submissions, never far ahead; the caller's thread keeps the books, hands submissions to a pool of processes, and hands
out results.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator

import msgspec

from judge.batch.results import Line, Seen, harmless
from judge.batch.submissions import Item
from judge.service.pool_judge import PoolJudge
from judge.service.requests import (
    Cancelled,
    Chosen,
    Crashed,
    Effort,
    Final,
    Judged,
    Refused,
    Request,
    Settings,
    Trouble,
    chosen,
)
from judge.service.waiting import why_not
from judge.service.worker_judge import WorkerJudge
from judge.verdict import JudgeError, Kind, Verdict
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
        effort: how much is found out.
        silent_seconds: after which a process counts as hung.
    """

    seed: int
    jobs: int
    settings: Settings
    problem: str | None = None
    framework: str | None = None
    packs: tuple[str, ...] = ()
    effort: Effort = Effort.FULL
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
    request: Request


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
        self._room = threading.Semaphore(options.jobs * (AHEAD + 1))
        # Files are read in the processes that judge: one that reads them all would be what the others wait for.
        self._pool = PoolJudge(
            options.jobs, lambda: WorkerJudge(silent_seconds=options.silent_seconds, looks_first=False)
        )
        self._waiting: dict[tuple[object, ...], list[Item]] = {}
        self._judged: dict[tuple[object, ...], Line] = {}
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
        self._pool.close()

    def _start(self) -> None:
        threading.Thread(target=self._feed, name="submissions", daemon=True).start()

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
            self._submit(_Job(item, self._request(item, found, framework)))

    def _submit(self, job: _Job) -> None:
        def told(event: object) -> None:
            if isinstance(event, Final):
                self._events.put(_Found(job, self._verdict(event)))

        self._pool.submit(job.request, told)

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

    def _request(self, item: Item, found: Chosen | None, framework: str | None) -> Request:
        return Request(
            source=item.source,
            filename=item.filename,
            stem=item.stem,
            problem=found,
            framework=framework,
            packs=self._options.packs,
            seed=self._options.seed,
            settings=self._options.settings,
            effort=self._options.effort,
            keep=True,
            cost=False,
        )

    def _found(self, found: _Found) -> Iterator[Outcome]:
        if isinstance(found.verdict, JudgeError):
            raise found.verdict
        item, request = found.job.item, found.job.request
        line = self._line(item, found.verdict)
        key = (item.sha256, request.problem or self._by_stem(item), request.framework)
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

    def _verdict(self, event: Final) -> Verdict | JudgeError:
        match event:
            case Judged():
                return event.verdict
            case Crashed(began=False) | Refused(trouble=Trouble.SANDBOX):
                return why_not(event)  # nor will any other be judged
            case Refused(trouble=Trouble.USAGE):
                return self._refusal(event.sentence)
            case Refused() | Crashed() | Cancelled():
                return self._refusal(str(why_not(event)), Kind.INTERNAL_ERROR)


def _same(item: Item, line: Line) -> Line:
    return msgspec.structs.replace(line, id=item.id, same_as=line.id, filename=item.filename)
