"""The fixtures of the conformance suite: every test that takes `room` runs on every kind, and nothing may be left after it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from conformance import KINDS, ON_LINUX, Kind, Room, descendants, honest, named, shared_memory, why_not

from tests.leftovers import adopt_orphans

EVERY = "--every-run"
FRAMEWORKS = ("numpy", "torch", "python")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Interpreters of their own import torch for each run."""
    parser.addoption(
        EVERY, action="store_true", help="all of the suite, not half of it, where each run is an interpreter"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of what each test shows of interpreters of their own, the other kind without walls shows most: every second stands for all."""
    if config.getoption(EVERY):
        return
    fresh = [item for item in items if kind_of(item) == "process-fresh"]
    config.hook.pytest_deselected(items=fresh[1::2])
    left_out = set(fresh[1::2])
    items[:] = [item for item in items if item not in left_out]


def kind_of(item: pytest.Item) -> str:
    """The kind of sandbox that a test is run on, or ""."""
    kind = (
        item.callspec.params.get("open_room")
        if isinstance(item, pytest.Function) and hasattr(item, "callspec")
        else None
    )
    return kind.name if isinstance(kind, Kind) else ""


@pytest.fixture(scope="session", params=KINDS, ids=lambda kind: kind.name)
def open_room(request: pytest.FixtureRequest) -> Iterator[Room]:
    """One sandbox of each kind for all tests, with all templates warm."""
    kind: Kind = request.param
    torch.set_num_threads(1)
    if reason := why_not(kind):
        pytest.skip(f"the sandbox {kind.name} does not work here: {reason}")
    adopt_orphans()
    room = Room(kind)
    for framework in FRAMEWORKS:
        room.sandbox.prepare(named(framework))
    if kind.warm:
        for framework in FRAMEWORKS:
            assert honest(room, framework)
    yield room
    room.close()


@pytest.fixture
def room(open_room: Room) -> Iterator[Room]:
    """The sandbox; after the test nothing of its runs is left, and an honest run is judged as ever."""
    before = state(open_room)
    yield open_room
    assert settled(open_room, before) == before
    if open_room.kind.warm:  # interpreters of their own share nothing, and cost a second each
        for framework in FRAMEWORKS:
            assert honest(open_room, framework)


def state(room: Room) -> dict[str, Any]:
    """What a run may not change."""
    room.settle()
    state: dict[str, Any] = {"threads": threading.active_count(), "containers": room.containers()}
    if room.kind.warm:
        state["templates"] = [room.pid(framework) for framework in FRAMEWORKS]
    if ON_LINUX:
        state |= {"processes": len(descendants()), "descriptors": room.descriptors(), "shared memory": shared_memory()}
    return state


def settled(room: Room, before: dict[str, Any]) -> dict[str, Any]:
    """The state once it is as it was, or after some seconds: a template prepares its next run while nobody waits for it."""
    deadline = time.monotonic() + 10
    while True:
        after = state(room)
        if ON_LINUX and shared_memory() <= before["shared memory"]:  # what others have taken away meanwhile is theirs
            after["shared memory"] = before["shared memory"]
        if after == before or time.monotonic() > deadline:
            return after
        time.sleep(0.01)
