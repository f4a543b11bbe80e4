"""What a solution may import beside the standard library, and where it lies on this machine."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import itertools
import os
import re
import sys
import sysconfig
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Protocol

import msgspec


class Equipment(Protocol):
    """What a sandbox must know of a framework: data alone, equal where it is the same framework, by which warm interpreters are kept."""

    @property
    def name(self) -> str:
        """What people call it by."""

    @property
    def imports(self) -> tuple[str, ...]:
        """Modules that a template imports, in this order."""

    @property
    def optional(self) -> tuple[str, ...]:
        """Those of `imports` that need not be installed."""

    @property
    def importable(self) -> tuple[str, ...]:
        """Top-level packages that are found in a run, installed or not."""

    def __hash__(self) -> int: ...


class Libraries(msgspec.Struct, frozen=True):
    """Where the importable packages are.

    Attributes:
        allowed: top-level packages that may be imported.
        sites: folders that hold them.
        readable: files and folders that must be readable for that: the standard library and each package.
    """

    allowed: tuple[str, ...]
    sites: tuple[str, ...]
    readable: tuple[str, ...]


@cache
def libraries(framework: Equipment) -> Libraries:
    """The packages that a solution of this framework may import, as far as they are installed."""
    sites: list[str] = []
    readable = _standard_library()
    allowed: list[str] = []
    for name in framework.importable:
        place = _place(name)
        if place is None:
            continue
        allowed.append(name)
        readable.append(str(place))
        if str(place.parent) not in sites:
            sites.append(str(place.parent))
    for site in map(Path, sites):
        readable += [str(place) for place in sorted(site.glob("*.libs")) if _is_of(place.stem, allowed)]
        readable += [str(site / "nvidia")] if "torch" in allowed and (site / "nvidia").exists() else []
    return Libraries(tuple(allowed), tuple(sites), tuple(dict.fromkeys(readable)))


def _is_of(distribution: str, packages: list[str]) -> bool:
    """Whether shared libraries that a wheel brings (`scikit_learn.libs`) are of one of these packages (`sklearn`)."""
    if distribution in packages:
        return True
    owners = {name: owners for name, owners in _owners().items() if name in packages}
    return any(distribution == re.sub(r"[-_.]+", "_", each).lower() for each in itertools.chain(*owners.values()))


@cache
def _owners() -> Mapping[str, list[str]]:
    """The distributions that a package comes from; it takes a moment, and is not asked where folders are called after packages."""
    return importlib.metadata.packages_distributions()


def _standard_library() -> list[str]:
    """Its folders: the interpreter's own, also where this one is a virtual environment, which has none."""
    own = {"base": sys.base_prefix, "platbase": sys.base_exec_prefix}
    return [os.path.realpath(sysconfig.get_path(which, vars=own)) for which in ("stdlib", "platstdlib")]


def _place(name: str) -> Path | None:
    """The folder or file of a package, found without importing it."""
    if "." in name:
        return None
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None
    if spec is None:
        return None
    if spec.submodule_search_locations:
        return Path(next(iter(spec.submodule_search_locations)))
    return Path(spec.origin) if spec.origin else None
