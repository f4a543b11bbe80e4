"""Asking a solution the cases: loading it, parallel processes, comparing, timing, replaying what is recorded."""

from judge.running.examination import Examiner, Fault, ended_words, raised_words
from judge.running.loading import load_fault, load_spec
from judge.running.parallel import CheckReplies, ParallelRun, carry_out, shared_out
from judge.running.probing import Probing, can_probe
from judge.running.replay import Replayed, replay
from judge.running.timing import is_cost_check, reference_seconds, time_reference

__all__ = [
    "CheckReplies",
    "Examiner",
    "Fault",
    "ParallelRun",
    "Probing",
    "Replayed",
    "can_probe",
    "carry_out",
    "ended_words",
    "is_cost_check",
    "load_fault",
    "load_spec",
    "raised_words",
    "reference_seconds",
    "replay",
    "shared_out",
    "time_reference",
]
