"""Which of the known mistakes a failed solution made: the one that answers as it does, everywhere.

Each mistake is the reference with a small edit. On the cases that failed, and on some dozens more, the solution's answers are compared with
each mistake's: values, exceptions, gradients, what became of inputs and parameters, growth of cost. A mistake is named only where all of
that agrees and no other mistake agrees as well; nothing fits, no name.
"""

from __future__ import annotations

import copy
import itertools
import math
import re
import time
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import msgspec
import torch

from judge.reference import LazyRight, Reference
from judge.translation import in_precision, to_answers
from judge.verdict import Diagnosis
from problems import Problem
from problems.asks import Answer, Answers, Call, Construct, Differentiate, Failure, Program
from problems.cases import Case
from problems.checks import Asked, Check
from problems.comparison import Finding, Rough, as_tensor, compare_array, dtype_name, is_array
from problems.mistakes import Mistake, mistaken, read_mistakes
from sandbox import Reply
from sandbox.inside.interpreter import Interpreter

MOST_BESIDE = 8  # cases of each check that are looked at beside the one that failed
LEAST_DRAWS = 200  # tokens in one answer from which frequencies are compared
MOST_SEEDS = 6  # with which a suspect is asked what is drawn, until it shows the same
FAR_APART = 0.2  # of the largest value
LEAST_FAR = 1e-3  # where all values are tiny they may be rounding alone: those are looked at closely
MOST_DEVIATION = 6.0  # standard deviations by which two frequencies of one distribution may differ


class Evidence(msgspec.Struct, frozen=True):
    """What a solution answered to one case.

    Attributes:
        check: that asked.
        case: that was drawn.
        program: what was asked.
        answers: by step.
        failed: whether it failed here.
    """

    check: Check
    case: Case
    program: Program
    answers: Answers
    failed: bool


def evidence_of(
    check: Check, cases: Sequence[Case], programs: Sequence[Program], replies: Sequence[Sequence[Reply]], failed: int
) -> list[Evidence]:
    """What is kept of a check: the case that failed first (`failed`, -1: none) and a few others.

    Answers that could not be read are left out: they agree with nothing.
    """
    places = dict.fromkeys([*([failed] if failed >= 0 else []), *range(min(MOST_BESIDE, len(cases)))])
    kept = []
    for place in places:
        if not replies[place] or any(reply.part is not None for reply in replies[place]):
            continue
        try:
            answers = to_answers(replies[place])
        except (msgspec.ValidationError, ValueError, TypeError):
            continue
        kept.append(Evidence(check, cases[place], programs[place], answers, place == failed))
    return kept


def diagnose(problem: Problem, evidence: Sequence[Evidence], arrays: str, right: Reference) -> Diagnosis | None:
    """The mistake that agrees with all of the evidence, or two at once; None where none does, or several do.

    Args:
        problem: with its mistakes.
        evidence: of the solution's run.
        arrays: "tensor" or "array": what the solution works with.
        right: the reference.

    Raises:
        BrokenProblem: the problem's mistakes can't be read.
    """
    if not any(item.failed for item in evidence):
        return None
    ordered = sorted(
        evidence, key=lambda item: (item.check.measured, item.check.random, not item.failed)
    )  # costly ones last
    mistakes = read_mistakes(problem)
    for together in (1, 2):
        found = []
        for chosen in itertools.combinations(mistakes, together):
            source = mistaken(problem.solution, chosen)
            if source is None:
                continue
            if _agrees_everywhere(source, problem.slug, arrays, right, ordered):
                found.append(chosen)
        if found:
            return _words(found[0]) if len(found) == 1 else None
    return None


# What a check's own code, or a reference that two edits have torn apart, may stumble over.
STUMBLES = (TypeError, ValueError, LookupError, AttributeError, RuntimeError, ArithmeticError, NameError)


def _agrees_everywhere(source: str, name: str, arrays: str, right: Reference, evidence: Sequence[Evidence]) -> bool:
    """Whether an edited reference answers all of the evidence as the solution did. One that stumbles agrees with nothing."""
    try:
        suspect = Suspect(source, name, arrays, right)
        return all(suspect.agrees(item) for item in evidence)
    except STUMBLES:
        return False


def _words(mistakes: Sequence[Mistake]) -> Diagnosis:
    return Diagnosis(
        mistake="+".join(mistake.id for mistake in mistakes),
        explanation="\n".join(mistake.explanation for mistake in mistakes),
        title="; ".join(mistake.title for mistake in mistakes),
        question=mistakes[0].question,
        hint=mistakes[0].hint,
    )


