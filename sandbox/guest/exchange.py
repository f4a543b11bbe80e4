"""The body of a Python function, exchanged in place: that holds for every reference to the function, wherever it is kept."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

_MARK = "what is called instead goes here"


def exchange_body(function: FunctionType, instead: Callable[..., Any]) -> None:
    """Have a function call another one. The new code carries it as a constant, since it keeps the old globals."""
    old = function.__code__
    code = _body(old.co_freevars)
    constants = tuple(instead if constant == _MARK else constant for constant in code.co_consts)
    function.__code__ = code.replace(
        co_consts=constants,
        co_name=function.__name__,
        co_filename=old.co_filename,
        co_firstlineno=old.co_firstlineno,
    )
    function.__defaults__ = None
    function.__kwdefaults__ = None


@functools.cache
def _body(free: tuple[str, ...]) -> CodeType:
    """Code of a function `(*args, **kwargs)` that calls the constant `_MARK`, closing over the given names."""
    lines = [f"def outer({', '.join(free)}):", "  def inner(*args, **kwargs):"]
    if free:
        lines.append(f"    if False: ({', '.join(free)},)")
    lines += [f"    instead = {_MARK!r}", "    return instead(*args, **kwargs)", "  return inner"]
    space: dict[str, Any] = {}
    exec("\n".join(lines), space)
    inner: FunctionType = space["outer"](*([None] * len(free)))
    return inner.__code__
