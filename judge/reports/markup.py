"""Markdown and Python, for a terminal that can show them, or as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from judge.console import Streams


def markdown(text: str, streams: Streams) -> str:
    """The text with the terminal's styles, or as it is where there are none."""
    if not streams.colour:
        return text.rstrip("\n") + "\n"
    from rich.markdown import Markdown

    console = streams.console()
    with console.capture() as captured:
        console.print(Markdown(text, code_theme="ansi_dark"))
    return captured.get()


def python(source: str, streams: Streams) -> str:
    """Python source with the terminal's colours, or as it is where there are none."""
    if not streams.colour:
        return source
    from rich.syntax import Syntax

    console = streams.console()
    with console.capture() as captured:
        console.print(Syntax(source, "python", theme="ansi_dark", background_color="default"))
    return captured.get()
