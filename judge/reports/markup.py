"""Markdown and Python, for a terminal that can show them, or as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from judge.console import Streams


def markdown(text: str, streams: Streams) -> str:
    """The text laid out for the terminal, or as it is where there is none."""
    if not streams.is_terminal:
        return text.rstrip("\n") + "\n"
    from rich.markdown import Markdown

    console = streams.console()
    with console.capture() as captured:
        console.print(Markdown(text, code_theme="ansi_dark"))
    return captured.get()


def python(source: str, streams: Streams) -> str:
    """Python source with the terminal's colours and long lines wrapped, or as it is where there is no terminal."""
    if not streams.is_terminal:
        return source
    from rich.syntax import Syntax

    console = streams.console()
    with console.capture() as captured:
        console.print(Syntax(source, "python", theme="ansi_dark", background_color="default", word_wrap=True))
    return captured.get()
