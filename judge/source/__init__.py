"""Reading a submission: its text, its statements, and what the rules forbid. Nothing of it is run."""

from judge.source.imports import imported_at_top, siblings_of
from judge.source.rejecting import reject_unread
from judge.source.rules import find_offences, operator_names, parse
from judge.source.statements import Place, as_asked, places_of
from judge.source.submission import MOST_SOURCE_BYTES, Submission, read_source, require_size, submission_of

__all__ = [
    "MOST_SOURCE_BYTES",
    "Place",
    "Submission",
    "as_asked",
    "find_offences",
    "imported_at_top",
    "operator_names",
    "parse",
    "places_of",
    "read_source",
    "reject_unread",
    "require_size",
    "siblings_of",
    "submission_of",
]
