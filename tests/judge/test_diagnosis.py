"""Mistakes are named as what they are, in whatever style they were made; what is not known gets no name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
import pytest

from judge.authoring.answers import AnswerJudge, Extent
from judge.isolation import Sandbox
from judge.judging import judge_submission
from judge.verdict import Verdict, from_json, to_json
from problems import all_problems, find_problem
from problems.mistakes import read_mistakes
from tests.judge.answers import FIRST, judge_answer, known_answers
from tests.judge.judging import judge_file, read_submission
from tests.mistakes import FOLDER, Suspected, fault, judged, suspected

EVERY_STYLE = [answer for problem in all_problems() for answer in suspected(problem) if answer.name.endswith(".py")]
# One style of every sixteenth mistake; `python -m tests.mistakes`, which `make verify` calls, judges all of them.
STYLED = list({(answer.problem, answer.mistake): answer for answer in EVERY_STYLE}.values())[::16]


@cache
def answer_judge(slug: str, sandbox: Sandbox) -> AnswerJudge:
    return AnswerJudge(find_problem(slug), sandbox)


def judged_by_little(answer: Suspected, sandbox: Sandbox) -> Verdict:
    """Judged on a few cases of each check, by which it is harder to name, and on all of them where these are too few."""
    for extent in (Extent.FEW, Extent.FEW_OF_ALL):
        verdict = answer_judge(answer.problem, sandbox).judge(answer.source, 0, extent=extent)
        if not fault(answer, verdict):
            return verdict
    return judged(answer, 0, sandbox)


@pytest.mark.parametrize("answer", STYLED, ids=lambda answer: answer.name)
def test_a_mistake_in_another_style_is_named(answer: Suspected, sandbox: Sandbox) -> None:
    verdict = judged_by_little(answer, sandbox)
    assert fault(answer, verdict) == ""
    assert verdict.diagnosis is not None
    mistake = next(each for each in read_mistakes(find_problem(answer.problem)) if each.id == answer.mistake)
    assert verdict.diagnosis.explanation == mistake.explanation
    assert verdict.diagnosis.question == mistake.question
    assert from_json(to_json(verdict)).diagnosis == verdict.diagnosis


def test_mistakes_are_there_in_another_style() -> None:
    for problem in all_problems():
        styled = {path.stem.split("__")[0] for path in (FOLDER / problem.slug / "mistakes").glob("*.py")}
        assert styled <= {mistake.id for mistake in read_mistakes(problem)}, problem.slug
        assert not styled or len(styled) >= 4, (
            problem.slug
        )  # a problem with few mistakes may have none in another style


def _outside() -> list[Suspected]:
    """Two wrong answers of each of the first five problems that are not said to hold a known mistake."""
    chosen = []
    for problem in map(find_problem, FIRST):
        unnamed = [each for each in suspected(problem, others=True) if "/wrong/" in each.name and each.mistake is None]
        chosen += unnamed[:: max(1, len(unnamed) // 2)][:2]
    return chosen


@pytest.mark.parametrize("answer", _outside(), ids=lambda answer: answer.name)
def test_what_no_catalogue_holds_gets_no_name(answer: Suspected, sandbox: Sandbox) -> None:
    assert fault(answer, judged(answer, 0, sandbox)) == ""


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("lstm/wrong/b_ih_left_out.py", "nothing in your outputs changes with b_ih"),
        ("kv_cache/wrong/mask_multiplied.py", "k and v are right"),
        ("multi_head_attention/wrong/mask_after_softmax.py", "the weights of query 0 sum to 0."),
    ],
)
def test_what_was_measured_on_the_smallest_failing_input_is_said(name: str, fact: str, sandbox: Sandbox) -> None:
    submission = read_submission(FOLDER / name, problem=name.split("/")[0], framework=None)
    verdict = judge_submission(submission, seed=1, sandbox=sandbox)
    failed = verdict.failed()
    assert failed is not None
    assert fact in failed.message


def test_two_mistakes_at_once_are_named_both(sandbox: Sandbox) -> None:
    from problems.mistakes import mistaken

    lstm = find_problem("lstm")
    by_id = {mistake.id: mistake for mistake in read_mistakes(lstm)}
    first = by_id["input-and-forget-swapped"]
    for other in by_id.values():
        source = mistaken(lstm.solution, [first, other]) if other is not first else None
        if source is None:
            continue
        verdict = judged(Suspected("both", "lstm", source, f"{first.id}+{other.id}", True), 0, sandbox)
        if verdict.diagnosis is not None and verdict.diagnosis.mistake == f"{first.id}+{other.id}":
            assert verdict.diagnosis.explanation == f"{first.explanation}\n{other.explanation}"
            return
    pytest.fail("no pair was named")


def test_a_right_answer_has_no_diagnosis(sandbox: Sandbox) -> None:
    for problem in all_problems()[::6]:
        verdict = judged(Suspected("right", problem.slug, problem.solution, None, False), 0, sandbox)
        assert verdict.accepted
        assert verdict.diagnosis is None


def test_judged_briefly_a_mistake_is_not_looked_for(sandbox: Sandbox) -> None:
    answer = next(each for each in known_answers() if each.name == "lstm/wrong/gates_f_i_g_o.py")
    verdict = judge_answer(answer, 0, sandbox)
    assert verdict.diagnosis is None
    assert msgspec.json.decode(to_json(verdict))["diagnosis"] is None


def test_of_two_mistakes_one_that_only_makes_the_other_right_is_not_named(tmp_path: Path) -> None:
    """The matrix alone is transposed: precision and recall are right, though "both swapped" answers the same."""
    right = find_problem("classification_metrics").reference.read_text()
    right = right.replace("def confusion_matrix(", "def right_matrix(").replace(
        "= confusion_matrix(", "= right_matrix("
    )
    own = "\n\ndef confusion_matrix(targets, predictions, num_classes):\n    return right_matrix(predictions, targets, num_classes)\n"
    path = tmp_path / "metrics.py"
    path.write_text(right + own)
    verdict = judge_file(path, problem="classification_metrics", seed=1)
    assert verdict.diagnosis is not None
    assert verdict.diagnosis.mistake == "rows-and-columns-swapped"
