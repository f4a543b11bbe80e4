"""A verdict: what the judge found, as plain data. Reports print it and decide nothing."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Literal

import msgspec

from judge.verdict.text import printable_json
from problems.kinds import Kind

SCHEMA = 1
ASKED_FOR = "Asked for: "
"""How the line of a failed check's message begins that says its rule."""


DiagnosisSource = Literal["catalogue", "edit", "trace", "check"]


class Outcome(StrEnum):
    """What became of one check."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


class ArrayData(msgspec.Struct, frozen=True, kw_only=True):
    """An array as data.

    Attributes:
        name: its name in the problem's signature ("x", "q_proj.weight"), or "" for a result.
        dtype: "float32", "int64", "bool"; for a value that is no array, the Python type ("int", "NoneType").
        shape: its sizes; empty for a scalar.
        values: nested lists in the array's shape; NaN and infinities as the strings "nan", "inf", "-inf". Of a list, tuple, dict or
            bytes of plain Python, the text that Python shows for it.
            None where there are more than `MOST_VALUES` of them.
        strides: of an array that is no contiguous block of memory, by how many numbers each index goes on; None of all others.
    """

    name: str = ""
    dtype: str
    shape: tuple[int, ...]
    values: Any
    strides: tuple[int, ...] | None = None

    @property
    def is_array(self) -> bool:
        """Whether it is an array rather than a plain Python value."""
        return self.dtype.rstrip("0123456789") in ("float", "int", "uint", "bfloat", "complex", "bool") and (
            self.dtype not in ("float", "int", "complex", "bool") or bool(self.shape)
        )


class Counterexample(msgspec.Struct, frozen=True, kw_only=True):
    """The smallest input found on which a check fails.

    Attributes:
        sizes: by their letters, as in the statement: {"B": 1, "T": 2}.
        inputs: what the solution was called with, in order, scalars included.
        expected: what is right, where there is one right answer.
        actual: what the solution returned, where it returned an array.
        worst_index: index of the element that is furthest off.
        call: a program of its own that repeats the failure beside the user's file: imports, inputs as they lie in memory, weights, modes
            and calls.
        brief: the calls alone, as a report shows them beside the inputs:
            "m = MultiHeadAttention(d_model=4, num_heads=2); m(query, key, value)".
    """

    sizes: dict[str, int]
    inputs: tuple[ArrayData, ...]
    expected: ArrayData | None = None
    actual: ArrayData | None = None
    worst_index: tuple[int, ...] | None = None
    call: str = ""
    brief: str = ""


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """One check.

    Attributes:
        name: stable id, "agrees-with-reference".
        outcome: passed, failed or skipped.
        message: where it failed, what was found, in sentences to the user, a line each; the first stands by itself.
            Where it passed, the property in one sentence.
        seconds: wall time spent on it.
        counterexample: where it failed and there is one.
    """

    name: str
    outcome: Outcome
    message: str
    seconds: float
    counterexample: Counterexample | None = None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A change of the user's file that the judge has tried.

    Attributes:
        old: code of the file, as Python writes it; "" where a statement is put in.
        new: the code in its place.
        whole: with this change, and those in `others`, the user's file is accepted.
        others: what is changed as well; two mistakes need two changes.
        puts_right: the check that passes with it, where it does not make the whole file right; "" where it puts its line right.
    """

    old: str
    new: str
    whole: bool = False
    others: tuple[Change, ...] = ()
    puts_right: str = ""


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """What the judge thinks the mistake is, and where.

    Attributes:
        mistake: its id; two at once are joined by "+". "edit:" and a kind of edit where it stands in no catalogue; None where only the
            place is known.
        explanation: to the person who made it, a line a mistake; "" where only the place is known.
        title: the mistake in a few words.
        question: what to ask oneself; does not give it away.
        hint: which of the problem's hints helps, from 1; 0 where none was named.
        lines: in the user's file, where it lies: the likeliest first.
        text: the first of these lines.
        facts: sentences about what was measured there; the first says how the line was found.
        source: what found it: the problem's catalogue, an edit of the model answer or of the user's file, the trace of the failing case, or
            what a check or an exception says of itself.
        change: what would put it right, where an edit found it.
    """

    mistake: str | None
    explanation: str
    title: str = ""
    question: str = ""
    hint: int = 0
    lines: tuple[int, ...] = ()
    text: str = ""
    facts: tuple[str, ...] = ()
    source: DiagnosisSource = "catalogue"
    change: Change | None = None


