"""Asking changed files what the file was asked: many of them in one message, in two processes side by side.

What is changed runs behind the same door as the file. Nothing of it decides a verdict.
"""

from __future__ import annotations

import collections
import itertools
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from judge.cases import KnownRight, is_right
from judge.explain.edits.repairs import Repair
from judge.judging.trial import Trial
from judge.oracle import Expected
from judge.program import to_steps
from judge.verdict import ProblemError
from problems.asks import Program
from problems.cases import Case
from problems.checks import Check
from problems.sufficient import RightAnswers
from sandbox import Door, Reply

MOST_ENDS = 4  # of processes: what hangs or crashes is not tried again and again
MOST_LINES = 30_000  # that a call of a changed file may carry out: a change can make a loop endless
SCALES = (1_000, 3_000, 10_000)  # lines in which the file itself is tried
TIMES_AS_MANY = 4  # of the file's own scale, that a changed one may carry out
TOGETHER = 12  # changed files in one message


class Question(msgspec.Struct, frozen=True):
    """What changed files are asked.

    Attributes:
        check: whose case it is.
        case: it.
        program: that is carried out.
        right: what the reference answers.
        failed: the file itself fails there.
        known: what answers must hold to be certainly right; None where that is not known.
    """

    check: Check
    case: Case
    program: Program
    right: Expected
    failed: bool = True
    known: RightAnswers | None = None


class ChangedFiles:
    """Asks changed files the same, in two processes side by side.

    Args:
        trial: of the file.
        asked: what each is asked.
        lines: that a call may carry out; None: any number.
        doors: of another one, which asks when this one does not.
    """

    def __init__(
        self, trial: Trial, asked: Sequence[Question], lines: int | None, doors: list[Door | None] | None = None
    ) -> None:
        self._trial = trial
        self._asked = asked
        self._lines = lines
        self._programs = [to_steps(each.program, arrays=trial.case_set.arrays) for each in asked]
        self._doors: list[Door | None] = [None, None] if doors is None else doors
        self._allowed: int | None = None
        self._ends = 0
        self.cut = False  # something was asked that takes more lines

    def part(self, asked: Sequence[Question]) -> ChangedFiles:
        """One that asks something else in the same processes, when this one does not ask."""
        return ChangedFiles(self._trial, asked, self._lines, self._doors)

    def close(self) -> None:
        """End the processes."""
        for door in filter(None, self._doors):
            door.close()

    def ask(self, text: str) -> frozenset[str]:
        """The names of the checks that find something wrong in what one text answers."""
        self._post([text], 0)
        return self._collect([text], 0)[0]

    def each(self, texts: Iterable[tuple[Repair, str]]) -> Iterator[tuple[Repair, str, frozenset[str]]]:
        """The same of many, in their order."""
        waiting: collections.deque[tuple[list[tuple[Repair, str]], int]] = collections.deque()
        rest = iter(texts)
        for number in itertools.count():
            if some := list(itertools.islice(rest, TOGETHER)):
                self._post([text for _, text in some], number % 2)
                waiting.append((some, number % 2))
            if not waiting or self._ends > MOST_ENDS:
                return
            if len(waiting) == 2 or not some:
                asked, which = waiting.popleft()
                found = self._collect([text for _, text in asked], which)
                yield from ((*each, wrong) for each, wrong in zip(asked, found, strict=True))

    def _post(self, texts: Sequence[str], which: int) -> None:
        if self._lines is not None and self._allowed is None:
            self._allowed = self._scaled(self._lines, which)
        known = KnownRight([each.known for each in self._asked] * len(texts))
        self._door(which).post_instead(texts, self._programs, lines=self._allowed, recogniser=known)

    def _door(self, which: int) -> Door:
        """A process that can be asked."""
        door = self._doors[which]
        if door is None or door.end is not None:
            if door is not None:
                door.close()
            door = self._doors[which] = self._trial.open_loaded()
        return door

    def _scaled(self, most: int, which: int) -> int:
        """How many lines a changed file may carry out: some times as many as the file itself, so that what became endless ends soon."""
        source = self._trial.submission.source
        for lines in SCALES:
            door = self._door(which)
            door.post_instead([source], self._programs, lines=lines)
            came = door.collect()
            if door.end is not None:
                break
            if not any(_is_cut(reply) for replies in came for reply in replies):
                return min(most, TIMES_AS_MANY * lines)
        return most

    def _collect(self, texts: Sequence[str], which: int) -> list[frozenset[str]]:
        """What is wrong with each; where a process ends, the texts after it are asked of another one."""
        found: list[frozenset[str]] = []
        every = [each.check.name for each in self._asked]
        for each in self._asked:
            each.right.prepare()
        while len(found) < len(texts):
            door = self._doors[which]
            assert door is not None
            count, came = len(self._asked), door.collect()
            for first in range(0, len(came), count):
                if door.end is not None and first + count > max(door.end.program, 0):
                    break
                found.append(self._wrong(came[first : first + count]))
            if door.end is None:
                continue
            self._ends += 1
            found.append(frozenset(every))  # in which it ended
            if self._ends > MOST_ENDS:
                return found + [frozenset(every)] * (len(texts) - len(found))
            if len(found) < len(texts):
                self._post(texts[len(found) :], which)
        return found

    def _wrong(self, came: Sequence[list[Reply]]) -> frozenset[str]:
        found = set[str]()
        for each, replies in zip(self._asked, came, strict=True):
            if is_right(each.known, replies):
                continue
            self.cut |= any(map(_is_cut, replies))
            try:
                fault = self._trial.examiner.examine(each.check, each.case, each.program, replies, None, each.right)
            except ProblemError:  # a check's own code over strange answers
                found.add(each.check.name)
                continue
            if fault is not None:
                found.add(each.check.name)
        return frozenset(found)


def _is_cut(reply: Reply) -> bool:
    return reply.raised is not None and reply.raised.type_name == "TooManyLines"
