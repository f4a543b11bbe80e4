"""Kinds of parameters that several commands have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from judge.console import Streams
from judge.settings.configuration import HINTS, SANDBOXES
from judge.verdict import UsageError, escaped
from problems import Catalogue, Framework
from problems.frameworks import BUILT_IN

Injected = Annotated[Streams, Parameter(parse=False)]
Flag = Annotated[bool, Parameter(negative=(), show_default=False)]
Pager = Annotated[bool, Parameter(name="--pager", negative="--no-pager", show_default=False)]

# Given an optional type, cyclopts takes the words "none" and "null" for None: it sees the type without None.
if TYPE_CHECKING:
    Number = int | None
    FrameworkName = str | None
    Sandbox = str | None
    Hints = str | None
    Effort = str
else:
    Number = int
    FrameworkName = (
        Literal[tuple(each.name for each in BUILT_IN)] | str
    )  # help and completion name those that are always there
    Sandbox = Literal[SANDBOXES]
    Hints = Literal[HINTS]
    Effort = Literal["full", "verdict"]


def known_frameworks(catalogue: Catalogue, problem: str | None) -> tuple[Framework, ...]:
    """Every framework that there is, with those of a problem that was named.

    Raises:
        LookupError: there is no such problem; so does the catalogue's `find`.
    """
    brought = () if problem is None else catalogue.find(problem).brought
    return tuple(dict.fromkeys((*catalogue.frameworks, *brought)))


def require_framework(name: str | None, frameworks: Sequence[Framework]) -> None:
    """See that there is a framework that was named on the command line.

    Raises:
        UsageError: there is none.
    """
    if name is not None and name not in [each.name for each in frameworks]:
        listed = ", ".join(f'"{each.name}"' for each in frameworks)
        raise UsageError(
            f'Invalid value "{escaped(name)}" for --framework. Choose from: {listed}. `judge --help` shows what is possible.'
        )
