"""No test leaves a resident judge behind: as in continuous integration, none is used, unless a test takes CI away."""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def _no_resident_judge() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CI", "true")
        yield
