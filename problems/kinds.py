"""What can be said of a solution, in one word. A check says it of a result; the judge says it of a run."""

from __future__ import annotations

from enum import IntEnum, StrEnum


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


class Breach(IntEnum):
    """What a failure shows to be broken. The lower the number, the more it tells: of several failures the lowest is reported first."""

    INPUT_CHANGED = 1
    STATE_KEPT = 2
    NOT_REGISTERED = 3
    NO_ERROR = 4
    RANDOM = 5
    EXCEPTION = 6
    SHAPE = 7
    VALUES = 8
    FREQUENCY = 9
    RESOURCES = 10

    @classmethod
    def of(cls, kind: Kind) -> Breach:
        """What a verdict of this kind shows where nothing more is known."""
        match kind:
            case Kind.WRONG_ANSWER:
                return cls.VALUES
            case Kind.WRONG_SHAPE | Kind.LOAD_ERROR:
                return cls.SHAPE
            case Kind.RUNTIME_ERROR:
                return cls.EXCEPTION
            case _:
                return cls.RESOURCES