class Suspect:
    """The reference with a mistake in it, asked what the solution was asked.

    Args:
        source: of the reference, edited.
        name: of the problem.
        arrays: "tensor" or "array".
        right: the reference as it is.
    """

    def __init__(self, source: str, name: str, arrays: str, right: Reference) -> None:
        module = ModuleType(f"_mistaken_{name}")
        exec(compile(source, f"<{name} with a mistake>", "exec", dont_inherit=True), module.__dict__)
        self._names = vars(module)
        self._reference = Reference(self._names, tolerant=True)
        self._arrays = arrays
        self._right = right

    def agrees(self, item: Evidence) -> bool:
        """Whether it answers one case as the solution did."""
        if item.check.measured:
            if not item.failed:
                return True
            raised = any(answer.failure is not None for answer in item.answers.values())
            return not raised and self._judged(item, self._measured(item.program)) is not None
        if item.check.random:
            return self._agrees_at_random(item)
        return self._agrees_in_value(item)

    def _agrees_in_value(self, item: Evidence) -> bool:
        expected = LazyRight(self._reference, item.program, item.case.seed)
        own = self._reference.answers(item.program, item.case.torch_dtype)
        if own.keys() != item.answers.keys():
            return False
        return all(_same(item.answers[place], own[place], expected, place, item) for place in own)

    def _agrees_at_random(self, item: Evidence) -> bool:
        """Where answers are drawn: the same shapes, frequencies that fit, the same judged of both."""
        own = self._reference.answers(item.program, item.case.torch_dtype)
        if own.keys() != item.answers.keys():
            return False
        for place, theirs in own.items():
            mine = item.answers[place]
            if mine.failure is not None or theirs.failure is not None:
                may = getattr(item.program[place], "may_raise", False)
                if not _same_failure(mine.failure, theirs.failure, may=may):
                    return False
                if not may:  # the program ends here, and there is nothing to judge
                    return True
            elif not _alike(mine.value, theirs.value):
                return False
        shown = _skeleton(self._judged(item, item.answers))
        if shown == _skeleton(self._judged(item, own)):
            return True
        if any(is_array(answer.value) and as_tensor(answer.value).numel() >= LEAST_DRAWS for answer in own.values()):
            return False
        for shift in range(1, MOST_SEEDS):  # what shows by chance alone may show with another seed
            again = self._reference.answers(_reseeded(item.program, shift), item.case.torch_dtype)
            if again.keys() == own.keys() and shown == _skeleton(self._judged(item, again)):
                return True
        return False

    def _judged(self, item: Evidence, answers: Answers) -> Finding | None:
        right = LazyRight(self._right, item.program, item.case.seed)
        asked = Asked(case=item.case, program=item.program, answers=answers, right=right, arrays="tensor")
        if answers is item.answers:
            asked = msgspec.structs.replace(asked, arrays=self._arrays)
        return item.check.judge(asked)

    def _measured(self, program: Program) -> Answers:
        """Its answers with the CPU time of each step, in this process."""
        interpreter = Interpreter(self._names, torch, None)
        interpreter.begin()
        answers: Answers = {}
        for place, step in enumerate(in_precision(copy.deepcopy(program), torch.float32)):
            begun = time.process_time()
            fields = interpreter.run(step)
            spent = time.process_time() - begun
            if fields is not None:
                answers[place] = Answer(value=fields.get("value"), cpu_seconds=spent)
        return answers


def _reseeded(program: Program, shift: int) -> Program:
    """The same program with all its seeds and generators moved on together."""
    moved: Program = []
    for step in program:
        if isinstance(step, Construct) and step.target == "torch.Generator":
            moved.append(msgspec.structs.replace(step, args=(step.args[0] + 1000 * shift,)))
        elif isinstance(step, Call):
            moved.append(msgspec.structs.replace(step, seed=step.seed + 1000 * shift))
        else:
            moved.append(step)
    return moved


def _same(mine: Answer, own: Answer, expected: LazyRight, place: int, item: Evidence) -> bool:
    """Whether two answers to one step agree."""
    if mine.failure is not None or own.failure is not None:
        return _same_failure(mine.failure, own.failure, may=getattr(item.program[place], "may_raise", False))
    if (mine.why is None) != (own.why is None):
        return False

    def pick(part: Callable[[Answer], Any]) -> bool:
        return _same_tree(part(mine), part(own), _Part(expected, place, part, item.case.dtype))

    if not pick(lambda answer: answer.value) or not pick(lambda answer: _flat(answer.echo)):
        return False
    if not pick(lambda answer: _gradients(answer, item.program[place])) or not pick(lambda answer: answer.parameters):
        return False
    shapes = [sorted(answer.trainable.values()) for answer in (mine, own)]
    frozen = [sorted(answer.frozen.values()) for answer in (mine, own)]
    return (
        mine.registered == own.registered
        and mine.same == own.same
        and shapes[0] == shapes[1]
        and frozen[0] == frozen[1]
    )


def _gradients(answer: Answer, step: object) -> list[Any] | None:
    return list(answer.inputs) if isinstance(step, Differentiate) and answer.inputs is not None else None


def _flat(echo: Any) -> Any:
    return None if echo is None else [list(echo[0]), dict(echo[1])]


def _same_failure(mine: Failure | None, own: Failure | None, *, may: bool) -> bool:
    """Whether both raise: where an exception is asked for, of the same kind; else NumPy's need not be torch's."""
    if mine is None or own is None:
        return False
    return not may or ("ValueError" in mine.bases) == ("ValueError" in own.bases)


