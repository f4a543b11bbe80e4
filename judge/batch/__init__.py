"""Judging a whole class: many files, some at once, results as they come."""

from judge.batch.batch import Batch, Options, Outcome
from judge.batch.files import files_below
from judge.batch.results import Line, Seen
from judge.batch.submissions import Item, items_of_files, items_of_lines

__all__ = ["Batch", "Item", "Line", "Options", "Outcome", "Seen", "files_below", "items_of_files", "items_of_lines"]
