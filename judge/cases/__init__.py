"""What a solution is asked: drawn cases, those recorded for a problem, and the reference's answers to both."""

from judge.cases.corpus import Recorded, read_corpus, write_corpus
from judge.cases.drawing import Drawing
from judge.cases.preparation import CaseSet, Corpus, load_checks, load_probes
from judge.cases.ready import PreparedCheck, ReadyCheck, is_right, surely_right
from judge.cases.recognising import KnownRight

__all__ = [
    "CaseSet",
    "Corpus",
    "Drawing",
    "KnownRight",
    "PreparedCheck",
    "ReadyCheck",
    "Recorded",
    "is_right",
    "load_checks",
    "load_probes",
    "read_corpus",
    "surely_right",
    "write_corpus",
]
