"""The judge inside a plain container of a real engine, as root under the engine's own filter and rights: what holds there."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

import pytest
from conformance import ASKED

ROOT = Path(__file__).resolve().parents[2]
SUITE = ("test_walls.py", "test_conformance_attacks.py")
SECONDS = 600

pytestmark = pytest.mark.skipif(
    not os.environ.get(ASKED), reason="it is tried where an engine is started for it: `make docker-test`"
)


def in_a_container(command: list[str], **settings: object) -> tuple[int, str]:
    """Run a command in a container that is made with nothing but the engine's defaults; its exit status and what it printed."""
    from sandbox.engine import connect
    from tests.engine import BASE

    places = [sys.base_prefix, sys.prefix, str(ROOT)]
    with contextlib.closing(connect()) as engine:
        host = engine.client.create_host_config(
            network_mode="none", binds=[f"{place}:{place}:ro" for place in places], **settings
        )
        identity = engine.client.create_container(
            BASE,
            command,
            host_config=host,
            working_dir=str(ROOT),
            environment={"PYTHONDONTWRITEBYTECODE": "1", "HOME": "/tmp"},
        )["Id"]
        try:
            engine.client.start(identity)
            status = engine.client.wait(identity, timeout=SECONDS)["StatusCode"]
            return int(status), engine.client.logs(identity).decode(errors="replace")
        finally:
            engine.remove(identity)


def test_docker_around_the_judge_leaves_the_reduced_level() -> None:
    probe = (
        "from problems.frameworks import NUMPY; from sandbox import *; s = LinuxSandbox(); "
        "s.open(NUMPY, Limits(), None).close(); print(s.level, s.why_not_full); s.close()"
    )
    status, said = in_a_container([sys.executable, "-c", probe])
    assert status == 0, said
    assert said.startswith("reduced unshare: ")


def test_docker_around_the_judge_the_suite_holds() -> None:
    suite = [str(ROOT / "tests" / "sandbox" / name) for name in SUITE]
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", "linux or reduced"]
    status, said = in_a_container([sys.executable, "-m", "pytest", *options, *suite])
    assert status == 0, said[-6000:]
    assert " passed" in said or "[100%]" in said


def test_docker_around_the_judge_without_its_rights_nothing_isolates_and_that_is_said() -> None:
    file = ROOT / "tests" / "answers" / "autograd" / "right"
    status, said = in_a_container(
        [sys.executable, "-m", "judge", "batch", str(file), "--problem", "autograd"], cap_drop=["ALL"]
    )
    assert status == 3, said
    assert "the machine's root, whose threads can't be limited" in said
    assert "judge doctor" in said


def test_docker_around_the_judge_a_file_is_judged_behind_the_reduced_walls() -> None:
    folder = ROOT / "tests" / "answers" / "autograd" / "right"
    status, said = in_a_container([sys.executable, "-m", "judge", "batch", str(folder), "--problem", "autograd"])
    assert status == 0, said
    assert '"level":"reduced"' in said
    assert "reduced level of isolation" in said
