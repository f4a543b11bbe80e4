"""The steps that a check asks for, in the sandbox's terms and in a reader's."""

from judge.program.examples import counterexample, most_numbers, parameter_names, signature_parameters
from judge.program.translation import answer_of, in_precision, to_answers, to_steps

__all__ = [
    "answer_of",
    "counterexample",
    "in_precision",
    "most_numbers",
    "parameter_names",
    "signature_parameters",
    "to_answers",
    "to_steps",
]
