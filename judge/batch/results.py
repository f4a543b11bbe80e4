"""Where results go, as they come: JSON Lines, CSV, or a folder of JUnit files; and what is there already when a batch goes on."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Protocol

import msgspec

from judge.verdict import JudgeError, UsageError, Verdict, escaped, printable_json, to_json

COLUMNS = (
    "id", "problem", "framework", "verdict", "headline", "failed_check", "mistake", "title", "seed", "seconds",
    "sha256", "same_as", "error",
)  # fmt: skip

# What begins with one of these in a cell is a formula: =, +, -, @, and all that NFKC folds to one of them, and the minus sign.
_SIGNS = "=+-@\u2212\u207a\u207b\u207c\u208a\u208b\u208c\ufb29\ufe62\ufe63\ufe66\ufe6b\uff0b\uff0d\uff1d\uff20"
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}
_MOST_SHOWN = 100
_PLAIN = re.compile(rf"[a-z0-9_][a-z0-9._-]{{0,{_MOST_SHOWN - 1}}}")
_HASHED = re.compile(r"-[0-9a-f]{32}$")
_FORMULA = re.compile(f"((?:^|;)[ \"']*)(?=[{re.escape(_SIGNS)}])")


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One result.

    Attributes:
        id: of the submission.
        sha256: of its source.
        same_as: id of another one with the same source, whose verdict this is; None where it was judged itself.
        verdict: what was found.
        filename: as its author knows it.
    """

    id: str
    sha256: str
    same_as: str | None
    verdict: Verdict
    filename: str

    @property
    def seen(self) -> Seen:
        """What of it counts when all is added up."""
        diagnosis, kind = self.verdict.diagnosis, self.verdict.verdict
        return Seen(
            id=self.id,
            sha256=self.sha256,
            seed=self.verdict.seed,
            verdict=kind.value if kind is not None else None,
            title=diagnosis.title if diagnosis is not None and diagnosis.mistake else "",
        )


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A result, as far as it counts when all is added up; `verdict` None where there is none, `title` of the mistake."""

    id: str
    sha256: str
    seed: int
    verdict: str | None
    title: str = ""


class Sink(Protocol):
    """Something that results go to."""

    def add(self, line: Line) -> None:
        """Write one. When this returns, a kill no longer loses it."""

    def close(self) -> None:
        """Write what is left, and close."""


class JsonLines:
    """An object for each result, a line each: what `--json` prints, and before it `id`, `sha256` and `same_as`.

    Args:
        write: takes a whole line at once.
        done: called at the end.
    """

    def __init__(self, write: Callable[[bytes], None], done: Callable[[], None] = lambda: None) -> None:
        self._write = write
        self.close = done

    def add(self, line: Line) -> None:
        """Write one."""
        fields = {"id": line.id, "sha256": line.sha256, "same_as": line.same_as}
        head = printable_json(msgspec.json.encode(fields))
        self._write(head[:-1] + b"," + to_json(line.verdict)[1:] + b"\n")


class Csv:
    """A row for each result.

    Args:
        write: takes a whole row at once.
        done: called at the end.
        heading: write the names of the columns first.
    """

    def __init__(
        self, write: Callable[[bytes], None], done: Callable[[], None] = lambda: None, *, heading: bool = True
    ) -> None:
        self._write = write
        self.close = done
        if heading:
            self._write(_row(COLUMNS))

    def add(self, line: Line) -> None:
        """Write one."""
        verdict = line.verdict
        failed, diagnosis = verdict.failed(), verdict.diagnosis
        fields = {
            "id": line.id,
            "problem": verdict.problem,
            "framework": verdict.framework,
            "verdict": verdict.verdict,
            "headline": verdict.headline,
            "failed_check": failed.name if failed is not None else None,
            "mistake": diagnosis.mistake if diagnosis is not None else None,
            "title": diagnosis.title if diagnosis is not None else None,
            "seed": verdict.seed,
            "seconds": f"{verdict.seconds:.3f}",
            "sha256": line.sha256,
            "same_as": line.same_as,
            "error": verdict.error,
        }
        self._write(_row([harmless(fields[name]) for name in COLUMNS]))


def harmless(value: object) -> str:
    """One cell on one line, that no spreadsheet takes for a formula (https://owasp.org/www-community/attacks/CSV_Injection).

    Full-width, small, raised and lowered signs count as the plain ones, since some spreadsheets fold them. Signs after spaces and quotes
    count, since these are trimmed; and signs after a semicolon, which separates cells where the comma separates decimals.
    """
    text = "" if value is None else escaped(str(value).replace("\n", " "))
    return _FORMULA.sub(r"\g<1>'", text)


def _row(cells: object) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)  # type: ignore[arg-type]
    return text.getvalue().encode()


class JUnitFolder:
    """A file of JUnit XML for each submission, named by its id.

    Args:
        folder: made where it is missing.
        earlier: results that have their file there already.

    Raises:
        UsageError: it can't be made.
    """

    def __init__(self, folder: Path, earlier: Iterable[Seen] = ()) -> None:
        self._folder = folder
        self._first: dict[str, str] = {}
        for each in earlier:
            self._first.setdefault(each.id, each.sha256)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"--junit {escaped(str(folder))} can't be made: {error.strerror}.") from error

    def add(self, line: Line) -> None:
        """Write one file, whole or not at all. A link that is in the way is replaced, not written through."""
        from judge.reports.junit import render

        path = self._folder / self._name(line)
        text = render(line.verdict, file=line.id)
        beside = self._folder / f".{secrets.token_hex(8)}.part"
        try:
            with beside.open("x", encoding="utf-8") as stream:
                stream.write(text)
            os.replace(beside, path)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise JudgeError(f"{escaped(str(path))} can't be written: {error.strerror}.") from error

    def close(self) -> None:
        """Nothing is left to write."""

    def _name(self, line: Line) -> str:
        """The id alone names the first source that has it; the same id with another source is another submission."""
        first = self._first.get(line.id) or self._first.setdefault(harmless(line.id), line.sha256)
        return junit_name(line.id if first == line.sha256 else f"{line.id}\0{line.sha256}")


def junit_name(id_: str) -> str:
    """A file's name for an id, which no other id has, wherever it is kept.

    An id of small letters, digits, `.`, `-` and `_` is its own name. The name of any other id has only these signs (ü becomes u), and
    ends in a hash of the id, since a file system may take capitals for small letters, fold composed signs, cut a long name, or know a
    device by the name.
    """
    plain = id_.partition(".")[0] not in _DEVICES and not _HASHED.search(id_)
    if plain and _PLAIN.fullmatch(id_):
        return f"{id_}.xml"
    letters = "".join(each for each in unicodedata.normalize("NFKD", id_.lower()) if not unicodedata.combining(each))
    shown = re.sub(r"[^a-z0-9._-]+", "_", letters).strip(".-_")[:_MOST_SHOWN]
    digest = hashlib.sha256(id_.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return f"{_beginning(shown)}-{digest}.xml"


def _beginning(shown: str) -> str:
    if not shown:
        return "submission"
    return f"_{shown}" if shown.partition(".")[0] in _DEVICES else shown


class Appended:
    """A file that lines are added to, each in one write.

    Args:
        path: the file.

    Raises:
        UsageError: it can't be opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._stream = path.open("ab", buffering=0)
        except OSError as error:
            raise UsageError(f"{escaped(str(path))} can't be written: {error.strerror}.") from error

    def write(self, data: bytes) -> None:
        """Add a line.

        Raises:
            JudgeError: it can't be written, as on a full disk.
        """
        view = memoryview(data)
        try:
            while view:
                view = view[self._stream.write(view) or 0 :]
        except OSError as error:
            raise JudgeError(f"{escaped(str(self._path))} can't be written: {error.strerror}.") from error

    def close(self) -> None:
        """Close it."""
        self._stream.close()


def open_results(path: Path) -> Sink:
    """Add results to a file: CSV where it is named so, else JSON Lines."""
    file = Appended(path)
    if path.suffix.lower() == ".csv":
        return Csv(file.write, file.close, heading=path.stat().st_size == 0)
    return JsonLines(file.write, file.close)


def read_results(path: Path) -> list[Seen]:
    """The results in a file that a batch goes on with. A last line that was not written to its end is taken away.

    Raises:
        UsageError: it can't be read, or is no file of results.
    """
    try:
        data = path.read_bytes()
        if len(whole := _mended(data)) < len(data):
            os.truncate(path, len(whole))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UsageError(f"{escaped(str(path))} can't be read: {error.strerror}.") from error
    rows = _csv_rows(whole) if path.suffix.lower() == ".csv" else _json_rows(whole)
    found = []
    try:
        for seen in rows:
            found.append(seen)
    except (msgspec.DecodeError, KeyError, ValueError, csv.Error) as error:
        raise UsageError(
            f"{escaped(str(path))} is no file of results, from its line {len(found) + 1} on: {error}. "
            "Give another file to --out."
        ) from error
    return found


def _mended(data: bytes) -> bytes:
    """All but a last line that a kill, or a lost power supply, left half written."""
    whole = data[: data.rfind(b"\n") + 1]
    while whole.endswith(b"\0\n"):
        whole = whole[: whole.rfind(b"\n", 0, len(whole) - 1) + 1]
    return whole


class _Diagnosed(msgspec.Struct, frozen=True):
    mistake: str | None
    title: str = ""


class _Judged(msgspec.Struct, frozen=True):
    id: str
    sha256: str
    seed: int
    verdict: str | None
    diagnosis: _Diagnosed | None = None


def _json_rows(data: bytes) -> Iterator[Seen]:
    for line in data.splitlines():
        row = msgspec.json.decode(line, type=_Judged)
        title = row.diagnosis.title if row.diagnosis is not None and row.diagnosis.mistake else ""
        yield Seen(id=row.id, sha256=row.sha256, seed=row.seed, verdict=row.verdict, title=title)


def _csv_rows(data: bytes) -> Iterator[Seen]:
    for row in csv.DictReader(io.StringIO(data.decode(), newline="")):
        yield Seen(
            id=row["id"],
            sha256=row["sha256"],
            seed=int(row["seed"]),
            verdict=row["verdict"] or None,
            title=row["title"] if row["mistake"] else "",
        )
