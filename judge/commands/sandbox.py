"""`judge sandbox`: the image and the containers of the docker sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from judge.commands.parameters import Flag, Injected
from judge.console import shown_path
from judge.verdict import JudgeError, UsageError

if TYPE_CHECKING:
    from sandbox.engine import Engine

EXIT_DONE = 0
EXIT_NOT_READY = 1
All = Annotated[bool, Parameter(name="--all", negative=(), show_default=False)]


def build(*, base: str | None = None, wheels: Path | None = None, streams: Injected) -> int:
    """Build the image that the docker sandbox starts containers from.

    It holds Python, the packages that solutions may import, in the versions that the judge uses, and no checks and no references.

    Args:
        base: an image to begin with that has Python 3 and its venv module; by default the official one of your Python's version.
        wheels: a folder of wheels to install from, for machines without a network.
        streams: where to print.
    """
    from sandbox import image

    if wheels is not None and not any(wheels.glob("*.whl")):
        raise UsageError(
            f"--wheels {shown_path(wheels)} holds no wheels. `pip download -d {shown_path(wheels)} {' '.join(image.packages())}` "
            "gets them, for the Python of the base."
        )
    with _engine() as engine:
        from judge.reports.sandbox import built

        progress = streams.progress()
        if progress is None:
            streams.say(f"building {image.tag()}; the first time, this takes a few minutes")
        try:
            image.build(engine, base=base, wheels=wheels, progress=progress or (lambda line: None))
            image.remove_nameless(engine)
        finally:
            streams.end_progress()
        streams.write(built(next(each for each in image.images(engine) if each.current)))
    return EXIT_DONE


def status(*, json: Flag = False, streams: Injected) -> int:
    """Say what there is of the docker sandbox: the engine, images, containers. Exit status 1 where it can't be used yet.

    Args:
        json: print one JSON object and nothing else.
        streams: where to print.
    """
    with _engine() as engine:
        from judge.reports.sandbox import render
        from sandbox.housekeeping import look

        found = look(engine)
    if json:
        streams.write_json(found)
    else:
        streams.write(render(found))
    return EXIT_DONE if found.ready else EXIT_NOT_READY


def clean(*, all_: All = False, streams: Injected) -> int:
    """Remove containers that judges have left behind, and images of other versions.

    Args:
        all_: also this version's image, and containers of judges that are at work.
        streams: where to print.
    """
    with _engine() as engine:
        from judge.reports.sandbox import cleaned
        from sandbox.housekeeping import clean as remove

        streams.write(cleaned(remove(engine, everything=all_)))
    return EXIT_DONE


@contextmanager
def _engine() -> Iterator[Engine]:
    from sandbox import SandboxUnavailable
    from sandbox.engine import connect

    try:
        engine = connect()
        try:
            yield engine
        finally:
            engine.close()
    except SandboxUnavailable as error:
        raise JudgeError(f"{error}"[:1].upper() + f"{error}"[1:]) from error
