"""The secret that the attacks are after, and the sandboxes that they are tried in."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SANDBOX_TESTS = Path(__file__).resolve().parent.parent / "sandbox"
if str(SANDBOX_TESTS) not in sys.path:
    sys.path.append(str(SANDBOX_TESTS))  # for the kinds of sandboxes, and what must be true after a run

from conformance import KINDS, Kind, Room, adopt_orphans, why_not  # noqa: E402
from watching import Watched  # noqa: E402

from tests.sandbox.conftest import honest  # noqa: E402

SECRET = f"judge-secret-{os.urandom(16).hex()}"


@pytest.fixture(scope="session")
def secret() -> Iterator[str]:
    """Something in the environment of whoever judges, there before any sandbox starts."""
    os.environ["JUDGE_SECRET"] = SECRET
    yield SECRET
    del os.environ["JUDGE_SECRET"]


@pytest.fixture(scope="session", params=KINDS, ids=lambda kind: kind.name)
def watched(request: pytest.FixtureRequest, secret: str) -> Iterator[Watched]:
    """One sandbox of each kind for all attacks."""
    kind: Kind = request.param
    if not kind.attacked:
        pytest.skip(f"{kind.name} imports torch for each run; what it holds, it holds by the same means as a fork")
    if reason := why_not(kind):
        pytest.skip(f"the sandbox {kind.name} does not work here: {reason}")
    adopt_orphans()
    room = Room(kind)
    yield Watched(room, honest)
    room.close()
