"""Case sets as files: all that follows from problem, framework, seed and versions, so that a file is judged without drawing anything.

A file holds the encoded programs and what their answers must hold to be certainly right. Cases, programs and the reference's answers are
drawn anew where an answer is not certainly right: they follow from the seed. Nothing in a file is unpickled; it is read by mapping it into
memory. One that is damaged, or was made by another version, is as one that is not there.
"""

from __future__ import annotations

import mmap
import struct
import zlib
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TypeVar, overload

import msgspec

from judge.cases.corpus import Recorded
from judge.cases.drawing import Drawing
from judge.cases.preparation import CaseSet, Corpus, asked_on
from judge.cases.ready import PreparedCheck, asking_of, halves_of, measured_of
from judge.oracle import Expected
from problems import Framework, Problem
from problems.asks import Program
from problems.cases import Case
from problems.checks import Check, CheckFacts
from problems.sufficient import RightAnswers
from sandbox import Asking, EncodedProgram

Item = TypeVar("Item", covariant=True)
MAGIC = b"judge case set 1"
HEAD = struct.Struct(f"<{len(MAGIC)}sQI")  # the mark, bytes of what follows, and its CRC-32


class StoredPart(msgspec.Struct, frozen=True, array_like=True):
    """A check and what is asked in it.

    Attributes:
        facts: what is known of it without its code.
        programs: one for each case; for a check whose steps are sent one by one, none.
        measured: of such a check, the steps of each case.
        known: of each case, what its answers must hold to be certainly right.
        origins: of recorded cases, what each was drawn from.
    """

    facts: CheckFacts
    programs: list[EncodedProgram]
    measured: list[list[EncodedProgram]]
    known: list[RightAnswers | None]
    origins: list[Recorded] = []


class Stored(msgspec.Struct, frozen=True, array_like=True):
    """What a file holds.

    Attributes:
        seed: of the case set.
        checks: in their order.
        corpus: the recorded cases, by their checks.
        reference_seconds: CPU time of the reference's calls in the check of many cases; None where it was not measured.
    """

    seed: int
    checks: list[StoredPart]
    corpus: list[StoredPart]
    reference_seconds: float | None


def encode(case_set: CaseSet) -> bytes:
    """A case set that was prepared ahead, as a file holds it."""
    corpus = case_set.corpus
    content = msgspec.msgpack.encode(
        Stored(
            case_set.seed,
            [_part(case_set.prepare(check)) for check in case_set.checks],
            [_part(part, origins) for part, origins in zip(corpus.parts, corpus.origins, strict=True)],
            case_set.reference_seconds,
        )
    )
    return HEAD.pack(MAGIC, len(content), zlib.crc32(content)) + content


def _part(ready: object, origins: Sequence[Recorded] = ()) -> StoredPart:
    assert isinstance(ready, PreparedCheck)
    timed = ready.check.timed
    measured = [[step.programs[0] for step in steps] for steps in ready.measured] if timed else []
    return StoredPart(ready.check.facts, [] if timed else ready.encoded, measured, list(ready.known), list(origins))


def read(path: Path) -> Stored | None:
    """What a file holds; None where it is not there, or is no such file, or is damaged."""
    try:
        with path.open("rb") as file:
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError):  # an empty file can't be mapped
        return None
    if len(data) < HEAD.size:
        return None
    magic, length, checksum = HEAD.unpack(data[: HEAD.size])
    content = data[HEAD.size :]
    if magic != MAGIC or length != len(content) or zlib.crc32(content) != checksum:
        return None
    try:
        return msgspec.msgpack.decode(content, type=Stored)
    except msgspec.DecodeError:
        return None


class StoredCheck:
    """A check, ready to be asked, from a file.

    Args:
        stored: what the file holds of it.
        case_set: draws its cases where they are needed.
    """

    def __init__(self, stored: StoredPart, case_set: StoredCaseSet) -> None:
        self._stored = stored
        self._case_set = case_set
        self._drawings: dict[int, Drawing] = {}

    @property
    def facts(self) -> CheckFacts:
        """What is known of it without its code."""
        return self._stored.facts

    @property
    def known(self) -> Sequence[RightAnswers | None]:
        """Of each case, what its answers must hold to be certainly right."""
        return self._stored.known

    @property
    def count(self) -> int:
        """How many cases there are."""
        return len(self._stored.known)

    @property
    def asking(self) -> Asking:
        """All programs in one message."""
        return asking_of(self._stored.programs, self.known)

    @property
    def halves(self) -> tuple[Asking, Asking]:
        """The cases of even numbers and those of odd ones, for two processes."""
        return halves_of(self._stored.programs, self.known)

    @property
    def measured(self) -> list[list[Asking]]:
        """The programs of a check whose steps are sent one by one."""
        return [measured_of(steps, right) for steps, right in zip(self._stored.measured, self.known, strict=True)]

    @property
    def check(self) -> Check:
        """It."""
        return self._case_set.check(self.facts.name)

    @cached_property
    def cases(self) -> Sequence[Case]:
        """Drawn when they are asked for, each by itself."""
        if origins := self._stored.origins:
            return OneByOne(self.count, lambda number: self._drawing(origins[number].seed).case(origins[number].number))
        return OneByOne(self.count, self._drawing(self._case_set.seed).case)

    @cached_property
    def programs(self) -> Sequence[Program]:
        """What is asked on each."""
        return OneByOne(self.count, lambda number: asked_on(self.check, self.cases[number]))

    @cached_property
    def rights(self) -> Sequence[Expected]:
        """What the reference answers to each."""
        return OneByOne(self.count, lambda number: self._case_set.right(self.programs[number], self.cases[number]))

    def _drawing(self, seed: int) -> Drawing:
        if seed not in self._drawings:
            self._drawings[seed] = Drawing(self.check, seed)
        return self._drawings[seed]


class OneByOne(Sequence[Item]):
    """Items that are made when they are asked for, and kept.

    Args:
        count: how many there are.
        make: makes the one of a number.
    """

    def __init__(self, count: int, make: Callable[[int], Item]) -> None:
        self._count = count
        self._make = make
        self._made: dict[int, Item] = {}

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Item: ...

    @overload
    def __getitem__(self, place: slice) -> list[Item]: ...

    def __getitem__(self, place: int | slice) -> Item | list[Item]:
        """One of them, or some."""
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(self._count))]
        number = range(self._count)[place]
        if number not in self._made:
            self._made[number] = self._make(number)
        return self._made[number]


class StoredCaseSet(CaseSet):
    """A case set from a file.

    Args:
        problem: whose checks.
        framework: of the solutions.
        stored: what the file holds.
    """

    def __init__(self, problem: Problem, framework: Framework, stored: Stored) -> None:
        super().__init__(problem, framework, stored.seed, kept=True)
        self._stored = stored
        self.reference_seconds = stored.reference_seconds
        self._prepared = {part.facts.name: StoredCheck(part, self) for part in stored.checks}
        self.is_ahead = True
        parts = [StoredCheck(part, self) for part in stored.corpus]
        programs = [program for part in stored.corpus for program in part.programs]
        known = [right for part in stored.corpus for right in part.known]
        self._corpus = Corpus(list(parts), [part.origins for part in stored.corpus], asking_of(programs, known))

    @property
    def facts(self) -> Sequence[CheckFacts]:
        """What is known of these checks without their code."""
        return [part.facts for part in self._stored.checks]
