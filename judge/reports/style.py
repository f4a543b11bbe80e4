"""What colour means in a report; it repeats what the words say."""

from __future__ import annotations

from enum import Enum


class Style(Enum):
    """A meaning, and the terminal's code for it."""

    GOOD = "32"
    BAD = "31"
    HEADING = "1"
    QUIET = "2"


class Painter:
    """Colours text, or leaves it as it is."""

    def __init__(self, colour: bool) -> None:
        self._colour = colour

    def __call__(self, text: str, style: Style) -> str:
        """The text in a style; an empty one stays empty."""
        if not self._colour or not text:
            return text
        return f"\x1b[{style.value}m{text}\x1b[0m"
