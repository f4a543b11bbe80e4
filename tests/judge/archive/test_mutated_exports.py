"""Exports with something else in a few places, drawn by a seed: taken in harmless, or refused whole."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.judge.archive.exports import changed, leaves, records, written
from tests.judge.archive.harmless import NASTY, RAW, Judge, content, require_harmless, take_in

VALUES: list[Any] = [
    None, True, False, 0, -1, 1, 2, 5, 99, 2**63 - 1, 2**63, 2**64, 10**30, 10**400, 0.5, -0.5, 1e-300, 1e18, 1e308, "", "a", NASTY,
    "x" * 5000, [], {}, [[]], [None], {"base64": "AAA="}, {"base64": "!"}, {"base64": 1},
    "2025-05-04T12:00:00", "1969-01-01T00:00:00+00:00",
    "2200-12-31T23:59:59+00:00", "9999-12-31T23:59:59-23:59", "../../x", "/dev/zero", "accepted", "process", "again",
]  # fmt: skip


def mutated(randomness: random.Random) -> bytes:
    """An export with something else in a few places: values, fields, records, lines, bytes."""
    found: list[Any] = records()
    for _ in range(randomness.choice((1, 1, 1, 2, 4))):
        places = [path for path, _ in leaves(found)]
        path = randomness.choice(places)[: randomness.choice((None, None, None, -1)) or 99] or (0,)
        match randomness.randrange(8):
            case 0:
                inner = found
                for step in path[:-1]:
                    inner = inner[step]  # type: ignore[index]
                del inner[path[-1]]  # type: ignore[index]
            case 1:
                found.append(json.loads(json.dumps(randomness.choice(found))))
            case 2:
                found = changed(found, (*path[:-1], path[-1]), json.loads(json.dumps(randomness.choice(found))))
            case _:
                found = changed(found, path, randomness.choice(VALUES))
        if not found or not any(path for path, _ in leaves(found)):
            break
    data = bytearray(written(found))
    if randomness.random() < 0.25:
        for _ in range(randomness.choice((1, 1, 3, 10))):
            place = randomness.randrange(len(data))
            match randomness.randrange(3):
                case 0:
                    data[place] = randomness.randrange(256)
                case 1:
                    del data[place : place + randomness.choice((1, 2, 50))]
                case _:
                    data[place:place] = randomness.choice((b"\n", b"[", b"}", b"\xff", b"9" * 400, b"\\u0000", b'"'))
            data = data or bytearray(b"x")
    return bytes(data)


@pytest.mark.parametrize("part", range(4))
def test_mutated_export_is_taken_in_harmless_or_refused_whole(judge: Judge, home: Path, part: int):
    counts = {0: 0, 2: 0}
    for seed in range(part * 60, part * 60 + 60):
        data = mutated(random.Random(seed))
        before = content(home)
        status, out, errors = take_in(judge, data)
        assert status in (0, 2), (seed, errors)
        assert "Traceback" not in errors
        assert not RAW.search(out + errors), seed
        counts[status] += 1
        if status == 2:
            assert (out, errors.count("\n")) == ("", 1), seed
            assert content(home) == before, seed
            continue
        require_harmless(judge, seed)
        assert judge("history", "--mend")[:2] == (0, "Every record makes sense: there is nothing to mend.\n"), seed
        _renew(home)
    assert min(counts.values()) > 2, counts


def _renew(home: Path) -> None:
    for path in [*home.glob("judge.db*"), *home.glob("sessions/*"), *Path().glob("lstm*.py")]:
        path.unlink()
