"""One sandbox for all tests that judge something: its templates take seconds to start, and a run is thrown away after each answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from judge.isolation import Sandbox, open_sandbox


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """The strongest of this machine; what the others hold is the matter of the conformance suite."""
    with open_sandbox("auto") as place:
        yield place
