"""What is taken from a run before it sees the user's file: in the template for every problem, in the run what its own problem forbids."""

from __future__ import annotations

import gc
import sys
import warnings
from collections.abc import Callable
from typing import Any

from . import foreign, guard, runtimes, views
from .forbidden import Forbidden, remember_operators
from .imports import ImportDoor
from .offences import LATE, Offend


def prepare(torch: Any) -> None:
    """In the template, once everything is imported."""
    gc.disable()  # there is nothing to collect yet, and a great deal to look through
    # What torch says of overridden operators and old names is not for the user, whose output it would be in a container.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        views.guard_views()
        if torch is not None:
            runtimes.take_away(torch)
            remember_operators(torch)
        foreign.take_away()
    gc.enable()


def confine(
    spec: dict[str, Any], sites: list[str], readable: list[str], reporter: Callable[[], Offend], torch: Any
) -> None:
    """In the run.

    Args:
        spec: what loading was told.
        sites: folders of packages.
        readable: files and folders of the libraries.
        reporter: makes functions that report an offence. The hook has one of its own, since user code may get at those of refusals.
        torch: the module, or None.
    """
    rules = Forbidden(spec["forbidden_names"], spec["forbidden_operators"], reporter())
    rules.take_away(torch)
    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "ImportDoor"]
    allowed, forbidden = frozenset(spec["allowed"]), frozenset(spec["forbidden_packages"])
    sys.meta_path.insert(0, ImportDoor(sites, allowed, forbidden, reporter()))
    LATE.begin(reporter(), readable)
    if spec["guard"]:
        guard.install(readable, sites, rules.hidden, rules.unloaded, spec["filename"], reporter())
        foreign.forget()
    else:
        foreign.put_back()  # the walls are tried alone
