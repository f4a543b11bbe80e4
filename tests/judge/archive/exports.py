"""Exports made by hand: one of each record, every field filled, to be changed in one place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from judge.practice.events import (
    Began,
    ClockMoved,
    Ended,
    Ending,
    Failing,
    Feeling,
    FirstFailureShown,
    Hinted,
    Judged,
    Occasion,
    Rated,
    Resumed,
    Retried,
    Setup,
    Switched,
    TimeUp,
)
from judge.verdict import Diagnosis, Kind, Location, to_json
from tests.judge.practice.hands import interview, learning
from tests.judge.verdicts import WRONG_ANSWER

AT = "2025-05-04T12:00:00.000+00:00"
Path_ = tuple[int | str, ...]
HEAD = {"kind": "judge-export", "schema": 1}
JUDGED = Judged(
    task=0,
    occasion=Occasion.SAVE,
    after=30.0,
    attempt="a" * 32,
    verdict="wrong_answer",
    headline="It is so.",
    passed=("loads",),
    failed=("agrees",),
    total=4,
    mistake="scale-missing",
    title="No scale",
    failing=Failing(check="agrees", case={"sizes": {"B": 1}}, sentence="It is so."),
    mended=False,
    seconds=2.0,
)
EVENTS = (
    Began(),
    FirstFailureShown(task=0, check="agrees", verdict="wrong_answer", sentence="It is so."),
    JUDGED,
    Retried(task=0, mended=False, sentence="Still so."),
    Hinted(task=0, number=1),
    ClockMoved(seconds=-3600.0),
    Resumed(away=60.0),
    Switched(task=1),
)
END = (
    TimeUp(),
    Ended(task=0, ending=Ending.TIME_UP, note="There was no file."),
    Ended(task=1, ending=Ending.GAVE_UP),
    Rated(task=0, feeling=Feeling.DID_NOT_GET),
    Rated(task=1, feeling=None),
)


def plain(value: object) -> Any:
    return json.loads(msgspec.json.encode(value))


def session(uid: str, setup: Setup, events: tuple[object, ...], finished_at: str | None) -> dict[str, Any]:
    return {
        "record": "sessions", "uid": uid, "at": AT, "setup": plain(setup), "finished_at": finished_at, "spent_seconds": 90.0,
        "seen_at": AT, "seen_passed": 1000.0, "seen_boot": "boot",
        "events": [
            {"number": number, "at": AT, "spent_seconds": 10.0 * number, "event": plain(event)}
            for number, event in enumerate(events)
        ],
    }  # fmt: skip


def records() -> list[dict[str, Any]]:
    """One of each; of sessions one that is over and one that goes on."""
    verdict = msgspec.structs.replace(
        WRONG_ANSWER,
        details=("More of it.",),
        locations=(Location(line=3, column=5, end_column=9, text="    return x", function="lstm", note="Here."),),
        diagnosis=Diagnosis(mistake="scale-missing", explanation="So.", title="No scale", question="Scale?", hint=2),
        output="printed\n",
    )
    assert verdict.verdict is Kind.WRONG_ANSWER
    both = interview("lstm", "lora", read_minutes=5.0, submissions=3)
    return [
        {
            "record": "attempts", "uid": "a" * 32, "at": AT, "problem": "lstm", "framework": "torch", "file_name": "lstm.py",
            "source": "x = 1\n", "source_sha256": "0" * 64, "verdict": "wrong_answer", "verdict_json": json.loads(to_json(verdict)),
            "seed": 7, "judge_version": "0.1", "python_version": "3.11", "torch_version": "2", "numpy_version": "2",
            "hypothesis_version": "6", "occasion": "save", "session": "c" * 32, "spent_seconds": 30.0,
        },
        {"record": "hints", "uid": "b" * 32, "at": AT, "problem": "lstm", "number": 1},
        {"record": "solutions_seen", "uid": "d" * 32, "at": AT, "problem": "lora"},
        session("c" * 32, both, (*EVENTS, *END), AT),
        session("e" * 32, learning("lstm", "lora"), EVENTS[1:], None),
        *(
            {
                "record": "reviews", "uid": letter * 32, "at": AT, "problem": problem, "session": "c" * 32, "outcome": "not solved",
                "seconds": 700.0, "minutes": 25.0, "feeling": "took time", "rating": 1, "due": "2025-05-05T12:00:00.000+00:00",
            }
            for letter, problem in (("f", "lstm"), ("0", "lora"))
        ),
        {"record": "plans", "uid": "1" * 32, "at": AT, "weeks": 8, "per_week": 5},
    ]  # fmt: skip


def written(found: list[Any]) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in [HEAD, *found])


def leaves(value: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    """Every value that holds no others, and where it is."""
    if isinstance(value, dict | list) and value:
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, name))
    else:
        yield path, value


def changed(found: list[Any], path: Path_, value: Any) -> list[Any]:
    """The same records with another value in one place."""
    copy = json.loads(json.dumps(found))
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return copy
