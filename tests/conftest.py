"""For all tests: what takes long comes first, and none leaves a resident judge behind."""

import os
from collections.abc import Iterator

import pytest

LONG = (
    "test_proofs.py",
    "test_elsewhere.py",
    "test_soak_resident.py",
    "test_practice_terminal.py",
    "test_soak.py",
    "test_kills.py",
    "test_judges.py",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files whose single tests take long come first, so that no process is left alone with one at the end."""
    items.sort(key=lambda item: item.path.name not in LONG)


@pytest.fixture(scope="session", autouse=True)
def _files_of_our_own() -> Iterator[None]:
    """Whatever the person's umask is: homes and packs that the group can write are not trusted."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture(scope="session", autouse=True)
def _no_resident_judge() -> Iterator[None]:
    """As in continuous integration none is used, unless a test takes CI away."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CI", "true")
        yield
