"""One check on one case: what came back, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from judge.oracle import Expected
from judge.program import to_answers
from judge.verdict import Kind, Location, ProblemError
from problems.asks import Answer, Call, Differentiate, Look, Program, Read, Step
from problems.cases import Case
from problems.checks import CaseAnswers, Check
from problems.kinds import Breach
from sandbox import End, EndKind, Raised, Reply

ANSWERING = (Call, Differentiate, Read, Look)


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Why a case fails.

    Attributes:
        kind: the verdict that it means.
        shows: what is broken, where that is more than the kind says.
        sentence: to the user; stands by itself.
        facts: more lines.
        locations: in the user's file.
        step: place in the program.
        name: of the result that is wrong.
        expected, actual, worst_index, measured: see `problems.comparison.Finding`.
    """

    kind: Kind
    shows: Breach | None = None
    sentence: str
    facts: tuple[str, ...] = ()
    locations: tuple[Location, ...] = ()
    step: int = -1
    name: str = ""
    expected: Any = None
    actual: Any = None
    worst_index: tuple[int, ...] | None = None
    measured: dict[str, float] = {}

    @property
    def breach(self) -> Breach:
        """What is broken."""
        return self.shows or Breach.of(self.kind)


class Examiner:
    """Examines answers to one problem's checks.

    Args:
        source: the user's file, for the lines of exceptions.
        arrays: "tensor", "array" or "value".
        imported: packages that the file imports at its top; one that is missing is no exception of a call, but of the file.
    """

    def __init__(self, source: str, arrays: str, imported: frozenset[str] = frozenset()) -> None:
        self._imported = imported
        self._lines = source.split("\n")  # as Python counts them: a form feed ends no line
        self._arrays = arrays

    def examine(
        self, check: Check, case: Case, program: Program, replies: Sequence[Reply], end: End | None, right: Expected
    ) -> Fault | None:
        """What is wrong with the answers to one case, or None.

        Args:
            check: that asks.
            case: that was drawn.
            program: what was asked.
            replies: what came back.
            end: how the run ended, where it ended in this case.
            right: what the reference answers to the program.

        Raises:
            ProblemError: the check itself failed.
        """
        if end is not None and end.kind in (EndKind.FORBIDDEN, EndKind.VIOLATION):
            return end_fault(end, step=len(replies) - 1)
        for reply in replies:
            if fault := self._broken(program[reply.step], reply):
                return fault
        if end is not None:
            return end_fault(end, step=_asked_last(program, replies))
        try:
            answers = to_answers(replies)
        except (msgspec.ValidationError, ValueError, TypeError) as error:
            return _malformed(str(error))
        for place, step in enumerate(program):
            if place in answers and not _well_formed(step, answers[place]):
                return _malformed("an answer lacks what was asked for")
            if place not in answers and (place == len(program) - 1 or isinstance(step, ANSWERING)):
                return _malformed("an answer is missing")
        asked = CaseAnswers(case=case, program=program, answers=answers, right=right, arrays=self._arrays)
        try:
            found = check.finding(asked)
        except ProblemError:
            raise
        except Exception as error:
            raise ProblemError(f"the check {check.name} failed on {case}: {type(error).__name__}: {error}") from error
        if found is None:
            return None
        return Fault(
            kind=found.verdict,
            shows=found.breach,
            sentence=found.sentence,
            facts=found.facts,
            step=found.step,
            name=found.name,
            expected=found.expected,
            actual=found.actual,
            worst_index=found.worst_index,
            measured=found.measured,
        )

    def _broken(self, step: Step, reply: Reply) -> Fault | None:
        """A step that ended in an exception or found a part missing."""
        if reply.part is not None:
            kind = Kind.LOAD_ERROR if reply.part.missing else Kind.WRONG_SHAPE
            return Fault(kind=kind, sentence=reply.part.message, step=reply.step)
        if reply.raised is None:
            return None
        if reply.raised.memory:
            return Fault(
                kind=Kind.MEMORY_LIMIT,
                sentence=f"an allocation was refused: {reply.raised.message or reply.raised.type_name}",
                locations=self.locations(reply.raised),
                step=reply.step,
            )
        package = reply.raised.missing_module.partition(".")[0]
        if "ModuleNotFoundError" in reply.raised.bases and package in self._imported:
            return Fault(
                kind=Kind.LOAD_ERROR,
                sentence=f"your code uses `{package}`, which a solution can't import",
                facts=(
                    'Do without it, or put the code that needs it under `if __name__ == "__main__":`, which is not run.',
                ),
                locations=self.locations(reply.raised),
                step=reply.step,
            )
        if getattr(step, "may_raise", False):
            return None
        locations = self.locations(reply.raised)
        at_starter = bool(locations) and locations[-1].text.strip().startswith("raise NotImplementedError")
        unwritten = at_starter and reply.raised.type_name == "NotImplementedError"
        return Fault(
            kind=Kind.RUNTIME_ERROR,
            sentence=raised_words(reply.raised),
            facts=(f"Line {locations[-1].line} is still that of the starter: write your code in its place.",)
            if unwritten
            else (),
            locations=locations,
            step=reply.step,
        )

    def locations(self, raised: Raised) -> tuple[Location, ...]:
        """The user's own frames with their lines."""
        return tuple(
            Location(
                line=frame.line,
                text=self._lines[frame.line - 1] if 0 < frame.line <= len(self._lines) else "",
                function=frame.function,
            )
            for frame in raised.frames
        )


