"""The effects of attacks, each as a question to the scene and to what came of a run: there after a naive run, not after a sandboxed one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from scene import Scene

MOST_OUTPUT_BYTES = 4 << 20


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What came of a run.

    Attributes:
        verdict: in a word; "none" where the judge ended without one.
        said: everything that came out: what was printed, and all of the verdict.
        said_bytes: its length.
        hung: it did not end in time.
        left: process ids that were there after it and not before.
    """

    verdict: str
    said: str
    said_bytes: int = 0
    hung: bool = False
    left: frozenset[int] = frozenset()


def _leaks(scene: Scene, outcome: Outcome) -> bool:
    texts = [path.read_text(errors="replace") for path in scene.scratch.rglob("*") if path.is_file()]
    got = scene.received() or b""
    return scene.secret in outcome.said or scene.secret.encode() in got or any(scene.secret in text for text in texts)


def _says(scene: Scene, outcome: Outcome) -> bool:
    return scene.token in outcome.said


EFFECTS: dict[str, Callable[[Scene, Outcome], bool]] = {
    "accepted": lambda scene, outcome: outcome.verdict == "accepted",
    "changes": lambda scene, outcome: bool(scene.changed()),
    "connects": lambda scene, outcome: scene.received() is not None,
    "dies": lambda scene, outcome: outcome.verdict == "none" and not outcome.hung,
    "floods": lambda scene, outcome: outcome.said_bytes > MOST_OUTPUT_BYTES,
    "hangs": lambda scene, outcome: outcome.hung,
    "holds": _says,
    "kills": lambda scene, outcome: scene.decoy_hurt(),
    "leaks": _leaks,
    "lingers": lambda scene, outcome: bool(outcome.left),
    "reaches": _says,
    "spawns": _says,
}
