"""The steps that a check asks for, in the sandbox's terms and in a reader's."""

from judge.program.array_writing import MOST_LITERAL
from judge.program.examples import counterexample, most_numbers
from judge.program.scripts import Setting
from judge.program.signatures import parameter_names, signature_parameters
from judge.program.translation import answer_of, in_precision, to_answers, to_steps

__all__ = [
    "MOST_LITERAL",
    "Setting",
    "answer_of",
    "counterexample",
    "in_precision",
    "most_numbers",
    "parameter_names",
    "signature_parameters",
    "to_answers",
    "to_steps",
]
