"""What can be said of a solution, in one word. A check says it of a result; the judge says it of a run."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """The kind of a verdict."""

    ACCEPTED = "accepted"
    WRONG_ANSWER = "wrong_answer"
    WRONG_SHAPE = "wrong_shape"
    RUNTIME_ERROR = "runtime_error"
    LOAD_ERROR = "load_error"
    FORBIDDEN = "forbidden"
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    SANDBOX_VIOLATION = "sandbox_violation"
    INTERNAL_ERROR = "internal_error"
