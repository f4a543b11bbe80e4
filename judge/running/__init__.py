"""Asking a solution the cases: loading it, parallel processes, comparing, timing, replaying what is recorded."""

from judge.running.examination import Examiner, Fault, raised_words
from judge.running.loading import load_fault, load_spec
from judge.running.parallel import Lanes, Told, carry_out, shared_out
from judge.running.probing import Probing, can_probe
from judge.running.replay import Foreseen, foresee
from judge.running.timing import is_timed, reference_seconds, time_reference

__all__ = [
    "Examiner",
    "Fault",
    "Foreseen",
    "Lanes",
    "Probing",
    "Told",
    "can_probe",
    "carry_out",
    "foresee",
    "is_timed",
    "load_fault",
    "load_spec",
    "raised_words",
    "reference_seconds",
    "shared_out",
    "time_reference",
]
