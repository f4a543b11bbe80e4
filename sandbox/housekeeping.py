"""What judges have in a container engine, and its removal."""

from __future__ import annotations

import msgspec

from sandbox.engine import OURS, Engine, EngineFailed
from sandbox.image import Image, images
from sandbox.owner import Owner

RUNNING = "running"


class Found(msgspec.Struct, frozen=True):
    """What there is.

    Attributes:
        engine: its name and version.
        place: where it listens.
        images: of every version.
        running: containers of judges at work.
        left: identities of containers that judges have left behind.
    """

    engine: str
    place: str
    images: tuple[Image, ...]
    running: int
    left: tuple[str, ...]

    @property
    def ready(self) -> bool:
        """Whether this judge has its image."""
        return any(image.current for image in self.images)


class Removed(msgspec.Struct, frozen=True):
    """What was removed.

    Attributes:
        containers: how many.
        images: those.
        kept: images that could not be removed, and why.
    """

    containers: int
    images: tuple[Image, ...]
    kept: tuple[str, ...]


def look(engine: Engine) -> Found:
    """Look.

    Raises:
        SandboxUnavailable: the engine does not answer.
    """
    owner = Owner()
    try:
        every = engine.containers()
        left = left_behind(every, owner)
    finally:
        owner.close()
    return Found(engine.version, engine.place, tuple(images(engine)), len(every) - len(left), tuple(left))


def clean(engine: Engine, *, everything: bool) -> Removed:
    """Remove what is left behind, and what other versions need.

    Args:
        engine: where.
        everything: also what this version needs, and containers of judges at work.

    Raises:
        SandboxUnavailable: the engine does not answer.
    """
    owner = Owner()
    try:
        gone = (
            [str(each["Id"]) for each in engine.containers()] if everything else left_behind(engine.containers(), owner)
        )
        for identity in gone:
            engine.remove(identity)
    finally:
        owner.close()
    removed, kept = [], []
    for image in images(engine):
        if image.current and not everything:
            continue
        try:
            engine.remove_image(image.identity)
            removed.append(image)
        except EngineFailed as error:
            kept.append(str(error))
    return Removed(len(gone), tuple(removed), tuple(kept))


def sweep(engine: Engine, owner: Owner) -> list[str]:
    """Remove what judges that were killed have left; identities of the containers.

    Raises:
        EngineFailed: the engine does not answer.
    """
    left = left_behind(engine.containers(), owner)
    for identity in left:
        engine.remove(identity)
    owner.forget_those_that_ended()
    return left


def left_behind(containers: list[dict[str, object]], owner: Owner) -> list[str]:
    """Those whose judge is known to have ended."""
    ended: dict[str, bool] = {}
    left = []
    for container in containers:
        labels = container.get("Labels")
        name = str(labels.get(OURS, "")) if isinstance(labels, dict) else ""
        ended[name] = ended[name] if name in ended else owner.has_ended(name)
        if ended[name]:
            left.append(str(container["Id"]))
    return left
