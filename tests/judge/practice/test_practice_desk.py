import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from judge.practice.events import Began, Ending, Feeling
from judge.practice.state import Phase
from judge.records import history
from judge.records.sessions import due_dates, entries_of, unfinished
from judge.terminal.tools import Left
from judge.verdict import UsageError
from problems import find_problem
from tests.judge.practice.hands import NOON, interview, learning
from tests.judge.practice.stage import Script, Stage

SOLUTION = find_problem("lstm").solution


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    made = Stage(tmp_path, monkeypatch)
    yield made
    made.store.close()


def verdicts(stage: Stage) -> list[tuple[str | None, str, float | None]]:
    return [(line.verdict, line.occasion, line.spent_seconds) for line in history.lines(stage.store)]


def test_wrong_save_right_save_rating(stage: Stage):
    def script() -> Script:
        yield from stage.settle()
        stage.clock.work(60)
        stage.save("first is off")
        yield from stage.until("wrong answer — first is off")
        stage.clock.work(60)
        stage.save("second is off")
        yield from stage.until("wrong answer — second is off")
        stage.clock.work(60)
        stage.save("right")
        yield from stage.until("How did it feel?")
        stage.press("1")

    log = stage.run(stage.begin(learning()), script())
    text = stage.everything
    assert "That one is fixed: first is off" in text
    assert text.index("That one is fixed: first") < text.index("wrong answer — second is off")
    assert "wrong answer in agrees: first is off" in text
    assert "lstm: solved after 03:00 (an interview gives 25 minutes)" in text
    assert "Mistakes    No scale" in text
    assert "00:01:00" not in text
    assert "  01:00  ##########..........  2 of 4 checks" in text
    assert "  03:00  ####################  4 of 4 checks, accepted" in text
    assert "lstm comes back in 8 days, on Monday 12 May." in text
    assert [(kind, when, spent) for kind, when, spent in verdicts(stage)] == [
        ("wrong_answer", "save", 60.0),
        ("wrong_answer", "save", 120.0),
        ("accepted", "save", 180.0),
    ]
    assert log.state.tasks[0].feeling is Feeling.ACED
    assert due_dates(stage.store) == {"lstm": NOON + timedelta(minutes=3, days=8)}
    assert unfinished(stage.store) == []
    assert stage.store.solved() == {"lstm"}


def test_counterexample_that_still_fails_is_said_so(stage: Stage):
    def script() -> Script:
        stage.save("it is off")
        yield from stage.until("wrong answer — it is off")
        stage.save("it is off  # still")
        yield from stage.until("wrong answer — it is off  # still")
        stage.press("q")
        yield from stage.settle()

    with pytest.raises(Left):
        stage.run(stage.begin(learning()), script())
    assert "Not fixed yet: it is off" in stage.everything
    assert "fixed:" not in stage.everything


def test_starter_is_not_judged_and_neither_is_the_same_again(stage: Stage):
    def script() -> Script:
        yield from stage.settle()
        stage.save("off")
        yield from stage.until("wrong answer — off")
        stage.save("off")
        yield from stage.settle()
        stage.press("q")
        yield from stage.settle()

    with pytest.raises(Left):
        stage.run(stage.begin(learning()), script())
    assert [text for text, _ in stage.judge.judged] == ["off"]


