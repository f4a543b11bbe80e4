"""Kinds of parameters that several commands have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from judge.console import Session

Injected = Annotated[Session, Parameter(parse=False)]
Flag = Annotated[bool, Parameter(negative=(), show_default=False)]

# Given an optional type, cyclopts takes the words "none" and "null" for None: it sees the type without None.
if TYPE_CHECKING:
    Number = int | None
    Framework = Literal["torch", "numpy", "python"] | None
    Sandbox = Literal["auto", "linux", "docker", "process"] | None
    Hints = Literal["ladder", "full", "off"] | None
else:
    Number = int
    Framework = Literal["torch", "numpy", "python"]
    Sandbox = Literal["auto", "linux", "docker", "process"]
    Hints = Literal["ladder", "full", "off"]
