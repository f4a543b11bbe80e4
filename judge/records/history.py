"""Everything that was tried: listed, looked at again, and deleted where it is not to be kept."""

from __future__ import annotations

from datetime import datetime

import msgspec

from judge.records.measures import UNREADABLE, moment, seconds
from judge.records.store import Row, Store
from judge.verdict import UsageError, Verdict, escaped

# What belongs to one problem, by table; a session belongs to each of its problems.
OF_PROBLEM = ("attempts", "hints", "solutions_seen", "reviews")


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt in a list.

    Attributes:
        number: it is called by.
        at: when.
        problem: its slug; None where it could not be told.
        verdict: its kind; None where the call was wrong.
        mistake: id of what was recognised; "" where nothing was.
        title: of the mistake.
        headline: the verdict in a sentence.
        occasion: "run", or in a session "save", "submit" or "time-up".
        session: uid of the session; None outside of one.
        spent_seconds: on the session's clock.
        file_name: as it was called.
        digest: of the problem's files then; "" where that was not kept.
    """

    number: int
    at: datetime
    problem: str | None
    verdict: str | None
    mistake: str
    title: str
    headline: str
    occasion: str
    session: str | None
    spent_seconds: float | None
    file_name: str
    digest: str = ""


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt in full.

    Attributes:
        line: as in the list.
        source: what was judged, as text or as it came; None where it could be read only once.
        verdict: the whole of it.
        versions: of judge, Python and the libraries then.
    """

    line: Line
    source: str | bytes | None
    verdict: Verdict
    versions: dict[str, str]


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How much there is to delete."""

    attempts: int = 0
    sessions: int = 0
    hints: int = 0
    reviews: int = 0


# Of what is no JSON nothing can be extracted: the question as a whole would fail.
_JSON = "CASE WHEN json_valid(verdict_json) THEN verdict_json ELSE '{}' END"
_LINE = (
    f"id, at, problem, verdict, coalesce(json_extract({_JSON}, '$.diagnosis.mistake'), ''), "
    f"coalesce(json_extract({_JSON}, '$.diagnosis.title'), ''), "
    f"coalesce(json_extract({_JSON}, '$.headline'), ''), occasion, session, spent_seconds, file_name, "
    f"coalesce(json_extract({_JSON}, '$.versions.problem'), '')"
)


def lines(store: Store, problem: str | None = None) -> list[Line]:
    """Every attempt, at one problem or at any, the oldest first."""
    where, values = ("WHERE problem = ?", (problem,)) if problem else ("", ())
    return store.usable("attempts", _LINE, _line, f"{where} ORDER BY at, id", values)


def attempt(store: Store, number: int) -> Attempt:
    """One attempt in full.

    Raises:
        UsageError: there is none of this number, or it makes no sense.
    """
    from judge.records.soundness import verdict_of

    versions = ("judge", "python", "torch", "numpy", "hypothesis")
    columns = ", ".join(f"{name}_version" for name in versions)
    rows = store.read(f"SELECT {_LINE}, source, verdict_json, {columns} FROM attempts WHERE id = ?", (number,))
    if not rows:
        raise _no_attempt(number)
    source, verdict, *found = rows[0][12:]
    try:
        return Attempt(
            line=_line(*rows[0][:12]),
            source=source if isinstance(source, str | bytes) else None,
            verdict=verdict_of(verdict),
            versions=dict(zip(versions, map(str, found), strict=True)),
        )
    except UNREADABLE as error:
        raise UsageError(
            f"Attempt {number} can't be shown, as it makes no sense: {escaped(str(error))}. "
            f"`judge history --mend` takes it out, `judge history --delete {number}` deletes it."
        ) from error


def other_versions(store: Store, verdict: Verdict) -> dict[str, tuple[str, str]]:
    """What was another version when this problem was last judged with this seed: by name, then and now."""
    rows = store.read(
        f"SELECT {_JSON} FROM attempts WHERE problem = ? AND seed = ? ORDER BY at DESC, id DESC LIMIT 1",
        (verdict.problem, verdict.seed),
    )
    then = msgspec.json.decode(str(rows[0][0]), type=_Versions).versions if rows else {}
    now = verdict.versions
    return {name: (then[name], now[name]) for name in now if name in then and then[name] != now[name]}


class _Versions(msgspec.Struct):
    versions: dict[str, str] = {}


def require_attempt(store: Store, number: int) -> None:
    """See that there is an attempt of this number, whether it makes sense or not.

    Raises:
        UsageError: there is none.
    """
    if not store.read("SELECT 1 FROM attempts WHERE id = ?", (number,)):
        raise _no_attempt(number)


def _no_attempt(number: int) -> UsageError:
    return UsageError(f"There is no attempt {number}: `judge history` lists them.")


def numbers_in(text: str) -> list[int]:
    """The numbers of "3", "3,5" or "3-8".

    Raises:
        UsageError: it says no numbers.
    """
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        bounds = [first, last] if dash else [first]
        if not all(bound.strip().isascii() and bound.strip().isdigit() for bound in bounds):
            raise UsageError(f"--delete {text!r} says no attempts: give their numbers, as 3 or 3,5 or 3-8, or all.")
        low, high = int(first), int(last if dash else first)
        if high - low >= 1_000_000 or high < low:
            raise UsageError(f"--delete {text!r}: {part.strip()} is no range of attempts.")
        found += range(low, high + 1)
    return found


def counts_of(store: Store, problem: str | None) -> Counts:
    """How much is remembered, of one problem or altogether."""
    where, values = ("WHERE problem = ?", (problem,)) if problem else ("", ())
    found = {
        table: int(str(store.read(f"SELECT count(*) FROM {table} {where}", values)[0][0]))
        for table in ("attempts", "hints", "reviews")
    }
    return Counts(**found, sessions=len(_sessions(store, problem)))


def remembered(store: Store, problem: str) -> bool:
    """Whether anything is remembered of a problem, which need not be here any more."""
    found = (store.read(f"SELECT 1 FROM {table} WHERE problem = ? LIMIT 1", (problem,)) for table in OF_PROBLEM)
    return any(found) or bool(_sessions(store, problem))


def delete_attempts(store: Store, numbers: list[int]) -> int:
    """Delete these attempts; what the sessions know of them without their source stays.

    Returns:
        how many there were.
    """
    return store.forget([("DELETE FROM attempts WHERE id = ?", (number,)) for number in numbers])


def delete_all(store: Store, problem: str | None) -> None:
    """Delete everything that is remembered, of one problem or altogether; sessions too, with all of their problems."""
    where, values = (" WHERE problem = ?", (problem,)) if problem else ("", ())
    rows: list[Row] = [(f"DELETE FROM {table}{where}", values) for table in OF_PROBLEM]
    for session in _sessions(store, problem):
        rows += [(f"DELETE FROM {table} WHERE session = ?", (session,)) for table in ("events", "snapshots")]
        rows.append(("DELETE FROM sessions WHERE uid = ?", (session,)))
    if problem is None:
        rows.append(("DELETE FROM plans", ()))
    store.forget(rows)


def _sessions(store: Store, problem: str | None) -> list[str]:
    """The sessions that have this problem, or all."""
    if problem is None:
        return [str(uid) for (uid,) in store.read("SELECT uid FROM sessions")]
    statement = (
        "SELECT uid FROM sessions WHERE CASE WHEN json_valid(setup) THEN EXISTS "
        "(SELECT 1 FROM json_each(setup, '$.tasks') WHERE type = 'object' AND json_extract(value, '$.problem') = ?) ELSE 0 END"
    )
    return [str(uid) for (uid,) in store.read(statement, (problem,))]


def _line(
    number: object,
    at: object,
    problem: object,
    verdict: object,
    mistake: object,
    title: object,
    headline: object,
    occasion: object,
    session: object,
    spent: object,
    file_name: object,
    digest: object,
) -> Line:
    return Line(
        number=int(str(number)),
        at=moment(at),
        problem=None if problem is None else str(problem),
        verdict=None if verdict is None else str(verdict),
        mistake=str(mistake),
        title=str(title),
        headline=str(headline),
        occasion=str(occasion),
        session=None if session is None else str(session),
        spent_seconds=None if spent is None else seconds(spent, "spent_seconds"),
        file_name=str(file_name),
        digest=str(digest),
    )
