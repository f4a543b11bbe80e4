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

MOST_CASE_SETS = 4
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
        self._next: dict[tuple[str, str, str], CaseSet] = {}  # loaded for requests that name no seed
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
        rejected = rejected_unread(number, request, submission)
        if rejected is not None:
            return rejected
        case_set = self._case_set_of(request, submission)
        return _Judging(self, number, request, submission, tell).judged(case_set)

    def ahead(self, order: Ahead) -> Iterator[None]:
        """Prepare cases, a little at each step: those of a seed; or of seeds that requests may take which name none."""
        problem = problem_of(order.problem)
        framework = problem.framework(order.framework)
        if order.seed is not None:
            yield from self._ready(self.case_set(problem, framework, order.seed, keep=True), order.settings)
            return
        self._load_next(problem, framework, order.settings)
        yield from self.fill(problem, framework, order.settings)
        if not self._load_next(problem, framework, order.settings):  # nothing is kept on disk
            drawn = CaseSet(problem, framework, fresh_seed(), kept=True)
            yield from self._ready(drawn, order.settings)
            self._keep_next(problem, framework, drawn)
        yield from self.fill(problem, framework, order.settings)

    def fill(self, problem: Problem, framework: Framework, settings: Settings) -> Iterator[None]:
        """Make case sets for the next runs, a little at each step, until enough wait on disk."""
        lacks = self._sets.lacks(problem, framework) if settings.cache_mib else 0
        while lacks:
            case_set = CaseSet(problem, framework, fresh_seed(), kept=True)
            yield from self._ready(case_set, settings, thorough=True)
            try:
                self._sets.put(problem, framework, case_set.seed, encode(case_set), settings.cache_mib)
            except OSError:  # nothing can be kept; judging does without
                return
            before, lacks = lacks, self._sets.lacks(problem, framework)
            if lacks >= before:  # there is no room for it, or others take them as quickly as they are made
                return

    def _ready(self, case_set: CaseSet, settings: Settings, *, thorough: bool = False) -> Iterator[None]:
        """Draw a case set and time the reference on it, a little at each step."""
        yield from case_set.ahead(thorough=thorough)
        time_reference(case_set, self._sandbox(settings), limits_of(case_set.problem, settings.limits()))
        yield

    def _load_next(self, problem: Problem, framework: Framework, settings: Settings) -> bool:
        """Have a set from disk in memory for the next request that names no seed; whether there is one."""
        key = _key(problem, framework)
        if key not in self._next:
            found = self._from_disk(problem, framework, settings, again=False)
            if found is None:
                return False
            self._keep_next(problem, framework, found)
        return True

    def _keep_next(self, problem: Problem, framework: Framework, case_set: CaseSet) -> None:
        """Keep a set for the next request; where many problems are in turn, those that were asked about longest ago do without."""
        self._next[_key(problem, framework)] = case_set
        while len(self._next) > MOST_CASE_SETS:
            self._next.pop(next(iter(self._next)))

    def _any(self, problem: Problem, framework: Framework, settings: Settings) -> CaseSet | None:
        """A case set that is ready; None where there is none."""
        found = self._next.pop(_key(problem, framework), None)
        return found or self._from_disk(problem, framework, settings, again=True)

    def _from_disk(
        self, problem: Problem, framework: Framework, settings: Settings, *, again: bool
    ) -> StoredCaseSet | None:
        if not settings.cache_mib:
            return None
        seed = self._sets.take(problem, framework, again=again)
        return None if seed is None else self._kept(problem, framework, seed)

    def _case_set_of(self, request: Request, submission: Submission) -> CaseSet:
        """The cases of a request: of its seed, or of one that is ready where any will do."""
        problem, framework, seed = submission.problem, submission.framework, request.seed
        if seed is None or request.any_seed:
            known = None if seed is None else self._case_sets.get((str(problem.folder), framework, seed))
            found = known if known is not None and known.is_ahead else self._any(problem, framework, request.settings)
            if found is not None:
                return found
        return self.case_set(problem, framework, fresh_seed() if seed is None else seed, keep=request.keep)

    def trial(self, request: Request, submission: Submission, case_set: CaseSet) -> Trial:
        """What a request asks for, on these cases."""
        self.warm(request.settings, submission.framework)
        return Trial(
            submission,
            case_set,
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
            if self._uses[key] == MANY_USES and not found.is_ahead:
                for _ in found.ahead():
                    pass
        if keep:
            self._case_sets[key] = found  # the one that was used last stands last
            while len(self._case_sets) > MOST_CASE_SETS:
                gone = next(iter(self._case_sets))
                self._case_sets.pop(gone)
                self._uses.pop(gone, None)
        return found

    def _kept(self, problem: Problem, framework: Framework, seed: int) -> StoredCaseSet | None:
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

    def judged(self, case_set: CaseSet) -> Judged:
        """The verdict; the earlier counterexample is tried before or after."""
        earlier, first = self._request.earlier, self._request.earlier_first
        mended = self._retried(earlier) if earlier is not None and first else None
        judgement = self._judgement(case_set)
        if earlier is not None and not first and judgement.verdict.checks:
            mended = self._retried(earlier)
            if mended is False and judgement.verdict.accepted:
                judgement = self._judgement(self._of_seed(earlier.seed))
        trace = b""
        if self._request.traced:
            self._stage("following the lines of the smallest failing case")
            trace = msgspec.json.encode(trace_of(judgement))
        verdict = msgspec.json.encode(judgement.verdict)
        return Judged(self._number, verdict, failing=_failing(judgement), mended=mended, trace=trace)

    def _judgement(self, case_set: CaseSet) -> Judgement:
        trial = self._trial(case_set)
        return judge_trial(trial, self._plan(trial), self._stage)

    def _trial(self, case_set: CaseSet) -> Trial:
        return self._warm.trial(self._request, self._submission, case_set)

    def _of_seed(self, seed: int) -> CaseSet:
        return self._warm.case_set(self._submission.problem, self._submission.framework, seed, keep=True)

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
        case_set = self._of_seed(earlier.seed)
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
        fault = self._trial(case_set).retry(check, case)
        said = earlier.sentence if fault is None else fault.sentence
        self._tell(TriedAgain(self._number, fault is None, check.name, said))
        return fault is None


def _key(problem: Problem, framework: Framework) -> tuple[str, str, str]:
    return str(problem.folder), framework.name, problem.digest


def _failing(judgement: Judgement) -> Failing | None:
    failure, case = judgement.failure, judgement.failing_case
    if failure is None or case is None or failure.check.timed:
        return None  # how cost grows is not seen on one case
    values: dict[str, Any] = msgspec.to_builtins(case)
    verdict = judgement.verdict
    return Failing(check=failure.check.name, case=values, seed=verdict.seed, sentence=verdict.headline)
