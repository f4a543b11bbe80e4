"""Tracing a file: it is judged, and its smallest failing case asked once more in the sandbox, with its lines followed."""

from __future__ import annotations

import ast
from collections.abc import Sequence

import msgspec

from judge.judging import Judgement, Question, Run, Trial
from judge.program import counterexample
from judge.running import Fault, ended_words
from judge.source import Place, as_asked, places_of
from judge.tracing.alignment import Alignments
from judge.tracing.assembly import Assembly
from judge.tracing.observed import Shapes, known_arrays, shapes_of
from judge.verdict import Difference, Trace, untraced
from problems.asks import Call, Compute, Construct, Differentiate, Program
from problems.cases import Case
from sandbox import TraceLog
from sandbox.guest.tracer import Tracer
from sandbox.trace_log import TraceCollector

MOST_STEPS = 6


def trace_of(judgement: Judgement) -> Trace:
    """What the lines of a file assigned on its smallest failing case; of an accepted file, on an ordinary one.

    Args:
        judgement: of the file, minimised.
    """
    question, failure, tree = _chosen(judgement), judgement.failure, judgement.run.trial.submission.tree
    if question is None or tree is None:
        return untraced(judgement.verdict)
    return _trace(judgement, question, failure.fault if failure is not None else None, places_of(tree))


def _chosen(judgement: Judgement) -> Question | None:
    """The case to trace; None where the file could not be called."""
    failure = judgement.failure
    if failure is not None:
        return Question(failure.check, failure.case, failure.program) if failure.program else None
    return judgement.run.ordinary if judgement.verdict.accepted else None


def _trace(judgement: Judgement, question: Question, fault: Fault | None, places: list[Place]) -> Trace:
    """Ask the question once more with the lines followed.

    Args:
        judgement: of the file.
        question: the case to trace.
        fault: what is wrong on it, or None.
        places: what the file's lines assign.
    """
    run, trial = judgement.run, judgement.run.trial
    submission, verdict = trial.submission, judgement.verdict
    check, case, program = question.check, question.case, question.program
    last = fault.step if fault is not None and fault.step >= 0 else len(program) - 1
    program = program[: last + 1]
    steps = followed_steps(program)
    watched, output = trial.watch(program, as_asked(places), steps)
    model, theirs, refused = trace_reference(trial, program, steps, case)
    likenesses = Alignments(
        known_arrays(places, watched),
        known_arrays(model, theirs),
        watched.counts,
        theirs.counts,
        case.dtype,
        failing=fault is not None and not check.stochastic,
        gradients=submission.framework.has_gradients and isinstance(program[-1], Differentiate),
        elsewhere=_elsewhere(run, places),
        places=places,
    )
    example = counterexample(submission.problem, case, program, last)
    again = None if check.timed or fault is None else trial.watched_fault(check, case, program, watched) is not None
    return msgspec.structs.replace(
        untraced(verdict),
        check=check.name,
        sizes=example.sizes,
        dtype=case.dtype,
        call=example.brief,
        refused=refused,
        repeated=again,
        ended="" if watched.end is None else ended_words(watched.end),
        notes=tuple(_notes(watched, places)),
        first_difference=_first_difference(likenesses),
        functions=Assembly(submission.source, places, watched, likenesses, case, last).functions(),
        output=output,
    )


def _elsewhere(run: Run, places: Sequence[Place]) -> tuple[Shapes, Shapes]:
    """Shapes in a case whose sizes differ from each other: there, what has one shape is likely to be one thing."""
    ordinary = run.ordinary
    if ordinary is None:
        return {}, {}
    program = ordinary.program
    steps = followed_steps(program)
    watched, _ = run.trial.watch(program, as_asked(places), steps)
    model, theirs, _ = trace_reference(run.trial, program, steps, ordinary.case)
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
    trial: Trial, program: Program, steps: Sequence[int], case: Case
) -> tuple[list[Place], TraceLog, str]:
    """The same of the reference, in this process; and the exception that it raises in the last step, or ""."""
    refused = ""
    problem, reference = trial.problem, trial.case_set.reference
    places = places_of(ast.parse(problem.solution))
    collector = TraceCollector(as_asked(places), len(program))

    def tell(seen: dict[str, object]) -> None:
        collector.takes(seen)

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
    return places, collector.watched, refused


def _first_difference(likenesses: Alignments) -> Difference | None:
    if not likenesses.differences:
        return None
    known, likeness = min(likenesses.differences, key=lambda each: each[0].order)
    return Difference(line=known.line, name=known.name, likeness=likeness)


def _notes(watched: TraceLog, places: Sequence[Place]) -> list[str]:
    """What could not be seen."""
    found = []
    if watched.lost:
        found.append("your code switched the tracing off (sys.settrace): what came after that is not shown")
    if watched.cut:
        found.append("more was assigned than is shown: the trace was cut off")
    if not watched.events and not watched.lost:
        found.append(
            "no function of your file was seen at work: compiled functions (torch.jit.script) and threads are not followed"
            if places
            else "your file defines no function that could be followed"
        )
    return found
