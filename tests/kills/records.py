"""What is kept of a session of kills, so that one that was interrupted goes on: a line of JSON for each thing. And the figures of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from tests.kills.answers import Came
from tests.kills.processes import COMMAND
from tests.kills.trial import Record

UNDISTURBED = "nothing: it had ended"


class Begun(msgspec.Struct, frozen=True, tag=True):
    """A session has begun in this folder."""

    seed: int
    folder: str


class Measured(msgspec.Struct, frozen=True, tag=True):
    """The verdict on a file, as JSON, where nothing was killed, and how long `judge run` took for it."""

    name: str
    verdict: str
    seconds: float


class Tried(msgspec.Struct, frozen=True, tag=True):
    """A trial is over."""

    record: Record


Kept = Begun | Measured | Tried


class State:
    """What is kept.

    Args:
        path: the file; None keeps nothing.
        seed: of a session that begins; None: that of the session that goes on, else 0.

    Raises:
        ValueError: the file is of a session with another seed.
    """

    def __init__(self, path: Path | None, seed: int | None) -> None:
        self._path = path
        self.kept: list[Kept] = []
        if path is not None and path.exists():
            data = path.read_bytes()
            whole = data[: data.rfind(b"\n") + 1]  # a last line that was not written to its end is taken away
            path.write_bytes(whole)
            self.kept = [msgspec.json.decode(line, type=Kept) for line in whole.splitlines()]
        found = [each.seed for each in self.kept if isinstance(each, Begun)]
        if found and seed not in (None, found[0]):
            raise ValueError(f"{path} is of a session with the seed {found[0]}; give that one, or another file")
        self.seed = found[0] if found else seed or 0

    @property
    def records(self) -> list[Record]:
        """Of the trials that are over."""
        return [each.record for each in self.kept if isinstance(each, Tried)]

    @property
    def measured(self) -> dict[str, Measured]:
        """What was measured, by the names of the files."""
        return {each.name: each for each in self.kept if isinstance(each, Measured)}

    @property
    def folder(self) -> Path | None:
        """Where the session was before; one that was killed has left it."""
        return next((Path(each.folder) for each in self.kept if isinstance(each, Begun)), None)

    def add(self, each: Kept) -> None:
        """Keep this."""
        self.kept.append(each)
        if self._path is not None:
            with self._path.open("ab") as stream:
                stream.write(msgspec.json.encode(each) + b"\n")


def figures(records: Sequence[Record]) -> str:
    """A table by command and by what was killed."""
    heads = ("command", "killed", "trials", *(came.value for came in Came), "faulty")
    rows = [heads]
    for key, group in sorted(_grouped(records).items()):
        came = Counter(each.came for each in group)
        faulty = sum(bool(each.faults) for each in group)
        rows.append((*key, str(len(group)), *(str(came[each] or "") for each in Came), str(faulty or "")))
    came = Counter(each.came for each in records)
    faulty = sum(bool(each.faults) for each in records)
    rows.append(("all", "", str(len(records)), *(str(came[each] or "") for each in Came), str(faulty or "")))
    wide = [max(len(row[place]) for row in rows) for place in range(len(heads))]
    return "\n".join(
        "  ".join(_cell(*each) for each in zip(row, wide, range(9), strict=False)).rstrip() for row in rows
    )


def _cell(text: str, wide: int, place: int) -> str:
    return text.ljust(wide) if place < 2 else text.rjust(wide)


def _grouped(records: Iterable[Record]) -> dict[tuple[str, str], list[Record]]:
    found: dict[tuple[str, str], list[Record]] = {}
    for each in records:
        found.setdefault((each.plan.command, _killed(each)), []).append(each)
    return found


def _killed(record: Record) -> str:
    if not record.killed:
        return UNDISTURBED
    if record.plan.templates:
        count = len(record.killed)
        return f"{record.killed[0]}, {count if count <= 3 else 'more than 3'} times"
    return " ".join(sorted(set(record.killed), key=lambda role: role != COMMAND))