class _Part:
    """A part of what a suspect answers to a step, as the comparison asks for it."""

    def __init__(self, right: LazyRight, place: int, part: Callable[[Answer], Any], precision: str) -> None:
        self.precision = precision
        self._right = right
        self._place = place
        self._part = part

    def at(self, path: Sequence[Any]) -> tuple[Any, Callable[[], Any], Callable[[float], Any]]:
        """Exact, single and rough values at a path within the part."""

        def walk(answer: Answer) -> Any:
            found = self._part(answer)
            for key in path:
                found = None if found is None else found[key]
            return found

        def rough(eps: float) -> Any:
            answers, largest = self._right.rough(self._place, eps)
            return Rough([walk(answer) for answer in answers], largest)

        try:  # in another precision a mistake may end in an exception, or in a dtype that can't be differentiated
            exact = walk(self._right.exact(self._place))
        except KeyError:
            exact = None

        def single() -> Any:
            try:
                found = walk(self._right.single(self._place))
            except KeyError:
                found = None
            return exact if found is None else found

        return exact, single, rough


def _same_tree(mine: Any, own: Any, part: _Part, path: tuple[Any, ...] = ()) -> bool:
    if is_array(own) or is_array(mine):
        return _same_array(mine, own, part, path)
    if isinstance(own, (tuple, list)):
        if not isinstance(mine, (tuple, list)) or len(mine) != len(own):
            return False
        return all(_same_tree(a, b, part, (*path, at)) for at, (a, b) in enumerate(zip(mine, own, strict=True)))
    if isinstance(own, dict):
        if not isinstance(mine, dict) or mine.keys() != own.keys():
            return False
        return all(_same_tree(mine[key], own[key], part, (*path, key)) for key in own)
    return type(mine) is type(own) and (mine == own or mine is own)


def _same_array(mine: Any, own: Any, part: _Part, path: tuple[Any, ...]) -> bool:
    if mine is None or own is None:  # a gradient that is none, and one of zeros
        left = as_tensor(own if mine is None else mine)
        return bool((left == 0).all())
    if not (is_array(mine) and is_array(own)):
        return False
    if tuple(mine.shape) != tuple(own.shape) or dtype_name(mine) != dtype_name(own):
        return False
    if _far_apart(as_tensor(mine).double(), as_tensor(own).double()):
        return False
    exact, single, rough = part.at(path)
    if exact is None or tuple(exact.shape) != tuple(own.shape):
        return False
    mine64, own64, exact64 = as_tensor(mine).double(), as_tensor(own).double(), as_tensor(exact).detach()
    if exact64.is_floating_point():  # what overflows in float32 alone
        exact64 = torch.where(torch.isfinite(own64), exact64, own64.to(exact64.dtype))
    given = as_tensor(mine)
    if given.dtype == torch.float64 and part.precision == "float32":  # float64 of numbers that were float32 on the way
        given = given.float()
    found = compare_array(given, exact64, single=single, rough=rough, name="")
    if found is None:
        return True
    cut = bool(torch.isinf(own64).any())  # a filter's result: which of several equal tokens stays is free
    return cut and torch.equal(mine64.sort(dim=-1).values, own64.sort(dim=-1).values)


def _far_apart(mine: torch.Tensor, own: torch.Tensor) -> bool:
    """Whether two arrays differ beyond any rounding: most suspects do, and are not looked at closely."""
    if not mine.numel() or not bool(torch.isfinite(own).all()) or not bool(torch.isfinite(mine).all()):
        return False
    largest = max(float(own.abs().max()), float(mine.abs().max()))
    return largest > LEAST_FAR and float((mine - own).abs().max()) > FAR_APART * largest


def _alike(mine: Any, own: Any) -> bool:
    """Two answers that are drawn: shape and dtype, and where there are many tokens, their frequencies."""
    if not (is_array(mine) and is_array(own)):
        return type(mine) is type(own)
    first, second = as_tensor(mine), as_tensor(own)
    if first.shape != second.shape or first.dtype != second.dtype:
        return False
    if first.is_floating_point() or first.numel() < LEAST_DRAWS:
        return True
    return _same_distribution(first.flatten(), second.flatten())


def _same_distribution(first: torch.Tensor, second: torch.Tensor) -> bool:
    """Whether two samples of tokens can be of one distribution."""
    count = first.numel()
    for token in sorted({*first.tolist(), *second.tolist()}):
        p, q = (float((sample == token).sum()) / count for sample in (first, second))
        middle = (p + q) / 2
        if abs(p - q) > MOST_DEVIATION * math.sqrt(2 * middle * (1 - middle) / count) + 2 / count:
            return False
    return True


def _skeleton(found: Finding | None) -> tuple[str, str] | None:
    """What is wrong, without its numbers."""
    return None if found is None else (found.verdict, re.sub(r"[-+.\d]+(e[-+]?\d+)?|nan|inf", "#", found.sentence))
