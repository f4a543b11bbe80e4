"""The proof that a problem is good: what must pass passes, what must fail fails, and each failure is named rightly."""

from __future__ import annotations

import math
import os
import shlex
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypedDict, Unpack

import msgspec

from judge.authoring import files
from judge.authoring.alike import edit_notes
from judge.authoring.answers import NAMED_CASES, AnswerJudge, Extent
from judge.authoring.conditions import conditional_mutants
from judge.authoring.equivalents import read_conditions, read_equivalents
from judge.authoring.example import example_faults
from judge.authoring.journal import Journal
from judge.authoring.prohibitions import forbidden_faults, reaching
from judge.authoring.proof import Caught, Note, Proof, Section
from judge.explain.edits.mutants import Mutant, mutants
from judge.isolation import Sandbox
from judge.settings import Configuration
from judge.verdict import ArrayData, Kind, Outcome, ProblemError, Verdict, counted
from problems import Problem
from problems.mistakes import Mistake, mistaken, read_mistakes
from problems.problem import ForbiddenTable

LIMITS_SHARE = 3  # the reference passes within one part in so many of each limit
MUTANT_SEED = 1
MUTANTS_TOGETHER = 25
NAMED_SEEDS = 4  # seeds under which a mistake must get its name; it must be rejected under all
SHRUNK_SEEDS = 2  # seeds under which the counterexample of a mistake must be small
ORACLE_SEEDS = 5
# Mutants that never come back are many, and each costs as much as it may.
MUTANT_HANGS = Configuration(call_seconds=1.0)
OWN_LIMITS = Configuration()  # those of the problem: what is right may take as long as it is allowed to
JUDGED = frozenset({files.TABLE, files.REFERENCE, files.CHECKS})
A_RIGHT_REFERENCE = "a reference that is accepted"


class How(TypedDict, total=False):
    """How an answer is judged, see `AnswerJudge.judge`."""

    first_failure_only: bool
    minimise: bool
    extent: Extent
    checks: Sequence[str]
    framework: str | None
    problem: Problem | None
    configuration: Configuration


class Part(msgspec.Struct, frozen=True):
    """One part of the proof: what it finds, and the files without which it can't be tried."""

    title: str
    notes: Callable[[], Iterator[Note]]
    needs: frozenset[str]


