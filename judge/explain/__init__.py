"""What went wrong: what the failing cases show, which mistake answers as the solution does, and in which line it lies."""

from judge.explain.diagnosis import Named, diagnose, edits_alike, recognise_edit
from judge.explain.evidence import Evidence, Exhibit
from judge.explain.pointing import Pointed, Pointing, Seen
from judge.explain.recorded_values import right_values

__all__ = [
    "Evidence",
    "Exhibit",
    "Named",
    "Pointed",
    "Pointing",
    "Seen",
    "diagnose",
    "edits",
    "edits_alike",
    "recognise_edit",
    "right_values",
]
