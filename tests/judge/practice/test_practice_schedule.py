import itertools
from datetime import timedelta

import pytest

from judge.practice.events import Ending, Feeling
from judge.practice.schedule import (
    LONGEST_DAYS,
    Outcome,
    Rating,
    Review,
    due_after,
    likely_dates,
    outcome_of,
    rating_of,
)
from judge.practice.state import TaskState
from tests.judge.practice.hands import NOON

ACED, TOOK, NOT, SAW = Feeling.ACED, Feeling.TOOK_TIME, Feeling.DID_NOT_GET, Feeling.JUST_SAW


@pytest.mark.parametrize(
    ("outcome", "feeling", "ratings"),
    [
        (Outcome.NOT_SOLVED, ACED, "again again again"),
        (Outcome.GAVE_UP, None, "again again again"),
        (Outcome.SOLVED, NOT, "again again again"),
        (Outcome.WITH_HELP, NOT, "again again again"),
        (Outcome.SOLVED, SAW, "hard hard hard"),
        (Outcome.WITH_HELP, ACED, "hard hard hard"),
        (Outcome.SOLVED, TOOK, "good good hard"),
        (Outcome.SOLVED, ACED, "easy good hard"),
        (Outcome.SOLVED, None, "good good hard"),
    ],
)
def test_rating_follows_the_table(outcome: Outcome, feeling: Feeling | None, ratings: str):
    found = [rating_of(outcome, share, feeling).name.lower() for share in (0.6, 1.0, 1.01)]
    assert found == ratings.split()


def test_better_never_comes_back_sooner():
    dues = [due_after([Review(at=NOON, rating=rating)]) for rating in Rating]
    assert dues == sorted(dues)
    assert NOON + timedelta(days=1) == dues[0] < dues[-1]


def test_intervals_grow_and_end_within_twelve_weeks():
    dates = (NOON, *likely_dates(NOON, NOON + timedelta(days=365)))
    gaps = [later - earlier for earlier, later in itertools.pairwise(dates)]
    assert gaps == sorted(gaps)
    assert gaps[0] < timedelta(days=7)
    assert max(gaps) <= timedelta(days=LONGEST_DAYS)


def test_failing_brings_it_back_tomorrow_whatever_was_before():
    good = [Review(at=NOON + timedelta(days=day), rating=Rating.GOOD) for day in (0, 2, 13)]
    last = NOON + timedelta(days=59)
    due = due_after([*good, Review(at=last, rating=Rating.AGAIN)])
    assert timedelta(days=1) <= due - last <= timedelta(days=7)
    assert due_after([*good, Review(at=last, rating=Rating.GOOD)]) - last > timedelta(days=30)


def test_order_of_reading_does_not_matter():
    reviews = [Review(at=NOON + timedelta(days=day), rating=Rating.GOOD) for day in (0, 2, 13)]
    assert due_after(reviews) == due_after(reversed(reviews))


@pytest.mark.parametrize(
    ("task", "outcome"),
    [
        (TaskState(ending=Ending.SOLVED), Outcome.SOLVED),
        (TaskState(ending=Ending.SOLVED, hints=(1,)), Outcome.WITH_HELP),
        (TaskState(ending=Ending.REJECTED), Outcome.NOT_SOLVED),
        (TaskState(ending=Ending.TIME_UP), Outcome.NOT_SOLVED),
        (TaskState(ending=Ending.GAVE_UP, hints=(1,)), Outcome.GAVE_UP),
    ],
)
def test_outcome_of_a_task(task: TaskState, outcome: Outcome):
    assert outcome_of(task) is outcome
