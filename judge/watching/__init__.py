"""Judging at every save."""

from judge.watching.saves import Saved, Saves, Vanished
from judge.watching.watching import Shown, Watching

__all__ = ["Saved", "Saves", "Shown", "Vanished", "Watching"]
