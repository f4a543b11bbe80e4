"""What is to be judged in a batch: files, or lines of JSON. Whatever is wrong with one is kept with it, and harms no other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec.structs import replace

from judge.batch.files import Found, sources
from judge.source import MOST_SOURCE_BYTES
from problems import Framework
from problems.frameworks import BUILT_IN

MOST_LINE_BYTES = 16 * MOST_SOURCE_BYTES


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One submission.

    Attributes:
        id: by which the results name it.
        source: its bytes.
        filename: as its author knows it.
        stem: tells the problem where nothing else does.
        problem: None: as the whole batch says, or told from the file.
        framework: None: as the whole batch says, or told from the file.
        error: why it can't be judged; "" where it can be tried.
    """

    id: str
    source: bytes = b""
    filename: str = "solution.py"
    stem: str = ""
    problem: str | None = None
    framework: str | None = None
    error: str = ""

    @property
    def sha256(self) -> str:
        """Of the source."""
        return hashlib.sha256(self.source).hexdigest()


class _Fields(msgspec.Struct, frozen=True):
    """One line of JSON."""

    id: str | int
    source: str
    problem: str | None = None
    framework: str | None = None


def items_of_files(files: Iterable[Found]) -> Iterator[Item]:
    """A submission for each file, read when its turn comes."""
    for file, source, error in sources(files):
        name = str(file.path).encode("utf-8", "backslashreplace").decode()
        yield Item(
            id=name,
            source=source,
            filename=file.path.name,
            stem=file.path.stem,
            error=error or _too_large(source),
        )


def items_of_lines(stream: BinaryIO, frameworks: Sequence[Framework] = BUILT_IN) -> Iterator[Item]:
    """A submission for each line: an object with `id`, `source` and, where it is not told by the source, `problem` and `framework`."""
    number = 0
    names = [each.name for each in frameworks]
    while line := stream.readline(MOST_LINE_BYTES + 1):
        number += 1
        if len(line) > MOST_LINE_BYTES:
            while line and not line.endswith(b"\n"):
                line = stream.readline(MOST_LINE_BYTES)
            yield Item(id=f"line {number}", error=f"Line {number} has more than {MOST_LINE_BYTES:,} bytes.")
        elif line.strip():
            yield _item_of(line, number, names)


def _item_of(line: bytes, number: int, frameworks: Sequence[str]) -> Item:
    try:
        fields = msgspec.json.decode(line, type=_Fields)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        wanted = '{"id": ..., "problem": ..., "source": ...}'
        return Item(id=f"line {number}", error=f"Line {number} is no object like {wanted}: {error}.")
    source = fields.source.encode("utf-8", "surrogatepass")
    known = Item(
        id=str(fields.id),
        source=source[: MOST_SOURCE_BYTES + 1],
        problem=fields.problem,
        framework=fields.framework,
    )
    wrong = _too_large(source)
    if fields.problem is not None and _is_folder(fields.problem):
        wrong = "A problem is named here as `judge list` shows it; a path to its folder is for the command line."
    elif fields.framework not in (None, *frameworks):
        listed = f"{', '.join(frameworks[:-1])} and {frameworks[-1]}"
        wrong = f"There is no framework {fields.framework!r}; possible are {listed}."
    return replace(known, error=wrong)


def _is_folder(problem: str) -> bool:
    """Whether a name leads to a folder: checks of a folder run as a part of the judge, and lines may come from anyone."""
    return any(sign in problem for sign in "/\\:") and (Path(problem) / "problem.toml").is_file()


def _too_large(source: bytes) -> str:
    if len(source) <= MOST_SOURCE_BYTES:
        return ""
    return f"It has more than {MOST_SOURCE_BYTES:,} bytes, which is the most that a solution may have."
