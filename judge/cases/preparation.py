"""Checks made ready to be asked: cases drawn, programs written, and what is right, computed once for all who are asked the same."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from functools import cached_property
from types import ModuleType
from typing import Any, Protocol

import msgspec

from judge.cases.corpus import Recorded, drawn, read_corpus
from judge.cases.drawing import Drawing
from judge.cases.recognising import KnownRight
from judge.cases.renamed import renamed_words
from judge.oracle import Expected, Reference, load_module, load_reference, module_name
from judge.program import to_steps
from judge.verdict import ProblemError
from problems import Framework, Problem
from problems.asks import Program
from problems.cases import Case
from problems.checks import CaseAnswers, Check, CheckFacts
from problems.frameworks import Values
from problems.growth import Growth
from problems.late import torch
from problems.probes import INFLUENCE, Probe
from problems.sufficient import RightAnswers, Unsure
from sandbox import Asking, EncodedProgram, Reply, encoded, step_by_step


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


class ReadyCheck(Protocol):
    """A check, ready to be asked: drawn just now (`PreparedCheck`), or read from a file (`judge.cases.stored`)."""

    @property
    def facts(self) -> CheckFacts:
        """What is known of it without its code."""

    @property
    def count(self) -> int:
        """How many cases there are."""

    @property
    def check(self) -> Check:
        """It."""

    @property
    def cases(self) -> Sequence[Case]:
        """That were drawn."""

    @property
    def programs(self) -> Sequence[Program]:
        """What is asked on each."""

    @property
    def rights(self) -> Sequence[Expected]:
        """What the reference answers to each."""

    @property
    def asking(self) -> Asking:
        """All programs as the door takes them."""

    @property
    def halves(self) -> tuple[Asking, Asking]:
        """The cases of even numbers and those of odd ones, for two processes (`judge.running.parallel`)."""

    @property
    def measured(self) -> list[list[Asking]]:
        """The programs of a check whose steps are sent one by one."""

    @property
    def known(self) -> Sequence[RightAnswers | None]:
        """Of each case, what its answers must hold to be certainly right; empty where nothing is known of any."""


class PreparedCheck(msgspec.Struct, frozen=True, dict=True):
    """A check whose cases are drawn, and what is right, as far as anybody has asked.

    Attributes:
        check: it.
        cases: drawn.
        programs: what is asked on each.
        rights: what the reference answers to each.
        arrays: "tensor", "array" or "value".
        exchanged: the module whose tensors go through the door, or None.
        known: see `ReadyCheck`.
    """

    check: Check
    cases: list[Case]
    programs: list[Program]
    rights: list[Expected]
    arrays: str
    exchanged: Any
    known: Sequence[RightAnswers | None] = ()

    @property
    def facts(self) -> CheckFacts:
        """What is known of it without its code."""
        return self.check

    @property
    def count(self) -> int:
        """How many cases there are."""
        return len(self.cases)

    @property
    def _steps(self) -> Iterator[list[dict[str, Any]]]:
        return (to_steps(program, arrays=self.arrays) for program in self.programs)

    @cached_property
    def encoded(self) -> list[EncodedProgram]:
        """The programs as the door takes them."""
        return [encoded(steps, self.exchanged) for steps in self._steps]

    @cached_property
    def asking(self) -> Asking:
        """All programs in one message."""
        return asking_of(self.encoded, self.known)

    @cached_property
    def halves(self) -> tuple[Asking, Asking]:
        """The cases of even numbers and those of odd ones, for two processes."""
        return halves_of(self.encoded, self.known)

    @property
    def measured(self) -> list[list[Asking]]:
        """The programs of a check whose steps are sent one by one."""
        known = self.known or [None] * len(self.programs)
        return [
            measured_of([step.programs[0] for step in step_by_step(steps, self.exchanged)], right)
            for steps, right in zip(self._steps, known, strict=True)
        ]

    def each_known(self, *, thorough: bool) -> Iterator[RightAnswers | None]:
        """What is certainly right, one case after the other; None where that can't be said.

        Args:
            thorough: with one step of the comparison more, which takes as long as all others together: then less is unsure.
        """
        sufficient = None if self.check.judge is not None else getattr(self.check.requires, "sufficient", None)
        for case, program, right in zip(self.cases, self.programs, self.rights, strict=True):
            asked = CaseAnswers(
                case=case, program=program, answers={}, right=right, arrays=self.arrays, thorough=thorough
            )
            try:
                yield None if sufficient is None else RightAnswers(sufficient(asked), self._growth(program))
            except (Unsure, LookupError):
                yield None

    def _growth(self, program: Program) -> Growth | None:
        """How its cost may grow, where that is measured."""
        growth = getattr(self.check.requires, "growth", None)
        return None if growth is None else growth(program)

    def part(self, numbers: Sequence[int]) -> PreparedCheck:
        """Some of its cases."""
        return PreparedCheck(
            self.check,
            [self.cases[number] for number in numbers],
            [self.programs[number] for number in numbers],
            [self.rights[number] for number in numbers],
            self.arrays,
            self.exchanged,
        )


def asking_of(programs: Sequence[EncodedProgram], known: Sequence[RightAnswers | None]) -> Asking:
    """Programs in one message, with what is known of their answers."""
    return Asking(programs, recogniser=KnownRight(known) if known else None)


def halves_of(programs: Sequence[EncodedProgram], known: Sequence[RightAnswers | None]) -> tuple[Asking, Asking]:
    """Those of even numbers and those of odd ones."""
    return asking_of(programs[0::2], known[0::2]), asking_of(programs[1::2], known[1::2])


def measured_of(steps: Sequence[EncodedProgram], right: RightAnswers | None) -> list[Asking]:
    """The steps of one program, each in a message of its own, with what is known of its answer."""
    return [
        Asking([step], keep=place > 0, recogniser=None if right is None else KnownRight([_only_step(right, place)]))
        for place, step in enumerate(steps)
    ]


def _only_step(right: RightAnswers, place: int) -> RightAnswers | None:
    """What is known of one step, which is the only one of its message."""
    return RightAnswers({0: right.replies[place]}) if place in right.replies else None


def surely_right(ready: ReadyCheck, number: int, replies: Sequence[Reply]) -> bool:
    """Whether all that came back on a case was recognised as right, so that nothing need be looked at."""
    return is_right(ready.known[number] if ready.known else None, replies)


def is_right(wanted: RightAnswers | None, replies: Sequence[Reply]) -> bool:
    """The same, given what the answers must hold."""
    if wanted is None or len(replies) != len(wanted.replies):
        return False
    if not all(reply.recognised and reply.step in wanted.replies for reply in replies):
        return False
    return wanted.cost is None or wanted.cost.is_fine({reply.step: reply.cpu_seconds for reply in replies})


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
