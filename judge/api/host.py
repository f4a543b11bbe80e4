"""What the child answers, as values and errors."""

from __future__ import annotations

import json
from typing import Any

from judge.api.verdict import Verdict


class UsageError(ValueError):
    """What was asked for can't be done: no such problem, or one that is not offered in this framework."""


class JudgeFailed(RuntimeError):
    """Nothing can be judged here: no sandbox works, a problem's folder is broken, or the judge's process does not start."""


def require_ready(line: bytes) -> None:
    """See that the child is ready, from its first line.

    Raises:
        JudgeFailed: it is not; why.
    """
    answer = json.loads(line) if line else {"trouble": "start", "sentence": "The process that judges did not start."}
    if "trouble" in answer:
        raise JudgeFailed(answer["sentence"])


def verdict_of(answer: dict[str, Any], seed: int | None) -> Verdict:
    """The verdict in an answer.

    Args:
        answer: of the child.
        seed: that was asked for.

    Raises:
        UsageError: the call was wrong.
        JudgeFailed: nothing can be judged here.
    """
    if "verdict" in answer:
        return Verdict(answer["verdict"])
    trouble, sentence = answer.get("trouble", "failure"), answer.get("sentence", "")
    if trouble == "usage":
        raise UsageError(sentence)
    if trouble in ("sandbox", "problem", "start"):
        raise JudgeFailed(sentence)
    return failed(sentence, seed)


def failed(sentence: str, seed: int | None) -> Verdict:
    """What stands for a verdict where the judge itself failed on a file."""
    data = {"schema": 1, "problem": None, "framework": None, "verdict": "internal_error", "seed": seed or 0}
    return Verdict({**data, "seconds": 0.0, "error": sentence})
