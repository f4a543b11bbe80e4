"""Attacks: each is shown to work against a naive judge first, and then to get nowhere in any sandbox.

What an attack achieves, in the words of its line `Naive:`, is asked of the surroundings both times:

    accepted    the verdict is accepted, though the answer is wrong, or slow, or not the candidate's own
    changes     a file was made, changed or removed
    connects    somebody came to a listener of the test
    dies        the judge ended without a verdict
    floods      more came out than anybody wants to keep
    hangs       the judge did not end
    holds       more memory, threads or descriptors than are granted were held at once (the attack says so)
    kills       another process was ended, stopped or traced
    leaks       the secret came out: in what was printed, in the verdict, in a file or over the network
    lingers     a process was left behind
    reaches     something outside answered (the attack says so)
    spawns      a process was started (the attack says so)

An attack says so by printing a token that is made for it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conformance import descendants
from effects import EFFECTS, Outcome
from filed import CLASSES, FOLDER, Attack, all_attacks
from scene import ROOT, Scene
from watching import Watched, end_strays, ended_within

from judge.judging import judge_submission
from judge.settings import Configuration
from judge.source import Submission, reject_unread, submission_of
from judge.verdict import Kind, Verdict, to_json
from problems import Framework
from tests.case_sets import case_set_for
from tests.leftovers import adopt_orphans

SEED = 7
LIMITS = Configuration(call_seconds=1.0, run_seconds=3.0, memory_mib=128, output_kib=64)
LONGEST_SECONDS = 12.0  # the run's three, two busy cores, and a verdict also draws cases and computes what is right
NAIVE_SECONDS = 60.0
HANGS_SECONDS = 1.0  # that a naive judge goes on for, once the attack has said that it is there
SAID_OR_JUDGED = {"accepted", "holds", "reaches", "spawns"}  # what tells nothing but in an attack that is after it
ATTACKS = all_attacks()
NAMES = [attack.name for attack in ATTACKS]
ON_LINUX = sys.platform.startswith("linux")

pytestmark = pytest.mark.skipif(not ON_LINUX, reason="the attacks are written for Linux")


@pytest.fixture
def scene(attack: Attack, secret: str) -> Iterator[Scene]:
    """The surroundings of one attack."""
    if reason := attack.why_not():
        pytest.skip(reason)
    made = Scene(secret, attack.places)
    yield made
    made.close()


def run_naive(attack: Attack, scene: Scene) -> Outcome:
    """Judge an attack naively, in a session of its own that is ended at the latest after a minute."""
    folder = scene.judging
    reference = "reference" if attack.framework == "torch" else "problems/lstm/accepted"
    name = f"{attack.problem}.py" if attack.framework == "torch" else "numpy_loop.py"
    shutil.copy(ROOT / reference / name, folder / "reference.py")
    (folder / "tests.json").write_text(f'{{"key": "{scene.secret}"}}\n')
    (folder / "answer.py").write_text(attack.text(scene.values))
    command = [sys.executable, "-s", str(FOLDER / "naive.py"), str(folder)]
    environment = {
        "HOME": str(scene.home),
        "TMPDIR": str(scene.scratch),
        "JUDGE_SECRET": scene.secret,
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    adopt_orphans()
    before = descendants()
    printed = scene.folder / "printed"
    with printed.open("wb") as output:
        process = subprocess.Popen(
            [*command, attack.problem, attack.framework, attack.comparison],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    hung = not _ended(process, printed, scene.token if "hangs" in attack.effects else None)
    with contextlib.suppress(ProcessLookupError):
        # One that is ended by its attack has a child that ends a moment later; one that hangs is ended with it.
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    left = end_strays(before)
    verdict = folder / "verdict"
    return Outcome(
        verdict=verdict.read_text() if verdict.exists() else "none",
        said=printed.read_bytes()[: 1 << 24].decode(errors="replace"),
        said_bytes=printed.stat().st_size,
        hung=hung,
        left=left,
    )


def _ended(process: subprocess.Popen[bytes], printed: Path, token: str | None) -> bool:
    """Whether it ends; an attack that hangs says when it begins to."""
    deadline = time.monotonic() + NAIVE_SECONDS
    while token and time.monotonic() < deadline and process.poll() is None:
        if token.encode() in printed.read_bytes():
            return ended_within(process, HANGS_SECONDS)
        time.sleep(0.02)
    return ended_within(process, max(0.0, deadline - time.monotonic()))


@pytest.mark.parametrize("attack", ATTACKS, ids=NAMES)
def test_attack_works_against_a_naive_judge(attack: Attack, scene: Scene) -> None:
    outcome = run_naive(attack, scene)
    missing = [word for word in attack.effects if not EFFECTS[word](scene, outcome)]
    assert not missing, f"{outcome.verdict}, hung: {outcome.hung}\n{outcome.said[:4000]}"


def submission(attack: Attack, text: str) -> Submission:
    """An attack as it is handed in."""
    return submission_of(text.encode(), "answer.py", problem=attack.problem, framework=attack.framework, stem="answer")


@pytest.mark.parametrize("attack", ATTACKS, ids=NAMES)
def test_attack_gets_nowhere_in_a_sandbox(
    attack: Attack, scene: Scene, watched: Watched, request: pytest.FixtureRequest
) -> None:
    if attack.needs_walls and not watched.kind.walls:
        pytest.skip("it goes around Python's own functions, and this sandbox has no walls")
    if attack.open:
        request.applymarker(pytest.mark.xfail(reason=attack.open, strict=True))
    before = watched.state()
    for sandbox in (watched.room.sandbox, *([WallsAlone(watched.room.sandbox)] if attack.needs_walls else [])):
        verdict, outcome = judged(attack, scene, sandbox)
        assert verdict.verdict in attack.fair, f"{verdict.verdict}: {verdict.headline}"
        unwanted = EFFECTS.keys() - SAID_OR_JUDGED | set(attack.effects)
        assert [word for word in sorted(unwanted) if EFFECTS[word](scene, outcome)] == []
    assert watched.settled(before) == before
    assert watched.honest(attack.framework)


class WallsAlone:
    """A sandbox without what refuses in Python: no audit hook, and ctypes is there."""

    def __init__(self, sandbox: Any) -> None:
        self._sandbox = sandbox

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sandbox, name)

    def spec(self, framework: Framework) -> dict[str, Any]:
        """What a run must be told."""
        return {**self._sandbox.spec(framework), "guard": False}


def judged(attack: Attack, scene: Scene, sandbox: Any) -> tuple[Verdict, Outcome]:
    """What comes of an attack. It is tried as though nobody had read it: what it does might stand in it in other words."""
    handed_in = submission(attack, attack.text(scene.values))
    begun = time.monotonic()
    verdict = judge_submission(
        handed_in,
        seed=SEED,
        sandbox=sandbox,
        configuration=LIMITS,
        first_failure_only=True,
        case_set=case_set_for(handed_in, SEED),
    )
    seconds = time.monotonic() - begun
    said = to_json(verdict).decode()
    return verdict, Outcome(str(verdict.verdict), said, len(said), hung=seconds > LONGEST_SECONDS)


@pytest.mark.parametrize("attack", ATTACKS, ids=NAMES)
def test_attack_is_filed_in_full(attack: Attack) -> None:
    assert attack.group in CLASSES
    assert attack.fair
    assert set(attack.effects) <= EFFECTS.keys()
    assert Kind.INTERNAL_ERROR not in attack.fair
    assert not (Kind.ACCEPTED in attack.fair and "accepted" in attack.effects)
    used = {"hangs", "holds", "reaches", "spawns"} & set(attack.effects)
    assert ("TOKEN" in attack.places) >= bool(used), "nothing tells that it got there"
    places = dict.fromkeys(attack.places, "1")
    handed_in = submission(attack, attack.text(places))
    rejected = reject_unread(handed_in, SEED)
    assert rejected is None or Kind.FORBIDDEN in attack.fair, "it is answered by reading it"


@pytest.mark.parametrize("group", CLASSES)
def test_class_has_several_attacks(group: str) -> None:
    assert sum(attack.group == group for attack in ATTACKS) >= 2


def test_there_are_many_attacks() -> None:
    folders = {path.name for path in FOLDER.iterdir() if path.is_dir() and not path.name.startswith("__")}
    assert len(ATTACKS) >= 75
    assert folders - {"parts"} == set(CLASSES)
