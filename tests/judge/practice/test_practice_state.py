import pytest

from judge.practice.events import (
    Began,
    ClockMoved,
    Ended,
    Ending,
    Failing,
    Feeling,
    Hinted,
    Occasion,
    Rated,
    Resumed,
    Switched,
    TimeUp,
)
from judge.practice.state import Choice, Met, Phase, choices, judges_saves, submissions_left, time_is_up
from tests.judge.practice.hands import interview, judged, learning, state_after

SUBMIT = Occasion.SUBMIT


def test_wrong_save_then_right_save_then_rating():
    failing = Failing(check="gradients", case={"sizes": {"B": 1}}, sentence="It is 0.")
    state = state_after(learning(), (60, judged(after=58, failing=failing, mistake="scale", title="No scale")))
    assert (state.phase, state.tasks[0].failing, state.tasks[0].ending) == (Phase.CODING, failing, None)
    assert judges_saves(state)
    events = [(60.0, judged(after=58, failing=failing, mistake="scale", title="No scale"))]
    events.append((200, judged("accepted", after=198)))
    state = state_after(learning(), *events)
    (task,) = state.tasks
    assert (state.phase, task.ending, task.used, task.failing) == (Phase.RATING, Ending.SOLVED, 198, None)
    assert task.mistakes == (Met(mistake="scale", title="No scale"),)
    assert [point.accepted for point in task.journey] == [False, True]
    assert not judges_saves(state)
    state = state_after(learning(), *events, (210, Rated(task=0, feeling=Feeling.ACED)))
    assert (state.phase, state.tasks[0].feeling, state.tasks[0].used) == (Phase.OVER, Feeling.ACED, 198)


def test_check_is_green_since_it_last_stopped_failing():
    state = state_after(
        learning(),
        (10, judged(after=10, passed=("a", "b"), failed=("c",), total=4)),
        (20, judged(after=20, passed=("a", "c"), failed=("b",), total=4)),
        (30, judged("load_error", after=30)),
        (40, judged(after=40, passed=("a", "b", "c"), failed=("d",), total=4)),
    )
    assert state.tasks[0].green == {"a": 10, "c": 20, "b": 40}
    assert [point.passed for point in state.tasks[0].journey] == [2, 2, 0, 3]


def test_mistakes_and_hints_count_once_each():
    state = state_after(
        learning(),
        *[(place, judged(mistake=name, title=name)) for place, name in enumerate(["x", "y", "x"])],
        *[(5.0, Hinted(task=0, number=number)) for number in (1, 2, 1)],
    )
    assert [met.mistake for met in state.tasks[0].mistakes] == ["x", "y"]
    assert state.tasks[0].hints == (1, 2)


def test_learning_goes_on_beyond_the_time_and_an_interview_does_not():
    for setup, up in ((learning(), False), (interview(), True)):
        state = state_after(setup)
        assert not time_is_up(state, 25 * 60 - 0.1)
        assert time_is_up(state, 25 * 60) is up
        assert state.left(26 * 60) == -60


def test_reading_comes_first_and_its_time_is_not_coding():
    setup = interview(read_minutes=5)
    state = state_after(setup)
    assert (state.phase, state.left(60)) == (Phase.READING, 240)
    assert choices(state) == (Choice.BEGIN, Choice.STATEMENT, Choice.QUIT)
    assert time_is_up(state, 300)
    state = state_after(setup, (120, Began()))
    assert (state.phase, state.left(120), state.coding(180)) == (Phase.CODING, 1500, 60)
    state = state_after(setup, (120, Began()), (420, judged("accepted", occasion=SUBMIT, after=419)))
    assert (state.tasks[0].used, state.tasks[0].journey[0].after) == (299, 299)


def test_interview_has_no_hints_and_judges_no_save():
    state = state_after(interview())
    assert not judges_saves(state)
    assert {Choice.HINT, Choice.GIVE_UP, Choice.NEXT} & set(choices(state)) == set()
    assert Choice.SUBMIT in choices(state)


@pytest.mark.parametrize(("submissions", "ending"), [(1, Ending.REJECTED), (2, None)])
def test_submissions_are_used_up(submissions: int, ending: Ending | None):
    state = state_after(interview(submissions=submissions), (60, judged(occasion=SUBMIT)))
    assert (state.tasks[0].ending, submissions_left(state, 0)) == (ending, submissions - 1)
    assert state.phase is (Phase.RATING if ending else Phase.CODING)


def test_learning_has_no_limit_of_submissions():
    state = state_after(learning(), *[(float(n), judged(occasion=SUBMIT)) for n in range(9)])
    assert (state.phase, state.tasks[0].submissions, submissions_left(state, 0)) == (Phase.CODING, 9, None)


@pytest.mark.parametrize(("verdict", "ending"), [("accepted", Ending.SOLVED), ("wrong_answer", Ending.TIME_UP)])
def test_what_stands_when_the_time_is_up_is_judged(verdict: str, ending: Ending):
    state = state_after(interview(), (1500, TimeUp()))
    assert (state.phase, choices(state)) == (Phase.TIME_UP, (Choice.QUIT,))
    state = state_after(interview(), (1500, TimeUp()), (1502, judged(verdict, occasion=Occasion.TIME_UP)))
    assert (state.phase, state.tasks[0].ending, state.tasks[0].used) == (Phase.RATING, ending, 1500)


def test_submission_that_was_on_its_way_when_the_time_was_up_counts():
    events = [(1500.0, TimeUp()), (1501.0, judged("accepted", occasion=SUBMIT, after=1499))]
    assert state_after(interview(), *events).tasks[0].ending is Ending.SOLVED


def test_giving_up_ends_it():
    state = state_after(learning(), (90, Ended(task=0, ending=Ending.GAVE_UP, note="Seen.")))
    assert (state.phase, state.tasks[0].ending, state.tasks[0].note) == (Phase.RATING, Ending.GAVE_UP, "Seen.")


def test_mock_interview_goes_from_problem_to_problem():
    setup = interview("lstm", "lora", "sampling", minutes=60)
    state = state_after(setup, (100, Switched(task=1)), (300, judged("accepted", task=1, occasion=SUBMIT)))
    assert [task.used for task in state.tasks] == [100, 200, 0]
    assert (state.current, state.unended()) == (2, (0, 2))
    assert Choice.NEXT in choices(state)
    events = [(100.0, Switched(task=1)), (300.0, judged("accepted", task=1, occasion=SUBMIT))]
    state = state_after(setup, *events, (400, judged(task=2, occasion=SUBMIT)))
    assert (state.current, Choice.NEXT in choices(state), state.phase) == (0, False, Phase.CODING)
    events += [(400, judged(task=2, occasion=SUBMIT)), (3600, TimeUp())]
    state = state_after(setup, *events, (3601, judged(task=0, occasion=Occasion.TIME_UP)))
    assert [task.ending for task in state.tasks] == [Ending.TIME_UP, Ending.SOLVED, Ending.REJECTED]
    assert (state.phase, state.unrated()) == (Phase.RATING, (0, 1, 2))


def test_clock_that_moved_and_a_pause_change_nothing():
    before = state_after(learning(), (30, judged()))
    after = state_after(learning(), (30, judged()), (30, ClockMoved(seconds=9.0)), (30, Resumed(away=900)))
    assert (after.tasks, after.phase, after.entries) == (before.tasks, before.phase, 3)
