"""What a solution is asked: drawn cases, those recorded for a problem, and the reference's answers to both."""

from judge.cases.corpus import Recorded, read_opening, write_opening
from judge.cases.drawing import Drawing
from judge.cases.preparation import Deck, Noticed, Opening, Prepared, load_checks, load_probes

__all__ = [
    "Deck",
    "Drawing",
    "Noticed",
    "Opening",
    "Prepared",
    "Recorded",
    "load_checks",
    "load_probes",
    "read_opening",
    "write_opening",
]