def raised_words(raised: Raised) -> str:
    """ "IndexError: list index out of range" """
    return f"{raised.type_name}: {raised.message}" if raised.message else raised.type_name


def ended_words(end: End) -> str:
    """How a run ended, after "the run ended: "."""
    if end.kind in (EndKind.FORBIDDEN, EndKind.VIOLATION):
        return end_fault(end, step=-1).sentence
    return end.message


def end_fault(end: End, *, step: int) -> Fault:
    """The verdict that the end of a run means, in a call."""
    match end.kind:
        case EndKind.TIME_LIMIT:
            return Fault(kind=Kind.TIME_LIMIT, sentence=end.message, step=step)
        case EndKind.MEMORY_LIMIT:
            return Fault(kind=Kind.MEMORY_LIMIT, sentence=end.message, step=step)
        case EndKind.CRASHED | EndKind.EXITED:
            return Fault(kind=Kind.RUNTIME_ERROR, sentence=f"{end.message} in a call", step=step)
        case EndKind.FORBIDDEN:
            why = "in every problem" if end.everywhere else "here: it is to be written from scratch"
            sentence = f"your code used {end.message}, which is forbidden {why}"
            return Fault(kind=Kind.FORBIDDEN, sentence=sentence, step=step)
        case EndKind.VIOLATION:
            return Fault(
                kind=Kind.SANDBOX_VIOLATION, sentence=f"not permitted in the sandbox: {end.message}", step=step
            )


def _asked_last(program: Program, replies: Sequence[Reply]) -> int:
    """The step that was being carried out: the next that answers, after the last reply."""
    start = replies[-1].step + 1 if replies else 0
    for place in range(start, len(program)):
        if isinstance(program[place], ANSWERING):
            return place
    return len(program) - 1


def _malformed(why: str) -> Fault:
    return Fault(kind=Kind.SANDBOX_VIOLATION, sentence=f"the answers that came back were tampered with: {why}")


def _well_formed(step: Step, answer: Answer) -> bool:
    """Whether an answer has the parts that its step asks for, in the right number."""
    if answer.failure is not None:
        return True
    match step:
        case Call():
            if not step.echo:
                return True
            echo = answer.echo
            return (
                isinstance(echo, tuple)
                and len(echo) == 2
                and isinstance(echo[0], list)
                and len(echo[0]) == len(step.args)
                and isinstance(echo[1], dict)
                and echo[1].keys() == step.kwargs.keys()
            )
        case Differentiate():
            return answer.why is not None or (
                answer.inputs is not None and len(answer.inputs) == _floating(step.args) + _floating(step.kwargs)
            )
        case Look():
            return isinstance(answer.value, list) and len(answer.value) == len(step.of) * len(step.attributes)
        case Read():
            names = set(step.names)
            return (
                names <= answer.parameters.keys()
                and names <= answer.registered.keys()
                and names <= answer.reached.keys()
                and set(step.identical) <= answer.same.keys()
            )
    return True


def _floating(value: Any) -> int:
    """How many floating tensors a tree holds."""
    import torch

    if isinstance(value, torch.Tensor):
        return int(value.is_floating_point())
    if isinstance(value, dict):
        return sum(_floating(item) for item in value.values())
    if isinstance(value, (tuple, list)):
        return sum(_floating(item) for item in value)
    return 0
