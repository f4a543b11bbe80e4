"""What happened to the files while nobody watched: between a kill and `judge resume`, or after the time was up."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from judge.practice.clock import Reading
from judge.records import Log
from judge.terminal.saves import read_saved
from judge.terminal.tools import Tools

LATE_SECONDS = 2.0


def changed_meanwhile(log: Log, tools: Tools, place: int, file: Path) -> bytes | None:
    """What stands in a file, where it is neither what was judged last in this session nor the starter."""
    content = read_saved(file).source
    rows = tools.store.read(
        "SELECT source_sha256 FROM attempts WHERE session = ? ORDER BY at DESC, id DESC LIMIT 1", (log.uid,)
    )
    task = log.setup.tasks[place]
    known = (
        rows[0][0]
        if rows
        else sha256(tools.catalogue.listed(task.problem).starter(task.framework).encode()).hexdigest()
    )
    return content if content is not None and sha256(content).hexdigest() != known else None


def as_it_stood(log: Log, place: int, file: Path, *, spent: float, now: Reading) -> tuple[bytes | None, bool]:
    """What stood in a file when the time was up, as far as can be known.

    Args:
        log: the session.
        place: of the task.
        file: its file.
        spent: seconds on the session's clock.
        now: the clocks.

    Returns:
        the content, None where there is no file; and whether the file was changed after the time was up.
    """
    content, modified = read_saved(file).source, _modified(file)
    late = -log.state.left(spent)
    if content is None or modified is None or late <= LATE_SECONDS:
        return content, False
    ended = now.at - timedelta(seconds=late)
    if modified <= ended.timestamp() + LATE_SECONDS:
        return content, False
    saved = log.last_snapshot(place)
    return (content if saved is None else saved), True


def _modified(file: Path) -> float | None:
    """When it was last written, in seconds since 1970; None where there is none."""
    try:
        return file.stat().st_mtime
    except OSError:
        return None
