"""How much a cost grows with a size, from the CPU seconds of calls."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

import msgspec

# As powers of the size, between linear (1) and quadratic (2). Of some 100 right answers none was measured above 1.06, and of the quadratic
# ones none below 1.9, but for small calls below 1.6.
MOST_GROWTH = 1.73  # beyond it a cost is rejected
SUSPECT_GROWTH = 1.35  # beyond it what was measured once is measured again in other processes
# A growth that is nearer the line than these factors is measured in more processes. What is rejected needs the more certainty.
NEAR_BELOW, NEAR_ABOVE = 1.15, 1.3
# Where what every call takes is left out, noise makes growth smaller: calls of a millisecond show a square as anything from 1.5 on.
MOST_BEYOND, SUSPECT_BEYOND = 1.5, 1.2


class Growth(msgspec.Struct, frozen=True, array_like=True):
    """What is measured of one program.

    Attributes:
        sizes: n and 4 n, or more; perhaps a small one before them.
        steps: the size whose time each step takes, by its place.
    """

    sizes: tuple[int, ...]
    steps: dict[int, int]

    def rounds(self, spent: Mapping[int, float | None]) -> tuple[tuple[float, ...], ...]:
        """The CPU seconds of each size, in the order of the sizes, for every round that was measured as a whole.

        There is none where the system has no CPU clock: the wall clock would judge the machine.

        Args:
            spent: the CPU seconds of each step that was answered.
        """
        every: dict[int, list[float]] = {size: [] for size in self.sizes}
        for step, size in self.steps.items():
            seconds = spent.get(step)
            if seconds is not None:
                every[size].append(seconds)
        return tuple(zip(*every.values(), strict=False))

    def grown(self, rounds: Sequence[Sequence[float]]) -> float:
        """By how much the cost grows from the size before the last one to the last one: the median of the rounds."""
        base = min(each[0] for each in rounds) if self.has_base else 0.0
        # Where the growth up to n is lost in what every call takes, a third of that takes its place.
        return statistics.median((large - base) / max(small - base, small / 3, 1e-6) for *_, small, large in rounds)

    @property
    def has_base(self) -> bool:
        """Whether the first size shows what every call takes, which is left out."""
        return len(self.sizes) > 2

    @property
    def ratio(self) -> float:
        """The last size by the one before it."""
        return self.sizes[-1] / self.sizes[-2]

    @property
    def most(self) -> float:
        """A growth beyond which a cost is rejected."""
        return float(self.ratio ** (MOST_BEYOND if self.has_base else MOST_GROWTH))

    @property
    def suspect(self) -> float:
        """A growth beyond which it is measured again."""
        return float(self.ratio ** (SUSPECT_BEYOND if self.has_base else SUSPECT_GROWTH))

    def is_fine(self, spent: Mapping[int, float | None]) -> bool:
        """Whether the cost grows so little that it need not be measured again."""
        rounds = self.rounds(spent)
        return not rounds or self.grown(rounds) <= self.suspect
