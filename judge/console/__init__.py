"""The streams of a command, and text that is drawn on a terminal."""

from judge.console.streams import OutputError, Streams, current_streams, shown_path

__all__ = ["OutputError", "Streams", "current_streams", "shown_path"]
