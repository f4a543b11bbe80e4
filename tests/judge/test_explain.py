"""`judge explain` and `--hints`: a question first, the name when it is asked for."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from judge import cli
from judge.service.requests import Crashed, Decided, Judged, Request, Tell
from judge.verdict import Change, Diagnosis, Verdict
from problems import find_problem
from problems.mistakes import read_mistakes
from tests.judge.service.hands import HandJudge
from tests.judge.verdicts import ACCEPTED, WRONG_ANSWER, WRONG_SHAPE

DIAGNOSIS = Diagnosis(
    mistake="gates-swapped",
    explanation="You took one gate for the other.",
    title="Two gates swapped",
    question="Which gate decides what stays?",
    hint=2,
)
NAMED = msgspec.structs.replace(WRONG_ANSWER, problem="lstm", diagnosis=DIAGNOSIS)
UNNAMED = msgspec.structs.replace(WRONG_SHAPE, problem="lstm", diagnosis=None)

Judge = Callable[..., tuple[int, str, str]]


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Judge:
    """The command line in a home of its own; `judge("run", ..., verdict=V)` judges nothing and gets V."""
    monkeypatch.setenv("JUDGE_HOME", str(tmp_path / "home"))
    for name in [name for name in os.environ if name.startswith("JUDGE_") and name != "JUDGE_HOME"]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lstm.py").write_text("def lstm(): ...\n")

    def call(*arguments: str, verdict: Verdict | None = None) -> tuple[int, str, str]:
        if verdict is not None:
            data = msgspec.json.encode(verdict)
            judge = HandJudge(lambda number, request: Judged(number, data))
            monkeypatch.setattr("judge.commands.judging.WorkerJudge", lambda **options: judge)
        status = cli.main(list(arguments))
        return (status, *capsys.readouterr())

    return call


def test_by_default_a_question_is_shown_and_not_the_mistake(judge: Judge) -> None:
    _, text, _ = judge("run", "lstm.py", verdict=NAMED)
    assert "Which gate decides what stays?" in text
    assert "`judge explain lstm`" in text
    assert "swapped" not in text
    assert DIAGNOSIS.explanation not in text


def test_in_full_the_mistake_is_explained_at_once(judge: Judge) -> None:
    _, text, _ = judge("run", "lstm.py", "--hints", "full", verdict=NAMED)
    assert "Two gates swapped" in text
    assert DIAGNOSIS.explanation in text
    assert DIAGNOSIS.question not in text


def test_switched_off_nothing_is_said_of_it(judge: Judge) -> None:
    _, text, _ = judge("run", "lstm.py", "--hints", "off", verdict=NAMED)
    for words in (DIAGNOSIS.question, DIAGNOSIS.title, DIAGNOSIS.explanation, "explain"):
        assert words not in text


def test_json_carries_all_of_it(judge: Judge) -> None:
    _, text, _ = judge("run", "lstm.py", "--json", "--hints", "off", verdict=NAMED)
    assert msgspec.convert(msgspec.json.decode(text)["diagnosis"], Diagnosis) == DIAGNOSIS


def test_the_settings_may_say_it(judge: Judge, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "config.toml").write_text('hints = "full"\n')
    assert "Two gates swapped" in judge("run", "lstm.py", verdict=NAMED)[1]
    (tmp_path / "home" / "config.toml").write_text('hints = "some"\n')
    status, _, errors = judge("run", "lstm.py", verdict=NAMED)
    assert status == 2
    assert "possible are ladder, full, off" in errors


def test_the_last_attempt_is_explained_with_the_hint_that_helps(judge: Judge) -> None:
    judge("run", "lstm.py", verdict=NAMED)
    status, text, _ = judge("explain")
    assert status == 0
    assert text.startswith("lstm.py (lstm): ")
    assert "Two gates swapped" in text
    assert DIAGNOSIS.explanation in text
    assert "`judge hint lstm --number 2`" in text
    assert judge("explain", "lstm") == judge("explain", "lstm.py")


def test_the_report_is_printed_once_and_ends_with_what_explains_it(judge: Judge) -> None:
    pointed = msgspec.structs.replace(DIAGNOSIS, lines=(3,), text="c = f * c", facts=("It begins in line 3.",))
    _, text, _ = judge("run", "lstm.py", verdict=msgspec.structs.replace(NAMED, diagnosis=pointed))
    parts = ["lstm.py: wrong answer", "Checks", "Look at   3 │ c = f * c", "Which gate", "Repeat"]
    assert [text.count(part) for part in parts] == [2, 1, 1, 1, 1]
    assert text.splitlines()[-1] == text.splitlines()[0], "the headline comes once more"
    assert sorted(parts, key=text.index) == parts


def test_what_was_shown_is_kept_where_its_explanation_is_lost(
    judge: Judge, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Losing(HandJudge):
        def submit(self, request: Request, tell: Tell) -> int:
            tell(Decided(1, msgspec.json.encode(UNNAMED)))
            tell(Crashed(1, "killed"))
            return 1

    monkeypatch.setattr("judge.commands.judging.WorkerJudge", lambda **options: Losing())
    assert cli.main(["run", "lstm.py"]) == 3
    captured = capsys.readouterr()
    assert captured.out.startswith("lstm.py: wrong shape")
    assert "ended on it, twice: killed" in captured.err
    assert judge("explain", "lstm")[1].startswith(f"lstm.py (lstm): {UNNAMED.headline}")


def test_in_full_what_belongs_there_is_shown(judge: Judge) -> None:
    change = Change(old="f * c", new="f * c + i * g", whole=True)
    found = msgspec.structs.replace(DIAGNOSIS, lines=(3,), text="c = f * c", facts=("It is.",), change=change)
    judge("run", "lstm.py", verdict=msgspec.structs.replace(NAMED, diagnosis=found))
    brief, full = judge("explain")[1], judge("explain", "--full")[1]
    assert "3 │ c = f * c\n  │     ^^^^^" in brief
    assert "`judge explain lstm --full` shows what belongs there." in brief
    assert "f * c + i * g" not in brief
    assert "This change makes your file right:\n\n    f * c\nbecomes\n    f * c + i * g\n" in full


def test_in_full_of_a_known_mistake_the_model_answer_speaks(judge: Judge) -> None:
    mistake = read_mistakes(find_problem("lstm"))[0]
    found = msgspec.structs.replace(DIAGNOSIS, mistake=mistake.id)
    judge("run", "lstm.py", verdict=msgspec.structs.replace(NAMED, diagnosis=found))
    text = judge("explain", "--full")[1]
    assert "In the model answer:" in text
    assert mistake.places[0].replace.strip().splitlines()[0] in text


def test_where_nothing_is_known_full_says_so(judge: Judge) -> None:
    found = msgspec.structs.replace(DIAGNOSIS, source="trace", facts=("It is.",))
    judge("run", "lstm.py", verdict=msgspec.structs.replace(NAMED, diagnosis=found))
    assert "What belongs there is not known" in judge("explain", "--full")[1]
    judge("run", "lstm.py", verdict=UNNAMED)
    assert "What belongs there is not known" in judge("explain", "--full")[1]


def test_where_nothing_fits_the_facts_are_shown(judge: Judge) -> None:
    judge("run", "lstm.py", verdict=UNNAMED)
    _, text, _ = judge("explain", "lstm")
    assert "No mistake was recognised, and no line stands out" in text


def test_an_accepted_attempt_needs_no_explanation(judge: Judge) -> None:
    judge("run", "lstm.py", verdict=NAMED)
    judge("run", "lstm.py", verdict=ACCEPTED)
    assert "was accepted: there is nothing to explain" in judge("explain")[1]


def test_without_an_attempt_it_says_how_to_make_one(judge: Judge) -> None:
    status, _, errors = judge("explain", "lora")
    assert status == 2
    assert "There is no attempt for lora yet: `judge run FILE` makes one." in errors
    assert "There is no attempt yet" in judge("explain")[2]
