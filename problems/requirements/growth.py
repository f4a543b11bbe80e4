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
MOST_GROWTH = 1.5  # as a power of the size, between linear (1) and quadratic (2)


class GrowsLinearly(msgspec.Struct, frozen=True):
    """Cost grows in proportion to a size: for four times the size it may be at most eight times as much, for ten times 32 times.

    For four times the size a linear cost grows fourfold, a quadratic one sixteenfold. Where a first size is given that costs next to
    nothing, its time is what every call takes, and is left out. Each size is measured several times, in turn, and the least counts, so
    that what else the machine does falls out. What is measured must be right but for rounding: other checks look closely.

    Attributes:
        letter: of the size; steps that name it among their own sizes are measured.
        sizes: n and 4 n, or more; perhaps a small one before them. A step is of one of these sizes or a little more.
        result: of every step.
    """

    letter: str
    sizes: tuple[int, ...]
    result: LayoutTree

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

    def _growth(self, seconds: Sequence[float]) -> Finding | None:
        """Whether the last of these grew too much, beside the one before it."""
        *first, small, large = seconds
        base = first[0] if first else 0.0
        # Where the growth up to n is lost in what every call takes, a third of that takes its place.
        growth = (large - base) / max(small - base, small / 3, 1e-6)
        letter, (near, far) = self.letter, self.sizes[-2:]
        ratio = far / near
        if growth <= ratio**MOST_GROWTH:
            return None
        words = f"at {letter} = {far:,} a call takes {large / small:.0f} times as long as at {letter} = {near:,}"
        times = f"about {ratio:.0f} times as long, a quadratic one {ratio * ratio:.0f} times"
        fact = f"A cost that grows linearly with {letter} would take {times}."
        if first:
            beyond = f"Without what every call takes (as at {letter} = {self.sizes[0]:,}), that is {growth:.0f} times or more."
            fact = f"{beyond} {fact}"
        return Finding(verdict=Kind.TIME_LIMIT, sentence=words, facts=(fact,))


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
