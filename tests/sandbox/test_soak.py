"""A hundred runs, ten of them hostile, leave nothing behind; `python -m tests.soak` does two thousand."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from conformance import KINDS, Kind, why_not

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests import leftovers
from tests.soak import soak

MOST_GROWTH_BYTES = 8 << 20


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.warm], ids=lambda kind: kind.name)
def test_a_hundred_runs_leave_nothing(kind: Kind) -> None:
    if reason := why_not(kind):
        pytest.skip(f"the sandbox {kind.name} does not work here: {reason}")
    result = soak(100, kind, every=20)
    assert result.wrong == []
    assert leftovers.sentences(result.left) == []
    assert max(result.memory) - result.memory[0] < MOST_GROWTH_BYTES
