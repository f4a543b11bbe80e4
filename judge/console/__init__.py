"""The streams of a command, and text that is drawn on a terminal."""

from judge.console.console import OutputError, Session, current_session, shown_path
from judge.console.front import Front

__all__ = ["Front", "OutputError", "Session", "current_session", "shown_path"]
