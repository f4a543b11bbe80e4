"""Judging in a process of its own, which is replaced where it ends. This imports nothing heavy."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable

import msgspec

from judge.service.look import likely_framework, looked_at
from judge.service.messages import Ahead, Alive, Cancel, Ready, Submit, Warm, Word, frame
from judge.service.requests import Cancelled, Chosen, Crashed, Event, Final, Refused, Request, Settings, Tell, Trouble
from judge.service.worker import Gone, Worker
from judge.settings import fresh_seed
from judge.verdict import failure_words
from problems import Catalogue

SILENT_SECONDS = 60.0
TICK_SECONDS = 1.0
MOST_STARTS = 2  # one may be killed while it starts; where the next one does not start either, none will
Start = Callable[[Callable[[Word | Gone], None]], Worker]


class _Open:
    """A request that was not answered yet.

    Attributes:
        tries: in how many processes it was judged that have ended.
        cancelled: nobody waits for it.
    """

    def __init__(self, request: Request, tell: Tell) -> None:
        self.request = request
        self.tell = tell
        self.tries = 0
        self.cancelled = False


class WorkerJudge:
    """Judges one file after the other in one process. A file on which the process ends is tried once more in a new one.

    The lock is held for moments only: nobody is told anything, and no process is waited for, while it is.

    Args:
        silent_seconds: after which the process counts as hung, and is ended.
        looks_first: read a file here already: one that need not be run is answered at once, and the process is not started for it.
        catalogue: the problems there are, for such a look; None: those of a request's packs.
        most_tries: in how many processes a file is tried.
        start: starts the process.
    """

    def __init__(
        self,
        *,
        silent_seconds: float = SILENT_SECONDS,
        looks_first: bool = True,
        catalogue: Catalogue | None = None,
        most_tries: int = 2,
        start: Start = Worker,
    ) -> None:
        self._silent_seconds = silent_seconds
        self._looks_first = looks_first
        self._catalogue = catalogue
        self._most_tries = most_tries
        self._start = start
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._open: dict[int, _Open] = {}  # in the order in which the process takes them
        self._worker: Worker | None = None
        self._starts = 0  # since a process was ready
        self._was_ready = False
        self._warm: Warm | None = None  # what was asked for last
        self._closed = False
        self._works = threading.Event()
        self._pause = threading.Event()
        self._watchman: threading.Thread | None = None

    @property
    def pid(self) -> int:
        """Of the process; 0 where none runs."""
        worker = self._worker
        return worker.pid if worker is not None else 0

    @property
    def ready(self) -> bool:
        """Whether the process that runs has imported all it needs."""
        worker = self._worker
        return worker is not None and worker.ready

    def submit(self, request: Request, tell: Tell) -> int:
        """Have a file judged, after those that were submitted before."""
        number = next(self._numbers)
        found = looked_at(number, request, self._catalogue) if self._looks_first else request
        if not isinstance(found, Request):
            tell(found)
            return number
        # The seed is drawn here, so that a second try has the same, unless the cases of another one are ready.
        any_seed = found.seed is None or found.any_seed
        final = self._taken(number, msgspec.structs.replace(found, seed=_seed(found), any_seed=any_seed), tell)
        if final is not None:
            tell(final)
        return number

    def prepare(self, problem: Chosen | None, framework: str, seed: int | None, settings: Settings) -> None:
        """Get ready while nothing else is to be done."""
        with self._lock:
            if self._closed:
                return
            worker = self._running(Warm(settings, likely_framework(problem, framework)))
            if problem is not None:
                worker.post(Ahead(problem, framework, seed, settings))

    def cancel(self, number: int) -> None:
        """Nobody waits for this request any more."""
        with self._lock:
            if number in self._open and self._worker is not None:
                self._open[number].cancelled = True
                self._worker.post(Cancel(number))

    def stop(self) -> None:
        """Take nothing more; `close` ends the rest."""
        with self._lock:
            self._closed = True
            self._works.set()
            self._pause.set()

    def close(self) -> None:
        """End the process, in the middle of a file too."""
        self.stop()
        with self._lock:
            worker, self._worker = self._worker, None
            left, self._open = self._open, {}
        if worker is not None:
            worker.close()
        for number, each in left.items():
            each.tell(Cancelled(number))
        if self._watchman is not None and self._watchman is not threading.current_thread():
            self._watchman.join(2 * TICK_SECONDS)

    def _taken(self, number: int, request: Request, tell: Tell) -> Final | None:
        """Hand a request to the process; what comes of it already where that can't be."""
        submit = Submit(number, request)
        try:
            frame(submit)
        except (OverflowError, TypeError, ValueError) as error:  # as a number that no message can hold
            return Refused(number, Trouble.FAILURE, failure_words(f"{type(error).__name__}: {error}"))
        with self._lock:
            if self._closed:
                return Cancelled(number)
            self._open[number] = _Open(request, tell)
            try:
                self._running(_warm(request)).post(submit)
            except OSError as error:
                del self._open[number]
                return Crashed(number, _not_started(error), began=self._was_ready)
            self._watch()
        return None

    def _running(self, warm: Warm) -> Worker:
        """The process, warm for this; a new one where none runs. Called with the lock held.

        Raises:
            OSError: none can be started.
        """
        if self._worker is None:
            self._starts += 1
            holder: list[Worker] = []
            began = threading.Event()

            def deliver(word: Word | Gone) -> None:
                began.wait()
                self._deliver(holder[0], word)

            worker = self._start(deliver)
            holder.append(worker)
            began.set()
            self._worker = worker
            worker.post(warm)
        elif warm != self._warm:
            self._worker.post(warm)
        self._warm = warm
        return self._worker

    def _deliver(self, worker: Worker, word: Word | Gone) -> None:
        """Thread: what the process says."""
        if isinstance(word, Gone):
            self._lost(worker, word.why)
        elif isinstance(word, Ready):
            self._starts, self._was_ready = 0, True
        elif not isinstance(word, Alive):
            self._pass_on(worker, word)

    def _pass_on(self, worker: Worker, event: Event) -> None:
        with self._lock:
            if worker is not self._worker:
                return  # the last words of one that was replaced
            found = self._open.get(event.number)
            if found is None:
                return
            if isinstance(event, Cancelled) and not found.cancelled:
                # An interruption that was meant for the one before it came late.
                self._open[event.number] = self._open.pop(event.number)
                worker.post(Submit(event.number, found.request))
                return
            if isinstance(event, Final):
                del self._open[event.number]
                if not self._open:
                    self._works.clear()
        found.tell(event)

    def _lost(self, worker: Worker, why: str) -> None:
        """The process has ended: what it was at is tried once more in a new one, and what waited is judged after it."""
        told: list[tuple[Tell, Final]] = []
        with self._lock:
            if worker is not self._worker:
                return
            self._worker = None
            for number in [number for number, each in self._open.items() if each.cancelled]:
                told.append((self._open.pop(number).tell, Cancelled(number)))
            if not worker.ready and self._starts >= MOST_STARTS:
                told += self._given_up(why)
            elif self._open:
                number, current = next(iter(self._open.items()))
                current.tries += worker.ready  # else it was not begun
                if current.tries >= self._most_tries:
                    told.append((self._open.pop(number).tell, Crashed(number, why)))
            try:
                self._begin_again()
            except OSError as error:
                told += self._given_up(_not_started(error))
            if not self._open:
                self._works.clear()
        worker.close()
        for tell, event in told:
            tell(event)

    def _begin_again(self) -> None:
        """Hand what is open to a new process; where nothing is, have one ready. Called with the lock held."""
        if not self._open and self._warm is not None and self._starts < MOST_STARTS:
            self._running(self._warm)
        for number, each in self._open.items():
            self._running(_warm(each.request)).post(Submit(number, each.request))

    def _given_up(self, why: str) -> list[tuple[Tell, Final]]:
        """All that is open has no verdict. Called with the lock held."""
        left, self._open = self._open, {}
        self._starts, self._warm = 0, None
        return [(each.tell, Crashed(number, why, began=self._was_ready)) for number, each in left.items()]

    def _watch(self) -> None:
        """See to it that a process that says nothing is ended. Called with the lock held."""
        self._works.set()
        if self._watchman is None:
            self._watchman = threading.Thread(target=self._end_the_silent, name="watchman", daemon=True)
            self._watchman.start()

    def _end_the_silent(self) -> None:
        """Thread: sleeps where there is nothing to do."""
        while not self._closed:
            self._works.wait()
            worker = self._worker
            if worker is not None and self._open and worker.silent_seconds > self._silent_seconds:
                self._lost(worker, f"it was silent for {self._silent_seconds:g} seconds")
            self._pause.wait(TICK_SECONDS)


def _warm(request: Request) -> Warm:
    return Warm(request.settings, likely_framework(request.problem, request.framework))


def _seed(request: Request) -> int:
    return fresh_seed() if request.seed is None else request.seed


def _not_started(error: OSError) -> str:
    return f"it can't be started: {error.strerror or error}"
