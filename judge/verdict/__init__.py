"""Plain data that everybody may use: verdicts, traces, errors, and text that is safe to show."""

from judge.verdict.errors import JudgeError, ProblemError, UsageError, failure_words
from judge.verdict.text import counted, encodable, escaped, printable_json, shortened, wrapped
from judge.verdict.trace import Alignment, Difference, Trace, TracedFunction, TracedLine, TracedValue, untraced
from judge.verdict.verdicts import (
    ASKED_FOR,
    MOST_VALUES,
    ArrayData,
    Change,
    CheckResult,
    Cost,
    Counterexample,
    Diagnosis,
    Location,
    Outcome,
    SandboxUsed,
    Verdict,
    from_json,
    place_in_cells,
    to_json,
)
from judge.verdict.versions import versions
from problems.kinds import Kind

__all__ = [
    "ASKED_FOR",
    "MOST_VALUES",
    "Alignment",
    "ArrayData",
    "Change",
    "CheckResult",
    "Cost",
    "Counterexample",
    "Diagnosis",
    "Difference",
    "JudgeError",
    "Kind",
    "Location",
    "Outcome",
    "ProblemError",
    "SandboxUsed",
    "Trace",
    "TracedFunction",
    "TracedLine",
    "TracedValue",
    "UsageError",
    "Verdict",
    "counted",
    "encodable",
    "escaped",
    "failure_words",
    "from_json",
    "place_in_cells",
    "printable_json",
    "shortened",
    "to_json",
    "untraced",
    "versions",
    "wrapped",
]
