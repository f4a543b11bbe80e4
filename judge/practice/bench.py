"""Where a session's files are judged with everything warm: the sandbox stays open, the cases and what is right are computed once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Self

import msgspec
import torch

from judge.configuration import Configuration
from judge.judging import reject_unread
from judge.pace import time_reference
from judge.practice.drawn import could_be_drawn
from judge.practice.events import Failing, Setup, Task
from judge.practice.judgement import Judgement, Notice
from judge.preparation import Deck
from judge.sandboxes import open_sandbox
from judge.submission import Submission, submission_of
from judge.trial import Trial, limits_of
from judge.verdict import Verdict
from problems import Catalogue, own_catalogue
from problems.cases import Case
from problems.checks import Check

Tell = Callable[[Notice], None]


class Bench:
    """Judges the files of one session.

    Args:
        setup: the session's.
        configuration: limits and the like.
        catalogue: the problems there are; None: this project's own.
    """

    def __init__(self, setup: Setup, configuration: Configuration, catalogue: Catalogue | None = None) -> None:
        torch.set_num_threads(1)  # of this thread: arrays of a few numbers are not worth sharing out
        self._setup = setup
        self._configuration = configuration
        self._catalogue = catalogue or own_catalogue()
        self._sandbox = open_sandbox(setup.sandbox)
        self._decks: dict[str, Deck] = {}
        for task in setup.tasks:
            self._sandbox.prepare(task.framework)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._sandbox.__exit__(*exception)

    def ahead(self) -> Iterator[None]:
        """Prepare what the judging will need, a little at each step."""
        for task in self._setup.tasks:
            problem = self._catalogue.listed(task.problem)
            self._sandbox.open(
                task.framework, limits_of(problem, self._configuration), torch if task.framework == "torch" else None
            ).close()
            yield
            deck = self._deck(task)
            yield from deck.ahead()
            time_reference(deck, self._sandbox, limits_of(problem, self._configuration))
            yield

    def judge(self, task: Task, source: bytes, failing: Failing | None, tell: Tell) -> Judgement:
        """Judge one file, the last counterexample first.

        Args:
            task: what it answers.
            source: what stands in it.
            failing: the counterexample of the last judging.
            tell: told on the way what is known already.

        Raises:
            UsageError: the file can't be a solution at all.
            ProblemError: the problem itself is broken.
            SandboxUnavailable: no sandbox of that kind works here.
        """
        filename = task.file.rpartition("/")[2]
        submission = submission_of(
            source, filename, problem=self._catalogue.listed(task.problem), framework=task.framework, stem=task.problem
        )
        rejected = reject_unread(submission, self._setup.seed)
        if rejected is not None:
            return Judgement(verdict=rejected)
        deck = self._deck(task)
        mended = None if failing is None else self._retry(deck, submission, failing, tell)
        trial = self._trial(submission, deck, tell)
        verdict = trial.verdict()
        return Judgement(verdict=verdict, failing=_failing(verdict, trial.failing_case, deck.checks), mended=mended)

    def _retry(self, deck: Deck, submission: Submission, failing: Failing, tell: Tell) -> bool | None:
        """Whether what the last counterexample showed is mended; None where it can't be tried."""
        check = next((check for check in deck.checks if check.name == failing.check), None)
        if check is None:
            return None
        try:
            case = msgspec.convert(failing.case, Case)
        except msgspec.ValidationError:  # kept by another version
            return None
        drawn = [each for known in deck.checks if not known.measured for each in deck.prepare(known).cases]
        if not could_be_drawn(case, drawn):
            return None
        fault = self._trial(submission, deck, tell).retry(check, case)
        tell(Notice(mended=fault is None, check=check.name, sentence=fault.sentence if fault else failing.sentence))
        return fault is None

    def _trial(self, submission: Submission, deck: Deck, tell: Tell) -> Trial:
        def noticed(check: Check, kind: str, sentence: str) -> None:
            tell(Notice(verdict=kind, check=check.name, sentence=sentence))

        return Trial(
            submission,
            self._setup.seed,
            self._sandbox,
            lambda stage: None,
            self._configuration,
            brief=False,
            deck=deck,
            noticed=noticed,
        )

    def _deck(self, task: Task) -> Deck:
        if task.problem not in self._decks:
            problem = self._catalogue.listed(task.problem)
            self._decks[task.problem] = Deck(problem, task.framework, self._setup.seed, kept=True)
        return self._decks[task.problem]


def _failing(verdict: Verdict, case: Case | None, checks: list[Check]) -> Failing | None:
    failed = verdict.failed()
    if failed is None or case is None:
        return None
    if any(check.name == failed.name and check.measured for check in checks):
        return None  # how cost grows is not seen on one case
    return Failing(check=failed.name, case=msgspec.to_builtins(case), sentence=verdict.headline)
