"""`torch`, imported when it is first used: `from problems.late import torch` in place of `import torch`.

Importing it takes longer than judging a file. What is judged with a prepared case set (`judge.cases`) needs it only where an answer is
not certainly right, so the modules on that way must not import it at their top.

It is imported in a thread. An interruption meets whoever waits, never the import: torch can't be imported a second time after that.
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
        """Stands for torch until one of its names is asked for."""

        def __getattr__(self, name: str) -> Any:
            import_torch()
            found = getattr(sys.modules["torch"], name)
            self.__dict__[name] = found  # from now on it is found without coming here
            return found

    torch = _Late()


class _Importing(threading.Thread):
    """The import, and what it raised."""

    def __init__(self) -> None:
        super().__init__(name="importing torch", daemon=True)
        self.error: Exception | None = None

    def run(self) -> None:
        """Import it."""
        try:
            importlib.import_module("torch")
        except Exception as error:  # noqa: BLE001 - raised again by whoever waits
            self.error = error


_lock = threading.Lock()
_importing: _Importing | None = None


def torch_is_there() -> bool:
    """Whether it is imported, wholly."""
    module = sys.modules.get("torch")
    return module is not None and not getattr(module.__spec__, "_initializing", False)


def begin_torch() -> threading.Thread:
    """Begin to import it, since it will be needed soon; the thread that does."""
    return _begun()


def import_torch() -> None:
    """See that it is imported.

    Raises:
        Exception: what the import has raised.
    """
    if torch_is_there():
        return
    found = _begun()
    found.join()
    if found.error is not None:
        raise found.error


def _begun() -> _Importing:
    global _importing
    with _lock:
        if _importing is None or (_importing.error is not None and not _importing.is_alive()):
            _importing = _Importing()
            _importing.start()
        return _importing


__all__ = ["begin_torch", "import_torch", "torch", "torch_is_there"]
