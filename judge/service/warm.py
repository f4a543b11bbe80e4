"""Judging one file after the other in one process: sandboxes stay open, and cases are kept for the next file where that is asked for."""

from __future__ import annotations

import collections
import contextlib
import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import msgspec

from judge.cases import CaseSet
from judge.cases.stored import StoredCaseSet, encode, read
from judge.isolation import Sandbox, open_sandbox
from judge.judging import CostDecisions, Judgement, Manner, Plan, Trial, judge_trial, limits_of, unfinished
from judge.running import time_reference
from judge.service.drawn import could_be_drawn
from judge.service.look import problem_of, rejected_unread, submission_for
from judge.service.messages import Ahead
from judge.service.ready_sets import ReadySets
from judge.service.requests import Decided, Effort, Failing, FirstFailure, Judged, Request, Settings, Stage, TriedAgain
from judge.settings import fresh_seed, read_places
from judge.source import Submission
from judge.tracing import trace_of
from judge.verdict import Kind, Verdict
from problems import Framework, Problem
from problems.cases import Case
from problems.checks import Check
from sandbox import SandboxUnavailable

MOST_CASE_SETS = 12
MANY_USES = 2  # of a case set that is kept, after its first: from then on it pays to know what is certainly right
TellOnTheWay = Callable[[Stage | FirstFailure | TriedAgain | Decided], None]


class WarmJudge:
    """What stays warm.

    Args:
        sandboxes: already open, by name and by whether the code is the user's own. The first warming uses them.
    """

    def __init__(self, sandboxes: dict[tuple[str, bool], Sandbox] | None = None) -> None:
        self._sandboxes = sandboxes or {}
        self._warmed: dict[tuple[str, bool], Framework] = {}
        self._case_sets: dict[tuple[str, Framework, int], CaseSet] = {}
        places = read_places(os.environ)
        self._costs = CostDecisions(places.costs_folder)
        self._sets = ReadySets(places.case_sets_folder)
        self._uses: collections.Counter[tuple[str, Framework, int]] = collections.Counter()

    def warm(self, settings: Settings, framework: Framework) -> None:
        """Begin to start what runs need."""
        self._sandbox(settings).prepare(framework)
        self._warmed[(settings.sandbox, settings.own_code)] = framework

    def reset(self) -> None:
        """Close everything, and begin to start it anew: what was interrupted is not used again."""
        warmed = self._warmed
        self.close()
        for (name, own_code), framework in warmed.items():
            with contextlib.suppress(SandboxUnavailable):  # the next request meets it again, and says so
                self.warm(Settings(sandbox=name, own_code=own_code), framework)

    def close(self) -> None:
        """Close everything."""
        sandboxes, self._sandboxes = self._sandboxes, {}
        self._warmed, self._case_sets = {}, {}
        for sandbox in sandboxes.values():
            sandbox.__exit__(None, None, None)

    def judge(self, number: int, request: Request, tell: TellOnTheWay) -> Judged:
        """Judge one file.

        Raises:
            UsageError: the problem can't be told, or the file can't be a solution at all.
            ProblemError: the problem is broken; so does BrokenProblem.
            SandboxUnavailable: no sandbox of that kind works here.
        """
        submission = submission_for(request)
        seed = self._seed(request, submission)
        rejected = rejected_unread(number, msgspec.structs.replace(request, seed=seed), submission)
        if rejected is not None:
            return rejected
        return _Judging(self, number, request, submission, tell).judged(seed)

    def ahead(self, order: Ahead) -> Iterator[None]:
        """Prepare the cases of a seed, a little at each step; and time the reference on them."""
        problem = problem_of(order.problem)
        framework = problem.framework(order.framework)
        yield from self._ready(self.case_set(problem, framework, order.seed, keep=True), order.settings)
        yield from self.fill(problem, framework, order.settings)

    def fill(self, problem: Problem, framework: Framework, settings: Settings) -> Iterator[None]:
        """Make case sets for the next runs, a little at each step, until enough wait on disk."""
        while settings.cache_mib and self._sets.lacks(problem, framework):
            case_set = CaseSet(problem, framework, fresh_seed(), kept=True)
            yield from self._ready(case_set, settings, thorough=True)
            try:
                self._sets.put(problem, framework, case_set.seed, encode(case_set), settings.cache_mib)
            except OSError:  # nothing can be kept; judging does without
                return

    def _ready(self, case_set: CaseSet, settings: Settings, *, thorough: bool = False) -> Iterator[None]:
        """Draw a case set and time the reference on it, a little at each step."""
        yield from case_set.ahead(thorough=thorough)
        time_reference(case_set, self._sandbox(settings), limits_of(case_set.problem, settings.limits()))
        yield

    def _seed(self, request: Request, submission: Submission) -> int:
        """The seed of a request; where any will do, one whose cases are ready."""
        if request.seed is not None and not request.any_seed:
            return request.seed
        problem, framework = submission.problem, submission.framework
        known = None if request.seed is None else self._case_sets.get((str(problem.folder), framework, request.seed))
        if known is not None and known.is_ahead:
            return known.seed
        taken = self._sets.take(problem, framework) if request.settings.cache_mib else None
        if taken is not None:
            return taken
        return fresh_seed() if request.seed is None else request.seed

    def trial(self, request: Request, submission: Submission, seed: int) -> Trial:
        """What a request asks for, under a seed."""
        self.warm(request.settings, submission.framework)
        return Trial(
            submission,
            self.case_set(submission.problem, submission.framework, seed, keep=request.keep),
            self._sandbox(request.settings),
            limits_of(submission.problem, request.settings.limits()),
            self._costs,
        )

    def case_set(self, problem: Problem, framework: Framework, seed: int, *, keep: bool) -> CaseSet:
        """The cases of a seed."""
        key = (str(problem.folder), framework, seed)
        found = self._case_sets.pop(key, None) or self._kept(problem, framework, seed)
        if found is None:
            found = CaseSet(problem, framework, seed, kept=keep)
        elif keep:
            self._uses[key] += 1
            if self._uses[key] == MANY_USES:
                for _ in found.ahead():
                    pass
        if keep:
            self._case_sets[key] = found  # the one that was used last stands last
            while len(self._case_sets) > MOST_CASE_SETS:
                self._case_sets.pop(next(iter(self._case_sets)))
        return found

    def _kept(self, problem: Problem, framework: Framework, seed: int) -> CaseSet | None:
        """The cases of a seed from disk, where they are there."""
        path = self._sets.path(problem, framework, seed)
        if path is None:
            return None
        stored = read(path)
        if stored is None or stored.seed != seed:
            self._sets.drop(path)
            return None
        return StoredCaseSet(problem, framework, stored)

    def _sandbox(self, settings: Settings) -> Sandbox:
        key = (settings.sandbox, settings.own_code)
        if key not in self._sandboxes:
            self._sandboxes[key] = open_sandbox(settings.sandbox, own_code=settings.own_code)
        return self._sandboxes[key]


