"""Wrong answers together: many changed references are asked in one run, as files of their own within one file.

Starting a run costs more than asking a few cases. That one answer can't spoil another's is made sure: the reference is one of
them, is asked last, and must be right on every case, else what was found in this round does not count. One that ends the
run, as by never coming back, is left to be judged alone, and the round is begun again without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from judge.authoring.selection import CaseSubset, Selection
from judge.cases import CaseSet, PreparedCheck
from judge.isolation import Sandbox
from judge.judging import limits_of
from judge.program import in_precision
from judge.running import Examiner, load_spec
from judge.settings import Configuration
from judge.verdict import ProblemError
from problems import Problem
from problems.asks import Program
from sandbox import Asking, Door, Reply

FEW = 4  # cases of each check
CHOOSE = "_choose"
FILE = '''
_SOURCES = {sources!r}
_spaces = {{}}
_now = {{}}


def {choose}(number):
    """From now on the names of this file stand for those of one source."""
    if number not in _spaces:
        space = {{"__name__": __name__}}
        exec(compile(_SOURCES[number], "<changed>", "exec", dont_inherit=True), space)
        _spaces[number] = space
    _now.clear()
    _now.update(_spaces[number])
'''
STANDING_IN = """

class {name}:
    def __new__(cls, *args, **kwargs):
        return _now["{name}"](*args, **kwargs)
"""


class Apart(Exception):
    """Answers can't be asked together, as where the problem forbids `exec`: each is judged alone, which takes longer."""


class SharedRun:
    """Asks many changed references what shows most of them to be wrong.

    Args:
        problem: whose.
        sandbox: where they run.
        selection: chooses what is asked, and is told what it showed.
        configuration: limits; a call should not take long, since one may never end.
    """

    def __init__(self, problem: Problem, sandbox: Sandbox, selection: Selection, configuration: Configuration) -> None:
        self._problem = problem
        self._sandbox = sandbox
        self._selection = selection
        self._limits = limits_of(problem, configuration)

    def rejected(self, sources: Sequence[str], case_set: CaseSet) -> frozenset[str]:
        """Those that are shown to be wrong. Nothing is said of the others: each is to be judged by itself."""
        return (
            frozenset(_Meeting(self, self._selection.few(case_set, FEW), sources).rejected())
            if sources
            else frozenset()
        )

    def open(self, few: CaseSubset, sources: Sequence[str]) -> Door:
        """A run in which each of these can be chosen by its number.

        Raises:
            Apart: there can't be one.
        """
        problem = self._problem
        names = [entry.name for entry in problem.entry]
        text = FILE.format(sources=list(sources), choose=CHOOSE)
        text += "".join(STANDING_IN.format(name=name) for name in names)
        spec = load_spec(problem, few.framework, source=text, filename=f"{problem.slug}.py", seed=few.seed)
        door = self._sandbox.open(few.framework, self._limits, few.exchanged)
        loaded = door.load(spec | {"entry": []} | self._sandbox.spec(few.framework))
        if loaded.end is not None or loaded.raised is not None:
            door.close()
            raise Apart
        return door

    @property
    def solution(self) -> str:
        """The reference."""
        return self._problem.solution

    def note(self, few: CaseSubset, ready: PreparedCheck, place: int) -> None:
        """A case has shown an answer to be wrong."""
        self._selection.note(few.seed, ready.check.name, few.number(ready.check, place))


class _Meeting:
    """One such run: rounds of asking, a check each, until nobody is left who may be right.

    Args:
        shared_run: opens runs.
        few: what is asked.
        sources: of those who are asked; the reference comes last.
    """

    def __init__(self, shared_run: SharedRun, few: CaseSubset, sources: Sequence[str]) -> None:
        self._shared_run = shared_run
        self._few = few
        self._sources = [*sources, shared_run.solution]
        self._left = list(range(len(sources)))
        self._examiner = Examiner("", few.arrays)
        self._door: Door | None = None
        self._wrong: set[int] = set()

    def rejected(self) -> set[str]:
        """The sources of those that are wrong."""
        try:
            for check in self._few.checks:
                if self._left:
                    self._round(self._few.prepare(check))
        except Apart:
            return set()
        finally:
            if self._door is not None:
                self._door.close()
        return {self._sources[number] for number in self._wrong}

    def _round(self, ready: PreparedCheck) -> None:
        """One check, asked again without the one that ended the run, where one did."""
        reference = len(self._sources) - 1
        while self._left:
            asked = [*self._left, reference]
            replies = self._asked(ready, asked)
            if isinstance(replies, int):
                self._left = [] if asked[replies] == reference else [n for n in self._left if n != asked[replies]]
                continue
            found = {number: self._first_wrong(ready, each) for number, each in zip(asked, replies, strict=True)}
            if found.pop(reference) is not None:
                self._left = []  # they are in each other's way
                return
            for number, place in found.items():
                if place is not None:
                    self._wrong.add(number)
                    self._shared_run.note(self._few, ready, place)
            self._left = [number for number in self._left if number not in self._wrong]
            return

    def _asked(self, ready: PreparedCheck, asked: Sequence[int]) -> list[list[Sequence[Reply]]] | int:
        """The replies of each to each case; where the run ended, the place of the one who was being asked."""
        if self._door is None:
            self._door = self._shared_run.open(self._few, self._sources)
        programs = [[_chosen(number), *self._steps(program)] for number in asked for program in ready.programs]
        self._door.post(Asking.of(programs, self._few.exchanged))
        replies, count = self._door.collect(), len(ready.cases)
        if self._door.end is not None:
            place = max(0, self._door.end.program) // count
            self._door.close()
            self._door = None
            return place
        return [list(replies[start : start + count]) for start in range(0, len(replies), count)]

    def _steps(self, program: Program) -> list[dict[str, Any]]:
        """A program with arrays of its own: what one writes into them is not seen by the next."""
        return in_precision(program, None, own_memory=True, arrays=self._few.arrays)

    def _first_wrong(self, ready: PreparedCheck, replies: Sequence[Sequence[Reply]]) -> int | None:
        """The first case whose answers are wrong; None where there is none, or the check can't say."""
        for place, each in enumerate(replies):
            try:
                if self._is_wrong(ready, place, ready.programs[place], each):
                    return place
            except ProblemError:
                return None
        return None

    def _is_wrong(self, ready: PreparedCheck, place: int, program: Program, replies: Sequence[Reply]) -> bool:
        if replies and replies[0].step == 0:  # it could not even be chosen
            return True
        own = [msgspec.structs.replace(reply, step=reply.step - 1) for reply in replies]
        right = ready.rights[place]
        return self._examiner.examine(ready.check, ready.cases[place], program, own, None, right) is not None


def _chosen(number: int) -> dict[str, Any]:
    """The step that comes before a program, and has no answer."""
    made = {"target": CHOOSE, "args": (number,), "kwargs": {}, "into": "", "dtype": "float32", "seed": 0}
    return {"do": "construct", **made}


__all__ = ["SharedRun"]
