import os
import queue
from collections.abc import Iterator
from pathlib import Path

import pytest

from judge.source import MOST_SOURCE_BYTES
from judge.terminal.saves import Saved, Saves, Vanished

SECONDS = 20.0


class Watched:
    """Files in a folder, and what is told of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file, self.other = folder / "attention.py", folder / "lora.py"
        for file in (self.file, self.other):
            file.write_text("at first\n")
        self.told: queue.SimpleQueue[Saved | Vanished] = queue.SimpleQueue()
        self.saves = Saves([self.file, self.other], self.told.put)

    def next(self) -> Saved | Vanished:
        return self.told.get(timeout=SECONDS)

    def settles_on(self, source: bytes) -> int:
        """A save may be seen twice, but what is told last is what stands in the file."""
        while True:
            told = self.next()
            assert isinstance(told, Saved), told
            if told.source == source:
                return len(told.source)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    (tmp_path / "work").mkdir()
    found = Watched(tmp_path / "work")
    yield found
    found.saves.close()


def test_save_in_place_and_by_rename_and_with_the_same_content(watched: Watched):
    watched.file.write_text("second\n")
    watched.settles_on(b"second\n")
    beside = watched.folder / ".attention.py.swp"
    beside.write_text("third\n")
    os.replace(beside, watched.file)
    watched.settles_on(b"third\n")
    watched.other.write_text("other\n")
    told = watched.next()
    assert told == Saved(watched.other, b"other\n")
    os.utime(watched.other, (1, 1))  # saved again, nothing changed: judged on fresh cases
    assert watched.next() == Saved(watched.other, b"other\n")
    assert watched.told.empty()


def test_file_that_is_deleted_is_told_and_judged_when_it_is_there_again(watched: Watched):
    watched.file.unlink()
    assert watched.next() == Vanished(watched.file)
    watched.file.write_text("again\n")
    watched.settles_on(b"again\n")


def test_file_that_is_written_in_two_steps_is_told_whole(watched: Watched):
    watched.file.unlink()
    watched.file.write_bytes(b"")
    watched.file.write_text("whole\n")
    assert watched.next() == Saved(watched.file, b"whole\n")
    assert watched.told.empty()


def test_folder_that_is_replaced_is_watched_on(watched: Watched):
    os.rename(watched.folder, watched.folder.with_name("old"))
    assert {type(watched.next()), type(watched.next())} == {Vanished}
    watched.folder.mkdir()
    watched.file.write_text("new\n")
    watched.settles_on(b"new\n")
    watched.file.write_text("newer\n")
    watched.settles_on(b"newer\n")


def test_no_more_is_read_than_a_solution_may_have(watched: Watched):
    watched.file.write_bytes(b"x" * (MOST_SOURCE_BYTES + 1000))
    assert watched.settles_on(b"x" * (MOST_SOURCE_BYTES + 1)) == MOST_SOURCE_BYTES + 1
