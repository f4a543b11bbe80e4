"""The API for whoever waits: one child, started by the first call and kept for the next."""

from __future__ import annotations

import atexit
import itertools
import json
import os
import subprocess
import threading
from typing import Any

from judge.api.host import JudgeFailed, require_ready, verdict_of
from judge.api.lines import command, environment, line, request
from judge.api.verdict import Verdict

CLOSE_SECONDS = 5.0


class _Child:
    """Asks the child, and waits for the answer; one question at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            number = next(self._numbers)
            for _ in range(2):  # one may be killed in the middle
                try:
                    return self._asked({**message, "number": number})
                except (OSError, EOFError):
                    self._end()
                except BaseException:  # it is not ready; or Ctrl-C: whatever it is at is not waited for
                    self._end()
                    raise
        raise JudgeFailed("The process that judges ended twice.")

    def _asked(self, message: dict[str, Any]) -> dict[str, Any]:
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(line(message))
        process.stdin.flush()
        while data := process.stdout.readline():
            answer: dict[str, Any] = json.loads(data)
            if answer["number"] == message["number"]:
                return answer
        raise EOFError

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._owner != os.getpid():  # after a fork it is the parent's
            options = {"jobs": 1, "own_code": True}
            self._process = subprocess.Popen(
                command(options), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment()
            )
            if self._owner == 0:
                atexit.register(self.close)
            self._owner = os.getpid()
            assert self._process.stdout is not None
            require_ready(self._process.stdout.readline())
        return self._process

    def close(self) -> None:
        """End it, and what it began."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        for stream in (process.stdin, process.stdout):
            try:
                if stream is not None:
                    stream.close()
            except OSError:
                pass  # what was not written yet is for nobody
        try:
            process.wait(CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


_child = _Child()


def grade(
    source: str | bytes | os.PathLike[str],
    problem: str | None = None,
    *,
    framework: str | None = None,
    seed: int | None = None,
    effort: str = "full",
) -> Verdict:
    """The verdict on one file of one's own; waits for it. For files of others, and for many, see `Pool`.

    Args:
        source: the file's text or bytes, or a path (an `os.PathLike`).
        problem: its name; None: told from the file's name or from what it defines.
        framework: its name, "torch", "numpy", "python" or one that a pack brings; None: told from what it imports.
        seed: all cases follow from it; None: a secret one.
        effort: "full"; or "verdict": stop at the first check that fails, and explain nothing. The kind of verdict is the same.

    Raises:
        UsageError: there is no such problem, or it is not offered in this framework.
        JudgeFailed: nothing can be judged here.
    """
    if effort not in ("full", "verdict"):
        raise ValueError('effort is "full" or "verdict"')
    options = {"framework": framework, "seed": seed, "effort": effort}
    return verdict_of(_child.ask(request(0, source, problem, options)), seed)


def problems() -> list[dict[str, Any]]:
    """Every problem: name, title, difficulty, topics, minutes, frameworks and aliases."""
    found: list[dict[str, Any]] = _child.ask({"do": "problems"})["problems"]
    return found


def statement(problem: str) -> str:
    """What a problem asks for, in Markdown.

    Raises:
        UsageError: there is no such problem.
    """
    return _text({"do": "statement", "problem": problem})


def starter(problem: str, framework: str | None = None) -> str:
    """A file to begin with.

    Args:
        problem: its name.
        framework: its name, "torch", "numpy", "python" or one that a pack brings; None: the problem's first.

    Raises:
        UsageError: there is no such problem, or it is not offered in this framework.
    """
    return _text({"do": "starter", "problem": problem, "framework": framework})


def _text(message: dict[str, Any]) -> str:
    answer = _child.ask(message)
    if "text" not in answer:
        verdict_of(answer, None)  # says why
    return str(answer["text"])
