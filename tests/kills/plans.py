"""What is done in each trial: which command judges which file, and what is killed when. All of it follows from the seed and the number."""

from __future__ import annotations

import random
from collections.abc import Iterable

import msgspec

RUN = "run"
BEGINS = "run, a resident judge begins"
WARM = "run, by a resident judge"
WATCH = "watch"
BATCH = "batch"
LESSON = "practice, a lesson"
INTERVIEW = "practice, an interview"
TERMINAL = "practice, at a terminal"
# How long each lives, in seconds, where nothing is killed: a moment is drawn from all of that.
LIVES = {RUN: 4.0, BEGINS: 7.0, WARM: 1.2, WATCH: 6.0, BATCH: 7.0, LESSON: 5.5, INTERVIEW: 6.0, TERMINAL: 5.5}
TEMPLATES_EVERY = 6  # one trial in so many kills templates while they start
SOME, ALL = (1, 2, 3), 1_000_000
START_SECONDS = 0.12
ANY, OTHERS = "anything", "not the command"
WANTED = (ANY, ANY, ANY, OTHERS, OTHERS, OTHERS, "run", "run", "keeper", "template")
LATER_SECONDS = 0.3  # "a little after it comes": so many at most
IN_A_BATCH, IN_A_SMALL_ONE = 4, 2


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One trial.

    Attributes:
        seed: of the session of kills.
        number: of the trial.
        command: one of `LIVES`.
        files: names of those that are judged; all but `batch` take the first.
        moment: seconds after the command was started, to kill one process of all that there are.
        wanted: what shall be killed then: `ANY`, `OTHERS` than the command, or the name of a role. Where there is none at that
            moment, it is killed a little after it comes.
        templates: kill templates while they start in place of that, so many of them.
        seedless: the judge draws the seed of the cases by itself.
        patient: whoever saves waits for the kill before the next save.
    """

    seed: int
    number: int
    command: str
    files: tuple[str, ...]
    moment: float
    wanted: str = ANY
    templates: int = 0
    seedless: bool = False
    patient: bool = False

    def draw(self) -> random.Random:
        """What is drawn during the trial: which process."""
        return random.Random(f"{self.seed}/{self.number}/during")

    def __str__(self) -> str:
        what = f"templates killed: {'all' if self.templates == ALL else self.templates}" if self.templates else ""
        wanted = f" {self.wanted}" if not what else ""
        how = f"{what or f'after {self.moment:.3f} s'}{wanted}{', seedless' if self.seedless else ''}{', patient' if self.patient else ''}"
        return f"seed {self.seed}, trial {self.number}: {self.command}, {', '.join(self.files)}, {how}"


def planned(seed: int, number: int, files: Iterable[str], pace: float = 1.0, small: bool = False) -> Plan:
    """The plan of a trial: the commands come in turn.

    Args:
        seed: of the session of kills.
        number: of the trial.
        files: names of all there are.
        pace: how much slower this machine is than the one on which `LIVES` was measured.
        small: a batch has few files, and nobody is patient.
    """
    draw = random.Random(f"{seed}/{number}")
    command = list(LIVES)[number % len(LIVES)]
    chosen = draw.sample(sorted(files), IN_A_BATCH)
    moment = draw.random() * LIVES[command] * pace
    templates = draw.choice((*SOME, ALL)) if draw.randrange(TEMPLATES_EVERY) == 0 else 0
    return Plan(
        seed=seed,
        number=number,
        command=command,
        files=tuple(chosen[: (IN_A_SMALL_ONE if small else IN_A_BATCH) if command == BATCH else 1]),
        moment=moment,
        wanted=draw.choice(WANTED),
        templates=templates,
        seedless=command in (BEGINS, WARM) and draw.random() < 0.5,
        patient=draw.random() < 0.3 and not small,
    )
