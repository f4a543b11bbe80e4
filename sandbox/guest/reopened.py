"""Folders that the unprivileged user can't reach by their paths, reached by descriptors that root has opened.

An interpreter below a home that only its owner may enter (pyenv or uv as root) can't be read by another user, though its own files can.
At the full level it is mounted elsewhere. Where mounts are refused, as in most containers, the template opens the folders as root and
starts anew with `/proc/self/fd/N` in place of their paths: such a path begins at the open folder and passes none above it (proc(5)).
Nothing is copied. What may be read there is the Landlock ruleset's part, as ever.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from typing import Any

BY_DESCRIPTOR = "/proc/self/fd/"
HOME = "PYTHONHOME"


class Reopened:
    """Open folders.

    Attributes:
        paths: by the real path of each folder, the one that begins at its descriptor.
    """

    def __init__(self, paths: dict[str, str]) -> None:
        self.paths = paths

    @classmethod
    def of(cls, plan: dict[str, Any]) -> Reopened:
        """Open what the plan lets runs read: the interpreter's folder, and those that hold other places of the plan."""
        prefix = os.path.realpath(sys.base_prefix)
        folders = [
            prefix,
            *(os.path.dirname(path) for path in plan["readable"] if not path.startswith(prefix + os.sep)),
        ]
        flags = os.O_DIRECTORY | getattr(os, "O_PATH", 0)
        return cls({folder: f"{BY_DESCRIPTOR}{os.open(folder, flags)}" for folder in dict.fromkeys(folders)})

    @property
    def descriptors(self) -> tuple[int, ...]:
        """Those of the folders."""
        return tuple(int(path.removeprefix(BY_DESCRIPTOR)) for path in self.paths.values())

    def path(self, path: str) -> str:
        """A path by way of the open folder that it lies in; as it is, where it lies in none."""
        for real, shown in self.paths.items():
            if path == real or path.startswith(real + os.sep):
                return shown + path[len(real) :]
        return path

    def real(self, path: str) -> str:
        """The real path of one that begins at a descriptor."""
        for real, shown in self.paths.items():
            if path == shown or path.startswith(shown + os.sep):
                return real + path[len(shown) :]
        return path

    def plan(self, plan: dict[str, Any]) -> dict[str, Any]:
        """A plan for the walls, by way of the open folders."""
        return plan | {"readable": [self.path(path) for path in plan["readable"]], "reopened": self.paths}


def start_anew(options: dict[str, Any], whys: Iterable[str]) -> None:
    """Replace this process by one that reaches its interpreter and packages by descriptors. It tries the reduced level alone.

    Args:
        options: those that this process was started with.
        whys: why better levels were refused.
    """
    opened = Reopened.of(options["walls"])
    for descriptor in opened.descriptors:
        os.set_inheritable(descriptor, True)
    walls = opened.plan(options["walls"]) | {"levels": ["reduced"], "whys": list(whys)}
    told = options | {"walls": walls, "sites": [opened.path(site) for site in options["sites"]]}
    environment = {**os.environ, HOME: opened.path(os.path.realpath(sys.base_prefix))}
    os.execve(sys.executable, [*sys.orig_argv[:-1], json.dumps(told)], environment)


NOTHING = Reopened({})