def test_hints_are_counted_and_the_rating_knows(stage: Stage):
    def script() -> Script:
        stage.press("hhhh")
        yield from stage.settle()
        stage.press("t")
        yield from stage.until("# LSTM over a batch")
        stage.save("right")
        yield from stage.until("How did it feel?")
        stage.press("1")

    log = stage.run(stage.begin(learning()), script())
    assert log.state.tasks[0].hints == (1, 2, 3)
    assert [text.split("\n")[0] for text in stage.front.said if text.startswith("Hint")] == [
        *("Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "Hint 3 of 3")
    ]
    assert stage.store.hints_seen("lstm") == {1, 2, 3}
    assert "Judged      1 time, 3 hints" in stage.everything
    assert "comes back tomorrow" in stage.everything


def test_giving_up_is_asked_twice_and_shows_the_solution(stage: Stage):
    def script() -> Script:
        stage.press("g")
        yield from stage.settle()
        assert stage.front.view is not None
        assert stage.front.view.news.startswith("Press g again to give up")
        stage.press("x")
        yield from stage.settle()
        assert not stage.said(SOLUTION)
        stage.press("gg")
        yield from stage.until("How did it feel?")
        stage.press("3")

    log = stage.run(stage.begin(learning()), script(), deliberate=False)
    assert log.state.tasks[0].ending is Ending.GAVE_UP
    assert stage.said(SOLUTION)
    assert stage.store.solution_seen("lstm")
    assert stage.store.solved() == frozenset()
    assert "lstm: given up after" in stage.everything


def test_submitting_a_lesson_judges_what_stands_there(stage: Stage):
    def script() -> Script:
        stage.press("s")
        yield from stage.until("submitted")
        stage.save("right")
        yield from stage.until("How did it feel?")
        stage.press("\n")

    log = stage.run(stage.begin(learning()), script())
    assert [occasion for _, occasion, _ in verdicts(stage)] == ["submit", "save"]
    assert "2 times, 1 of them submitted, no hints" in stage.everything
    assert log.state.tasks[0].feeling is None


def test_interview_judges_nothing_until_it_is_submitted(stage: Stage):
    def script() -> Script:
        stage.clock.work(300)
        stage.save("off")
        yield from stage.settle()
        assert stage.judge.judged == []
        assert stage.front.view is not None
        assert stage.front.view.clock == "20:00 left, until 12:25"
        assert "Saved at 05:00." in stage.front.view.news
        stage.press("hg")
        yield from stage.settle()
        stage.press("s")
        yield from stage.settle()
        assert "Press s again to submit" in stage.front.view.news
        stage.press("s")
        yield from stage.until("How did it feel?")
        stage.press("2")

    log = stage.run(stage.begin(interview()), script(), deliberate=False)
    assert stage.judge.judged == [("off", None)]
    assert (log.state.tasks[0].ending, log.state.tasks[0].hints) == (Ending.REJECTED, ())
    assert verdicts(stage) == [("wrong_answer", "submit", 300.0)]
    assert not stage.said(SOLUTION)
    assert "comes back tomorrow" in stage.everything


def test_second_submission_where_two_are_allowed(stage: Stage):
    def script() -> Script:
        stage.save("off")
        yield from stage.settle(5)
        stage.press("s")
        yield from stage.until("wrong answer — off")
        assert stage.front.view is not None
        yield from stage.settle(3)
        assert "1 submission left." in stage.front.view.news
        stage.save("right")
        stage.press("s")
        yield from stage.until("How did it feel?")
        stage.press("1")

    log = stage.run(stage.begin(interview(submissions=2)), script())
    assert (log.state.tasks[0].ending, log.state.tasks[0].submissions) == (Ending.SOLVED, 2)


def test_file_is_judged_as_it_stands_when_the_time_is_up(stage: Stage):
    def script() -> Script:
        stage.save("off at the end")
        yield from stage.settle()
        stage.clock.work(25 * 60)
        yield from stage.until("How did it feel?")
        stage.press("2")

    log = stage.run(stage.begin(interview()), script())
    assert "Time is up." in stage.everything
    assert verdicts(stage) == [("wrong_answer", "time-up", 1500.0)]
    assert log.state.tasks[0].ending is Ending.TIME_UP
    assert "not solved when the time was up after 25:00" in stage.everything


def test_suspend_uses_the_interview_up_and_a_changed_clock_does_not(stage: Stage):
    def script() -> Script:
        yield from stage.settle(3)
        stage.clock.set_time(3600)
        yield from stage.until("put forward by 1:00:00")
        assert stage.front.view is not None
        assert stage.front.view.clock == "25:00 left, until 13:25"
        stage.clock.suspend(24 * 60)
        yield from stage.settle(3)
        assert stage.front.view.clock.startswith("01:00 left")
        stage.clock.suspend(3600)
        yield from stage.until("How did it feel?")
        stage.press("2")

    log = stage.run(stage.begin(interview()), script())
    assert log.state.tasks[0].ending is Ending.TIME_UP


def test_file_that_is_gone_at_the_end_is_said(stage: Stage):
    def script() -> Script:
        yield from stage.settle(3)
        (stage.folder / "lstm.py").unlink()
        stage.press("s")
        yield from stage.until("can't be read: save it there")
        stage.clock.work(25 * 60)
        yield from stage.until("How did it feel?")
        stage.press("2")

    log = stage.run(stage.begin(interview()), script())
    assert log.state.tasks[0].note == "There was no file to judge."
    assert "Note        There was no file to judge." in stage.everything


def test_reading_comes_before_the_clock(stage: Stage):
    def script() -> Script:
        stage.clock.work(200)
        yield from stage.settle(3)
        assert stage.front.view is not None
        assert stage.front.view.clock == "01:40 to read, then the clock starts"
        stage.clock.work(100)
        yield from stage.until("the clock is running: 25 minutes")
        stage.clock.work(60)
        stage.save("right")
        stage.press("s")
        yield from stage.until("How did it feel?")
        stage.press("2")

    log = stage.run(stage.begin(interview(read_minutes=5)), script())
    assert log.state.tasks[0].used == 60


def test_mock_interview_of_two_problems(stage: Stage):
    def script() -> Script:
        stage.clock.work(600)
        stage.save("right")
        stage.press("s")
        yield from stage.until("now lora, in ")
        stage.clock.work(900)
        stage.save("off", "lora")
        yield from stage.settle()
        stage.clock.work(60 * 60)
        yield from stage.until("How did lstm feel?")
        stage.press("1")
        yield from stage.until("How did lora feel?")
        stage.press("3")

    log = stage.run(stage.begin(interview("lstm", "lora", minutes=60)), script())
    assert [task.ending for task in log.state.tasks] == [Ending.SOLVED, Ending.TIME_UP]
    text = stage.everything
    assert "1 of 2 solved in 1:25:00 of 60 minutes" in text
    assert "  lstm  10:00  solved, 4 of 4 checks, accepted" in text
    assert text.index("1 of 2 solved") < text.index("How did lstm feel?")
    assert set(due_dates(stage.store)) == {"lstm", "lora"}


def test_going_from_problem_to_problem(stage: Stage):
    def script() -> Script:
        stage.press("n")
        yield from stage.until("now lora, in ")
        stage.press("n")
        yield from stage.until("now lstm, in ")
        stage.press("q")
        yield from stage.settle()

    with pytest.raises(Left):
        stage.run(stage.begin(interview("lstm", "lora")), script())
    assert stage.cut_off().state.current == 0


def test_lesson_goes_on_where_it_was_left(stage: Stage):
    def first() -> Script:
        stage.clock.work(100)
        stage.save("off")
        yield from stage.until("wrong answer — off")
        stage.clock.work(20)
        stage.press("hq")
        yield from stage.settle()

    with pytest.raises(Left):
        stage.run(stage.begin(learning()), first())
    stage.clock.suspend(7200)
    stage.save("saved meanwhile")

    def second() -> Script:
        yield from stage.until_said("wrong answer — saved meanwhile")
        stage.clock.work(30)
        stage.save("right")
        yield from stage.until("How did it feel?")
        stage.press("1")

    log = stage.run(stage.cut_off(), second(), resumed=True)
    assert stage.front.said[0].startswith("lstm goes on after 2:00:00, at 02:00 of 25 minutes.")
    assert "That one is fixed: off" in stage.everything
    assert (log.state.tasks[0].hints, log.state.tasks[0].used) == ((1,), 150)
    assert "Judged      3 times, 1 hint" in stage.everything


def test_interview_goes_on_while_nobody_watches(stage: Stage):
    with pytest.raises(Left):
        stage.run(stage.begin(interview()), leave(stage, 60))
    stage.clock.suspend(600)

    def second() -> Script:
        yield from stage.settle(3)
        assert stage.front.view is not None
        assert stage.front.view.clock.startswith("14:00 left")
        stage.press("q")
        yield from stage.settle()

    with pytest.raises(Left):
        stage.run(stage.cut_off(), second(), resumed=True)


@pytest.mark.parametrize("saved_within", [True, False])
def test_interview_whose_time_ran_out_meanwhile(stage: Stage, saved_within: bool):
    log = stage.begin(interview())
    path = Path(log.setup.tasks[0].file)

    def first() -> Script:
        stage.save("what stood there in time")
        yield from stage.settle()
        stage.press("q")
        yield from stage.settle()

    with pytest.raises(Left):
        stage.run(log, first())
    stage.clock.suspend(1500 + 600)
    if not saved_within:
        path.write_text("right, but too late")
    when = NOON.timestamp() + (60 if saved_within else 2000)
    os.utime(path, (when, when))

    def second() -> Script:
        yield from stage.until_said("How did it feel?")
        stage.press("2")

    log = stage.run(stage.cut_off(), second(), resumed=True)
    assert stage.said("was changed after the time was up") is not saved_within
    assert [text for text, _ in stage.judge.judged] == ["what stood there in time"]
    assert log.state.tasks[0].ending is Ending.TIME_UP
    assert log.last_snapshot(0) is None


def test_reboot_counts_by_the_wall_time(stage: Stage):
    with pytest.raises(Left):
        stage.run(stage.begin(interview()), leave(stage, 60))
    stage.clock.reboot(300)

    def second() -> Script:
        yield from stage.settle(3)
        assert stage.front.view is not None
        assert stage.front.view.clock.startswith("19:00 left")
        stage.press("q")
        yield from stage.settle()

    with pytest.raises(Left):
        stage.run(stage.cut_off(), second(), resumed=True)


def test_question_is_asked_again_after_a_cut(stage: Stage):
    def first() -> Script:
        stage.save("right")
        yield from stage.until("How did it feel?")
        stage.press("q")
        yield from stage.settle()

    with pytest.raises(Left):
        stage.run(stage.begin(learning()), first())
    assert due_dates(stage.store) == {}

    def second() -> Script:
        yield from stage.until_said("How did it feel?")
        stage.press("4")

    log = stage.run(stage.cut_off(), second(), resumed=True)
    assert log.state.tasks[0].feeling is Feeling.JUST_SAW
    assert len(stage.judge.judged) == 1


def test_nobody_to_ask_is_not_asked(stage: Stage):
    def script() -> Script:
        yield from stage.settle(3)
        stage.save("right")
        yield from stage.settle(2000)

    log = stage.run(stage.begin(learning()), script(), keys=False)
    assert (log.state.phase, log.state.tasks[0].feeling) == (Phase.OVER, None)
    assert not stage.said("How did it feel?")


def test_judge_that_fails_is_said_and_the_session_goes_on(stage: Stage):
    def script() -> Script:
        stage.save("raises")
        yield from stage.until("Not judged. The judge itself failed (ZeroDivisionError: it fell over).")
        stage.save("right")
        yield from stage.until("How did it feel?")
        stage.press("1")

    log = stage.run(stage.begin(learning()), script())
    assert log.state.tasks[0].ending is Ending.SOLVED
    assert len(verdicts(stage)) == 1


def test_judge_that_fails_at_the_end_ends_it(stage: Stage):
    def script() -> Script:
        stage.save("raises")
        yield from stage.settle()
        stage.clock.work(1500)
        yield from stage.until("How did it feel?")
        stage.press("2")

    log = stage.run(stage.begin(interview()), script())
    assert log.state.tasks[0].note.startswith("It could not be judged: The judge itself failed")


def test_crash_of_what_judges_is_said_and_the_session_goes_on(stage: Stage):
    """In plain words: it names no class, and ends nothing."""

    def script() -> Script:
        stage.save("crashes")
        yield from stage.until("The process that judges ended on it, twice: signal 11.")
        stage.save("no sandbox")
        yield from stage.until("Not judged. No sandbox works here.")
        stage.save("right")
        yield from stage.until("How did it feel?")
        stage.press("1")

    log = stage.run(stage.begin(learning()), script())
    assert log.state.tasks[0].ending is Ending.SOLVED
    assert "SandboxUnavailable" not in stage.everything
    assert len(verdicts(stage)) == 1


def test_file_larger_than_a_solution_may_be_is_not_judged(stage: Stage):
    large = "#" * 1_200_000

    def lesson() -> Script:
        stage.save(large)
        yield from stage.until("lstm.py has more than 1,048,576 bytes, the most that a solution may have.")
        stage.save("right")
        yield from stage.until("How did it feel?")
        stage.press("1")

    stage.run(stage.begin(learning()), lesson())
    assert [text for text, _ in stage.judge.judged] == ["right"]

    def exam() -> Script:
        stage.save(large)
        yield from stage.settle(100)
        stage.press("ss")
        yield from stage.until("lstm.py has more than 1,048,576 bytes")
        stage.press("q")
        yield from stage.settle()

    with pytest.raises(Left):
        stage.run(stage.begin(interview()), exam())
    assert [text for text, _ in stage.judge.judged] == ["right"]


def test_save_in_two_halves_is_one_version(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    """As an editor writes a large file: it is read once it stays the same."""
    monkeypatch.setattr("judge.terminal.saves.SETTLED_SECONDS", 0.02)

    def script() -> Script:
        yield from stage.settle(50)
        for number in range(5):
            with (stage.folder / "lstm.py").open("w") as stream:
                stream.write(f"first half {number}, ")
                stream.flush()
                time.sleep(0.015)
                stream.write("second half")
            yield from stage.until(f"first half {number}, second half")
        stage.save("right")
        yield from stage.until("How did it feel?")
        stage.press("1")

    stage.run(stage.begin(learning()), script())
    judged = [text for text, _ in stage.judge.judged]
    assert judged == [*(f"first half {number}, second half" for number in range(5)), "right"]


def test_editor_gets_the_terminal_and_gives_it_back(stage: Stage):
    opened: list[str] = []

    def edit(file: str) -> subprocess.Popen[bytes]:
        opened.append(file)
        return subprocess.Popen([sys.executable, "-c", "pass"])

    stage.edit = edit

    def script() -> Script:
        stage.press("e")
        yield from stage.settle(2)
        while stage.front.released:
            yield
        stage.press("q")
        yield from stage.settle()

    with pytest.raises(Left):
        stage.run(stage.begin(learning()), script())
    assert opened == [str(stage.folder / "lstm.py")]


def test_editor_that_is_not_there_is_said(stage: Stage):
    def script() -> Script:
        stage.press("e")
        yield from stage.until("EDITOR or VISUAL says which it is")
        stage.edit = None
        stage.press("q")
        yield from stage.settle()

    stage.edit = lambda file: subprocess.Popen(["/no/such/editor", file])
    with pytest.raises(Left):
        stage.run(stage.begin(learning()), script())


def test_words_that_mean_nothing_are_answered(stage: Stage):
    def script() -> Script:
        stage.press("z")
        yield from stage.until("'z' means nothing here. Possible are: hint, statement")
        stage.press("q")
        yield from stage.settle()

    with pytest.raises(Left):
        stage.run(stage.begin(learning()), script())


def test_records_that_vanish_in_the_middle_are_written_again(stage: Stage):
    """As where the file was damaged, and set aside by another process."""

    def script() -> Script:
        stage.save("off")
        yield from stage.until("wrong answer — off")
        stage.store.write_together([("DELETE FROM sessions", ()), ("DELETE FROM events", ())])
        stage.save("right")
        yield from stage.until("How did it feel?")
        stage.press("1")

    log = stage.run(stage.begin(learning()), script())
    assert entries_of(stage.store, log.uid, log.setup) == log.entries
    assert unfinished(stage.store) == []


def test_second_process_on_one_session_stops(stage: Stage):
    log, other = stage.begin(learning()), None

    def script() -> Script:
        nonlocal other
        other = stage.cut_off()
        stage.press("h")
        yield from stage.settle()
        stage.press("q")
        yield from stage.settle()

    with pytest.raises(Left):
        stage.run(log, script())
    assert other is not None
    with pytest.raises(UsageError, match="goes on in another terminal"):
        other.happened(Began(), 1.0, stage.clock.read())
    assert entries_of(stage.store, log.uid, log.setup) == log.entries


def leave(stage: Stage, seconds: float) -> Script:
    stage.clock.work(seconds)
    yield from stage.settle(3)
    stage.press("q")
    yield from stage.settle()
