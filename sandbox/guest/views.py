"""Views stay within the memory of the array that they are taken of: NumPy's `as_strided` checks nothing of its own; torch's does."""

from __future__ import annotations

import types
from typing import Any

from .arrays import np
from .exchange import exchange_body
from .offences import LATE, VIOLATION, ForbiddenFunction


def guard_views() -> None:
    """In the template: have `np.lib.stride_tricks.as_strided` refuse what leaves its array, for whoever holds the function already."""
    if np is None:
        return
    function: Any = np.lib.stride_tricks.as_strided
    original = types.FunctionType(function.__code__, function.__globals__, function.__name__, function.__defaults__)

    def as_strided(x: Any, *args: Any, **kwargs: Any) -> Any:
        array = (
            x if isinstance(x, np.ndarray) else np.asarray(x)
        )  # made once: a list or a number becomes another array each time
        view = original(array, *args, **kwargs)
        if leaves(view, array):
            what = f"np.lib.stride_tricks.as_strided: a view of shape {view.shape} and strides {view.strides} leaves its array"
            LATE.offend(VIOLATION, what)
            raise ForbiddenFunction(what)
        return view

    exchange_body(function, as_strided)


def leaves(view: np.ndarray[Any, Any], array: np.ndarray[Any, Any]) -> bool:
    """Whether a view reaches beyond the memory of the array that holds `array`."""
    if view.size == 0:
        return False
    low, high = np.lib.array_utils.byte_bounds(_holder(array))
    first, last = np.lib.array_utils.byte_bounds(view)
    return bool(first < low or last > high)


def _holder(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The array that an array is a view of, over all steps; `as_strided` puts an object of its own between the two."""
    while True:
        base: Any = array.base
        if base is not None and not isinstance(base, np.ndarray):
            base = getattr(base, "base", None)
        if not isinstance(base, np.ndarray):
            return array
        array = base
