"""What user code may have changed in its own process, put back before and after each call into it.

Default dtype, gradient mode, threads, builtins, warning filters, NumPy's error state, recursion limit: what a solution does to
them must change nothing in how it is judged.
"""

from __future__ import annotations

import builtins
import contextlib
import operator
import random
import sys
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

from .arrays import np

# Kept here, since user code may put others in their places.
_all, _map, _tuple, _is = all, map, tuple, operator.is_


def _same(now: Iterable[Any], ours: tuple[Any, ...]) -> bool:
    """Whether these are the very same objects in the same order. It asks none of them whether it is equal."""
    found = _tuple(now)
    return found.__len__() == ours.__len__() and _all(_map(_is, found, ours))


class World:
    """The state of the process as it was before user code came."""

    def __init__(self, torch: Any) -> None:
        self._torch = torch
        self._builtins = dict(vars(builtins))
        self._builtin_names = tuple(self._builtins)
        self._builtin_values = tuple(self._builtins.values())
        self._theirs: dict[str, Any] | None = None
        self._recursion = sys.getrecursionlimit()
        self._seed_python = random.seed
        self._seed_numpy = None if np is None else np.random.seed
        self._seterr = None if np is None else np.seterr
        self._simplefilter = warnings.simplefilter
        self._resetwarnings = warnings.resetwarnings
        self._setrecursionlimit = sys.setrecursionlimit
        self.restore()

    def restore(self) -> None:
        """Put everything back. A few microseconds where nothing was changed."""
        now = builtins.__dict__
        if not (_same(now, self._builtin_names) and _same(now.values(), self._builtin_values)):
            self._theirs = dict(now)
            now.clear()
            now.update(self._builtins)
        if not (len(warnings.filters) == 1 and warnings.filters[0][0] == "ignore"):
            self._resetwarnings()
            self._simplefilter("ignore")
        if self._seterr is not None:
            self._seterr(all="warn")
        if sys.getrecursionlimit() != self._recursion:
            self._setrecursionlimit(self._recursion)
        if self._torch is not None:
            self._restore_torch(self._torch)

    @staticmethod
    def _restore_torch(torch: Any) -> None:
        torch._C._set_default_dtype(torch.float32)
        torch._C._set_grad_enabled(True)
        torch._C._set_deterministic_algorithms(False)
        if torch.get_num_threads() != 1:
            torch.set_num_threads(1)

    @contextlib.contextmanager
    def theirs(self, seed: int | None) -> Iterator[None]:
        """Within: user code runs, with the builtins it made for itself and freshly seeded global generators. All was put back before."""
        if seed is not None:
            self.seed(seed)
        if self._theirs is not None:
            builtins.__dict__.update(self._theirs)
        try:
            if self._torch is None:
                yield
            else:
                with self._torch._C._InferenceMode(False):
                    yield
        finally:
            self.restore()

    def seed(self, seed: int) -> None:
        """Seed Python's, NumPy's and torch's global generators."""
        self._seed_python(seed)
        if self._seed_numpy is not None:
            self._seed_numpy(seed & 0xFFFFFFFF)
        if self._torch is not None:
            self._torch.default_generator.manual_seed(seed)
