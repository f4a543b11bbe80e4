"""How the cost of a call grows with a size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from problems.agreement import at_step, shape_finding, value_finding
from problems.asks import Call, Look, Program
from problems.checks import CaseAnswers
from problems.comparison import Finding, LayoutTree, Plain, as_tensor, leaves
from problems.kinds import Kind

FAR_OFF = 1e-2  # of the largest right value
# As powers of the size, between linear (1) and quadratic (2). Of some 100 right answers none was measured above 1.06, and of the quadratic
# ones none below 1.9, but for small calls below 1.6.
MOST_GROWTH = 1.73  # beyond it a cost is rejected
SUSPECT_GROWTH = 1.35  # beyond it what was measured once is measured again in other processes
# Where what every call takes is left out, noise makes growth smaller: calls of a millisecond show a square as anything from 1.5 on.
MOST_BEYOND, SUSPECT_BEYOND = 1.5, 1.2


class GrowsLinearly(msgspec.Struct, frozen=True):
    """Cost grows in proportion to a size: for four times the size it may be at most eleven times as much, for ten times 53 times.

    For four times the size a linear cost grows fourfold, a quadratic one sixteenfold. Where a first size is given that costs next to
    nothing, its time is what every call takes, and is left out; the line is then at eight times for four times the size. Each size is
    measured several times, in turn, and the least counts, so that what else the machine does falls out. What is measured must be right but
    for rounding: other checks look closely.

    A finding of one process says that the cost is suspect. Whoever asks measures again in two fresh ones, and rejects where all three find
    the same, and the least times of all three do with `strict` (`judge.judging`). So a cost near the line is accepted each time.

    Attributes:
        letter: of the size; steps that name it among their own sizes are measured.
        sizes: n and 4 n, or more; perhaps a small one before them. A step is of one of these sizes or a little more.
        result: of every step.
        strict: whether the line is that beyond which a cost is rejected.
    """

    letter: str
    sizes: tuple[int, ...]
    result: LayoutTree
    strict: bool = False

    def finding(self, asked: CaseAnswers) -> Finding | None:
        """What is wrong, or grew too much."""
        least: dict[int, float] = {}
        sizes = {place: getattr(step, "sizes", {}).get(self.letter) for place, step in enumerate(asked.program)}
        steps = {step: size for step, size in sizes.items() if size is not None and step in asked.answers}
        for step, size in steps.items():
            at_size = asked.at(step)
            if found := shape_finding(at_size, step, self.result) or _far_off(at_size, step, self.result):
                return found
            spent = asked.answers[step].cpu_seconds
            if spent is not None:
                nominal = max(each for each in self.sizes if each <= size)
                least[nominal] = min(spent, least.get(nominal, spent))
        if len(least) < len(self.sizes):
            return None  # no CPU clock on this system, and the wall clock would judge the machine
        found = self._growth([least[size] for size in self.sizes])
        first = next(step for step, size in steps.items() if size >= self.sizes[-1])
        return None if found is None else at_step(found, first)

    def measured_once(self, program: Program) -> int:
        """How many steps of a program it takes until each size has been measured once."""
        left = set(self.sizes)
        for place, step in enumerate(program):
            size = getattr(step, "sizes", {}).get(self.letter)
            if size is not None:
                left.discard(max(each for each in self.sizes if each <= size))
            if not left:
                return place + 1
        return len(program)

    def _growth(self, seconds: Sequence[float]) -> Finding | None:
        """Whether the last of these grew too much, beside the one before it."""
        *first, small, large = seconds
        base = first[0] if first else 0.0
        # Where the growth up to n is lost in what every call takes, a third of that takes its place.
        growth = (large - base) / max(small - base, small / 3, 1e-6)
        letter, (near, far) = self.letter, self.sizes[-2:]
        ratio = far / near
        most = ratio ** (MOST_BEYOND if first else MOST_GROWTH)
        if growth <= (most if self.strict else ratio ** (SUSPECT_BEYOND if first else SUSPECT_GROWTH)):
            return None
        words = f"from {letter} = {near:,} to {letter} = {far:,} the cost of a call grows more than {most:.0f}-fold"
        fact = f"A cost that grows linearly with {letter} grows {ratio:.0f}-fold there, a quadratic one {ratio * ratio:.0f}-fold."
        if first:
            fact = f"What every call takes, as at {letter} = {self.sizes[0]:,}, is left out. {fact}"
        found = {f"{letter} = {size:,}": each for size, each in zip(self.sizes, seconds, strict=True)} | {
            "growth": growth
        }
        return Finding(verdict=Kind.TIME_LIMIT, sentence=words, facts=(fact,), measured=found)


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