class Verification:
    """Proves one problem.

    Args:
        problem: it.
        sandbox: where answers run.
        seeds: how many are tried.
        minimise: whether counterexamples are looked for, and measured; without, mistakes are asked a few cases of each check first, and
            all only where these don't name them.
        progress: told what is being done.
        begins: told which part is begun.
        journal: what was found before an interruption, and where what is found is written.
    """

    def __init__(
        self,
        problem: Problem,
        sandbox: Sandbox,
        *,
        seeds: int,
        minimise: bool,
        progress: Callable[[str], None],
        begins: Callable[[str], None] = lambda title: None,
        journal: Journal | None = None,
    ) -> None:
        self._problem = problem
        self._sandbox = sandbox
        self._seeds = range(seeds)
        self._minimise = minimise
        self._progress = progress
        self._begins = begins
        self._checks: tuple[str, ...] = ()
        self._measured: frozenset[str] = frozenset()  # checks whose cases are large on purpose
        self._broken: frozenset[str] = frozenset()  # of what parts need
        self._table: list[Caught] = []
        self._rejected_mutants: tuple[str, ...] = ()
        self._marked_mutants: tuple[str, ...] = ()
        self._survived = 0
        self._conditions_rejected: tuple[str, ...] = ()
        self._unexplained: tuple[str, ...] = ()
        self._case_counts: dict[str, int] = {}
        self._answers = AnswerJudge(problem, sandbox, journal)

    def proof(self) -> Proof:
        """All of it; what follows from a broken file is left out."""
        begun, spent = time.perf_counter(), _cpu_seconds()
        sections = [self._section("files", self._files)]
        for part in self._parts():
            if not part.needs & self._broken:
                sections.append(self._section(part.title, part.notes))
        return Proof(
            problem=self._problem.name,
            sections=tuple(sections),
            table=tuple(self._table),
            checks=self._checks,
            killed=len(self._rejected_mutants),
            marked=len(self._marked_mutants),
            survived=self._survived,
            cases=0 if self._minimise else NAMED_CASES,
            rejected=self._rejected_mutants,
            equivalent=self._marked_mutants,
            conditions=len(self._conditions_rejected),
            case_counts=self._case_counts,
            seconds=time.perf_counter() - begun,
            cpu_seconds=_cpu_seconds() - spent,
            seeds=len(self._seeds),
        )

    def _parts(self) -> tuple[Part, ...]:
        """All but the files, in order. What is judged needs the first three of them."""
        read, changed = frozenset({files.TABLE, files.REFERENCE}), JUDGED | {A_RIGHT_REFERENCE}
        title = "what is wrong under one condition is rejected"
        conditions = Part(title, self._conditions, changed | {files.EQUIVALENTS})
        edits = Part("edits that explain wrong answers", lambda: edit_notes(self._problem), changed)
        return (
            Part("the statement's example is true", self._example, read | {files.STATEMENT}),
            Part("what is forbidden is rejected", self._forbidden, JUDGED | {files.STARTER}),
            Part("the reference agrees with the oracle", self._oracle, JUDGED | {files.ORACLE}),
            Part("right answers are accepted", self._right_answers, JUDGED | {files.ACCEPTED}),
            Part("the starter is rejected", self._starters, JUDGED | {files.STARTER}),
            Part("mistakes are rejected and named", self._mistakes, changed | {files.MISTAKES}),
            Part("mutants are rejected", self._mutants, changed | {files.EQUIVALENTS}),
            *([conditions, edits] if self._minimise else []),
        )

    def _section(self, title: str, part: Callable[[], Iterator[Note]]) -> Section:
        begun = time.perf_counter()
        self._begins(title)
        notes: list[Note] = []
        try:
            notes.extend(part())
        except (
            ProblemError
        ) as error:  # a check that fails on its own case: the author's to mend, and the rest is still looked at
            notes.append(Note(False, str(error)))
        return Section(title, tuple(notes), time.perf_counter() - begun)

    def _files(self) -> Iterator[Note]:
        """Every file is there and can be read; all errors at once, and what can't be tried for them."""
        faults = tuple(files.files_faults(self._problem, self._load_checks, self._every_mutant))
        self._broken = frozenset(fault.file for fault in faults)
        yield from (Note(False, fault.text) for fault in faults)
        for name in self._unexplained:
            words = f"{files.CHECKS}: {name} judges by a function of its own: say as data what must hold"
            yield Note(False, f"{words} (requires=, from problems/requirements), or say why it can't be (why=)")
        if not faults:
            yield Note(True, f"{len(self._checks)} properties, {len(read_mistakes(self._problem))} mistakes")
        yield from self._left_out(self._broken, "that is mended")

    def _left_out(self, broken: frozenset[str], until: str) -> Iterator[Note]:
        """What can't be tried without these."""
        if titles := [part.title for part in self._parts() if part.needs & broken]:
            yield Note(True, f"not tried until {until}: {'; '.join(titles)}")

    def _example(self) -> Iterator[Note]:
        """Computed anew by the reference."""
        return (Note(False, fault) for fault in example_faults(self._problem))

    def _forbidden(self) -> Iterator[Note]:
        """Names that exist, and a file that reaches for each."""
        table = self._problem.forbidden
        yield from (Note(False, fault) for fault in forbidden_faults(self._problem))
        for operator, source in reaching(self._problem):
            self._progress(f"{self._problem.name}: a file that calls {operator}")
            verdict = self._judge(source, 0, first_failure_only=True, framework=self._problem.model.name)
            if verdict.verdict is not Kind.FORBIDDEN:
                words = f"called by a name that is put together while the file runs, {operator} is not forbidden"
                yield Note(False, f"{words}: {verdict.verdict}: {verdict.headline}")
        named = len(table.packages) + len(table.names) + len(table.operators)
        yield Note(True, f"{named} packages, names and operators" if named else "nothing is forbidden")

    def _oracle(self) -> Iterator[Note]:
        """The oracle is judged like an answer, by all checks; what is forbidden to others it may use."""
        problem = self._problem
        if not problem.oracle:
            yield Note(True, "no oracle is named: nothing but its author says that the reference is right")
            return
        source = (problem.folder / problem.oracle).read_text(encoding="utf-8")
        free = msgspec.structs.replace(problem, forbidden=ForbiddenTable())
        for seed in self._seeds[: ORACLE_SEEDS if self._minimise else 1]:
            self._progress(f"{problem.slug}: {problem.oracle}, seed {seed}")
            verdict = self._judge(
                source,
                seed,
                first_failure_only=True,
                framework=problem.frameworks[0],
                problem=free,
                configuration=OWN_LIMITS,
            )
            if not verdict.accepted:
                failed = verdict.failed()
                where = f"{f' in {failed.name}' if failed else ''}, seed {seed}: {verdict.headline}"
                if verdict.verdict is Kind.TIME_LIMIT:
                    words = f"{problem.oracle} is too slow{where}. Let it do less, or raise the limits in problem.toml"
                else:
                    words = f"{problem.oracle} and the reference differ{where}"
                    words = f"{words}. One of the two is wrong, or the statement leaves open what the check asks for"
                yield Note(False, words)
                return

    def _every_mutant(self) -> list[Mutant]:
        gradients = any(name.startswith("gradients") for name in self._checks)
        return mutants(self._problem.solution, gradients=gradients, plain=self._problem.plain)

    def _load_checks(self) -> None:
        from judge.cases import load_checks

        checks = load_checks(self._problem)
        self._checks = tuple(check.name for check in checks)
        self._measured = frozenset(check.name for check in checks if check.timed)
        self._unexplained = tuple(check.name for check in checks if check.judge is not None and not check.why)
        self._case_counts = {check.name: check.cases for check in checks}

    def _right_answers(self) -> Iterator[Note]:
        """The reference and everything in accepted/, over all seeds; and whether the limits leave room."""
        paths = [self._problem.reference, *sorted((self._problem.folder / "accepted").glob("*.py"))]
        sources = {path: path.read_text(encoding="utf-8") for path in paths}
        slowest, room = 0.0, self._room()
        for seed in self._seeds:
            rejected: dict[str, list[Path]] = {}
            for path, source in list(sources.items()):
                self._progress(f"{self._problem.name}: {path.name}, seed {seed}")
                if seed == 0 and path == self._problem.reference and room.good:
                    continue  # what passes within a third of the limits passes within all
                verdict = self._judge(source, seed, first_failure_only=True, configuration=OWN_LIMITS)
                slowest = max(slowest, verdict.seconds)
                if not verdict.accepted:
                    rejected.setdefault(f"{verdict.verdict}: {verdict.headline}", []).append(path)
                    del sources[path]
            for words, those in rejected.items():
                yield from self._wrongly_rejected(those, seed, words)
        yield Note(True, f"{len(sources)} of {len(paths)} were accepted, over {counted(len(self._seeds), 'seed')} each")
        yield Note(True, f"judging one took {slowest:.1f} s at most on this machine")
        if self._problem.reference in sources:
            yield room
        else:
            self._broken |= {A_RIGHT_REFERENCE}
            yield from self._left_out(frozenset({A_RIGHT_REFERENCE}), "the reference is accepted")

    def _wrongly_rejected(self, paths: Sequence[Path], seed: int, words: str) -> Iterator[Note]:
        """Right answers that are rejected for the same reason, and how to see why."""
        names, are = " and ".join(path.name for path in paths), "are" if len(paths) > 1 else "is"
        yield Note(False, f"{names} {are} right and {are} rejected with seed {seed}: {words}")
        again = shlex.join(["judge", "run", str(paths[0]), "--problem", str(self._problem.folder)])
        yield Note(False, f"`{again} --seed {seed}` shows the input")

    def _room(self) -> Note:
        """The reference passes within a third of each limit, so that slower answers pass within the whole."""
        own, share = self._problem.limits, LIMITS_SHARE
        third = Configuration(
            call_seconds=own.call_seconds / share,
            run_seconds=own.run_seconds / share,
            memory_mib=max(1, own.memory_mib // share),
            output_kib=max(1, own.output_kib // share),
        )
        verdict = self._judge(self._problem.solution, 0, first_failure_only=True, configuration=third)
        words = "the reference passes within a third of each limit"
        if not verdict.accepted:
            words = f"within a third of the limits the reference gets {verdict.verdict}: {verdict.headline}"
            words = f"{words}. Raise them in problem.toml under [limits], or ask smaller cases"
        return Note(verdict.accepted, words)

    def _starters(self) -> Iterator[Note]:
        for framework in self._problem.frameworks:
            verdict = self._judge(self._problem.starter(framework), 0, first_failure_only=True, framework=framework)
            yield Note(not verdict.accepted, f"the starter for {framework} gets {verdict.verdict}")

    def _mistakes(self) -> Iterator[Note]:
        """Each is rejected under every seed; under the first ones it is also named as itself, and shown on a small input."""
        every = list(read_mistakes(self._problem))
        known = len(every)
        named_seeds = min(NAMED_SEEDS, len(self._seeds)) if self._minimise else 1
        for seed in self._seeds:
            named, minimise = seed < named_seeds, self._minimise and seed < SHRUNK_SEEDS
            sources = {mistake.id: mistaken(self._problem.solution, [mistake]) or "" for mistake in every}
            settled = frozenset() if named else self._rejected(list(sources.values()), seed)
            for mistake in tuple(every):
                if (source := sources[mistake.id]) in settled:
                    continue
                self._progress(f"{self._problem.name}: the mistake {mistake.id}, seed {seed}")
                verdict = self._mistaken(mistake, source, seed, named=named, minimise=minimise)
                if seed == 0 and not verdict.accepted:
                    failed = tuple(check.name for check in verdict.checks if check.outcome is Outcome.FAILED)
                    self._table.append(Caught(mistake.id, failed))
                if words := self._fault(mistake, verdict, named=named, minimise=minimise):
                    yield Note(False, f"mistakes.toml, line {mistake.line}: {mistake.id}, seed {seed}: {words}")
                    every.remove(mistake)
        rejected = f"{len(every)} of {known} mistakes were rejected under {counted(len(self._seeds), 'seed')}"
        yield Note(True, f"{rejected}, and named under {named_seeds}")

    def _mistaken(self, mistake: Mistake, source: str, seed: int, *, named: bool, minimise: bool) -> Verdict:
        """The verdict; where a part of the checks suffices for one that is good, on that part."""
        if named and not minimise:
            for extent in (Extent.FEW, Extent.FEW_OF_ALL):
                verdict = self._judge(source, seed, extent=extent)
                if not self._fault(mistake, verdict, named=True, minimise=False):
                    return verdict
        caught = next((each.checks for each in self._table if each.mistake == mistake.id), ())
        if not named and caught:
            verdict = self._judge(source, seed, first_failure_only=True, checks=caught)
            if not verdict.accepted:
                return verdict
        return self._judge(source, seed, first_failure_only=not named, minimise=minimise)

    def _fault(self, mistake: Mistake, verdict: Verdict, *, named: bool, minimise: bool) -> str:
        if verdict.accepted:
            return "it is accepted: add a property that sees it, or a kind of case"
        name = verdict.diagnosis.mistake if verdict.diagnosis else None
        if named and name != mistake.id:
            return (
                f"it is named {name}: no input tells the two apart, or no case shows it clearly"
                if name
                else "it gets no name: `judge run` on the reference with this edit shows what differs"
            )
        failed = verdict.failed()
        example = failed.counterexample if failed else None
        if minimise and example is not None and failed is not None and failed.name not in self._measured:
            large = [each.name for each in example.inputs if _count(each) > mistake.numbers]
            if large:
                return f"its counterexample is large ({', '.join(large)}): let `draw` of {failed.name} begin with smaller sizes"
        return ""

    def _mutants(self) -> Iterator[Note]:
        every = self._every_mutant()
        reasons = read_equivalents(self._problem, every).reasons
        unmarked = [mutant for mutant in every if mutant.source not in reasons]
        survivors = sorted(self._survivors(unmarked), key=lambda mutant: mutant.line)
        for mutant in survivors:
            yield Note(False, f"line {mutant.line} of the reference may be changed unseen: {mutant.change}")
        survived, marked = len(survivors), len(every) - len(unmarked)
        killed = len(unmarked) - survived
        left = {mutant.source for mutant in survivors}
        self._survived = survived
        self._rejected_mutants = tuple(mutant.name for mutant in unmarked if mutant.source not in left)
        self._marked_mutants = tuple(mutant.name for mutant in every if mutant.source in reasons)
        share = killed / max(1, killed + survived)
        yield Note(
            not survived, f"{killed} of {killed + survived} mutants rejected ({share:.0%}), {marked} marked equivalent"
        )
        yield Note(marked <= 0.05 * len(every), f"{marked} of {len(every)} mutants are marked; at most 5 % may be")

    def _conditions(self) -> Iterator[Note]:
        """The reference, wrong under one condition each: another mode, a second object, a size, an option."""
        every = conditional_mutants(self._problem, self._answers.programs(MUTANT_SEED))
        marked = read_conditions(self._problem, every)
        yield from (Note(False, fault) for fault in marked.faults)
        unmarked = [mutant for mutant in every if mutant.source not in marked.reasons]
        survivors = list(self._survivors(unmarked))
        for mutant in survivors:
            yield Note(False, f"unseen: {mutant.change}")
        left = {mutant.source for mutant in survivors}
        self._conditions_rejected = tuple(mutant.change for mutant in unmarked if mutant.source not in left)
        self._survived += len(survivors)
        words = f"{len(unmarked) - len(survivors)} of {len(unmarked)} conditions were seen"
        todo = "; add cases that show the others, or mark them in mutants.toml under [[condition]]" if survivors else ""
        yield Note(not survivors, f"{words}, {len(marked.reasons)} marked with a reason{todo}")

    def _survivors(self, unmarked: Sequence[Mutant]) -> Iterator[Mutant]:
        """Mutants that are accepted. Companies are mixed of all lines: what showed one to be wrong is soon asked of its like."""
        companies = -(-len(unmarked) // MUTANTS_TOGETHER)
        for number in range(companies):
            some = unmarked[number::companies]
            self._progress(f"{self._problem.name}: {counted(len(some), 'mutant')} of {len(unmarked)} at once")
            settled = self._rejected([mutant.source for mutant in some], MUTANT_SEED)
            for mutant in some:
                if mutant.source in settled:
                    continue
                self._progress(f"{self._problem.name}: the mutant in {mutant.name}")
                if self._judge(
                    mutant.source, MUTANT_SEED, first_failure_only=True, configuration=MUTANT_HANGS
                ).accepted:
                    yield mutant

    def _judge(self, source: str, seed: int, **how: Unpack[How]) -> Verdict:
        return self._answers.judge(source, seed, **how)

    def _rejected(self, sources: Sequence[str], seed: int) -> frozenset[str]:
        return self._answers.rejected(sources, seed)


def _cpu_seconds() -> float:
    """Of this process and of those that it has waited for."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _count(data: ArrayData) -> int:
    """How many numbers an argument has; of a list or another container of plain values, how many items in all."""
    if data.dtype in ("list", "tuple", "dict"):
        return str(data.values).count(",") + 1
    if data.dtype in ("str", "bytes"):
        return len(data.values)
    return math.prod(data.shape)
