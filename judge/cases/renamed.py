"""Names that a pack's checks may still use, and what they are called now."""

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

# How Python and msgspec say that a name is not there.
_SAYINGS = (
    r"[Uu]nexpected keyword argument '(\w+)'",
    r"cannot import name '(\w+)' from 'problems\.checks'",
    r"module 'problems\.checks' has no attribute '(\w+)'",
    r"'Check' object has no attribute '(\w+)'",
)


def renamed_words(error: BaseException | None) -> str:
    """What to write instead, where an old name is why a file does not load; else ""."""
    for saying in _SAYINGS:
        found = re.search(saying, str(error))
        if found and found[1] in NAMES:
            return f"`{found[1]}` is called `{NAMES[found[1]]}` now (CHANGELOG.md lists what was renamed)"
    return ""
