"""Judging in this process, for tests and proofs. A crash takes the process along, and a request is given up between events only."""

from __future__ import annotations

import itertools

from judge.service.look import likely_framework
from judge.service.messages import Ahead
from judge.service.refusing import refused
from judge.service.requests import Cancelled, Chosen, Event, Final, Request, Settings, Tell
from judge.service.warm import WarmJudge


class _GivenUp(BaseException):
    """The request was cancelled: raised where it tells its next event."""


class InProcess:
    """Judges each file while `submit` waits."""

    def __init__(self) -> None:
        self._warm = WarmJudge()
        self._numbers = itertools.count(1)
        self._cancelled: set[int] = set()

    def submit(self, request: Request, tell: Tell) -> int:
        """Judge a file; its final event has been told when this returns."""
        number = next(self._numbers)

        def passed_on(event: Event) -> None:
            tell(event)
            if number in self._cancelled:
                raise _GivenUp

        tell(self._judged(number, request, passed_on))
        self._cancelled.discard(number)
        return number

    def prepare(self, problem: Chosen | None, framework: str, seed: int | None, settings: Settings) -> None:
        """Get ready now."""
        self._warm.warm(settings, likely_framework(problem, framework))
        if problem is not None and seed is not None:
            for _ in self._warm.ahead(Ahead(problem, framework, seed, settings)):
                pass

    def cancel(self, number: int) -> None:
        """Give a request up at its next event: called from `tell`, or from another thread."""
        self._cancelled.add(number)

    def close(self) -> None:
        """Close the sandboxes."""
        self._warm.close()

    def _judged(self, number: int, request: Request, tell: Tell) -> Final:
        try:
            return self._warm.judge(number, request, tell)
        except _GivenUp:
            self._warm.reset()
            return Cancelled(number)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is said, and the next file is judged
            return refused(number, error, self._warm.reset)
