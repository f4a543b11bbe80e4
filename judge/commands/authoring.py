"""`judge new`: for those who write problems."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from judge.commands.parameters import Injected
from judge.console import Streams, shown_path
from problems.packs import OWN


def new(
    name: str,
    /,
    *,
    dest: Path = Path(),
    from_: Annotated[str | None, Parameter(name="--from")] = None,
    streams: Injected,
) -> int:
    """Begin a problem of your own: a complete one to change, which passes `judge verify` as it is.

    Args:
        name: of the problem, and of the function that the template asks for; small letters, digits and `_`.
        dest: the folder to write `problems/NAME` and `reference/NAME.py` to.
        from_: a problem to begin from, by name, alias or folder; it keeps what a solution defines. Without it a small template.
        streams: where to print.
    """
    from judge.authoring.scaffold import write_problem

    others = _others_called(name, dest.resolve(), streams)
    written = write_problem(name, dest, None if from_ is None else streams.catalogue.find(from_))
    if others:
        streams.say(
            f"{name} is the name of a problem already: {' and '.join(others)}. Once both are listed, yours must be written "
            f"{dest.resolve().name}/{name}, and `judge run {name}.py` wants --problem. Another name spares you that."
        )
    folder = dest / "problems" / name
    shown = shlex.quote(shown_path(folder if str(folder).startswith((".", "/")) else Path() / folder))
    listed = "".join(f"  {shown_path(path)}\n" for path in written)
    streams.write(
        f"Written, in the order in which to read and change them:\n{listed}\n"
        f"Next:\n"
        f"  judge verify {shown} --quick    proves that it is good, and says what is missing where it is not\n"
        f"  judge run FILE --problem {shown}\n"
        f"                judges an answer to it\n\n"
        f"To have it listed, name its folder in {shown_path(streams.places.config_file)}:\n"
        f"  packs = [{json.dumps(str(dest.resolve()))}]\n"
    )
    return 0


def _others_called(name: str, home: Path, streams: Streams) -> list[str]:
    """The problems elsewhere that go by this name, in full."""
    names = (
        (each, {part.replace("-", "_") for part in (each.slug, *each.aliases)}) for each in streams.catalogue.problems
    )
    return [
        f"{each.pack or OWN}/{each.slug}" for each, mine in names if name in mine and each.folder.parents[1] != home
    ]
