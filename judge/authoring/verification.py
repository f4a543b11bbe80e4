"""The proof that a problem is good: what must pass passes, what must fail fails, and each failure is named rightly."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import msgspec

from judge.authoring.equivalents import read_equivalents
from judge.authoring.mutants import Mutant, mutants
from judge.configuration import Configuration
from judge.judging import judge_submission, reject_unread
from judge.sandboxes import Sandbox
from judge.submission import submission_of
from judge.verdict import Outcome, Verdict
from problems import BrokenProblem, Catalogue, Problem
from problems.mistakes import Mistake, mistaken, read_mistakes

MOST_NUMBERS = 12  # of an argument of a counterexample
MOST_SHARE = 1 / 3  # of a limit that the reference may use
MUTANT_SEED = 1
HANGS = Configuration(call_seconds=3.0)


class Note(msgspec.Struct, frozen=True):
    """One thing that was tried: whether it is as it must be, and what was found or is to be done."""

    good: bool
    text: str


class Section(msgspec.Struct, frozen=True):
    """One part of the proof, and how long it took."""

    title: str
    notes: tuple[Note, ...]
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        """Whether all of it holds."""
        return all(note.good for note in self.notes)


class Caught(msgspec.Struct, frozen=True):
    """A mistake and the properties that failed on it under the first seed."""

    mistake: str
    checks: tuple[str, ...]


class Proof(msgspec.Struct, frozen=True):
    """What was found of one problem.

    Attributes:
        problem: its slug.
        sections: in order.
        table: which property catches which mistake.
        checks: all properties of the problem.
        killed, marked, survived: numbers of mutants.
    """

    problem: str
    sections: tuple[Section, ...]
    table: tuple[Caught, ...] = ()
    checks: tuple[str, ...] = ()
    killed: int = 0
    marked: int = 0
    survived: int = 0

    @property
    def good(self) -> bool:
        """Whether everything holds."""
        return all(section.good for section in self.sections)


class Verification:
    """Proves one problem.

    Args:
        problem: it.
        sandbox: where answers run.
        seeds: how many are tried.
        shrink: whether counterexamples are looked for, and measured.
        progress: told what is being done.
    """

    def __init__(
        self, problem: Problem, sandbox: Sandbox, *, seeds: int, shrink: bool, progress: Callable[[str], None]
    ) -> None:
        self._problem = problem
        self._sandbox = sandbox
        self._seeds = range(seeds)
        self._shrink = shrink
        self._progress = progress
        self._checks: tuple[str, ...] = ()
        self._table: list[Caught] = []
        self._counts = [0, 0, 0]

    def proof(self) -> Proof:
        """All of it; what follows from a broken file is left out."""
        sections = [self._section("files", self._files)]
        if sections[0].good:
            for title, part in (
                ("right answers are accepted", self._right_answers),
                ("the starter is rejected", self._starters),
                ("mistakes are rejected and named", self._mistakes),
                ("mutants are rejected", self._mutants),
            ):
                sections.append(self._section(title, part))
        killed, marked, survived = self._counts
        return Proof(
            problem=self._problem.name,
            sections=tuple(sections),
            table=tuple(self._table),
            checks=self._checks,
            killed=killed,
            marked=marked,
            survived=survived,
        )

    def _section(self, title: str, part: Callable[[], Iterator[Note]]) -> Section:
        begun = time.perf_counter()
        notes = tuple(part())
        return Section(title, notes, time.perf_counter() - begun)

    def _files(self) -> Iterator[Note]:
        """Every file is there and can be read; all errors at once."""
        problem = self._problem
        readers: dict[str, Callable[[], object]] = {
            "statement.md": lambda: problem.statement,
            "hints.md": lambda: _at_least(3, problem.hints, "hints, one under each heading `## `"),
            "mistakes.toml": lambda: _at_least(1, read_mistakes(problem), "mistakes"),
            "checks.py": self._load_checks,
            "mutants.toml": lambda: read_equivalents(problem, self._every_mutant()),
            "accepted/": lambda: _at_least(1, sorted((problem.folder / "accepted").glob("*.py")), "right answers"),
        }
        readers |= {f"the starter for {each}": partial(problem.starter, each) for each in problem.frameworks}
        for name, read in readers.items():
            try:
                read()
            except (OSError, BrokenProblem, ValueError, SyntaxError) as error:
                yield Note(False, f"{name}: {error}")
            except Exception as error:  # noqa: BLE001 - an author's file may raise anything; it is shown, not hidden
                yield Note(False, f"{name}: {type(error).__name__}: {error}")
        yield Note(True, f"{len(self._checks)} properties, {len(read_mistakes_or_none(problem))} mistakes")

    def _every_mutant(self) -> list[Mutant]:
        gradients = any(name.startswith("gradients") for name in self._checks)
        return mutants(self._problem.solution, gradients=gradients)

    def _load_checks(self) -> None:
        from judge.trial import load_checks

        self._checks = tuple(check.name for check in load_checks(self._problem))

    def _right_answers(self) -> Iterator[Note]:
        """The reference and everything in accepted/, over all seeds; and whether the limits leave room."""
        files = [self._problem.reference, *sorted((self._problem.folder / "accepted").glob("*.py"))]
        slowest = 0.0
        for path in files:
            source = path.read_text(encoding="utf-8")
            for seed in self._seeds:
                self._progress(f"{self._problem.name}: {path.name}, seed {seed}")
                verdict = self._judge(source, seed, brief=True)
                if not verdict.accepted:
                    words = f"{verdict.verdict}: {verdict.headline}"
                    yield Note(False, f"{path.name} is right and is rejected with seed {seed}: {words}")
                    break
                if path == self._problem.reference:
                    slowest = max(slowest, verdict.seconds)
        limit = self._problem.limits.run_seconds
        yield Note(
            slowest <= limit * MOST_SHARE,
            f"the reference is judged in {slowest:.1f} s at most; the run's limit is {limit:g} s"
            + ("" if slowest <= limit * MOST_SHARE else ": raise run_seconds, or ask smaller cases"),
        )

    def _starters(self) -> Iterator[Note]:
        for framework in self._problem.frameworks:
            verdict = self._judge(self._problem.starter(framework), 0, brief=True, framework=framework)
            yield Note(not verdict.accepted, f"the starter for {framework} gets {verdict.verdict}")

    def _mistakes(self) -> Iterator[Note]:
        """Each is rejected under every seed, named as itself, and shown on a small input."""
        for mistake in read_mistakes(self._problem):
            source = mistaken(self._problem.solution, [mistake]) or ""
            for seed in self._seeds:
                self._progress(f"{self._problem.name}: the mistake {mistake.id}, seed {seed}")
                verdict = self._judge(source, seed, shrink=self._shrink)
                if seed == 0 and not verdict.accepted:
                    failed = tuple(check.name for check in verdict.checks if check.outcome is Outcome.FAILED)
                    self._table.append(Caught(mistake.id, failed))
                if words := self._fault(mistake, verdict):
                    yield Note(False, f"mistakes.toml, line {mistake.line}: {mistake.id}, seed {seed}: {words}")
                    break
        yield Note(True, f"{len(self._table)} mistakes were rejected, over {len(self._seeds)} seeds each")

    def _fault(self, mistake: Mistake, verdict: Verdict) -> str:
        if verdict.accepted:
            return "it is accepted: add a property that sees it, or a kind of case"
        named = verdict.diagnosis.mistake if verdict.diagnosis else None
        if named != mistake.id:
            return (
                f"it is named {named}: no input tells the two apart, or no case shows it clearly"
                if named
                else "it gets no name"
            )
        failed = verdict.failed()
        example = failed.counterexample if failed else None
        if self._shrink and example is not None:
            large = [each.name for each in example.inputs if _count(each.shape) > MOST_NUMBERS]
            if large and failed is not None:
                return f"its counterexample is large ({', '.join(large)}): let `draw` of {failed.name} begin with smaller sizes"
        return ""

    def _mutants(self) -> Iterator[Note]:
        every = self._every_mutant()
        reasons = read_equivalents(self._problem, every)
        for number, mutant in enumerate(every):
            self._progress(f"{self._problem.name}: mutant {number + 1} of {len(every)}, {mutant.name}")
            if mutant.source in reasons:
                self._counts[1] += 1
                continue
            verdict = self._judge(mutant.source, MUTANT_SEED, brief=True)
            if verdict.accepted:
                self._counts[2] += 1
                yield Note(False, f"line {mutant.line} of the reference may be changed unseen: {mutant.change}")
            else:
                self._counts[0] += 1
        killed, marked, survived = self._counts
        share = killed / max(1, killed + survived)
        yield Note(
            not survived, f"{killed} of {killed + survived} mutants rejected ({share:.0%}), {marked} marked equivalent"
        )
        yield Note(marked <= 0.05 * len(every), f"{marked} of {len(every)} mutants are marked; at most 5 % may be")

    def _judge(
        self, source: str, seed: int, *, brief: bool = False, shrink: bool = False, framework: str | None = None
    ) -> Verdict:
        name = f"{self._problem.slug}.py"
        submission = submission_of(
            source.encode(),
            name,
            problem=self._problem.slug,
            framework=framework,
            stem=self._problem.slug,
            catalogue=Catalogue((self._problem,)),
        )
        return reject_unread(submission, seed) or judge_submission(
            submission, seed=seed, sandbox=self._sandbox, configuration=HANGS, brief=brief, shrink=shrink
        )


def read_mistakes_or_none(problem: Problem) -> tuple[Mistake, ...]:
    """The mistakes; none where the file is broken, which is said elsewhere."""
    try:
        return read_mistakes(problem)
    except BrokenProblem:
        return ()


def _at_least(count: int, found: Sequence[object], what: str) -> None:
    if len(found) < count:
        raise BrokenProblem(f"has {len(found)} {what}; at least {count} are asked for")


def _count(shape: Sequence[int]) -> int:
    product = 1
    for size in shape:
        product *= size
    return product
