"""What numbers, times and names of a record can be. Beyond these bounds nothing happened, and nothing can be reckoned from it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import msgspec

from problems.frameworks import is_name

FIRST_YEAR, LAST_YEAR = 1970, 2200
MOST_SECONDS = 100 * 366 * 86_400.0  # an interview's clock goes on while nobody looks
MOST_MINUTES = 100_000.0
MOST_WEEKS = 52
MOST_PER_WEEK = 50
MOST_HINTS = 1_000
MOST_NAME = 2_000
MOST_DEPTH = 100  # of lists in each other: an array has 64 dimensions at most
_UID = re.compile("[0-9A-Za-z_-]{1,64}")  # it is part of a lock's file name


class Senseless(ValueError):
    """A record makes no sense; the message says what in it, without a full stop."""


# What reading a record can end in where another hand has written it.
UNREADABLE = (Senseless, msgspec.MsgspecError, ValueError, TypeError, OverflowError, RecursionError)


def moment(value: object, name: str = "at", *, last_year: int = LAST_YEAR) -> datetime:
    """A time as it is kept, in UTC.

    Raises:
        Senseless: it is none, has no time zone, or lies outside of the years that can be.
    """
    if not isinstance(value, str):
        raise Senseless(f"{name} is {_shown(value)}; it must be a time, as 2031-05-04T12:00:00.000+00:00")
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise Senseless(f"{name} is {_shown(value)}; it must be a time, as 2031-05-04T12:00:00.000+00:00") from None
    if found.utcoffset() is None:
        raise Senseless(f"{name} is {_shown(value)}, which has no time zone; add one, as +00:00")
    try:
        found = found.astimezone(UTC)
    except OverflowError:
        found = datetime.min.replace(tzinfo=UTC)
    if not FIRST_YEAR <= found.year <= last_year:
        raise Senseless(f"{name} is {_shown(value)}; it must lie in the years {FIRST_YEAR} to {last_year}")
    return found


def whole(value: object, name: str, low: int, high: int) -> int:
    """A whole number between two, both included.

    Raises:
        Senseless: it is none.
    """
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise Senseless(f"{name} is {_shown(value)}; it must be a whole number from {low:,} to {high:,}")
    return value


def number(value: object, name: str, low: float, high: float) -> float:
    """A number between two, both included.

    Raises:
        Senseless: it is none; NaN and infinities are none either.
    """
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        raise Senseless(f"{name} is {_shown(value)}; it must be a number from {low:,g} to {high:,g}")
    return float(value)


def seconds(value: object, name: str = "seconds") -> float:
    """Seconds that went by.

    Raises:
        Senseless: there can't be so many.
    """
    return number(value, name, 0.0, MOST_SECONDS)


def minutes(value: object, name: str = "minutes") -> float:
    """Minutes that are given for something; more than none.

    Raises:
        Senseless: there can't be so many.
    """
    if value == 0:
        raise Senseless(f"{name} is 0; it must be more")
    return number(value, name, 0.0, MOST_MINUTES)


def words(value: object, name: str, most: int = MOST_NAME) -> str:
    """A short text.

    Raises:
        Senseless: it is none, or too long.
    """
    if not isinstance(value, str):
        raise Senseless(f"{name} is {_shown(value)}; it must be text")
    if len(value) > most:
        raise Senseless(f"{name} has {len(value):,} characters; it may have {most:,}")
    return value


def one_of(value: object, name: str, possible: tuple[str, ...]) -> str:
    """One of a few words.

    Raises:
        Senseless: it is another one.
    """
    if not isinstance(value, str) or value not in possible:
        raise Senseless(f"{name} is {_shown(value)}; possible are {', '.join(possible)}")
    return value


def framework(value: object, name: str = "framework") -> str:
    """The name of a framework; it may be one of a pack that is not here.

    Raises:
        Senseless: no framework can be called so.
    """
    if not isinstance(value, str) or not is_name(value):
        raise Senseless(f"{name} is {_shown(value)}; possible are torch, numpy, python and those of packs")
    return value


def uid(value: object, name: str = "uid") -> str:
    """The name of a record.

    Raises:
        Senseless: it can't be one.
    """
    if not isinstance(value, str) or not _UID.fullmatch(value):
        raise Senseless(f"{name} is {_shown(value)}; it must be 1 to 64 letters, digits, - and _")
    return value


def whole_numbers(value: object, name: str) -> None:
    """See that the whole numbers in plain values fit into 64 bits, as messages between processes hold them.

    Raises:
        Senseless: one does not.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        whole(value, name, -(2**63), 2**63 - 1)
    elif isinstance(value, dict):
        for each in [*value.keys(), *value.values()]:
            whole_numbers(each, name)
    elif isinstance(value, list | tuple):
        for each in value:
            whole_numbers(each, name)


def depth(value: object, most: int) -> None:
    """See that lists and objects are not nested deeper than can be read again.

    Raises:
        Senseless: they are.
    """
    level: list[object] = [value]
    for _ in range(most):
        level = [
            inner
            for outer in level
            if isinstance(outer, list | dict)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return
    raise Senseless(f"it has lists in each other more than {most} deep")


def _shown(value: object) -> str:
    """A value in a sentence: its beginning, on one line; numbers too long to be written are not tried."""
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 256:
        return f"a number of {value.bit_length():,} bits"
    text = ascii(value) if isinstance(value, bytes) else repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"
