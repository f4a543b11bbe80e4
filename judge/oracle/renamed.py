"""Names that a problem pack may still use, and what they are called now."""

from __future__ import annotations

import re

NAMES = {
    "Asked": "CaseAnswers",
    "fresh": "own_process",
    "measured": "timed",
    "random": "stochastic",
    "settled": "single_answer",
}
"""Of `problems.checks`: a class, fields of `Check`, and arguments of what makes checks."""


def renamed_words(error: Exception) -> str:
    """What to write instead, where an old name is why a file does not load; else ""."""
    if not isinstance(error, (TypeError, ImportError, AttributeError)):
        return ""
    for name in re.findall(r"['`](\w+)['`]", str(error)):
        if name in NAMES:
            return f". `{name}` is called `{NAMES[name]}` now (CHANGELOG.md lists what was renamed)"
    return ""
