"""What user code raised, as plain data: under limits, with the user's own frames only.

Nothing here trusts the exception: its `__str__` may raise, hang (the deadline outside holds) or be endless, and its class and
its attributes may answer with anything.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any

from .reading import type_name

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
    kind = type(error)
    message = _message(error)
    return {
        "type": type_name(kind)[:200],
        "bases": [type_name(base)[:200] for base in type.mro(kind)][:20],
        "message": message,
        "memory": issubclass(kind, MemoryError) or _is_allocation(kind, message),
        "frames": _frames(error, filename),
        "missing": _missing(error) if issubclass(kind, ImportError) else "",
        "syntax": _syntax(error) if issubclass(kind, SyntaxError) else None,
    }


def _message(error: BaseException) -> str:
    try:
        text = str(error)
    except BaseException as inner:  # the user's own __str__ may raise anything
        return f"(its message can't be shown: __str__ raised {type_name(type(inner))})"
    return str.__str__(text)[:MOST_MESSAGE]


def _is_allocation(kind: type, message: str) -> bool:
    lower = message.lower()
    return issubclass(kind, (RuntimeError, OSError)) and any(words in lower for words in _ALLOCATION_WORDS)


def _frames(error: BaseException, filename: str) -> list[dict[str, Any]]:
    traceback: TracebackType | None = _own(error, BaseException, "__traceback__")
    frames: list[dict[str, Any]] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code.co_filename == filename:
            frames.append({"line": traceback.tb_lineno or 0, "function": code.co_name[:200]})
        traceback = traceback.tb_next
    return frames if len(frames) <= MOST_FRAMES else frames[: MOST_FRAMES // 2] + frames[-MOST_FRAMES // 2 :]


def _missing(error: BaseException) -> str:
    name = _own(error, ImportError, "name")
    return name[:200] if type(name) is str else ""


def _syntax(error: BaseException) -> dict[str, Any]:
    line, column, message = (_own(error, SyntaxError, name) for name in ("lineno", "offset", "msg"))
    return {
        "line": line if type(line) is int else 0,
        "column": column if type(column) is int else 0,
        "message": message[:500] if type(message) is str else "",
    }


def _own(error: BaseException, kind: type, name: str) -> Any:
    """An attribute as the built-in class keeps it, whatever a subclass makes of it."""
    return vars(kind)[name].__get__(error)
