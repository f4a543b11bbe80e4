"""Judging one file after the other in one process: sandboxes stay open, and cases are kept for the next file where that is asked for."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import msgspec

from judge.judging import reject_unread
from judge.pace import time_reference
from judge.preparation import Deck
from judge.sandboxes import Sandbox, open_sandbox
from judge.submission import Submission, submission_of
from judge.trial import Trial, limits_of
from judge.verdict import Verdict
from judge.workers.messages import Ahead, Chosen, Done, Noticed, Settings, Stage, Task
from problems import Catalogue, Problem, read_catalogue
from problems.cases import Case
from problems.catalogue import read_problem
from problems.checks import Check
from sandbox import SandboxUnavailable

MOST_DECKS = 12
Tell = Callable[[Stage | Noticed], None]


class Failing(msgspec.Struct, frozen=True):
    """The case that failed last: of which problem, in which framework, with which seed, in which check."""

    problem: str
    framework: str
    seed: int
    check: str
    case: Case


class Bench:
    """What stays warm.

    Args:
        sandboxes: already open, by name and by whether the code is the user's own.
    """

    def __init__(self, sandboxes: dict[tuple[str, bool], Sandbox]) -> None:
        self._sandboxes = sandboxes
        self._warmed: dict[tuple[str, bool], str] = {}
        self._decks: dict[tuple[str, str, int], Deck] = {}
        self._failing: dict[str, Failing] = {}

    def warm(self, settings: Settings, framework: str) -> None:
        """Begin to start what runs need."""
        self._sandbox(settings).prepare(framework)
        self._warmed[(settings.sandbox, settings.own_code)] = framework

    def reset(self) -> None:
        """Close everything, and begin to start it anew: what was interrupted is not used again."""
        sandboxes, self._sandboxes = self._sandboxes, {}
        warmed, self._warmed = self._warmed, {}
        self._decks = {}
        for sandbox in sandboxes.values():
            sandbox.__exit__(None, None, None)
        for (name, own_code), framework in warmed.items():
            with contextlib.suppress(SandboxUnavailable):  # the next task meets it again, and says so
                self.warm(Settings(sandbox=name, own_code=own_code), framework)

    def judge(self, task: Task, tell: Tell) -> Done:
        """Judge one file.

        Raises:
            UsageError: the problem can't be told, or the file can't be a solution at all.
            ProblemError: the problem is broken; so does BrokenProblem.
            SandboxUnavailable: no sandbox of that kind works here.
        """
        submission = self._submission(task)
        rejected = reject_unread(submission, task.seed)
        if rejected is not None:
            return Done(task.number, msgspec.json.encode(rejected))
        trial = self._trial(task, submission, task.seed, tell)
        verdict = trial.verdict()
        earlier = ""
        if task.follow and verdict.checks:
            verdict, earlier = self._followed(task, submission, trial, verdict, tell)
        return Done(task.number, msgspec.json.encode(verdict), earlier)

    def ahead(self, order: Ahead) -> Iterator[None]:
        """Prepare the cases of a seed, a little at each step; and time the reference on them."""
        problem = _problem(order.problem)
        deck = self._deck(problem, order.framework, order.seed, keep=True)
        yield from deck.ahead()
        time_reference(deck, self._sandbox(order.settings), limits_of(problem, order.settings.limits()))

    def _submission(self, task: Task) -> Submission:
        named: str | None
        if isinstance(task.problem, Chosen):
            problem = _problem(task.problem)
            catalogue, named = Catalogue((problem,)), problem.slug
        else:
            catalogue, named = _catalogue(task.packs), task.problem
        return submission_of(
            task.source, task.filename, problem=named, framework=task.framework, stem=task.stem, catalogue=catalogue
        )

    def _trial(self, task: Task, submission: Submission, seed: int, tell: Tell) -> Trial:
        self.warm(task.settings, submission.framework)

        def noticed(check: Check, kind: str, sentence: str) -> None:
            tell(Noticed(task.number, kind, check.name, sentence))

        return Trial(
            submission,
            seed,
            self._sandbox(task.settings),
            lambda text: tell(Stage(task.number, text)),
            task.settings.limits(),
            brief=False,
            cost=task.cost,
            deck=self._deck(submission.problem, submission.framework, seed, keep=task.keep),
            noticed=noticed if task.follow else None,
        )

    def _followed(
        self, task: Task, submission: Submission, trial: Trial, verdict: Verdict, tell: Tell
    ) -> tuple[Verdict, str]:
        """The verdict, and what became of the case that failed last. Where only that one fails, its seed decides."""
        last = self._failing.get(task.follow)
        if last is not None and (last.problem, last.framework) != (submission.problem.name, submission.framework):
            last = None
        earlier = ""
        if last is not None:
            earlier = "still" if self._fails(trial, last, submission) else "fixed"
            if earlier == "still" and verdict.accepted:
                trial = self._trial(task, submission, last.seed, tell)
                verdict = trial.verdict()
        failed, case = verdict.failed(), trial.failing_case
        if failed is not None and case is not None:
            found = Failing(submission.problem.name, submission.framework, verdict.seed, failed.name, case)
            self._failing[task.follow] = found
        elif earlier == "fixed" or verdict.accepted:
            self._failing.pop(task.follow, None)
        return verdict, earlier

    def _fails(self, trial: Trial, last: Failing, submission: Submission) -> bool:
        deck = self._deck(submission.problem, submission.framework, last.seed, keep=True)
        check = next((check for check in deck.checks if check.name == last.check), None)
        return check is not None and trial.retry(check, last.case) is not None

    def _sandbox(self, settings: Settings) -> Sandbox:
        key = (settings.sandbox, settings.own_code)
        if key not in self._sandboxes:
            self._sandboxes[key] = open_sandbox(settings.sandbox, own_code=settings.own_code)
        return self._sandboxes[key]

    def _deck(self, problem: Problem, framework: str, seed: int, *, keep: bool) -> Deck:
        key = (str(problem.folder), framework, seed)
        found = self._decks.pop(key, None) or Deck(problem, framework, seed, kept=keep)
        if keep:
            self._decks[key] = found  # the one that was used last stands last
            while len(self._decks) > MOST_DECKS:
                self._decks.pop(next(iter(self._decks)))
        return found


@cache
def _catalogue(packs: tuple[str, ...]) -> Catalogue:
    return read_catalogue([Path(pack) for pack in packs])


def _problem(chosen: Chosen) -> Problem:
    return read_problem(Path(chosen.folder), Path(chosen.reference), pack=chosen.pack)
