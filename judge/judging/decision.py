"""The second stage: what the verdict is. It follows from the run alone."""

from __future__ import annotations

import msgspec

from judge.judging.run import Run
from judge.judging.trial import Failure
from judge.running import Fault
from judge.verdict import Kind
from problems.kinds import Breach


class Decision(msgspec.Struct, frozen=True):
    """The verdict's kind, and why.

    Attributes:
        kind: of the verdict: that of the first check that failed.
        fault: what is wrong; of kind ACCEPTED where nothing is.
        failure: the check that is reported first, and its case; None where the file was accepted or could not be loaded.
    """

    kind: Kind
    fault: Fault
    failure: Failure | None = None

    def on(self, failure: Failure) -> Decision:
        """The same verdict, shown on another case."""
        return Decision(self.kind, failure.fault, failure)


def decide(run: Run) -> Decision:
    """The first check that failed decides of what kind the verdict is. Reported first is the failure that tells most (`Breach`).

    A run that was ended from outside, or by something forbidden, is reported as that.
    """
    if run.load_fault is not None:
        return Decision(run.load_fault.kind, run.load_fault)
    failures = [each.failure for each in run.checks if each.failure is not None]
    if failures:
        first = failures[0]
        kind = first.fault.kind
        told = first if Breach.of(kind) is Breach.RESOURCES else min(failures, key=lambda each: each.fault.breach)
        return Decision(kind, told.fault, told)
    passed = sum(not each.skipped for each in run.checks)
    return Decision(Kind.ACCEPTED, Fault(kind=Kind.ACCEPTED, sentence=f"{passed} checks passed"))
