"""The way to a package that is not in the standard library: a fixed list, and none that is forbidden.

That is for the words that a user is told. What may be loaded is held by the audit hook and the walls, which this object has no part in:
user code can take it away.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import types
from collections.abc import Sequence

from .offences import EVERYWHERE, RULE, Offend

FOREIGN = frozenset({"cffi", "_cffi_backend"})  # memory by its address: no solution may use it


class ImportDoor(importlib.abc.MetaPathFinder):
    """Finds the packages that may be imported.

    Args:
        sites: folders in which the packages lie.
        allowed: top-level packages that may be imported.
        forbidden: top-level packages whose import breaks a rule.
        offend: reports an offence; None where no user code runs.
    """

    def __init__(
        self, sites: list[str], allowed: frozenset[str], forbidden: frozenset[str], offend: Offend | None = None
    ) -> None:
        self._sites = sites
        self._allowed = allowed
        self._forbidden = forbidden
        self._offend = offend

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The place of an allowed package; None for others, which the import system turns into ModuleNotFoundError."""
        top = fullname.split(".")[0]
        if self._offend is not None and (top in self._forbidden or top in FOREIGN):
            self._offend(RULE if top in self._forbidden else EVERYWHERE, f"import {fullname}")
            raise ModuleNotFoundError(f"the package {top} is forbidden here", name=fullname)
        if path is not None or top not in self._allowed:
            return None
        return importlib.machinery.PathFinder.find_spec(fullname, self._sites, target)
