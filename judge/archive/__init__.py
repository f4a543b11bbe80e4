"""Records that leave a machine or come to it, and records that make no sense."""

from judge.archive.exports import exported, imported
from judge.archive.mending import broken, take_out

__all__ = ["broken", "exported", "imported", "take_out"]
