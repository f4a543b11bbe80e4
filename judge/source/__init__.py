"""Reading a submission: its text, its statements, and what the rules forbid. Nothing of it is run."""

from judge.source.imports import imported_at_top, siblings_of
from judge.source.notebook import code_of, is_notebook, told_by_cells
from judge.source.rejecting import reject_unread
from judge.source.rules import find_offences, operator_names, parse
from judge.source.statements import Place, as_asked, places_of
from judge.source.submission import MOST_SOURCE_BYTES, Submission, most_bytes, read_source, require_size, submission_of

__all__ = [
    "MOST_SOURCE_BYTES",
    "Place",
    "Submission",
    "as_asked",
    "code_of",
    "find_offences",
    "imported_at_top",
    "is_notebook",
    "most_bytes",
    "operator_names",
    "parse",
    "places_of",
    "read_source",
    "reject_unread",
    "require_size",
    "siblings_of",
    "submission_of",
    "told_by_cells",
]
