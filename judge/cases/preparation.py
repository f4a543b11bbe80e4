"""Checks made ready to be asked: cases drawn, programs written, and what is right, computed once for all who are asked the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from types import ModuleType

import msgspec

from judge.cases.corpus import Recorded, drawn, read_corpus
from judge.cases.drawing import Drawing
from judge.cases.renamed import renamed_words
from judge.oracle import Expected, Reference, load_module, load_reference, module_name
from judge.program import to_steps
from judge.verdict import ProblemError
from problems import Framework, Problem
from problems.asks import Program
from problems.cases import Case
from problems.checks import Check
from problems.frameworks import Values
from problems.late import torch
from problems.probes import INFLUENCE, Probe
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


class PreparedCheck(msgspec.Struct, frozen=True, dict=True):
    """A check, ready to be asked.

    Attributes:
        check: it.
        cases: drawn.
        programs: what is asked on each.
        asking: the same as the door takes it.
        rights: what the reference answers to each.
    """

    check: Check
    cases: list[Case]
    programs: list[Program]
    asking: Asking
    rights: list[Expected]

    @cached_property
    def halves(self) -> tuple[Asking, Asking]:
        """The cases of even numbers and those of odd ones, for two processes (`judge.running.parallel`)."""
        return self.asking.half(0), self.asking.half(1)


class Corpus(msgspec.Struct, frozen=True):
    """The recorded cases of a problem, ready to be asked.

    Attributes:
        parts: by their checks, in order.
        origins: what each case of a part was drawn from.
        asking: all of them, in one message.
    """

    parts: list[PreparedCheck]
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
        reference_seconds: CPU time of the reference's calls in the check of many cases, once it was measured (`judge.running.timing`).
    """

    def __init__(self, problem: Problem, framework: Framework, seed: int, *, kept: bool = False) -> None:
        self.problem = problem
        self.framework = framework
        self.seed = seed
        self.arrays = framework.values
        self._kept = kept
        self._prepared: dict[str, PreparedCheck] = {}
        self._checks: list[Check] | None = None
        self._reference: Reference | None = None
        self.reference_seconds: float | None = None
        self._corpus: Corpus | None = None

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
    def reference(self) -> Reference:
        """The problem's model answer, loaded."""
        if self._reference is None:
            self._reference = load_reference(self.problem)
        return self._reference

    def prepare(self, check: Check) -> PreparedCheck:
        """A check with the cases of this seed."""
        if check.name not in self._prepared:
            ready = self.ready(check, Drawing(check, self.seed).cases())
            if not self._kept:
                return ready
            self._prepared[check.name] = ready
        return self._prepared[check.name]

    def ready(self, check: Check, cases: list[Case]) -> PreparedCheck:
        """A check with these cases."""
        programs = [_asked(check, case) for case in cases]
        asking = Asking([to_steps(program, arrays=self.arrays) for program in programs], self.exchanged)
        rights = [Expected(self.reference, program, case.seed) for program, case in zip(programs, cases, strict=True)]
        return PreparedCheck(check, cases, programs, asking, rights)

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
        parts = [self.ready(check, [case for _, case in mine]) for check, mine in found]
        origins = [[origin for origin, _ in mine] for _, mine in found]
        programs = [program for part in parts for program in part.asking.programs]
        return Corpus(parts, origins, Asking(programs, self.exchanged))

    def ahead(self) -> Iterator[None]:
        """Prepare all that can be, a little at each step: for a case set that is kept, while nobody waits."""
        _ = self.corpus.asking.body
        yield
        for part in self.corpus.parts:
            for right in part.rights:
                right.prepare()
                yield
        for check in self.checks:
            ready = self.prepare(check)
            yield
            if not check.timed:
                for asking in [ready.asking] if check.gate or check.own_process else ready.halves:
                    _ = asking.body
                for right in ready.rights:
                    right.prepare()
                    yield


def _asked(check: Check, case: Case) -> Program:
    """The program for a case.

    Raises:
        ProblemError: the check fails to write one.
    """
    try:
        return check.ask(case)
    except Exception as error:
        raise ProblemError(f"the check {check.name} can't ask on {case}: {type(error).__name__}: {error}") from error
