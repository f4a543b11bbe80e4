"""Other texts in place of the file, many in one process: what each answers, and what one that hangs or ends the process does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from conformance import QUICK, Room, call

from sandbox import EndKind, Reply
from sandbox.guest.line_limit import TooManyLines, around, limited

X = np.arange(3, dtype=np.float32)
FILE = "def f(x):\n    return x\n"
LINES = 1000


def instead(room: Room, *sources: str, lines: int | None = LINES) -> tuple[list[list[Reply]], Any]:
    """What each text answers to one call, and how the run ended."""
    with room.door("numpy", QUICK) as door:
        assert door.load(room.spec(FILE, "numpy")).raised is None
        door.post_instead(sources, [[call("f", X)]], lines=lines)
        return door.collect(), door.end


def value(replies: list[Reply]) -> Any:
    return replies[0].fields["value"]


def test_each_text_answers_for_itself(room: Room) -> None:
    kept = "SEEN = []\n\ndef f(x):\n    SEEN.append(1)\n    return len(SEEN)\n"
    found, end = instead(room, "def f(x):\n    return x + 1\n", "def g(x): return x\n", "def f(:\n", kept, kept, FILE)
    assert end is None
    assert value(found[0]).tolist() == [1, 2, 3]
    assert found[1][0].raised is not None
    assert found[2][0].raised is not None
    assert [value(found[3]), value(found[4])] == [1, 1]
    assert value(found[5]).tolist() == [0, 1, 2]


def test_the_programs_of_a_text_stand_together(room: Room) -> None:
    with room.door("numpy", QUICK) as door:
        door.load(room.spec(FILE, "numpy"))
        programs = [[call("f", X)], [call("f", 2 * X)]]
        door.post_instead([FILE, FILE.replace("x\n", "x[0]\n")], programs, lines=None)
        found = [value(each) for each in door.collect()]
    assert [each.tolist() for each in found] == [[0, 1, 2], [0, 2, 4], 0, 0]


def test_a_text_that_never_ends_is_given_up_and_the_next_one_answers(room: Room) -> None:
    endless = "def f(x):\n    n = 0\n    while True:\n        n += 1\n"
    caught = (
        "def f(x):\n    while True:\n        try:\n            x = x + 0\n        except Exception:\n            pass\n"
    )
    found, end = instead(room, endless, caught, FILE)
    assert end is None
    assert [each[0].raised is not None for each in found] == [True, True, False]


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("import os\n\ndef f(x):\n    os._exit(0)\n", EndKind.EXITED),
        ("import os\n\ndef f(x):\n    os.abort()\n", EndKind.CRASHED),
    ],
)
def test_a_text_that_ends_the_process_leaves_the_answers_before_it(source: str, kind: EndKind, room: Room) -> None:
    found, end = instead(room, FILE, source, FILE)
    assert value(found[0]).tolist() == [0, 1, 2]
    assert found[1:] == [[], []]
    assert end is not None
    assert (end.kind, end.program) == (kind, 1)


def test_lines_of_other_files_do_not_count() -> None:
    names: dict[str, Any] = {}
    source = "def f():\n    return [n for n in range(50)]\n\ndef g():\n    while True:\n        pass\n"
    exec(compile(source, "<counted>", "exec"), names)
    with limited("<counted>", LINES) as lines:
        names["f"]()
    assert 0 < lines.count < LINES
    with limited("<another>", 1):
        names["f"]()
    with pytest.raises(TooManyLines), limited("<counted>", LINES):
        names["g"]()
    calling = around(lambda seed: limited("<another>", 1), "<counted>", LINES)
    with calling(None):
        names["f"]()
