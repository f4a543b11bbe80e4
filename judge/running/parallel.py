"""Two runs at once: the cases of a submission's checks are shared out between two processes, which carry them out side by side.

Which process a case goes to depends on the check and on the case's number alone, never on how quick they are: the same solution is
asked the same in the same order, whatever the machine. The first process has the gates, and what is measured, while the other one
rests; the second one begins with the check that asks for a process of its own. Of all else each has every second case.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

import msgspec

from judge.cases import ReadyCheck
from judge.running.examination import Fault
from problems.checks import CheckFacts
from sandbox import Door, End, Reply

AnyCheck = TypeVar("AnyCheck", bound=CheckFacts)
MOST_AHEAD = 4  # checks that a process was asked and has not answered: it need not wait for the judge
Start = Callable[[], tuple[Door, Fault | None]]
Prepare = Callable[[CheckFacts], ReadyCheck]


class CheckReplies(msgspec.Struct, frozen=True):
    """What came back on a check.

    Attributes:
        ready: what was asked.
        replies: to each case.
        end: how the run ended, where it ended in this check; `program` is the number of the case.
        fault: the file did not load in the process that was to carry it out; there are no replies then.
        output: what the process that was asked a case has printed so far, by the number of the case.
    """

    ready: ReadyCheck
    replies: list[list[Reply]]
    end: End | None
    fault: Fault | None
    output: Callable[[int], str]

    @property
    def ended(self) -> bool:
        """Whether no process can be asked anything more without being replaced."""
        return self.end is not None or self.fault is not None


def carry_out(ready: ReadyCheck, door: Door) -> CheckReplies:
    """Ask one process one check, and compute what is right meanwhile."""
    part = _Part(ready, 0, 1)
    part.post(door)
    return together([part.collect(door)])


class _Part:
    """Every so many cases of a check, from one of them on.

    Args:
        ready: the check.
        first: the number of the first.
        step: from one to the next.
    """

    def __init__(self, ready: ReadyCheck, first: int, step: int) -> None:
        self._ready = ready
        self._first = first
        self._step = step

    def post(self, door: Door) -> None:
        """Ask it; what is measured waits until it is collected."""
        if not self._ready.facts.timed:
            door.post(self._ready.asking if self._step == 1 else self._ready.halves[self._first])

    def collect(self, door: Door) -> CheckReplies:
        """What comes back on what was posted; all other cases have no replies."""
        ready = self._ready
        replies: list[list[Reply]] = [[] for _ in range(ready.count)]
        if ready.facts.timed:
            replies = [door.measure(each) for each in ready.measured]
        else:
            if not ready.known:
                for right in ready.rights[self._first :: self._step]:
                    right.prepare()
            replies[self._first :: self._step] = door.collect()
        end = door.end
        if end is not None and end.program >= 0 and not ready.facts.timed:
            end = msgspec.structs.replace(end, program=self._first + self._step * end.program)
        return self._told(replies, end, None, door)

    def failed(self, fault: Fault, door: Door) -> CheckReplies:
        """Nothing comes back, since the file did not load."""
        return self._told([], None, fault, door)

    def _told(self, replies: list[list[Reply]], end: End | None, fault: Fault | None, door: Door) -> CheckReplies:
        return CheckReplies(self._ready, replies, end, fault, lambda number: door.output())


def together(parts: Sequence[CheckReplies]) -> CheckReplies:
    """What came back on a check from all who were asked a part of it, from the first process on."""
    if len(parts) == 1:
        return parts[0]
    if failed := [part for part in parts if part.fault is not None]:
        return failed[0]
    first = parts[0]
    replies = [parts[number % len(parts)].replies[number] for number in range(len(first.replies))]
    ends = [part.end for part in parts if part.end is not None]
    end = min(ends, key=lambda end: end.program, default=None)
    return CheckReplies(first.ready, replies, end, None, partial(_output, parts))


def _output(parts: Sequence[CheckReplies], number: int) -> str:
    return parts[number % len(parts)].output(number)


def shared_out(checks: Sequence[AnyCheck], *, one_process: bool) -> list[list[AnyCheck]]:
    """Which checks are carried out in which process, in their order there; the first process comes first. A check that is in two lists
    is asked half and half.

    Args:
        checks: in order.
        one_process: all but those that ask for a process of their own in the first one.
    """
    fresh = [check for check in checks if check.own_process]
    first = [check for check in checks if not check.own_process]
    if one_process:
        return [first, *([check] for check in fresh)]
    gates = max((place for place, check in enumerate(first) if check.gate), default=-1) + 1
    second = [*fresh[:1], *(check for check in first[gates:] if not check.timed)]
    return [first, *([second] if second else []), *([check] for check in fresh[1:])]


class ProcessQueue:
    """One process and what it is to carry out, one check after the other.

    Args:
        checks: in the order in which they are asked.
        part: of a check.
        start: starts a process and loads the file in it.

    Attributes:
        left: the checks that were not asked yet.
        told: what came back on those that were, by their names.
    """

    def __init__(self, checks: list[CheckFacts], part: Callable[[CheckFacts], _Part], start: Start) -> None:
        self.left = checks
        self.told: dict[str, CheckReplies] = {}
        self._part = part
        self._start = start
        self._door: Door | None = None
        self._fault: Fault | None = None
        self._under_way: deque[tuple[CheckFacts, _Part]] = deque()

    @property
    def busy(self) -> bool:
        """Whether a check is being carried out."""
        return bool(self._under_way)

    def begin(self, door: Door) -> None:
        """Take a process that has loaded the file."""
        self._door = door

    def post(self, *, ahead: bool) -> None:
        """Ask the next check, where none is under way; `ahead`: a few, but none that is measured, nor in a process to be replaced."""
        while self.left and len(self._under_way) < (MOST_AHEAD if ahead else 1):
            if ahead and (self.left[0].timed or (self._door is not None and self._door.end is not None)):
                return
            if self._door is None or self._door.end is not None:
                self.close()
                self._door, self._fault = self._start()
            check = self.left.pop(0)
            part = self._part(check)
            self._under_way.append((check, part))
            if self._fault is None:
                part.post(self._door)

    def take(self) -> None:
        """Wait for what comes back on the check that was asked first of those that are under way."""
        assert self._door is not None
        check, part = self._under_way.popleft()
        failed = self._fault
        self.told[check.name] = part.collect(self._door) if failed is None else part.failed(failed, self._door)
        if self._door.end is not None or failed is not None:  # the others are asked in the next process
            self.left[:0] = [check for check, _ in self._under_way]
            self._under_way.clear()

    def abandon(self) -> None:
        """End the process and do not wait until it has ended."""
        if self._door is not None:
            self._door.abandon()

    def close(self) -> None:
        """End the process."""
        if self._door is not None:
            self._door.close()


class ParallelRun:
    """What each process is to do, and what came back.

    Args:
        checks: of the problem, in order.
        one_process: one process at a time, and nothing asked before it is needed: for one who stops at the first check that fails.
        prepare: makes a check ready to be asked.
        start: starts a process and loads the file in it.
        door: a process that has loaded the file already.
    """

    def __init__(
        self, checks: Sequence[CheckFacts], *, one_process: bool, prepare: Prepare, start: Start, door: Door
    ) -> None:
        self._one_process = one_process
        self._prepare = prepare
        self._ready: dict[str, ReadyCheck] = {}
        every = shared_out(checks, one_process=one_process)
        self._queues = [ProcessQueue(each, partial(self._part, place), start) for place, each in enumerate(every)]
        self._queues_of = {check.name: [queue for queue in self._queues if check in queue.left] for check in checks}
        self._queues[0].begin(door)

    def collect(self, check: CheckFacts) -> CheckReplies:
        """What came back on a check; meanwhile what is right is computed, and each process has something to do.

        To be asked in the order of the checks. After a gate nothing is asked ahead of its examination.
        """
        mine = self._queues_of[check.name]
        for queue in mine:
            while check.name not in queue.told:
                queue.post(ahead=False)
                if check.timed:
                    self._rest(queue)
                elif not check.gate:
                    self._post_ahead()
                queue.take()
        if not check.gate:
            self._post_ahead()
        self._ready.pop(check.name)
        return together([queue.told.pop(check.name) for queue in mine])

    def close(self) -> None:
        """End every process; what was asked ahead is not waited for."""
        for queue in self._queues:
            queue.abandon()
        for queue in self._queues:
            queue.close()

    def _part(self, place: int, check: CheckFacts) -> _Part:
        """What one process is to carry out of a check."""
        if check.name not in self._ready:
            self._ready[check.name] = self._prepare(check)
        sharing = len(self._queues_of[check.name])
        return _Part(self._ready[check.name], place if sharing > 1 else 0, sharing)

    def _post_ahead(self) -> None:
        if not self._one_process:
            for queue in self._queues[:2]:
                queue.post(ahead=True)

    def _rest(self, mine: ProcessQueue) -> None:
        """Wait until the other processes have nothing to do: what is measured is measured undisturbed."""
        for queue in self._queues:
            while queue is not mine and queue.busy:
                queue.take()
