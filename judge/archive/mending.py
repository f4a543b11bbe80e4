"""Records that make no sense, as an earlier version may have taken them in: taken out of the store, and kept in a file beside it."""

from __future__ import annotations

import os
from pathlib import Path

from judge.archive.exports import Kept, kept, reckon, written
from judge.records import Execute, Store
from judge.verdict import JudgeError


def broken(store: Store) -> list[Kept]:
    """The records that make no sense."""
    return [each for each in kept(store) if each.fault]


def take_out(store: Store, records: list[Kept], beside: Path) -> Path:
    """Write records to a file of their own, in which they can be mended and taken in again; then delete them.

    Args:
        store: that holds them.
        records: what is to go.
        beside: the store's file.

    Returns:
        the new file.

    Raises:
        JudgeError: it can't be written, or the store can't; then nothing was deleted.
    """
    path = _written(beside, written(records))
    store.transact(lambda execute: _delete(records, execute))
    return path


def _delete(records: list[Kept], execute: Execute) -> None:
    for each in records:
        execute(f"DELETE FROM {each.table} WHERE id = ?", (each.number,))
        if each.table == "sessions":
            for table in ("events", "snapshots"):
                execute(f"DELETE FROM {table} WHERE session = ?", (each.columns["uid"],))
    reckon(execute, {str(each.columns["problem"]) for each in records if each.table == "reviews"})


def _written(beside: Path, data: bytes) -> Path:
    """A new file, `judge.db.taken-out-1.jsonl` or the next number that is free, on the disk when this returns."""
    number = 0
    while True:
        number += 1
        path = beside.with_name(f"{beside.name}.taken-out-{number}.jsonl")
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        except OSError as error:
            raise JudgeError(f"{path} can't be written: {error.strerror}. Nothing was deleted.") from error
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(descriptor)
        except OSError as error:
            raise JudgeError(f"{path} can't be written: {error.strerror}. Nothing was deleted.") from error
        return path