class _Judging:
    """One request."""

    def __init__(
        self, warm: WarmJudge, number: int, request: Request, submission: Submission, tell: TellOnTheWay
    ) -> None:
        self._warm = warm
        self._number = number
        self._request = request
        self._submission = submission
        self._tell = tell
        self._begun = time.perf_counter()

    def judged(self, seed: int) -> Judged:
        """The verdict; the earlier counterexample is tried before or after."""
        earlier, first = self._request.earlier, self._request.earlier_first
        mended = self._retried(earlier) if earlier is not None and first else None
        judgement = self._judgement(seed)
        if earlier is not None and not first and judgement.verdict.checks:
            mended = self._retried(earlier)
            if mended is False and judgement.verdict.accepted:
                judgement = self._judgement(earlier.seed)
        trace = b""
        if self._request.traced:
            self._stage("following the lines of the smallest failing case")
            trace = msgspec.json.encode(trace_of(judgement))
        verdict = msgspec.json.encode(judgement.verdict)
        return Judged(self._number, verdict, failing=_failing(judgement), mended=mended, trace=trace)

    def _judgement(self, seed: int) -> Judgement:
        trial = self._trial(seed)
        return judge_trial(trial, self._plan(trial), self._stage)

    def _trial(self, seed: int) -> Trial:
        return self._warm.trial(self._request, self._submission, seed)

    def _plan(self, trial: Trial) -> Plan:
        """The stages that the request asks for; a trace wants the smallest case, and no explanation."""
        request = self._request
        kind_only = request.effort is Effort.VERDICT
        less = kind_only or request.traced
        manner = Manner(
            first_failure_only=less,
            on_first_failure=partial(self._first_failure, trial) if request.first_word else None,
        )
        return Plan(
            manner,
            minimise=not kind_only,
            explain=not less,
            cost=request.cost and not less,
            on_decision=self._decided if request.verdict_first else None,
        )

    def _first_failure(self, trial: Trial, check: Check, kind: str, sentence: str) -> None:
        seconds = time.perf_counter() - self._begun
        effort = self._request.effort.value
        known = unfinished(trial, check, Kind(kind), sentence, effort=effort, seconds=seconds)
        self._tell(FirstFailure(self._number, kind, check.name, sentence, msgspec.json.encode(known)))

    def _decided(self, verdict: Verdict) -> None:
        self._tell(Decided(self._number, msgspec.json.encode(verdict)))

    def _stage(self, text: str) -> None:
        self._tell(Stage(self._number, text))

    def _retried(self, earlier: Failing) -> bool | None:
        """Whether what the earlier counterexample showed is mended; None where it can't be tried."""
        case_set = self._warm.case_set(self._submission.problem, self._submission.framework, earlier.seed, keep=True)
        check = next((check for check in case_set.checks if check.name == earlier.check), None)
        if check is None:
            return None
        try:
            case = msgspec.convert(earlier.case, Case)
        except msgspec.ValidationError:  # kept by another version
            return None
        drawn = [each for known in case_set.checks if not known.timed for each in case_set.prepare(known).cases]
        if not could_be_drawn(case, drawn):
            return None
        fault = self._trial(earlier.seed).retry(check, case)
        said = earlier.sentence if fault is None else fault.sentence
        self._tell(TriedAgain(self._number, fault is None, check.name, said))
        return fault is None


def _failing(judgement: Judgement) -> Failing | None:
    failure, case = judgement.failure, judgement.failing_case
    if failure is None or case is None or failure.check.timed:
        return None  # how cost grows is not seen on one case
    values: dict[str, Any] = msgspec.to_builtins(case)
    verdict = judgement.verdict
    return Failing(check=failure.check.name, case=values, seed=verdict.seed, sentence=verdict.headline)
