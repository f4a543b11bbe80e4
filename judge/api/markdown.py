"""Code in the answer of a language model."""

from __future__ import annotations

import re

_FENCE = re.compile(
    r"^(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^\n`]*)\n(?P<code>.*?)(?:^(?P=fence)[ \t]*$|\Z)", re.M | re.S
)
_PYTHON = ("python", "python3", "py", "py3")


def extract(markdown: str) -> str:
    """The Python code in a text in Markdown.

    That is the last fenced block that says that it is Python; else the last one that says nothing; else, where there is no fence at all,
    the text as it is. A block whose fence is never closed reaches to the end, as where an answer was cut off.

    Args:
        markdown: the text.
    """
    blocks = [(match["info"].strip().lower(), match["code"]) for match in _FENCE.finditer(markdown)]
    named = [code for info, code in blocks if info.split(None, 1)[:1] and info.split(None, 1)[0] in _PYTHON]
    plain = [code for info, code in blocks if not info]
    found = named or plain
    if found:
        return found[-1]
    return "" if blocks else markdown
