"""What a proof has found so far, on disk: an interrupted proof goes on where it was, whatever ended it.

Every verdict of a proof is a line, appended and flushed before the next answer is judged. The journal's name holds the digest of all that
decides a verdict. So a proof that is begun again after words, mistakes or right answers were changed asks only what is new. A line that a
kill cut off is left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from judge.authoring.keeping import shared_digest
from judge.verdict import Kind, Verdict, versions
from problems import Problem

# They depend on what else the machine does, and are found anew.
OF_THE_MOMENT = (Kind.TIME_LIMIT, Kind.MEMORY_LIMIT, Kind.SANDBOX_VIOLATION, Kind.INTERNAL_ERROR)


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    verdict: Verdict | None = None
    rejected: tuple[str, ...] | None = None


class Journal:
    """The verdicts of one problem's proof, of the files as they are.

    Args:
        problem: whose.
        folder: where journals are; made where it is missing.
        sandbox: where answers run, as it was asked for: a verdict may depend on it.
        anew: take over nothing.
    """

    def __init__(self, problem: Problem, folder: Path, *, sandbox: str = "auto", anew: bool = False) -> None:
        name = hashlib.sha256(problem.name.encode()).hexdigest()[:8]
        content = msgspec.json.encode([problem.digest, shared_digest(), sandbox, sorted(versions().items())])
        self._path = folder / f"{problem.slug}-{name}-{hashlib.sha256(content).hexdigest()[:16]}.jsonl"
        folder.mkdir(parents=True, exist_ok=True)
        for other in folder.glob(f"{problem.slug}-{name}-*.jsonl"):
            if anew or other != self._path:
                other.unlink(missing_ok=True)
        self._known = {line.key: line for line in self._lines()}
        self._file: BinaryIO = self._path.open("ab")
        if self._file.tell() and not self._ends_whole():
            self._file.write(b"\n")

    @property
    def length(self) -> int:
        """How much was found before."""
        return len(self._known)

    def _lines(self) -> Iterator[_Line]:
        if not self._path.is_file():
            return
        for text in self._path.read_bytes().split(b"\n"):
            try:
                if text:
                    yield msgspec.json.decode(text, type=_Line)
            except (msgspec.DecodeError, msgspec.ValidationError):
                continue

    def _ends_whole(self) -> bool:
        with self._path.open("rb") as file:
            file.seek(-1, 2)
            return file.read(1) == b"\n"

    def verdict(self, key: str) -> Verdict | None:
        """What was found of this before, or None."""
        line = self._known.get(key)
        return line.verdict if line else None

    def rejected(self, key: str) -> frozenset[str] | None:
        """Which of the answers that were asked together were rejected, by their digests; None where that is not known."""
        line = self._known.get(key)
        return frozenset(line.rejected) if line and line.rejected is not None else None

    def note(self, key: str, verdict: Verdict) -> None:
        """Keep a verdict, unless it may depend on what else the machine does."""
        if verdict.verdict not in OF_THE_MOMENT:
            self._append(_Line(key=key, verdict=verdict))

    def note_rejected(self, key: str, rejected: Sequence[str]) -> None:
        """Keep which of many answers were rejected together."""
        self._append(_Line(key=key, rejected=tuple(rejected)))

    def _append(self, line: _Line) -> None:
        self._known[line.key] = line
        self._file.write(msgspec.json.encode(line) + b"\n")
        self._file.flush()

    def close(self) -> None:
        """Close it. It stays: where words are changed or a right answer is added, the next proof asks only what is new."""
        self._file.close()


def key_of(*parts: Any) -> str:
    """A short name for what was asked."""
    return hashlib.sha256(msgspec.json.encode([repr(part) for part in parts])).hexdigest()[:24]


def digest_of(source: str) -> str:
    """A short name for a source."""
    return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()[:24]
