"""The second stage: what the verdict is. It follows from the run alone."""

from __future__ import annotations

import msgspec

from judge.judging.run import Run
from judge.judging.trial import Failure
from judge.running import Fault
from judge.verdict import Kind


class Decision(msgspec.Struct, frozen=True):
    """The verdict's kind, and why.

    Attributes:
        fault: what is wrong; of kind ACCEPTED where nothing is.
        failure: the check that decided, and its case; None where the file was accepted or could not be loaded.
    """

    fault: Fault
    failure: Failure | None = None

    @property
    def kind(self) -> Kind:
        """Of the verdict."""
        return self.fault.kind


def decide(run: Run) -> Decision:
    """The first check that failed decides, in the order in which they stand."""
    if run.load_fault is not None:
        return Decision(run.load_fault)
    for each in run.checks:
        if each.failure is not None:
            return Decision(each.failure.fault, each.failure)
    passed = sum(not each.skipped for each in run.checks)
    return Decision(Fault(kind=Kind.ACCEPTED, sentence=f"{passed} checks passed"))
