"""What is taken from a run before it sees the user's file: in the template for every problem, in the run what its own problem forbids."""

from __future__ import annotations

import gc
import sys
from typing import Any

from . import foreign, guard, runtimes, views
from .forbidden import Forbidden
from .frames import HEAD
from .imports import ImportDoor
from .offences import LATE, ender


def prepare(torch: Any) -> None:
    """In the template, once everything is imported."""
    gc.disable()  # there is nothing to collect yet, and a great deal to look through
    views.guard_views()
    if torch is not None:
        runtimes.take_away(torch)
    foreign.take_away()
    gc.enable()


def confine(
    spec: dict[str, Any], sites: list[str], readable: list[str], *, descriptor: int, key: bytes, torch: Any
) -> None:
    """In the run.

    Args:
        spec: what loading was told.
        sites: folders of packages.
        readable: files and folders of the libraries.
        descriptor: of the judge's channel, for offences.
        key: that the judge believes.
        torch: the module, or None.
    """
    pack = HEAD.pack

    def head(sequence: int, text_bytes: int) -> bytes:
        return pack(key, sequence, text_bytes, 0)

    offend = ender(descriptor, head)
    rules = Forbidden(spec["forbidden_names"], spec["forbidden_operators"], offend)
    rules.take_away(torch)
    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "ImportDoor"]
    allowed, forbidden = frozenset(spec["allowed"]), frozenset(spec["forbidden_packages"])
    sys.meta_path.insert(0, ImportDoor(sites, allowed, forbidden, offend))
    LATE.begin(ender(descriptor, head), readable)
    if spec["guard"]:
        guard.install(readable, sites, rules.hidden, rules.unloaded, spec["filename"], ender(descriptor, head))
        foreign.forget()
    else:
        foreign.put_back()  # the walls are tried alone
