"""Tracing a file: it is judged, and its smallest failing case asked once more in the sandbox, with its lines followed."""

from __future__ import annotations

import ast
from collections.abc import Sequence

import msgspec

from judge.judging import Trial
from judge.oracle import load_reference
from judge.program import counterexample
from judge.running import Fault
from judge.source import Place, Submission, as_asked, places_of
from judge.tracing.alignment import Likenesses
from judge.tracing.assembly import Assembly
from judge.tracing.observed import Shapes, known_arrays, shapes_of
from judge.verdict import Difference, Trace, Verdict, untraced
from problems import Problem
from problems.asks import Call, Compute, Construct, Differentiate, Program
from problems.cases import Case
from problems.checks import Check
from sandbox import Watched
from sandbox.inside.tracer import Tracer
from sandbox.sightings import Lookout

MOST_STEPS = 6


def trace_of(submission: Submission, trial: Trial, verdict: Verdict) -> Trace:
    """What the lines of a file assigned on its smallest failing case; of an accepted file, on an ordinary one.

    Args:
        submission: the file.
        trial: in which it was judged, with `shrink`.
        verdict: what came out.
    """
    chosen = _chosen(trial, verdict)
    if chosen is None or submission.tree is None:
        return untraced(verdict)
    check, case, program, fault = chosen
    return _trace(submission, trial, verdict, check, case, program, fault)


def _chosen(trial: Trial, verdict: Verdict) -> tuple[Check, Case, Program, Fault | None] | None:
    """The case to trace, and what is wrong on it; None where the file could not be called."""
    if trial.failure is not None:
        check, failed = trial.failure
        return (check, failed.case, failed.program, failed.fault) if failed.program else None
    ordinary = trial.ordinary() if verdict.accepted else None
    return None if ordinary is None else (*ordinary, None)


def _trace(
    submission: Submission,
    trial: Trial,
    verdict: Verdict,
    check: Check,
    case: Case,
    program: Program,
    fault: Fault | None,
) -> Trace:
    assert submission.tree is not None
    last = fault.step if fault is not None and fault.step >= 0 else len(program) - 1
    program = program[: last + 1]
    steps = followed_steps(program)
    places = places_of(submission.tree)
    watched, output = trial.watch(program, as_asked(places), steps)
    model, theirs, refused = trace_reference(submission.problem, program, steps, case)
    likenesses = Likenesses(
        known_arrays(places, watched),
        known_arrays(model, theirs),
        watched.counts,
        theirs.counts,
        case.dtype,
        failing=fault is not None and not check.random,
        gradients=submission.framework.has_gradients and isinstance(program[-1], Differentiate),
        elsewhere=_elsewhere(submission.problem, trial, places),
        places=places,
    )
    example = counterexample(submission.problem, case, program, last)
    again = None if check.measured or fault is None else trial.fault(check, case, program, watched) is not None
    return msgspec.structs.replace(
        untraced(verdict),
        check=check.name,
        sizes=example.sizes,
        dtype=case.dtype,
        call=example.call,
        refused=refused,
        repeated=again,
        ended="" if watched.end is None else watched.end.message,
        notes=tuple(_notes(watched, places)),
        first_difference=_first_difference(likenesses),
        functions=Assembly(submission.source, places, watched, likenesses, case, last).functions(),
        output=output,
    )


def _elsewhere(problem: Problem, trial: Trial, places: Sequence[Place]) -> tuple[Shapes, Shapes]:
    """Shapes in a case whose sizes differ from each other: there, what has one shape is likely to be one thing."""
    ordinary = trial.ordinary()
    if ordinary is None:
        return {}, {}
    _, case, program = ordinary
    steps = followed_steps(program)
    watched, _ = trial.watch(program, as_asked(places), steps)
    model, theirs, _ = trace_reference(problem, program, steps, case)
    return shapes_of(known_arrays(places, watched)), shapes_of(known_arrays(model, theirs))


def followed_steps(program: Program) -> list[int]:
    """The steps to follow: of each thing that is called or constructed, the last time."""
    last: dict[str, int] = {}
    for number, step in enumerate(program):
        if isinstance(step, Compute):
            last[step.into] = number
        elif isinstance(step, (Call, Differentiate, Construct)) and not step.target.startswith("torch."):
            last[step.target] = number
    return sorted(last.values())[-MOST_STEPS:]


def trace_reference(
    problem: Problem, program: Program, steps: Sequence[int], case: Case
) -> tuple[list[Place], Watched, str]:
    """The same of the reference, in this process; and the exception that it raises in the last step, or ""."""
    refused = ""
    places = places_of(ast.parse(problem.solution))
    reference = load_reference(problem)
    lookout = Lookout(as_asked(places), len(program))

    def tell(seen: dict[str, object]) -> None:
        lookout.takes(seen)

    tracer = Tracer(str(problem.reference), as_asked(places), list(steps), reference.module, tell)
    interpreter = reference.interpreter(tracer.around)
    for number, step in enumerate(reference.steps(program, None if problem.plain else case.torch_dtype)):
        tracer.begin(number)
        try:
            interpreter.run(step)
            refused = ""
        except Exception as error:
            if not step.get("may_raise"):  # the check that asked for it would have failed already
                raise
            refused = f"{type(error).__name__}: {error}"
        tracer.end()
    return places, lookout.watched, refused


def _first_difference(likenesses: Likenesses) -> Difference | None:
    if not likenesses.differences:
        return None
    known, likeness = min(likenesses.differences, key=lambda each: each[0].order)
    return Difference(line=known.line, name=known.name, likeness=likeness)


def _notes(watched: Watched, places: Sequence[Place]) -> list[str]:
    """What could not be seen."""
    found = []
    if watched.lost:
        found.append("your code switched the tracing off (sys.settrace): what came after that is not shown")
    if watched.cut:
        found.append("more was assigned than is shown: the trace was cut off")
    if not watched.sightings and not watched.lost:
        found.append(
            "no function of your file was seen at work: compiled functions (torch.jit.script) and threads are not followed"
            if places
            else "your file defines no function that could be followed"
        )
    return found
