import json
import os
import re
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from judge import cli
from judge.practice.choosing import in_order
from judge.practice.schedule import Outcome, Rating
from judge.records import Store, attempt_row, begin_session, review_row
from judge.terminal import session_loop
from judge.verdict import Diagnosis
from problems import all_problems, find_problem
from tests.judge.practice.hands import HandClock, learning
from tests.judge.practice.stage import QuickJudge, quick_saves
from tests.judge.verdicts import ACCEPTED, WRONG_ANSWER

Judge = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    for name in [name for name in os.environ if name.startswith("JUDGE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("JUDGE_HOME", str(folder))
    monkeypatch.setattr(session_loop, "TICK_SECONDS", 0.01)
    quick_saves(monkeypatch.setattr)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setattr("judge.service.worker_judge.WorkerJudge", lambda **options: QuickJudge())
    return folder


@pytest.fixture
def judge(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Judge:
    def call(*arguments: str, typed: str = "") -> tuple[int, str, str]:
        reading, writing = os.pipe()
        os.write(writing, typed.encode())
        os.close(writing)
        with os.fdopen(reading) as stream:
            monkeypatch.setattr(sys, "stdin", stream)
            status = cli.main(list(arguments))
        return (status, *capsys.readouterr())

    return call


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    with Store(home / "judge.db", now=lambda: datetime.now(UTC), warn=pytest.fail) as opened:
        yield opened


def practised(store: Store, problem: str, days_ago: float, rating: Rating = Rating.GOOD, **fields: object) -> None:
    at = datetime.now(UTC) - timedelta(days=days_ago)
    told = {"session": None, "outcome": Outcome.SOLVED, "seconds": 750.0, "minutes": 25.0, "feeling": "took time"}
    row, _ = review_row(store, problem, at=at, rating=rating, **{**told, **fields})  # type: ignore[arg-type]
    store.write(*row)


def tried(store: Store, problem: str, mistake: str = "", days_ago: float = 0.0, *, accepted: bool = False) -> None:
    verdict = msgspec.structs.replace(
        ACCEPTED if accepted else WRONG_ANSWER,
        problem=problem,
        diagnosis=Diagnosis(mistake=mistake, explanation="So.", title=mistake.upper()) if mistake else None,
    )
    at = (datetime.now(UTC) - timedelta(days=days_ago)).isoformat(timespec="milliseconds")
    store.write(*attempt_row(verdict, at=at, file_name=f"{problem}.py", source=f"# {problem}".encode()))


# practice


@pytest.mark.parametrize(("text", "status", "ending"), [("right", 0, "solved after"), ("off", 1, "not solved after")])
def test_interview_in_plain_lines(judge: Judge, text: str, status: int, ending: str):
    Path("lstm.py").write_text(text)
    words = ["practice", "lstm", "--mode", "interview", "--keep"]
    found, shown, errors = judge(*words, typed="statement\nsubmit\naced it\n")
    assert (found, errors) == (status, "")
    assert shown.startswith("# LSTM over a batch of sequences")
    assert "Interview: lstm, 25 minutes" in shown
    assert f"lstm: {ending}" in shown
    assert "lstm comes back" in shown
    assert "\x1b" not in shown
    assert Path("lstm.py").read_text() == text
    assert ("solved" in judge("list")[1].split("lstm")[1].split("\n")[0]) is (status == 0)
    assert judge("solution", "lstm")[0] == (0 if status == 0 else 2)


def test_starter_is_written_under_the_name_as_typed(judge: Judge):
    status, shown, errors = judge("practice", "attention", typed="give up\n\n")
    assert (status, errors) == (1, "")
    assert Path("attention.py").read_text() == find_problem("attention").starter("torch")
    assert find_problem("attention").solution in shown


def test_file_that_is_there_is_never_written_over(judge: Judge):
    Path("lstm.py").write_text("mine")
    status, shown, errors = judge("practice", "lstm")
    assert (status, shown) == (2, "")
    assert "lstm.py is there already. --keep goes on with it; --fresh begins with the starter" in errors
    assert Path("lstm.py").read_text() == "mine"
    for number in (1, 2):
        assert judge("practice", "lstm", "--fresh", typed="give up\n\n")[0] == 1
        assert Path(f"lstm.before-{number}.py").exists() is (number == 1)
        assert Path("lstm.py").read_text() == find_problem("lstm").starter("torch")
    assert Path("lstm.before-1.py").read_text() == "mine"


def test_leaving_and_going_on(judge: Judge):
    status, shown, errors = judge("practice", "lstm", typed="hint\nquit\n")
    assert (status, "Hint 1 of 3" in shown) == (130, True)
    assert errors.endswith("`judge resume` goes on.\n")
    assert (
        judge("resume", "lora")[2] == "judge: There is no session on lora to go on with: `judge practice` begins one.\n"
    )
    status, shown, _ = judge("resume", "lstm", typed="hint\ngive up\n\n")
    assert (status, "lstm goes on after" in shown, "Hint 2 of 3" in shown) == (1, True, True)
    assert judge("resume")[0] == 2


def test_session_that_was_left_is_closed_by_a_new_one(judge: Judge):
    judge("practice", "lstm", typed="quit\n")
    _, _, errors = judge("practice", "lstm", typed="give up\n\n")
    assert "A session on lstm of " in errors
    assert "It is closed, and a new one is begun." in errors
    assert judge("resume")[0] == 2


def test_session_goes_on_in_one_terminal_only(judge: Judge, home: Path, store: Store):
    from judge.terminal.lock import SessionLock

    log = begin_session(store, learning(), HandClock().read())
    lock = SessionLock(home, log.uid)
    assert lock.take()
    assert judge("resume")[::2] == (2, "judge: The session goes on in another terminal.\n")
    lock.release(finished=False)
    assert SessionLock(home, log.uid).take()


def test_without_a_name_the_due_one_comes_first_then_a_new_one(judge: Judge, store: Store):
    practised(store, "sampling", 9)
    for problem in all_problems():
        if problem.slug not in ("sampling", "multi_head_attention"):
            tried(store, problem.slug, accepted=True)
    practised(store, "lora", 0)
    assert "Learn: sampling" in judge("practice", typed="quit\n")[1]
    practised(store, "sampling", 0)
    assert "Learn: multi_head_attention" in judge("practice", typed="quit\n")[1]
    assert Path("attention.py").exists()


def test_mock_interview_by_topic(judge: Judge):
    words = ["practice", "--mode", "interview", "--topic", "Attention", "--count", "2", "--minutes", "60"]
    first, second, *_ = [problem.slug for problem in in_order(all_problems()) if "attention" in problem.topics]
    _, shown, _ = judge(*words, typed="next\nquit\n")
    assert f"Interview: {first}, {second}, 60 minutes" in shown
    assert f"now {second}, in " in shown


COUNT = len(all_problems())
WRONG_USAGE = {
    "unknown": (["practice", "lsmt"], "Did you mean lstm?"),
    "topic": (["practice", "--topic", "cooking"], "Topics are: attention, "),
    "count": (["practice", "--mode", "interview", "--topic", "attention", "--count", "9"], "6 problems with the topic"),
    "count alone": (["practice", "--count", "2"], "--count says how many"),
    "both": (["practice", "--topic", "attention", "--problems", "lstm"], "exclude each other"),
    "name and problems": (["practice", "lora", "--problems", "lstm"], "Give one name"),
    "twice": (["practice", "--problems", "attention,mha", "--mode", "interview"], "each problem once"),
    "no names": (["practice", "--problems", ",", "--mode", "interview"], "each problem once"),
    "several to learn": (["practice", "--problems", "lstm,lora"], "add --mode interview"),
    "minutes": (["practice", "lstm", "--minutes", "-1"], "--minutes must be a number of minutes greater than 0"),
    "nan": (["practice", "lstm", "--minutes", "nan"], "--minutes must be"),
    "read": (["practice", "lstm", "--read", "99999"], "--read must be"),
    "submissions": (["practice", "lstm", "--mode", "interview", "--submissions", "0"], "--submissions must be from 1"),
    "submissions to learn": (["practice", "lstm", "--submissions", "2"], "is for --mode interview"),
    "framework": (["practice", "lora", "--framework", "numpy"], "lora is solved in torch only"),
    "keep and fresh": (["practice", "lstm", "--keep", "--fresh"], "exclude each other"),
    "mode": (["practice", "lstm", "--mode", "exam"], '"learn", "interview"'),
    "nothing to resume": (["resume"], "There is no session to go on with"),
    "no attempt": (["history", "--show", "7"], "There is no attempt 7"),
    "delete what": (["history", "--delete", "x"], "says no attempts"),
    "delete range": (["history", "--delete", "8-3"], "8-3 is no range"),
    "delete with a name": (["history", "lstm", "--delete", "3"], "without lstm"),
    "show and delete": (["history", "--show", "3", "--delete", "3"], "exclude each other"),
    "no plan": (["plan"], "`judge plan --weeks 8 --per-week 5` makes one"),
    "weeks": (["plan", "--weeks", "0"], "1 to 52 weeks"),
    "per week": (["plan", "--weeks", "2", "--per-week", "0"], "--per-week must be"),
    "per week alone": (["plan", "--per-week", "5"], "say how long"),
    "until": (["plan", "--until", "soon"], "write it as 2027-01-31"),
    "past": (["plan", "--until", "2020-01-01"], "is past"),
    "weeks and until": (["plan", "--weeks", "2", "--until", "2099-01-01"], "exclude each other"),
    "nothing to import": (["import", "none.jsonl"], "none.jsonl can't be read: No such file"),
    "page nowhere": (["stats", "--html", "no/such/page.html"], "can't be written: No such file"),
}


@pytest.mark.parametrize(("arguments", "words"), WRONG_USAGE.values(), ids=WRONG_USAGE)
def test_wrong_usage_is_said_in_one_sentence(judge: Judge, arguments: list[str], words: str):
    status, shown, errors = judge(*arguments)
    assert (status, shown) == (2, "")
    assert words in errors
    assert errors.count("\n") == 1
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("command", [["practice", "lstm"], ["resume"], ["stats"], ["plan"], ["history"], ["export"]])
def test_database_of_a_newer_version_is_refused(judge: Judge, home: Path, command: list[str]):
    judge("list")
    with closing(sqlite3.connect(home / "judge.db")) as connection:
        connection.execute("PRAGMA user_version = 99")
    status, shown, errors = judge(*command)
    assert (status, shown) == (2, "")
    assert "was written by a newer version of the judge" in errors
    assert list(Path().iterdir()) == []


# history


def test_history_lists_and_shows(judge: Judge, store: Store):
    assert "Nothing was tried yet" in judge("history")[1]
    tried(store, "lstm", "scale-missing", 2)
    tried(store, "lora", days_ago=1, accepted=True)
    _, shown, _ = judge("history")
    first, second, _, last = shown.splitlines()
    assert first.startswith("1  ")
    assert "lstm  judge run             wrong answer" in first
    assert second.endswith("accepted")
    assert last.startswith("2 attempts.")
    assert judge("history", "lora")[1].startswith("2  ")
    found = [json.loads(line) for line in judge("history", "--json")[1].splitlines()]
    assert [(line["number"], line["mistake"]) for line in found] == [(1, "scale-missing"), (2, "")]
    _, shown, _ = judge("history", "--show", "1")
    assert shown.startswith("Attempt 1 at lstm, ")
    assert "\n# lstm\n" in shown
    assert "lstm.py: wrong answer — " in shown
    assert json.loads(judge("history", "--show", "2", "--json")[1])["verdict"] == "accepted"


def test_code_that_holds_escape_sequences_is_shown_harmless(judge: Judge, store: Store):
    source = b"x = '\x1b[2J'  # \xff"
    store.add_attempt(WRONG_ANSWER, file_name="a\x1b.py", source=source)
    _, shown, _ = judge("history", "--show", "1")
    assert "\x1b" not in shown
    assert "x = '\\x1b[2J'" in shown


def test_history_deletes_what_is_named_and_nothing_else(judge: Judge, store: Store):
    for problem in ("lstm", "lstm", "lora", "lora"):
        tried(store, problem)
    assert judge("history", "--delete", "2")[0] == 2
    assert judge("history", "--delete", "2", "--yes")[1] == "Deleted 1 attempt.\n"
    assert judge("history", "--delete", "3-9,1", "--yes")[1] == "Deleted 3 attempts.\n"
    assert "Nothing was tried yet" in judge("history")[1]


def test_history_deletes_all_of_a_problem(judge: Judge, store: Store, home: Path):
    judge("practice", "lstm", typed="hint\ngive up\n\n")
    judge("practice", "lora", typed="hint\nquit\n")
    tried(store, "lstm")
    status, shown, _ = judge("history", "lstm", "--delete", "all", "--yes")
    assert (status, shown) == (
        0,
        "Deleted all that is remembered of lstm: 1 attempt, 1 session, 1 hint and 1 review.\n",
    )
    with closing(sqlite3.connect(home / "judge.db")) as connection:
        counts = {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("attempts", "hints", "solutions_seen", "reviews", "sessions")
        }
    assert counts == {"attempts": 0, "hints": 1, "solutions_seen": 0, "reviews": 0, "sessions": 1}
    assert "lora goes on" in judge("resume", typed="quit\n")[1]
    judge("history", "--delete", "all", "--yes")
    assert judge("resume")[0] == 2


# sessions that wait


def test_an_interview_whose_clock_runs_is_named(judge: Judge):
    judge("practice", "lora", "--mode", "interview", "--minutes", "30", typed="begin\nquit\n")
    _, _, errors = judge("practice", "lstm", typed="quit\n")
    assert "judge: The interview on lora is still open, and its clock runs: 29:" in errors
    assert "`judge resume lora` goes on with it." in errors
    _, shown, errors = judge("resume", typed="quit\n")
    assert "lstm goes on" in shown
    assert "The interview on lora is still open" in errors
    assert "still open" not in judge("resume", "lora", typed="quit\n")[2]


# export, import


def test_what_is_exported_comes_back_whole_and_once(
    judge: Judge, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    judge("practice", "lstm", typed="hint\ngive up\n3\n")
    judge("practice", "lora", typed="quit\n")
    judge("plan", "--weeks", "3")
    store.add_attempt(ACCEPTED, file_name="a.py", source=b"x = '\xff'")
    store.add_attempt(ACCEPTED, file_name="a.py", source=None)
    assert judge("export", "all.jsonl")[1] == "8 records written to all.jsonl.\n"
    assert judge("export", "all.jsonl")[0] == 2
    data = Path("all.jsonl").read_bytes()
    assert judge("export")[1].encode() == data
    monkeypatch.setenv("JUDGE_HOME", str(tmp_path / "other"))
    assert judge("import", "all.jsonl")[1] == "8 records added; 0 were known already.\n"
    assert judge("import", "all.jsonl")[1] == "0 records added; 8 were known already.\n"
    assert judge("export")[1].encode() == data
    assert "lora goes on" in judge("resume", typed="quit\n")[1]
    assert "due in 1 day" in judge("list")[1]
    assert "3 weeks, 5 sessions a week" in judge("plan")[1]


def test_session_that_went_on_elsewhere_is_completed(
    judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path
):
    judge("practice", "lstm", typed="quit\n")
    judge("export", "early.jsonl")
    judge("resume", typed="hint\ngive up\n3\n")
    judge("export", "late.jsonl")
    monkeypatch.setenv("JUDGE_HOME", str(tmp_path / "other"))
    judge("import", "early.jsonl")
    judge("import", "late.jsonl")
    assert judge("resume")[0] == 2
    monkeypatch.setenv("JUDGE_HOME", str(home))
    judge("import", "early.jsonl")
    assert judge("resume")[0] == 2


def test_reviews_of_two_machines_are_reckoned_together(
    judge: Judge, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    practised(store, "lstm", 3.5)
    judge("export", "here.jsonl")
    monkeypatch.setenv("JUDGE_HOME", str(tmp_path / "other"))
    with Store(tmp_path / "other" / "judge.db", now=lambda: datetime.now(UTC), warn=pytest.fail) as other:
        practised(other, "lstm", 0)
    assert "due in 2 days" in judge("list")[1]
    judge("import", "here.jsonl")
    assert "due in 14 days" in judge("list")[1]


HEAD = b'{"kind":"judge-export","schema":1}\n'
HINT = b'{"record":"hints","uid":"a1","at":"2031-05-04T12:00:00.000+00:00","problem":"lstm","number":1}\n'
DAMAGED = {
    "not ours": (b'{"hello":1}\n', "is not what `judge export` writes"),
    "no JSON": (b"hello\n", "line 1 can't be read"),
    "empty": (b"", "line 1 can't be read"),
    "newer": (b'{"kind":"judge-export","schema":2}\n', "newer version"),
    "cut off": (HEAD + HINT + HINT[:40], "line 3: it was cut off"),
    "kind": (HEAD + HINT.replace(b"hints", b"secrets"), "line 2 can't be read: it has no record of the kind 'secrets'"),
    "columns": (HEAD + HINT.replace(b'"number":1', b'"total":1'), "line 2 can't be read: a record of hints has"),
    "time": (HEAD + HINT.replace(b"2031", b"late"), "line 2 can't be read"),
    "type": (HEAD + HINT.replace(b'"number":1', b'"number":"one"'), "number is 'one'; it must be a whole number"),
    "huge": (HEAD + HINT.replace(b'"number":1', b'"number":99999999999999999999'), "number is 99999999999999999999"),
    "list": (HEAD + HINT.replace(b'"number":1', b'"number":[1]'), "number is a list"),
    "no text": (HEAD + b"\xff\n", "line 2 can't be read"),
}


@pytest.mark.parametrize(("data", "words"), DAMAGED.values(), ids=DAMAGED)
def test_damaged_file_is_taken_in_not_at_all(judge: Judge, store: Store, data: bytes, words: str):
    good = HINT.replace(b"a1", b"b2")
    Path("in.jsonl").write_bytes(data.replace(HEAD, HEAD + good, 1) if words.startswith("number is") else data)
    status, shown, errors = judge("import", "in.jsonl")
    assert (status, shown) == (2, "")
    assert words in errors
    assert ", line 3 can't be read" in errors or not words.startswith("number is")
    assert store.hints_seen("lstm") == frozenset()


def test_import_reads_standard_input(judge: Judge, store: Store):
    assert judge("import", typed=(HEAD + HINT).decode())[1] == "1 record added; 0 were known already.\n"
    assert store.hints_seen("lstm") == {1}


# stats, plan, list


def test_stats_of_nobody(judge: Judge):
    status, shown, errors = judge("stats")
    assert (status, errors) == (0, "")
    assert shown.startswith(f"0 of {len(all_problems())} solved, 0 due\nDays in a row: 0\n")
    assert shown.endswith("Nothing is due. `judge practice` takes what comes next.\n")
    assert judge("stats", "--html", "page.html")[0] == 0
    assert "No session has come to its end yet." in Path("page.html").read_text()


def test_stats_count_what_was_done(judge: Judge, store: Store):
    for mistake in ("scale-missing", "scale-missing", "", "scale-missing", "other+scale-missing"):
        tried(store, "lstm", mistake, 1)
    tried(store, "lora", "scale-missing")
    tried(store, "lstm", accepted=True)
    practised(store, "lstm", 5)
    practised(store, "lora", 0, Rating.AGAIN, outcome=Outcome.NOT_SOLVED, seconds=1600.0)
    _, shown, _ = judge("stats")
    assert shown.startswith(f"1 of {len(all_problems())} solved, 1 due\nDays in a row: 2\n")
    assert re.search(r"  lstm +6 +6 +12:30  today\n", shown)
    assert re.search(r"  gates +1 of 1 +1\n", shown)
    assert "    3 times   SCALE-MISSING (lstm, lora)" in shown
    assert "       once   OTHER (lstm)" not in shown  # its title is one of two: they are told apart by "; "
    assert "26:40, not solved" in shown
    assert shown.endswith("`judge practice` takes lstm, which is due.\n")
    found = json.loads(judge("stats", "--json")[1])
    assert found["streak"] == 2
    assert {each["mistake"]: each["times"] for each in found["mistakes"]} == {"scale-missing": 3, "other": 1}


def test_list_says_what_is_due(judge: Judge, store: Store):
    practised(store, "lstm", 5)
    practised(store, "lora", 0)
    tried(store, "lora", accepted=True)
    _, shown, _ = judge("list")
    rows = {line.split()[0]: line for line in shown.splitlines() if line.startswith("  ")}
    assert "25 min  due" in rows["lstm"]
    assert "25 min  solved, due in 2 days" in rows["lora"]
    assert shown.endswith(
        f"1 of {len(all_problems())} solved, 1 due: `judge practice`. `judge show NAME` prints a statement.\n"
    )
    found = {each["slug"]: each["due"] for each in json.loads(judge("list", "--json")[1])["problems"]}
    assert found["kv_cache"] is None
    assert datetime.fromisoformat(found["lstm"]) < datetime.now(UTC) < datetime.fromisoformat(found["lora"])


def test_plan_follows_what_is_done(judge: Judge, store: Store):
    _, shown, _ = judge("plan", "--weeks", "2", "--per-week", "3")
    assert shown.startswith("2 weeks, 3 sessions a week, to ")
    assert "This is week 1: 0 of 3 done." in shown
    assert (shown.count("  new, "), shown.count("  comes back, ")) == (5, 1)
    assert "17 problems do not fit" in " ".join(shown.split())
    first, second, *_ = [problem.slug for problem in in_order(all_problems())]
    assert shown.endswith(f"Next: `judge practice {first}`\n")
    practised(store, first, 0)
    _, shown, _ = judge("plan")
    assert "This is week 1: 1 of 3 done." in shown
    assert shown.count(" min\n") == 5
    assert shown.endswith(f"Next: `judge practice {second}`\n")
    found = json.loads(judge("plan", "--json")[1])
    assert (found["plan"]["weeks"], len(found["weeks"]), found["weeks"][0]["done"]) == (2, 2, 1)


def test_a_plan_holds_every_new_problem_where_there_is_time(judge: Judge):
    found = json.loads(judge("plan", "--weeks", "8", "--per-week", "5", "--json")[1])
    slots = [slot for week in found["weeks"] for slot in week["slots"]]
    new = [slot["problems"][0] for slot in slots if slot["why"] == "new"]
    assert new == [problem.slug for problem in in_order(all_problems())]
    assert found["left"] == []
    mocks = [
        number
        for number, week in enumerate(found["weeks"])
        for slot in week["slots"]
        if slot["why"] == "mock interview"
    ]
    assert mocks == [1, 3, 5, 7]
    places = [place for place, slot in enumerate(slots) if slot["why"] == "comes back"]
    assert min(places) < 5
    assert max(places) > 33


def test_what_is_asked_most_comes_first_and_what_it_builds_on_before_it():
    order = [problem.slug for problem in in_order(all_problems())]
    assert set(order[:5]) == {"softmax", "sampling", "cross_entropy", "multi_head_attention", "kv_cache"}
    for problem in all_problems():
        for slug in problem.builds_on:
            assert order.index(slug) < order.index(problem.slug), (slug, problem.slug)


def test_what_was_given_up_at_once_is_not_done(judge: Judge, store: Store):
    practised(store, "softmax", 0, Rating.AGAIN, outcome=Outcome.GAVE_UP, seconds=22.0)
    _, shown, _ = judge("plan", "--weeks", "1", "--per-week", "5")
    assert "This is week 1: 0 of 5 done." in shown
    assert re.search(r"softmax +new", shown)
    practised(store, "lora", 0, Rating.AGAIN, outcome=Outcome.GAVE_UP, seconds=900.0)
    assert "This is week 1: 1 of 5 done." in judge("plan")[1]


def test_problems_are_listed_by_how_often_they_are_asked(judge: Judge):
    _, shown, _ = judge("list", "--by", "asked")
    assert shown.startswith("Asked in nearly every interview about machine learning\n  softmax ")
    assert "by how many collections" in shown
    assert judge("list", "--by", "difficulty")[1].startswith("Easy\n")
    assert judge("list", "--by", "due")[1].startswith("New\n")


def test_problems_are_found_by_a_word(judge: Judge):
    shown = judge("search", "ROTARY")[1]
    assert "  rope " in shown
    assert "  bpe " not in shown
    assert judge("search", "quantum")[1] == "No problem mentions 'quantum'. `judge list` lists all problems.\n"


def test_plan_to_a_date(judge: Judge):
    day = datetime.now().astimezone().date() + timedelta(days=20)
    assert judge("plan", "--until", day.isoformat())[1].startswith("3 weeks, 5 sessions a week")
