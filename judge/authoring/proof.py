"""What `judge verify` finds of a problem: notes in sections, and which property catches which mistake."""

from __future__ import annotations

import msgspec


class Note(msgspec.Struct, frozen=True):
    """One thing that was tried: whether it is as it must be, and what was found or is to be done."""

    good: bool
    text: str


class Section(msgspec.Struct, frozen=True):
    """One part of the proof, and how long it took."""

    title: str
    notes: tuple[Note, ...]
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        """Whether all of it holds."""
        return all(note.good for note in self.notes)


class Caught(msgspec.Struct, frozen=True):
    """A mistake and the properties that failed on it under the first seed."""

    mistake: str
    checks: tuple[str, ...]


class Proof(msgspec.Struct, frozen=True):
    """What was found of one problem.

    Attributes:
        problem: its slug.
        sections: in order.
        table: which property catches which mistake.
        checks: all properties of the problem.
        killed, marked, survived: numbers of mutants.
        cases: of each check that mistakes were asked for the table; 0 where all of them.
        rejected, equivalent: the mutants that were rejected and those that are marked, by line and change.
        conditions: under how many conditions a wrong reference was rejected.
        case_counts: how many cases each check has.
        seconds: of wall time.
        cpu_seconds: of the judge and of the runs that ended with it.
        taken_over: how many verdicts were known from an earlier proof of the same files.
        recorded: how many cases were written to corpus.json; None where none were asked for.
        seeds: how many were tried for each answer.
        kept: where the proof is kept, or why not; a sentence, "" where it is not to be kept.
    """

    problem: str
    sections: tuple[Section, ...]
    table: tuple[Caught, ...] = ()
    checks: tuple[str, ...] = ()
    killed: int = 0
    marked: int = 0
    survived: int = 0
    cases: int = 0
    rejected: tuple[str, ...] = ()
    equivalent: tuple[str, ...] = ()
    conditions: int = 0
    case_counts: dict[str, int] = {}
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    taken_over: int = 0
    recorded: int | None = None
    kept: str = ""
    seeds: int = 0

    @property
    def good(self) -> bool:
        """Whether everything holds."""
        return all(section.good for section in self.sections)
