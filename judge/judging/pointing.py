"""Looking for the line: a failing case whose sizes differ from each other is run once more with the lines followed."""

from __future__ import annotations

import ast
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from judge.explain import Exhibit, Pointing, Seen, right_values
from judge.judging.decision import Decision
from judge.judging.run import Run
from judge.judging.trial import Failure, Trial
from judge.source import Place, as_asked, places_of
from problems.asks import Call, Compute, Construct, Differentiate, Program
from problems.cases import HALF, Case, CaseSpace
from problems.checks import Check
from problems.kinds import Breach
from sandbox import TraceLog

MOST_STEPS = 12
MOST_NUMBERS = 3_000  # in what is asked: the values of larger cases are not followed
MOST_PRODUCT = 3_600  # of the sizes of a case: the values of larger results are not told
MOST_CHOICES = 20_000  # of sizes
MOST_RESIZED, MOST_COMPARED = 400, 20  # cases of such sizes that are looked at, and those of them that are possible
USUAL = range(3, 10)  # sizes at which what is different looks different
POINTED = frozenset({Breach.EXCEPTION, Breach.SHAPE, Breach.VALUES})


def watch_failure(run: Run, decision: Decision) -> Pointing | None:
    """What the lines of the file make where it fails; None where that is nothing to follow.

    Args:
        run: of the file.
        decision: with the failure.
    """
    failure, tree = decision.failure, run.trial.submission.tree
    if (
        failure is None
        or tree is None
        or not failure.program
        or failure.check.timed
        or failure.fault.breach not in POINTED
    ):
        return None
    seen = _seen(run, failure)
    if seen.watched.lost or seen.watched.end is not None or seen.case.dtype in HALF:
        return None  # in half precision nearly all values are rounded otherwise
    trial = run.trial
    return _pointing(trial, seen, lambda: _with_other_sizes(run, failure, seen))


def _pointing(trial: Trial, seen: Seen, elsewhere: Callable[[], Pointing | None] = lambda: None) -> Pointing:
    answers = trial.case_set.reference.answers(seen.program)
    right = right_values(trial.problem, seen.program)
    return Pointing(trial.problem, seen, answers, right, elsewhere)


def _with_other_sizes(run: Run, failure: Failure, seen: Seen) -> Pointing | None:
    """The same of a case in which each size is another one, as far as there is such a case."""
    before = seen.case.sizes
    for case in telling_cases(failure.check, seen.case, but=before):
        if all(case.sizes[letter] != size for letter, size in before.items() if size > 1):
            program = list(failure.check.ask(case))
            watched = _watched(run.trial, program, list(seen.places))
            if watched.lost or watched.end is not None:
                return None
            return _pointing(run.trial, msgspec.structs.replace(seen, case=case, program=program, watched=watched))
    return None


def _seen(run: Run, failure: Failure) -> Seen:
    """A case that fails as this one does, run with the lines followed: one whose sizes differ, where such a one fails."""
    trial, passed = run.trial, None
    tree = trial.submission.tree
    assert tree is not None
    places, conditions = places_of(tree), conditions_of(tree)
    own_backward = any(
        isinstance(node, ast.ClassDef) and any(ast.unparse(base).endswith("Function") for base in node.bases)
        for node in ast.walk(tree)
    )
    for case in telling_cases(failure.check, failure.case):
        program = list(failure.check.ask(case))
        watched = _watched(trial, program, places)
        fault = trial.watched_fault(failure.check, case, program, watched)
        if fault is not None and fault.kind is failure.fault.kind:
            return Seen(case, program, places, watched, None, conditions, own_backward)
        if fault is None and passed is None:
            passed = frozenset(event.place for event in watched.events)
    case, program = _most_telling(run, failure)
    return Seen(case, program, places, _watched(trial, program, places), passed, conditions, own_backward)


