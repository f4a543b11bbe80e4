"""What must hold of answers, as data: which answers against which, which parts of them, exactly or within the bound.

A `Requirement` holds names, layouts and numbers only, so that it can be carried out by whoever has the answers. A check that needs
something else has a function `judge`, and says why.
"""

from problems.requirements.answers import Agrees, RightTypes, RowsAgree, SameWhenAskedAgain, trainable_finding
from problems.requirements.conduct import Raises, Unchanged
from problems.requirements.growth import GrowsLinearly, measured
from problems.requirements.numbers import AddsUp, Distributed, Slopes

__all__ = [
    "AddsUp",
    "Agrees",
    "Distributed",
    "GrowsLinearly",
    "Raises",
    "RightTypes",
    "RowsAgree",
    "SameWhenAskedAgain",
    "Slopes",
    "Unchanged",
    "measured",
    "trainable_finding",
]
