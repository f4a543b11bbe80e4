"""What more is asked of a solution on its smallest failing case: the problem's probes, and the facts that they tell."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from judge.oracle import Reference
from judge.program import to_answers
from judge.running.examination import Fault
from judge.verdict import Kind
from problems.asks import Answer, Call, Differentiate, Program
from problems.checks import Check
from problems.comparison import as_tensor, is_array, leaves
from problems.late import torch
from problems.probes import Probe, Told
from sandbox import Reply

MOST_PROGRAMS = 60  # of one probe


def can_probe(check: Check, program: Program, fault: Fault) -> bool:
    """Whether a failure is one number or more that are wrong in the result of one call."""
    if fault.kind is not Kind.WRONG_ANSWER or check.stochastic or check.timed or check.own_process:
        return False
    if not 0 <= fault.step < len(program) or not is_array(fault.actual):
        return False
    return isinstance(program[fault.step], (Call, Differentiate))


class Probing:
    """The probes of a problem on one failing program.

    Args:
        probes: of the problem.
        program: up to the failing step.
        names: of the parameters of what it calls.
        right: the reference.
    """

    def __init__(self, probes: Sequence[Probe], program: Program, names: Sequence[str], right: Reference) -> None:
        self._program = program
        self._names = names
        self._right = right
        self._probes = [(probe, asked) for probe in probes if len(asked := probe.ask(program, names)) <= MOST_PROGRAMS]

    @property
    def programs(self) -> list[Program]:
        """All that is to be asked: the failing program first."""
        return [self._program, *(program for _, asked in self._probes for program in asked)]

    def facts(self, fault: Fault, replies: Sequence[Sequence[Reply]]) -> tuple[str, ...]:
        """What the probes tell; nothing where an answer is missing or the first one is not as it was."""
        answers = [_last_answer(each, len(self._program) - 1) for each in replies]
        if any(answer is None for answer in answers):
            return ()
        step = len(self._program) - 1
        found = [
            (mine, self._right.answers(program, torch.float64)[step])
            for mine, program in zip(answers, self.programs, strict=True)
            if mine is not None
        ]
        leaf = _leaf(found[0][0], fault)
        if leaf is None:
            return ()
        facts: list[str] = []
        start = 1
        for probe, asked in self._probes:
            after = found[start : start + len(asked)]
            start += len(asked)
            told = Told(name=fault.name, leaf=leaf, program=self._program, before=found[0], after=after)
            facts += probe.tell(told, self._names)
        return tuple(facts)


def _last_answer(replies: Sequence[Reply], step: int) -> Answer | None:
    """What came back for the failing step; None where it did not come to that."""
    if any(reply.part is not None or reply.raised is not None for reply in replies):
        return None
    try:
        return to_answers(replies).get(step)
    except (msgspec.ValidationError, ValueError, TypeError):
        return None


def _leaf(answer: Answer, fault: Fault) -> int | None:
    """Which of the tensors of a result is the wrong one; None where none is what it was."""
    wrong = as_tensor(fault.actual).detach()
    for place, mine in enumerate(leaves(answer.value)):
        if is_array(mine) and torch.equal(as_tensor(mine).detach(), wrong):
            return place
    return None
