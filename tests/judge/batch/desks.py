"""What stands in for processes that judge: it answers at once, by what the source says."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from judge.verdict import Diagnosis, Kind, Verdict
from judge.workers.messages import Done, Refused, Task, Trouble, Warm
from judge.workers.worker import WorkerGone


class Desk:
    """Answers by what the source says, in place of a process that judges."""

    judged: ClassVar[list[str]] = []
    made = 0
    ends: ClassVar[dict[str, int]] = {}

    def __init__(self, silent_seconds: float) -> None:
        type(self).made += 1
        self.was_ready = True

    def post(self, order: Warm) -> None:
        assert isinstance(order, Warm)

    def close(self) -> None: ...

    def judge(self, task: Task) -> Done | Refused:
        source = task.source.decode()
        self.judged.append(source)
        if source.startswith("kills") and self.ends.get(source, 0) < int(source.split()[1]):
            self.ends[source] = self.ends.get(source, 0) + 1
            raise WorkerGone("signal 9")
        if source == "stuck":
            self.was_ready = False
            raise WorkerGone("it does not start")
        if source in ("usage", "problem", "sandbox", "failure"):
            return Refused(task.number, Trouble(source), f"because of {source}")
        wrong = source == "wrong"
        verdict = Verdict(
            problem="lstm",
            framework="torch",
            verdict=Kind.WRONG_ANSWER if wrong else Kind.ACCEPTED,
            seed=task.seed,
            seconds=0.1,
            diagnosis=Diagnosis(mistake="m", explanation="e", title="Gates swapped") if wrong else None,
        )
        return Done(task.number, msgspec.json.encode(verdict))
