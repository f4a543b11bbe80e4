"""The streams of a command, and text that is drawn on a terminal."""

from judge.console.front import Front
from judge.console.streams import OutputError, Streams, current_streams, shown_path

__all__ = ["Front", "OutputError", "Streams", "current_streams", "shown_path"]
