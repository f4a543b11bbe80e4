"""The files a session works on: the starter where the person works, and never over what they wrote."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from judge.console import shown_path
from judge.verdict import UsageError


class Existing(StrEnum):
    """What to do with a file that is there already."""

    KEEP = "keep"
    FRESH = "fresh"
    STOP = "stop"


Ask = Callable[[Path, Path], Existing]
"""Asked what to do with a file: which it is, and what it would be called if a fresh one took its place."""


def place_starter(path: Path, starter: str, ask: Ask) -> bool:
    """Put the starter there, or leave what is there.

    Args:
        path: of the solution.
        starter: what it begins with.
        ask: what to do with another file of that name.

    Returns:
        whether to go on.

    Raises:
        UsageError: it can't be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file():
            if path.read_bytes() == starter.encode():
                return True
            aside = _free_name(path)
            match ask(path, aside):
                case Existing.STOP:
                    return False
                case Existing.KEEP:
                    return True
                case Existing.FRESH:
                    path.rename(aside)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(starter)
    except OSError as error:
        raise UsageError(
            f"{shown_path(path)} can't be written: {error.strerror}. --dest takes another folder."
        ) from error
    return True


def _free_name(path: Path) -> Path:
    """`attention.before-1.py`, or the next number that is free."""
    number = 1
    while (aside := path.with_name(f"{path.stem}.before-{number}{path.suffix}")).exists():
        number += 1
    return aside
