"""What the API and its child say to each other: one JSON object in each line, a number in every one that is answered."""

from __future__ import annotations

import base64
import json
import os
import sys
import sysconfig
from pathlib import Path
from typing import Any

from judge.api.host import UsageError

ROOT = Path(__file__).resolve().parents[2]
MOST_LINE_BYTES = 1 << 26


def command(options: dict[str, Any]) -> list[str]:
    """What starts the child, with `environment`. Its packages are those beside this one, whatever lies where the caller works."""
    return [sys.executable, "-P", "-m", "judge.api.child", json.dumps(options)]


def environment() -> dict[str, str]:
    """Of the child and of the processes that it starts: this project's folder comes first in their path.

    Where that is the folder of all installed packages, they find it by themselves; it must not come before Python's own library.
    """
    installed = {Path(sysconfig.get_path(name)).resolve() for name in ("purelib", "platlib")}
    path = [] if ROOT in installed else [str(ROOT)]
    path += filter(None, [os.environ.get("PYTHONPATH")])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path), "PYTHONUNBUFFERED": "1"}


def require_seed(seed: int | None) -> None:
    """See that a seed is one.

    Raises:
        UsageError: it is not.
    """
    if seed is not None and not (type(seed) is int and 0 <= seed < 1 << 63):
        raise UsageError("a seed is a whole number from 0 to 2^63 - 1")


def line(message: dict[str, Any]) -> bytes:
    """A message as it is sent."""
    return json.dumps(message).encode() + b"\n"


def source_bytes(source: str | bytes | os.PathLike[str]) -> tuple[bytes, str, str]:
    """The bytes of a file, the name it is shown under, and its stem: of source, or of a path."""
    if isinstance(source, bytes):
        return source, "solution.py", ""
    if isinstance(source, str):
        return source.encode("utf-8", "surrogatepass"), "solution.py", ""
    path = Path(source)
    with path.open("rb") as stream:
        return stream.read((1 << 20) + 1), path.name, path.stem  # what is larger is refused in words


def request(
    number: int, source: str | bytes | os.PathLike[str], problem: str | None, options: dict[str, Any]
) -> dict[str, Any]:
    """To judge a file."""
    require_seed(options.get("seed"))
    if problem is not None and not isinstance(problem, str):
        raise UsageError("a problem is named by a string")
    data, filename, stem = source_bytes(source)
    text = base64.b64encode(data).decode()
    return {
        "do": "grade",
        "number": number,
        "source": text,
        "filename": filename,
        "stem": stem,
        "problem": problem,
        **options,
    }
