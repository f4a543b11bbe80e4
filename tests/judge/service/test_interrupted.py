"""Judging that is interrupted, as where a client is killed, leaves no descriptor open, wherever it was."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from judge.isolation import open_sandbox
from judge.judging.grade import judge_submission
from judge.source import submission_of
from problems import find_problem
from problems.frameworks import PYTHON
from sandbox import Door
from sandbox.interruption import interrupt, interruptible, whole
from sandbox.warm import Template
from tests.leftovers import descriptors

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks in /proc")
PROBLEM = find_problem("beam_search")
SUBMISSION = submission_of(PROBLEM.solution.encode(), "beam_search.py", problem=PROBLEM.slug, framework=None, stem="")


def interrupted(call: int, monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> None:
    """Interrupt what is called for the so-manieth time, before it does anything."""
    original: Callable[..., Any] = getattr(owner, name)
    calls = []

    def stands_for(*given: Any, **named: Any) -> Any:
        calls.append(name)
        if len(calls) == call:
            raise KeyboardInterrupt
        return original(*given, **named)

    monkeypatch.setattr(owner, name, stands_for)


PLACES = [
    *((call, Template, "_answer") for call in range(1, 7)),  # it becomes ready, two runs are started, both are reaped
    *((call, Door, name) for call in (1, 2) for name in ("post_load", "loaded", "close")),
    *((call, Door, "collect") for call in (1, 2, 3)),
    *((call, threading.Event, "wait") for call in (1, 2, 3)),  # a thread that reads what a run says is being started
]


@pytest.mark.parametrize(("call", "owner", "name"), PLACES)
def test_nothing_is_left_open(call: int, owner: type, name: str, monkeypatch: pytest.MonkeyPatch):
    before = sorted(descriptors(os.getpid()))
    interrupted(call, monkeypatch, owner, name)
    with open_sandbox("process") as sandbox, pytest.raises(KeyboardInterrupt):
        judge_submission(SUBMISSION, seed=1, sandbox=sandbox)
    assert sorted(descriptors(os.getpid())) == before


@pytest.fixture
def handler():
    before = signal.signal(signal.SIGINT, interrupt)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("handler")
@pytest.mark.parametrize(
    ("call", "name"), [*((call, "pipe") for call in range(1, 7)), *((call, "close") for call in range(1, 13))]
)
def test_an_interruption_right_after_a_descriptor_is_made_or_closed_loses_none(
    call: int, name: str, monkeypatch: pytest.MonkeyPatch
):
    before = sorted(descriptors(os.getpid()))
    original: Callable[..., Any] = getattr(os, name)
    calls = []

    def stands_for(*given: Any) -> Any:
        found = original(*given)
        if threading.current_thread() is threading.main_thread():
            calls.append(name)
            if len(calls) == call:
                signal.raise_signal(signal.SIGINT)  # Python sees it before what was found is assigned
        return found

    with open_sandbox("process") as sandbox:
        sandbox.prepare(PYTHON)
        monkeypatch.setattr(os, name, stands_for)
        with pytest.raises(KeyboardInterrupt):
            judge_submission(SUBMISSION, seed=1, sandbox=sandbox)
        monkeypatch.undo()
    assert sorted(descriptors(os.getpid())) == before


@pytest.mark.usefixtures("handler")
def test_what_is_whole_is_interrupted_after_it_or_where_it_waits():
    done = []

    def throughout() -> None:
        with whole():
            signal.raise_signal(signal.SIGINT)
            done.append("all of it")
        done.append("never")

    def where_it_waits() -> None:
        with whole():
            try:
                with interruptible():
                    signal.raise_signal(signal.SIGINT)
                    done.append("never")
            finally:
                done.append("freed")

    def before_it_waits() -> None:
        with whole():
            signal.raise_signal(signal.SIGINT)
            with interruptible():
                done.append("never")

    for interrupted_there in (throughout, where_it_waits, before_it_waits):
        with pytest.raises(KeyboardInterrupt):
            interrupted_there()
    assert done == ["all of it", "freed"]
    with whole(), interruptible():
        done.append("no interruption is left")
    assert len(done) == 3
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
