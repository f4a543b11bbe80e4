"""What user code raised, as plain data: under limits, with the user's own frames only.

Nothing here trusts the exception: its `__str__` may raise, hang (the deadline outside holds) or be endless.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any

MOST_MESSAGE = 4000
MOST_FRAMES = 40

_ALLOCATION_WORDS = (
    "can't allocate memory",
    "cannot allocate memory",
    "not enough memory",
    "std::bad_alloc",
    "unable to allocate",
    "alloc_cpu",
)


def describe_exception(error: BaseException, filename: str) -> dict[str, Any]:
    """Type, bases, message and the frames in the user's file, outermost first."""
    message = _message(error)
    return {
        "type": type(error).__name__[:200],
        "bases": [base.__name__[:200] for base in type(error).__mro__][:20],
        "message": message,
        "memory": isinstance(error, MemoryError) or _is_allocation(error, message),
        "frames": _frames(error.__traceback__, filename),
        "missing": str(getattr(error, "name", "") or "")[:200] if isinstance(error, ImportError) else "",
        "syntax": _syntax(error) if isinstance(error, SyntaxError) else None,
    }


def _message(error: BaseException) -> str:
    try:
        text = str(error)
    except BaseException as inner:  # the user's own __str__ may raise anything
        return f"(its message can't be shown: __str__ raised {type(inner).__name__})"
    return str.__str__(text)[:MOST_MESSAGE]


def _is_allocation(error: BaseException, message: str) -> bool:
    lower = message.lower()
    return isinstance(error, (RuntimeError, OSError)) and any(words in lower for words in _ALLOCATION_WORDS)


def _frames(traceback: TracebackType | None, filename: str) -> list[dict[str, Any]]:
    frames: list[dict[str, Any]] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code.co_filename == filename:
            frames.append({"line": traceback.tb_lineno or 0, "function": code.co_name[:200]})
        traceback = traceback.tb_next
    return frames if len(frames) <= MOST_FRAMES else frames[: MOST_FRAMES // 2] + frames[-MOST_FRAMES // 2 :]


def _syntax(error: SyntaxError) -> dict[str, Any]:
    return {"line": error.lineno or 0, "column": error.offset or 0, "message": str(error.msg)[:500]}
