"""`torch`, imported when it is first used: `from problems.late import torch` in place of `import torch`.

Importing it takes longer than judging a file. What is judged with a prepared case set (`judge.cases`) needs it only where an answer is
not certainly right, so the modules on that way must not import it at their top.
"""

from __future__ import annotations

import importlib
import sys
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch
else:

    class _Late:
        """Stands for a module until one of its names is asked for."""

        def __init__(self, name: str) -> None:
            self._module = name

        def __getattr__(self, name: str) -> Any:
            found = getattr(importlib.import_module(self._module), name)
            self.__dict__[name] = found  # from now on it is found without coming here
            return found

    torch = _Late("torch")

_begun = threading.Lock()


def torch_is_there() -> bool:
    """Whether it was imported."""
    return "torch" in sys.modules


def begin_torch() -> None:
    """Import it in a thread, since it will be needed soon. Who uses it meanwhile waits for that; an error is raised there."""
    if not torch_is_there() and _begun.acquire(blocking=False):
        threading.Thread(target=_import_torch, name="importing torch", daemon=True).start()


def _import_torch() -> None:
    try:
        importlib.import_module("torch")
    except Exception:  # noqa: BLE001 - who uses it imports it again, and meets the error
        _begun.release()


__all__ = ["begin_torch", "torch", "torch_is_there"]
