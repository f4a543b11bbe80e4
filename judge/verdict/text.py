"""Text that came from elsewhere, made safe to show: no control characters, no endless lines."""

from __future__ import annotations

import textwrap

# For terminals that can't show them; what has no entry here is escaped.
_PLAIN = str.maketrans(
    {
        "—": "-",
        "–": "-",
        "×": "x",
        "−": "-",
        "…": "...",
        "≤": "<=",
        "≥": ">=",
        "≠": "!=",
        "·": "*",
        "“": '"',
        "”": '"',
        "‘": "'",
        "’": "'",
        "√": "sqrt",
        **dict.fromkeys("│┃", "|"),
        **dict.fromkeys("─━═", "-"),
        **dict.fromkeys("╭╮╰╯┏┓┗┛┌┐└┘├┤┬┴┼", "+"),
        "•": "*",
        "ᵀ": "^T",
        "∞": "inf",
        "±": "+-",
    }
)


def escaped(text: str) -> str:
    """One line of text in which everything that doesn't print stands as Python would escape it: \\x1b, \\r, \\u202e."""
    if text.isprintable():
        return text
    return "".join(mark if mark.isprintable() else ascii(mark)[1:-1] for mark in text)


def printable_json(data: bytes) -> bytes:
    """JSON in which all signs that don't print are escaped, as JSON has it: the same value, and harmless to a terminal."""
    text = data.decode()
    if text.isprintable():
        return data
    return "".join(mark if mark.isprintable() or mark == "\n" else _as_json(mark) for mark in text).encode()


def _as_json(mark: str) -> str:
    """\\u202e; of a sign beyond the first 65,536, the two halves that UTF-16 has for it."""
    pair = mark.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{pair[place : place + 2].hex()}" for place in range(0, len(pair), 2))


def shortened(text: str, most: int) -> str:
    """The text, or its beginning and how much more there is."""
    if len(text) <= most:
        return text
    return f"{text[:most]}… ({len(text) - most:,} more characters)"


def counted(number: int, noun: str) -> str:
    """How many there are: "1 seed", "20 seeds"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def wrapped(text: str, width: int) -> list[str]:
    """One line of text as lines of at most `width`; its own spaces at the beginning are kept."""
    body = text.lstrip(" ")
    margin = " " * min(len(text) - len(body), width // 2)
    lines = textwrap.wrap(body, max(width, 20), initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False)
    return lines or [""]


def encodable(text: str, encoding: str | None) -> str:
    """The text as a stream of this encoding can carry it: real signs become plain ones, the rest is escaped."""
    try:
        text.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        plain = text.translate(_PLAIN)
        try:
            return plain.encode(encoding or "ascii", "backslashreplace").decode(encoding or "ascii")
        except LookupError:
            return plain.encode("ascii", "backslashreplace").decode("ascii")
    return text
