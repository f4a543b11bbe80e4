"""A trace: what each line of a file assigned on one case, as plain data. Reports print it and decide nothing."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from judge.verdict.verdicts import SandboxUsed, Verdict
from problems.kinds import Kind

SCHEMA = 1

LikenessKind = Literal["same", "transposed", "reshaped", "differs", "other shape"]


class Alignment(msgspec.Struct, frozen=True, kw_only=True):
    """An intermediate of the reference that is like a value, or that stands in its place.

    Attributes:
        kind: "same" values; the same after its axes are "transposed", or after it is "reshaped"; the same shape, but "differs" in
            values; the same name in an "other shape".
        name: in the reference: "scores_BHTS".
        line: of the reference, that assigns it.
        shape: in the reference.
        axes: for "transposed", the order in which your axes are to be taken.
        times: which time your line assigned it, where it is not the first.
        index: for "differs", of the first number that is another.
        yours: that number, NaN and infinities as text; `theirs` likewise.
        instead: for a result that is wrong, the intermediate that it is.
        gradient_lost: the reference's carries a gradient here, and yours does not.
    """

    kind: LikenessKind
    name: str
    line: int
    shape: tuple[int, ...]
    axes: tuple[int, ...] | None = None
    times: int = 1
    index: tuple[int, ...] | None = None
    yours: Any = None
    theirs: Any = None
    instead: str = ""
    gradient_lost: bool = False


class TracedValue(msgspec.Struct, frozen=True, kw_only=True):
    """What a name held after a line.

    Attributes:
        name: "scores", "self.cache"; "" for what is returned.
        type: dtype of an array ("float32"), else the Python type ("int", "list").
        shape: of an array, else None.
        letters: of its sizes, where they can be told: ["B", "T", "4"].
        text: what is no array, in a few words.
        notes: what strikes the eye: "rows sum to 1", "NaN at [0, 1]".
        likeness: see `Alignment`.
    """

    name: str
    type: str
    shape: tuple[int, ...] | None = None
    letters: tuple[str, ...] | None = None
    text: str = ""
    notes: tuple[str, ...] = ()
    likeness: Alignment | None = None


class TracedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A statement.

    Attributes:
        line: where it begins.
        text: its source in one line, cut.
        event: "enter" for a function's head, "assign", "return", or "raise" where the exception came from.
        times: how often it was carried out; the values are those of the first time.
        at_least: it was more often than that.
        values: what it assigned; for "raise", what it used.
        raised: the exception that ended the call here, or "".
    """

    line: int
    text: str
    event: str
    times: int
    at_least: bool = False
    values: tuple[TracedValue, ...]
    raised: str = ""


class TracedFunction(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen of one function in one call that the judge made.

    Attributes:
        name: of the function.
        step: place of the call in the judge's program.
        times: how often it was entered.
        lines: in the order they stand in.
    """

    name: str
    step: int
    times: int
    lines: tuple[TracedLine, ...]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """Where the values first part from the reference's: a line, and the name it assigned."""

    line: int
    name: str
    likeness: Alignment


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """What `judge trace --json` prints. The same for the same file, seed and version.

    Attributes:
        schema: version of this record.
        problem: its slug; `framework` and `seed` as in a verdict.
        verdict: of the file.
        headline: the verdict in a sentence.
        check: whose smallest failing case is traced; of an accepted file, the check whose case it is; "" where nothing was traced.
        sizes: of the case, by letter.
        dtype: of its floating-point inputs.
        call: what the judge called, as Python.
        refused: the exception that the reference raises in the last call, or "".
        repeated: whether the case failed again on its own; None where it can't be told.
        ended: how the traced run ended early, or "".
        notes: sentences on what could not be seen.
        first_difference: see `Difference`.
        functions: in the order they were entered.
        output: what the solution printed in the traced run, cut.
        error: as in a verdict.
    """

    schema: int = SCHEMA
    problem: str | None
    framework: str | None
    verdict: Kind | None
    seed: int
    sandbox: SandboxUsed | None = None
    headline: str = ""
    check: str = ""
    sizes: dict[str, int] = {}
    dtype: str = ""
    call: str = ""
    refused: str = ""
    repeated: bool | None = None
    ended: str = ""
    notes: tuple[str, ...] = ()
    first_difference: Difference | None = None
    functions: tuple[TracedFunction, ...] = ()
    output: str = ""
    error: str | None = None


def untraced(verdict: Verdict) -> Trace:
    """The trace of a file of which nothing was called."""
    return Trace(
        problem=verdict.problem,
        framework=verdict.framework,
        verdict=verdict.verdict,
        seed=verdict.seed,
        sandbox=verdict.sandbox,
        headline=verdict.headline,
        error=verdict.error,
    )