def conditions_of(tree: ast.Module) -> dict[int, int]:
    """Of each line that raises an exception on purpose, the line of the condition under which it does."""
    found: dict[int, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.If):
            found |= {each.lineno: node.lineno for each in [*node.body, *node.orelse] if isinstance(each, ast.Raise)}
    return found


def _watched(trial: Trial, program: Program, places: list[Place]) -> TraceLog:
    followed = (Compute, Call, Differentiate, Construct)
    steps = [
        n
        for n, step in enumerate(program)
        if isinstance(step, followed) and not getattr(step, "target", "").startswith("torch.")
    ]
    return trial.watch(program, as_asked(places), steps[-MOST_STEPS:])[0]


def _most_telling(run: Run, failure: Failure) -> tuple[Case, Program]:
    """Of the cases of the check that failed alike, the one that tells most."""
    found = [(failure.case, failure.program)]
    if not failure.check.stochastic:
        for item in run.evidence:
            ended = any(answer.failure is not None for answer in item.answers.values())
            if item.check.name == failure.check.name and not ended:
                exhibit = Exhibit(item, run.trial.case_set.arrays)
                if (
                    exhibit.numbers <= MOST_NUMBERS
                    and exhibit.shown is not None
                    and exhibit.shown[0] == failure.fault.kind
                ):
                    found.append((item.case, item.program))
    return max(found, key=lambda each: _telling(each[0]))


def telling_cases(check: Check, case: Case, but: Mapping[str, int] | None = None) -> Iterator[Case]:
    """Cases like one that failed, whose sizes differ from each other: of ordinary numbers, then of its own kind.

    Args:
        check: that it failed.
        case: it.
        but: sizes that are to be others, where they can be.
    """
    space = check.draw
    if not isinstance(space, CaseSpace):
        return
    known = but or {}
    of_letters = [
        [size for size in usual if size != known.get(letter)] or usual
        for letter, usual in ((letter, _usual(sizes)) for letter, sizes in space.sizes.items())
    ]
    choices = itertools.product(*of_letters)
    ordered = sorted(itertools.islice(choices, MOST_CHOICES), key=_telling_sizes, reverse=True)
    resized = (space.follow(case.resized(**dict(zip(space.sizes, chosen, strict=True)))) for chosen in ordered)
    kept = list(itertools.islice(filter(space.keeps_case, itertools.islice(resized, MOST_RESIZED)), MOST_COMPARED))
    if not kept:
        return
    best = max(kept, key=lambda each: (_others(each, known), _telling(each)))
    simplest = {"kind": "ordinary", "dtype": "float32", "layout": "contiguous"}
    plain = {name: value for name, value in simplest.items() if value in getattr(space, f"{name}s")}
    tried: list[Case] = []
    for each in (space.follow(best.but(**plain)), best):
        if each not in tried and space.keeps_case(each):
            tried.append(each)
            yield each


def _others(case: Case, known: Mapping[str, int]) -> int:
    """How many sizes of a case are others than those."""
    return sum(case.sizes[letter] != size for letter, size in known.items())


def _usual(sizes: tuple[int, ...]) -> list[int]:
    usual = sorted(size for size in sizes if size in USUAL)[:4]
    return usual + ([2] if 2 in sizes else [] if usual else list(sizes[:4]))


def _telling_sizes(sizes: Sequence[int]) -> tuple[bool, int, int, int]:
    """How well sizes tell axes apart: not too large; then as many as possible that differ, and few of them 2."""
    some = [size for size in sizes if size > 1]
    return math.prod(sizes) <= MOST_PRODUCT, len(set(some)), sum(size in USUAL for size in some), -sum(sizes)


def _telling(case: Case) -> tuple[bool, bool, int, int, int, int]:
    """How well a case shows which value is which: the greatest is taken."""
    sizes = [size for size in case.sizes.values() if size > 1]
    plain, usual = case.kind == "ordinary", sum(size in USUAL for size in sizes)
    return case.dtype in ("float32", "float64"), plain, len(set(sizes)), len(sizes), usual, -sum(sizes)
