"""Two runs at once: the checks of a submission are shared out between two processes, which carry them out side by side.

Which process a check goes to depends on the checks alone, never on how quick they are: the same solution is asked the same in the same
order, whatever the machine. The first process has the gates, and what is measured, while the other one rests; the second one begins
with the check that asks for a process of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from judge.examination import Fault
from judge.preparation import Prepared
from problems.checks import Check
from sandbox import Door, End, Reply

Start = Callable[[], tuple[Door, Fault | None]]
Prepare = Callable[[Check], Prepared]


class Told(msgspec.Struct, frozen=True):
    """What came back on a check.

    Attributes:
        ready: what was asked.
        replies: to each case.
        end: how the run ended, where it ended in this check.
        fault: the file did not load in the process that was to carry it out; there are no replies then.
        output: what that process has printed so far.
    """

    ready: Prepared
    replies: list[list[Reply]]
    end: End | None
    fault: Fault | None
    output: Callable[[], str]

    @property
    def ended(self) -> bool:
        """Whether no process can be asked anything more without being replaced."""
        return self.end is not None or self.fault is not None


def carry_out(ready: Prepared, door: Door) -> Told:
    """Ask one process one check, and compute what is right meanwhile."""
    post(ready, door)
    return collect(ready, door)


def post(ready: Prepared, door: Door) -> None:
    """Ask it; what is measured waits until it is collected."""
    if not ready.check.measured:
        door.post(ready.asking)


def collect(ready: Prepared, door: Door) -> Told:
    """What comes back on what was posted."""
    if ready.check.measured:
        replies = [door.measure(each) for each in ready.asking.programs]
    else:
        for right in ready.rights:
            right.prepare()
        replies = door.collect()
    return Told(ready, replies, door.end, None, door.output)


def shared_out(checks: Sequence[Check], *, alone: bool) -> list[list[Check]]:
    """Which checks are carried out in one process, in their order there; the first process comes first.

    Args:
        checks: in order.
        alone: all but those that ask for a process of their own in the first one.
    """
    gates = max((place for place, check in enumerate(checks) if check.gate), default=-1) + 1
    fresh = [check for check in checks if check.fresh]
    first = [check for check in checks[:gates] if not check.fresh]
    rest = [check for check in checks[gates:] if not check.fresh]
    if alone:
        return [first + rest, *([check] for check in fresh)]
    second = fresh[:1]
    loads = [0, sum(check.cases for check in second)]
    place_of: dict[str, int] = {}
    for check in sorted(rest, key=lambda check: -check.cases):  # the largest first, so that small ones even it out
        place_of[check.name] = 0 if check.measured or loads[0] <= loads[1] else 1
        loads[place_of[check.name]] += check.cases
    first += [check for check in rest if place_of[check.name] == 0]
    second += [check for check in rest if place_of[check.name] == 1]
    return [first, *([second] if second else []), *([check] for check in fresh[1:])]


class Lane:
    """One process and what it is to carry out, one check after the other.

    Args:
        checks: in the order in which they are asked.
        prepare: makes one ready.
        start: starts a process and loads the file in it.

    Attributes:
        left: the checks that were not asked yet.
        under_way: the one that is being carried out.
    """

    def __init__(self, checks: list[Check], prepare: Prepare, start: Start) -> None:
        self.left = checks
        self._prepare = prepare
        self._start = start
        self._door: Door | None = None
        self._fault: Fault | None = None
        self.under_way: Prepared | None = None

    def begin(self, door: Door) -> None:
        """Take a process that has loaded the file."""
        self._door = door

    def post(self, *, ahead: bool) -> None:
        """Ask the next check, where none is under way; `ahead`: but neither what must be waited for nor in a process to be replaced."""
        if self.under_way is not None or not self.left:
            return
        if ahead and (self.left[0].measured or (self._door is not None and self._door.end is not None)):
            return
        if self._door is None or self._door.end is not None:
            self.close()
            self._door, self._fault = self._start()
        self.under_way = ready = self._prepare(self.left.pop(0))
        if self._fault is None:
            post(ready, self._door)

    def collect(self) -> Told:
        """What came back on the check that is under way."""
        ready, door = self.under_way, self._door
        assert ready is not None
        assert door is not None
        self.under_way = None
        if self._fault is not None:
            return Told(ready, [], None, self._fault, door.output)
        return collect(ready, door)

    def close(self) -> None:
        """End the process."""
        if self._door is not None:
            self._door.close()


class Lanes:
    """What each process is to do, and what came back.

    Args:
        checks: of the problem, in order.
        alone: one process at a time, and nothing asked before it is needed: for one who stops at the first check that fails.
        prepare: makes a check ready to be asked.
        start: starts a process and loads the file in it.
        door: a process that has loaded the file already.
    """

    def __init__(self, checks: Sequence[Check], *, alone: bool, prepare: Prepare, start: Start, door: Door) -> None:
        self._alone = alone
        self._lanes = [Lane(each, prepare, start) for each in shared_out(checks, alone=alone)]
        self._lane_of = {check.name: lane for lane in self._lanes for check in lane.left}
        self._told: dict[str, Told] = {}
        self._lanes[0].begin(door)

    def tell(self, check: Check) -> Told:
        """What came back on a check; meanwhile what is right is computed, and each process has something to do.

        To be asked in the order of the checks. After a gate nothing is asked ahead of its examination.
        """
        mine = self._lane_of[check.name]
        while check.name not in self._told:
            mine.post(ahead=False)
            if check.measured:
                self._rest(mine)
            elif not check.gate:
                self._post_ahead()
            self._take(mine)
        if not check.gate:
            self._post_ahead()
        return self._told.pop(check.name)

    def close(self) -> None:
        """End every process; what was asked ahead is not waited for."""
        for lane in self._lanes:
            lane.close()

    def _post_ahead(self) -> None:
        if not self._alone:
            for lane in self._lanes[:2]:
                lane.post(ahead=True)

    def _rest(self, mine: Lane) -> None:
        """Wait until the other processes have nothing to do: what is measured is measured undisturbed."""
        for lane in self._lanes:
            if lane is not mine and lane.under_way is not None:
                self._take(lane)

    def _take(self, lane: Lane) -> None:
        told = lane.collect()
        self._told[told.ready.check.name] = told
