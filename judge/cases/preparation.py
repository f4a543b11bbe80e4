"""Checks made ready to be asked: cases drawn, programs written, and what is right, computed once for all who are asked the same."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from types import ModuleType

import msgspec

from judge.cases.corpus import Recorded, drawn, read_corpus
from judge.cases.drawing import Drawing
from judge.cases.ready import PreparedCheck, ReadyCheck, asking_of
from judge.cases.renamed import renamed_words
from judge.oracle import Expected, Reference, load_module, load_reference, module_name
from judge.verdict import ProblemError
from problems import Framework, Problem
from problems.asks import Program
from problems.cases import Case
from problems.checks import Check, CheckFacts
from problems.frameworks import Values
from problems.late import torch
from problems.probes import INFLUENCE, Probe
from problems.sufficient import RightAnswers
from sandbox import Asking


def load_checks(problem: Problem) -> tuple[Check, ...]:
    """The checks of a problem, from its folder.

    Raises:
        ProblemError: checks.py does not load or defines no CHECKS.
    """
    module = _load_checks_file(problem)
    checks = getattr(module, "CHECKS", None)
    if not isinstance(checks, tuple) or not all(isinstance(check, Check) for check in checks):
        raise ProblemError(f"{problem.folder / 'checks.py'} has no tuple CHECKS of checks")
    names = [check.name for check in checks]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ProblemError(
            f"{problem.folder / 'checks.py'} has several checks called {twice[0]!r}: give one another name="
        )
    return checks


def load_probes(problem: Problem) -> tuple[Probe, ...]:
    """The probes of a problem, `PROBES` in its checks.py; where there are none, which inputs a result depends on.

    Raises:
        ProblemError: checks.py does not load, or PROBES is something else.
    """
    probes = getattr(_load_checks_file(problem), "PROBES", (INFLUENCE,))
    if not isinstance(probes, tuple) or not all(isinstance(probe, Probe) for probe in probes):
        raise ProblemError(f"PROBES in {problem.folder / 'checks.py'} is no tuple of probes")
    return probes


def _load_checks_file(problem: Problem) -> ModuleType:
    try:
        return load_module(problem.folder / "checks.py", module_name("checks", problem))
    except ProblemError as error:
        if words := renamed_words(error.__cause__):
            raise ProblemError(f"{error}. {words}") from error
        raise


class Corpus(msgspec.Struct, frozen=True):
    """The recorded cases of a problem, ready to be asked.

    Attributes:
        parts: by their checks, in order.
        origins: what each case of a part was drawn from.
        asking: all of them, in one message.
    """

    parts: list[ReadyCheck]
    origins: list[list[Recorded]]
    asking: Asking


class CaseSet:
    """The checks of one problem in one framework, drawn from one seed.

    Args:
        problem: whose checks.
        framework: of the solutions.
        seed: all cases follow from it.
        kept: keep what was prepared, for the next solution that is asked the same. It takes some MiB.

    Attributes:
        is_ahead: everything in it is prepared.
        reference_seconds: CPU time of the reference's calls in the check of many cases, once it was measured (`judge.running.timing`).
    """

    def __init__(self, problem: Problem, framework: Framework, seed: int, *, kept: bool = False) -> None:
        self.problem = problem
        self.framework = framework
        self.seed = seed
        self.arrays = framework.values
        self._kept = kept
        self._prepared: dict[str, ReadyCheck] = {}
        self._checks: list[Check] | None = None
        self._reference: Reference | None = None
        self.reference_seconds: float | None = None
        self._corpus: Corpus | None = None
        self.is_ahead = False

    @property
    def exchanged(self) -> ModuleType | None:
        """The module whose tensors go through the door; None where none do."""
        return torch if self.arrays is Values.TENSOR else None

    @property
    def checks(self) -> list[Check]:
        """The checks that are meant for this framework."""
        if self._checks is None:
            found = load_checks(self.problem)
            self._checks = [check for check in found if check.is_meant_for(self.framework)]
        return self._checks

    @property
    def facts(self) -> Sequence[CheckFacts]:
        """What is known of these checks without their code."""
        return self.checks

    def check(self, name: str) -> Check:
        """The check of this name.

        Raises:
            KeyError: there is none.
        """
        return {check.name: check for check in self.checks}[name]

    @property
    def reference(self) -> Reference:
        """The problem's model answer, loaded."""
        if self._reference is None:
            self._reference = load_reference(self.problem)
        return self._reference

    def prepare(self, facts: CheckFacts) -> ReadyCheck:
        """A check with the cases of this seed."""
        if facts.name not in self._prepared:
            ready = self.drawn(facts)
            if not self._kept:
                return ready
            self._prepared[facts.name] = ready
        return self._prepared[facts.name]

    def drawn(self, facts: CheckFacts) -> PreparedCheck:
        """The same, drawn now."""
        check = facts if isinstance(facts, Check) else self.check(facts.name)
        return self.ready(check, Drawing(check, self.seed).cases())

    def ready(self, check: Check, cases: list[Case]) -> PreparedCheck:
        """A check with these cases."""
        programs = [asked_on(check, case) for case in cases]
        rights = [self.right(program, case) for program, case in zip(programs, cases, strict=True)]
        return PreparedCheck(check, cases, programs, rights, self.arrays, self.exchanged)

    def right(self, program: Program, case: Case) -> Expected:
        """What the reference answers to a program."""
        return Expected(self.reference, program, case.seed)

    @property
    def corpus(self) -> Corpus:
        """The problem's recorded cases, the same for every seed."""
        if self._corpus is None:
            self._corpus = self.corpus_of(read_corpus(self.problem))
        return self._corpus

    @property
    def recorded_programs(self) -> list[Program]:
        """What the recorded cases ask, in their order."""
        return [program for part in self.corpus.parts for program in part.programs]

    def corpus_of(self, recorded: Sequence[Recorded]) -> Corpus:
        """These cases, ready to be asked."""
        found = drawn(recorded, self.checks)
        return self._together(
            [self.ready(check, [case for _, case in mine]) for check, mine in found],
            [[origin for origin, _ in mine] for _, mine in found],
        )

    def _together(self, parts: Sequence[PreparedCheck], origins: list[list[Recorded]]) -> Corpus:
        programs = [program for part in parts for program in part.encoded]
        known = [right for part in parts for right in part.known]
        return Corpus(list(parts), origins, asking_of(programs, known))

    def ahead(self, *, thorough: bool = False) -> Iterator[None]:
        """Prepare all that can be, a little at each step: for a case set that is kept, while nobody waits.

        Args:
            thorough: see `PreparedCheck.each_known`; for a set that is used where torch is not imported yet.
        """
        if self.is_ahead:
            return
        corpus, parts = self.corpus, []
        for part in corpus.parts:
            parts.append((yield from _known_step_by_step(part, thorough=thorough)))
        self._corpus = self._together(parts, corpus.origins)
        _ = self._corpus.asking.body
        yield
        for check in self.checks:
            ready = self.drawn(check)
            yield
            ready = yield from _known_step_by_step(ready, thorough=thorough)
            if not check.timed:
                for asking in [ready.asking] if check.gate or check.own_process else ready.halves:
                    _ = asking.body
            self._prepared[check.name] = ready
        self.is_ahead = True


def _known_step_by_step(ready: ReadyCheck, *, thorough: bool) -> Generator[None, None, PreparedCheck]:
    """A check with what is certainly right of it, one case at each step."""
    assert isinstance(ready, PreparedCheck)
    known: list[RightAnswers | None] = []
    for each in ready.each_known(thorough=thorough):
        known.append(each)
        yield
    return msgspec.structs.replace(ready, known=known)


def asked_on(check: Check, case: Case) -> Program:
    """The program for a case.

    Raises:
        ProblemError: the check fails to write one.
    """
    try:
        return check.ask(case)
    except Exception as error:
        raise ProblemError(f"the check {check.name} can't ask on {case}: {type(error).__name__}: {error}") from error