class SandboxUsed(msgspec.Struct, frozen=True, kw_only=True):
    """Where the solution ran: kind "linux", "docker" or "process"; level "full", "reduced" or "none"."""

    kind: str
    level: str


class Location(msgspec.Struct, frozen=True, kw_only=True):
    """A place in the user's file, for syntax errors, forbidden names and exceptions.

    Attributes:
        line: from 1; in a notebook, within its cell.
        column: from 1; 0 where only the line is known.
        end_column: one past the last, from 1; 0 where unknown.
        text: the line's text, without its line end.
        function: the function it is in, or "".
        note: what is to be said of this place, or "".
        cell: of a notebook, the number of the code cell, from 1; else 0.
    """

    line: int
    column: int = 0
    end_column: int = 0
    text: str = ""
    function: str = ""
    note: str = ""
    cell: int = 0


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """CPU seconds of the solution and of the reference on the same calls. Not in `--json`: they vary from run to run."""

    solution_seconds: float
    reference_seconds: float


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of one judging. `seconds`, `cost` and `measured` apart, the same for the same file, seed and version.

    Attributes:
        schema: version of this record.
        problem: the problem's slug; None where it could not be told.
        framework: its name, "torch", "numpy", "python" or one that a pack brings; None where the problem could not be told.
        verdict: None where the call was wrong (exit status 2).
        seed: the seed that all cases follow from.
        seconds: wall time of the whole.
        sandbox: None where nothing was run (a syntax error, a forbidden name in the source).
        headline: the verdict in one sentence to the user, for every verdict.
        details: more lines for verdicts that no check carries (load_error, forbidden): a line each.
        locations: places in the user's file that the headline is about, innermost last.
        checks: in the order they stand in.
        output: what the solution printed, cut.
        error: why the call was wrong or the judge failed.
        cost: see `Cost`.
        measured: CPU seconds of the calls that a cost was judged by, by words for them, and "growth", how many times as much the last takes
            as the one before it. Like `seconds` they vary from run to run.
        effort: "full"; "verdict" where only the kind was looked for.
        complete: false where judging was interrupted: what had failed by then stands, and what was not asked is skipped.
        versions: of judge, python, torch, numpy and hypothesis; and "problem", the digest of the problem's files.
        cells: of a notebook, where each code cell begins in the text of all of them, which `diagnosis.lines` counts through: line
            `cells[n - 1] + m` is line m of cell n.
    """

    schema: int = SCHEMA
    problem: str | None
    framework: str | None
    verdict: Kind | None
    seed: int
    seconds: float
    sandbox: SandboxUsed | None = None
    headline: str = ""
    details: tuple[str, ...] = ()
    locations: tuple[Location, ...] = ()
    checks: tuple[CheckResult, ...] = ()
    diagnosis: Diagnosis | None = None
    output: str = ""
    error: str | None = None
    cost: Cost | None = None
    measured: dict[str, float] = {}
    effort: str = "full"
    complete: bool = True
    versions: dict[str, str] = {}
    cells: tuple[int, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the solution is right."""
        return self.verdict is Kind.ACCEPTED

    def failed(self) -> CheckResult | None:
        """The check that the headline is about, which has the counterexample; or None."""
        failed = [check for check in self.checks if check.outcome is Outcome.FAILED]
        return next((check for check in failed if check.counterexample is not None), failed[0] if failed else None)


MOST_VALUES = 10_000


def to_json(verdict: Verdict) -> bytes:
    """The verdict as one JSON object, without what varies from run to run (`cost`)."""
    fields = {name: getattr(verdict, name) for name in verdict.__struct_fields__ if name != "cost"}
    return printable_json(msgspec.json.encode(fields))


def from_json(data: bytes) -> Verdict:
    """Read back what `to_json` wrote.

    Raises:
        msgspec.ValidationError: it is not a verdict of this schema.
    """
    return msgspec.json.decode(data, type=Verdict)


def place_in_cells(line: int, cells: Sequence[int]) -> tuple[int, int]:
    """The number of the cell that a line of the text is in, and the line within it; 0 and the line itself where there are no cells."""
    number = sum(first < line for first in cells)
    return (number, line - cells[number - 1]) if number else (0, line)
