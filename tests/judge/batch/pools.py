"""What stands in for a pool of processes that judge: it answers at once, by what the source says."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import msgspec

from judge.service.requests import Crashed, Event, Final, Judged, Refused, Request, Trouble
from judge.verdict import Diagnosis, Kind, Verdict


class Pool:
    """Answers by what the source says, in place of processes that judge."""

    judged: ClassVar[list[str]] = []
    jobs: ClassVar[list[int]] = []
    efforts: ClassVar[list[str]] = []

    def __init__(self, jobs: int, make: Callable[[], object]) -> None:
        self.jobs.append(jobs)
        self._number = 0

    def submit(self, request: Request, tell: Callable[[Event], None]) -> int:
        self._number += 1
        self.judged.append(request.source.decode())
        self.efforts.append(request.effort.value)
        tell(self._final(self._number, request))
        return self._number

    def close(self) -> None: ...

    def _final(self, number: int, request: Request) -> Final:
        source = request.source.decode()
        if source.startswith("kills"):
            return Crashed(number, "signal 9")
        if source == "stuck":
            return Crashed(number, "it does not start", began=False)
        if source in ("usage", "problem", "sandbox", "failure"):
            return Refused(number, Trouble(source), f"because of {source}")
        wrong = source == "wrong"
        verdict = Verdict(
            problem="lstm",
            framework="torch",
            verdict=Kind.WRONG_ANSWER if wrong else Kind.ACCEPTED,
            seed=request.seed or 0,
            seconds=0.1,
            diagnosis=Diagnosis(mistake="m", explanation="e", title="Gates swapped") if wrong else None,
        )
        return Judged(number, msgspec.json.encode(verdict))
