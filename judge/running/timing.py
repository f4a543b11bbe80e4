"""How long the reference takes: measured through the door, like a solution, on the calls of one check."""

from __future__ import annotations

from judge.cases import Deck, Prepared
from judge.isolation import Sandbox
from judge.running.loading import load_spec
from judge.verdict import ProblemError
from problems.checks import Check
from sandbox import Limits

MANY = 50  # cases of a check whose calls are timed beside the reference's


def is_timed(check: Check) -> bool:
    """Whether a check has calls enough to time a solution by."""
    return check.cases > MANY and not check.measured


def time_reference(deck: Deck, sandbox: Sandbox, limits: Limits) -> None:
    """Measure it before anybody waits for it, for a deck that is kept."""
    check = next((check for check in deck.checks if is_timed(check)), None)
    if check is not None and deck.framework == deck.problem.model:
        reference_seconds(deck, deck.prepare(check), sandbox, limits)


def reference_seconds(deck: Deck, ready: Prepared, sandbox: Sandbox, limits: Limits) -> float:
    """CPU time of the reference on these cases; measured once for a deck.

    Raises:
        ProblemError: the reference does not load in the sandbox.
    """
    if deck.reference_seconds is not None:
        return deck.reference_seconds
    problem, framework = deck.problem, deck.framework
    with sandbox.open(framework, limits, deck.exchanged) as door:
        spec = load_spec(problem, framework, source=problem.solution, filename=problem.reference.name, seed=deck.seed)
        loaded = door.load(spec | sandbox.spec(framework))
        if loaded.end is not None or loaded.raised is not None or loaded.faults:
            raise ProblemError(f"the reference of {problem.name} does not load in the sandbox: {loaded}")
        door.post(ready.asking)
        replies = door.collect()
    deck.reference_seconds = sum(reply.cpu_seconds or 0.0 for each in replies for reply in each)
    return deck.reference_seconds
