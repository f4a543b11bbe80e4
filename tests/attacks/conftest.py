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

from conformance import (  # noqa: E402
    KINDS,
    Kind,
    Room,
    honest,
    why_not,
)
from filed import Attack  # noqa: E402
from watching import Watched  # noqa: E402

from tests.leftovers import adopt_orphans  # noqa: E402

FEW = "--few"
EVERY = "--every-attack"
ONE_OF = 6  # attacks is shown to work against a naive judge, where not all are asked for
SECRET = f"judge-secret-{os.urandom(16).hex()}"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where each run costs a container, two of each class stand for all in CI."""
    parser.addoption(FEW, action="store_true", help="of each class of attacks one, and one that goes around Python")
    parser.addoption(
        EVERY,
        action="store_true",
        help="show of every attack, not of a sixth, that it works against a naive judge; and try all, not a third, without walls",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what --few does; and most of what shows that attacks are real and a part without walls, if not all is asked for."""
    if not config.getoption(EVERY):
        naive = [
            item for item in items if getattr(item, "originalname", "") == "test_attack_works_against_a_naive_judge"
        ]
        wallless = [item for item in items if isinstance(kind := parameter(item, "watched"), Kind) and not kind.walls]
        chosen = {*naive[::ONE_OF], *wallless[::3]}
        unasked = {*naive, *wallless} - chosen
        config.hook.pytest_deselected(items=list(unasked))
        items[:] = [item for item in items if item not in unasked]
    if not config.getoption(FEW):
        return
    first: dict[tuple[str, bool], str] = {}
    kept, left = [], []
    for item in items:
        attack = parameter(item, "attack")
        of_few = (
            not isinstance(attack, Attack)
            or first.setdefault((attack.group, attack.needs_walls), attack.name) == attack.name
        )
        (kept if of_few else left).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept


def parameter(item: pytest.Item, name: str) -> object:
    """What a test is given; None where it is given no such thing."""
    return item.callspec.params.get(name) if isinstance(item, pytest.Function) and hasattr(item, "callspec") else None


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
