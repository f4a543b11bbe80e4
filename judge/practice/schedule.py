"""When a problem comes back: outcome, time and feeling become a rating, and FSRS makes the next date of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from msgspec import Struct

from judge.practice.events import Ending, Feeling
from judge.practice.state import TaskState

LONGEST_DAYS = 84  # people prepare for eight to twelve weeks: nothing is to come back after the interview
WELL_WITHIN = 0.6  # of the minutes an interview gives


class Rating(IntEnum):
    """How well it was known, as FSRS counts it."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


class Outcome(StrEnum):
    """What came of the work on a problem."""

    SOLVED = "solved"
    WITH_HELP = "solved with hints"
    NOT_SOLVED = "not solved"
    GAVE_UP = "gave up"


class Review(Struct, frozen=True, kw_only=True):
    """One time that a problem was practised to its end."""

    at: datetime
    rating: Rating


def outcome_of(task: TaskState) -> Outcome:
    """What came of a task that has ended."""
    match task.ending:
        case Ending.SOLVED:
            return Outcome.WITH_HELP if task.hints else Outcome.SOLVED
        case Ending.GAVE_UP:
            return Outcome.GAVE_UP
        case _:
            return Outcome.NOT_SOLVED


def rating_of(outcome: Outcome, share: float, feeling: Feeling | None) -> Rating:
    """How well a problem was known. This is all that decides when it comes back.

    | outcome | feeling | within 60% of the time | within the time | beyond it |
    |---|---|---|---|---|
    | not solved, or given up | any | again | again | again |
    | any | didn't get it | again | again | again |
    | any solved | just saw it somewhere | hard | hard | hard |
    | solved with hints | any other | hard | hard | hard |
    | solved | took time | good | good | hard |
    | solved | aced it | easy | good | hard |
    | solved | not said | good | good | hard |

    What was right but is not understood, or was only remembered from yesterday, comes back soon; a feeling can lower what the clock
    says, and raise it only where the clock agrees.

    Args:
        outcome: what came of it.
        share: seconds used, divided by those that an interview gives.
        feeling: how it felt; None where it was not said.
    """
    if outcome in (Outcome.NOT_SOLVED, Outcome.GAVE_UP) or feeling is Feeling.DID_NOT_GET:
        return Rating.AGAIN
    if outcome is Outcome.WITH_HELP or feeling is Feeling.JUST_SAW or share > 1:
        return Rating.HARD
    if feeling is Feeling.ACED and share <= WELL_WITHIN:
        return Rating.EASY
    return Rating.GOOD


def due_after(reviews: Iterable[Review]) -> datetime:
    """When a problem is due that was practised at these times, of which there is at least one."""
    from fsrs import Card, Scheduler
    from fsrs import Rating as FsrsRating

    # Whole days at once: the minutes between steps of flash cards are no time for a problem of half an hour.
    scheduler = Scheduler(learning_steps=(), relearning_steps=(), maximum_interval=LONGEST_DAYS, enable_fuzzing=False)
    card = Card(card_id=1)
    for review in sorted(reviews, key=lambda review: review.at):
        card, _ = scheduler.review_card(card, FsrsRating(int(review.rating)), review_datetime=review.at)
    return card.due


def likely_dates(first: datetime, until: datetime) -> tuple[datetime, ...]:
    """When a problem first practised then would come back, if every time goes well."""
    done = [Review(at=first, rating=Rating.GOOD)]
    dates = []
    while (due := due_after(done)) <= until:
        dates.append(due)
        done.append(Review(at=max(due, done[-1].at + timedelta(days=1)), rating=Rating.GOOD))
    return tuple(dates)
