"""How the cost of a call grows with a size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from problems.agreement import at_step, shape_finding, value_finding
from problems.asks import Call, Look, Program
from problems.checks import CaseAnswers
from problems.comparison import Finding, LayoutTree, Plain, as_tensor, leaves
from problems.growth import NEAR_ABOVE, NEAR_BELOW, Growth
from problems.kinds import Kind
from problems.sufficient import Part, ReplyFields, Sufficient, arranged, exact_answer, leaf, numbers, right_value

FAR_OFF = 1e-2  # of the largest right value


class GrowsLinearly(msgspec.Struct, frozen=True):
    """Cost grows in proportion to a size: for four times the size it may be at most eleven times as much, for ten times 53 times.

    For four times the size a linear cost grows fourfold, a quadratic one sixteenfold. Where a first size is given that costs next to
    nothing, its time is what every call takes, and is left out; the line is then at eight times for four times the size. The sizes are
    measured in turn, in several rounds. How much the cost grew is asked within a round, where the machine was equally busy for all sizes,
    and the median of the rounds counts. What is measured must be right but for rounding: other checks look closely.

    A finding of one process says that the cost is suspect. Whoever asks measures again in two fresh ones, and rejects where all three find
    the same, and the rounds of all three together lie beyond the line (`judge.judging`).

    Attributes:
        letter: of the size; steps that name it among their own sizes are measured.
        sizes: n and 4 n, or more; perhaps a small one before them. A step is of one of these sizes or a little more.
        result: of every step.
        earlier: what other processes measured, round by round. With it the line is that beyond which a cost is rejected, without it the
            nearer one beyond which a cost is suspect.
    """

    letter: str
    sizes: tuple[int, ...]
    result: LayoutTree
    earlier: tuple[tuple[float, ...], ...] = ()

    def finding(self, asked: CaseAnswers) -> Finding | None:
        """What is wrong, or grew too much."""
        steps = self._steps(asked.program)
        for step in sorted(steps.keys() & asked.answers.keys()):
            at_size = asked.at(step)
            if found := shape_finding(at_size, step, self.result) or _far_off(at_size, step, self.result):
                return found
        spent = {step: answer.cpu_seconds for step, answer in asked.answers.items()}
        found = self._growth(self.earlier + self.rounds(asked.program, spent))
        first = next((step for step, size in steps.items() if size == self.sizes[-1]), 0)
        return None if found is None else at_step(found, first)

    def sufficient(self, asked: CaseAnswers) -> dict[int, ReplyFields]:
        """What each answer must hold to be certainly right; its cost is looked at beside that (`growth`).

        Raises:
            Unsure: it can't be said.
        """
        steps = self._steps(asked.program)
        return {
            place: {"value": _roughly(asked.at(place), place, self.result)} if place in steps else {}
            for place in range(len(asked.program))
        }

    def growth(self, program: Program) -> Growth:
        """What is measured of a program."""
        return Growth(self.sizes, self._steps(program))

    def measured_once(self, program: Program) -> int:
        """How many steps of a program it takes until each size has been measured once."""
        left = set(self.sizes)
        for step, size in self._steps(program).items():
            left.discard(size)
            if not left:
                return step + 1
        return len(program)

    def rounds(self, program: Program, spent: Mapping[int, float | None]) -> tuple[tuple[float, ...], ...]:
        """The CPU seconds of each size for every round, see `Growth.rounds`."""
        return self.growth(program).rounds(spent)

    def _steps(self, program: Program) -> dict[int, int]:
        """The steps that are measured, each with the size whose time it takes."""
        sizes = {place: getattr(step, "sizes", {}).get(self.letter) for place, step in enumerate(program)}
        return {step: max(n for n in self.sizes if n <= size) for step, size in sizes.items() if size is not None}

    def is_near(self, rounds: Sequence[Sequence[float]]) -> bool:
        """Whether the growth in these rounds is so near the line beyond which a cost is rejected that chance may decide."""
        growth = Growth(self.sizes, {})
        return bool(rounds) and growth.most / NEAR_BELOW < growth.grown(rounds) < growth.most * NEAR_ABOVE

    def _growth(self, rounds: Sequence[Sequence[float]]) -> Finding | None:
        """Whether the cost grew too much from the size before the last one to the last one."""
        if not rounds:
            return None
        line = Growth(self.sizes, {})
        each_size, growth = list(zip(*rounds, strict=True)), line.grown(rounds)
        letter, (near, far), ratio, with_base = self.letter, self.sizes[-2:], line.ratio, line.has_base
        most = line.most
        if growth <= (most if self.earlier else line.suspect):
            return None
        words = f"from {letter} = {near:,} to {letter} = {far:,} the cost of a call grows more than {most:.0f}-fold"
        fact = f"A cost that grows linearly with {letter} grows {ratio:.0f}-fold there, a quadratic one {ratio * ratio:.0f}-fold."
        if with_base:
            fact = f"What every call takes, as at {letter} = {self.sizes[0]:,}, is left out. {fact}"
        found = {f"{letter} = {size:,}": min(spent) for size, spent in zip(self.sizes, each_size, strict=True)}
        found["growth"] = growth
        return Finding(verdict=Kind.TIME_LIMIT, sentence=words, facts=(fact,), measured=found)


def _roughly(asked: CaseAnswers, place: int, result: LayoutTree) -> Sufficient:
    """What `shape_finding` and `_far_off` surely accept."""
    if isinstance(result, Plain):
        return right_value(asked, place, result)
    exact = exact_answer(asked, place)
    parts: list[Sufficient] = []
    for place_of_part, part in enumerate(leaves(result)):
        right = leaves(exact.value)[place_of_part]
        number = asked.arrays == "array" and not part.letters
        found = numbers(Part(asked, place, leaf(place_of_part)), number=number)
        loose = found.bound >= 0 and right.numel() > 0
        most = FAR_OFF * max(1.0, float(right.abs().max())) if loose else found.bound
        parts.append(msgspec.structs.replace(found, bound=most))
    return arranged(result, parts)


def _far_off(asked: CaseAnswers, step: int, result: LayoutTree) -> Finding | None:
    """Whether a result is wrong beyond any rounding."""
    if isinstance(result, Plain):
        found = value_finding(asked, step, result)
        if found is None:
            return None
        return msgspec.structs.replace(found, sentence=f"while its time was measured, {found.sentence}")
    right = leaves(asked.right.exact(step).value)
    for mine, exact, part in zip(leaves(asked.answers[step].value), right, leaves(result), strict=True):
        most = FAR_OFF * max(1.0, float(exact.abs().max()))
        if not bool(((as_tensor(mine).double() - exact).abs() <= most).all()):
            return Finding(sentence=f"while its time was measured, {part.name} was wrong", step=step)
    return None


def measured(program: Program, sizes: Mapping[int, int], letter: str) -> Program:
    """A program whose steps at these places are measured, each with its size; the others are not."""
    return [
        msgspec.structs.replace(step, sizes={letter: sizes[place]} if place in sizes else {})
        if isinstance(step, (Call, Look))
        else step
        for place, step in enumerate(program)
    ]
