"""The properties that many problems share, as checks made from a `Subject`."""

from problems.properties.arguments import bad_arguments_check, bad_layer_check, in_turn_check, names_check, raises_check
from problems.properties.growth import grows_with, growth_check
from problems.properties.modes import modes_check, parameters_check
from problems.properties.results import (
    Given,
    agreement_check,
    agrees,
    any_order_check,
    contiguous,
    is_changeable,
    larger_check,
    no_memory_check,
    other_case,
    rows_check,
    shape_check,
    together,
    untouched_check,
)
from problems.properties.standard import STANDARD, larger_space, limits_check, standard_checks

__all__ = [
    "STANDARD",
    "Given",
    "agreement_check",
    "agrees",
    "any_order_check",
    "bad_arguments_check",
    "bad_layer_check",
    "contiguous",
    "grows_with",
    "growth_check",
    "in_turn_check",
    "is_changeable",
    "larger_check",
    "larger_space",
    "limits_check",
    "modes_check",
    "names_check",
    "no_memory_check",
    "other_case",
    "parameters_check",
    "raises_check",
    "rows_check",
    "shape_check",
    "standard_checks",
    "together",
    "untouched_check",
]
