"""What a rejection shows: a call that fails by itself, in a fresh process; and of several failures the one that tells most."""

from __future__ import annotations

import re
from pathlib import Path

from judge.isolation import Sandbox
from judge.judging import judge_submission
from judge.verdict import CheckResult, Kind, Verdict
from problems import find_problem
from tests.case_sets import case_set_for
from tests.judge.judging import read_submission
from tests.pasting import repeated

SEED = 3
STATE = "the result depends on earlier calls"


def judged(
    folder: Path, sandbox: Sandbox, before: str, within: str, *, problem: str = "softmax"
) -> tuple[Verdict, CheckResult]:
    """The verdict on a right answer whose first function is wrapped; `right` is what it gives. And the check that leads."""
    verdict = verdict_on(folder, sandbox, before, within, problem=problem)
    check = verdict.failed()
    assert check is not None
    assert check.counterexample is not None
    return verdict, check


def verdict_on(folder: Path, sandbox: Sandbox, before: str, within: str, *, problem: str = "softmax") -> Verdict:
    """The verdict alone."""
    source = find_problem(problem).reference.read_text()
    source = re.sub(
        r"^def softmax\(.*\) -> Tensor:$", "def right_softmax(x, axis=-1):", source, count=1, flags=re.MULTILINE
    )
    wrapped = f"{source}\n\n{before}\n\n\ndef softmax(x, axis=-1):\n" + "\n".join(
        f"    {line}" for line in within.splitlines()
    )
    path = folder / "answer.py"
    path.write_text(wrapped + "\n")
    submission = read_submission(path, problem=problem, framework="torch")
    return judge_submission(submission, seed=SEED, sandbox=sandbox, case_set=case_set_for(submission, SEED))


def test_a_call_that_fails_only_after_others_is_shown_after_them(tmp_path: Path, sandbox: Sandbox) -> None:
    """It is wrong from the 41st call on: no case has so many calls."""
    verdict, check = judged(
        tmp_path,
        sandbox,
        "calls = []",
        "calls.append(1)\nreturn right_softmax(x, axis) * (1.01 if len(calls) > 40 else 1)",
    )
    assert verdict.headline.startswith(f"{STATE}: after 40 others, ")
    assert "By itself, in a fresh process, your code gets this call right." in check.message
    assert check.counterexample is not None
    assert check.counterexample.call.count("softmax(x") == 41
    assert repeated(tmp_path / "answer.py", verdict) == "repeats"


def test_one_call_before_is_enough_where_it_is(tmp_path: Path, sandbox: Sandbox) -> None:
    verdict, check = judged(
        tmp_path,
        sandbox,
        "known = {}",
        "found = right_softmax(x, axis)\n"
        "wrong = known.get('shape') == x.shape and x.stride() != known['stride']\n"
        "known.update(shape=x.shape, stride=x.stride())\n"
        "return found * 1.01 if wrong else found",
    )
    assert verdict.headline.startswith(STATE)
    assert check.counterexample is not None
    assert check.counterexample.call.count("softmax(x") == 2
    assert repeated(tmp_path / "answer.py", verdict) == "repeats"


def test_results_that_differ_for_the_same_calls_are_called_that(tmp_path: Path, sandbox: Sandbox) -> None:
    """Wrong in one call in two hundred, by chance: in a whole run nearly always, and in one call asked again nearly never."""
    for _ in range(5):
        verdict = verdict_on(
            tmp_path,
            sandbox,
            "import time",
            "return right_softmax(x, axis) * (1.01 if time.monotonic_ns() // 100 % 211 == 0 else 1)",
        )
        if "different results" in verdict.headline:
            break
    assert verdict.headline.startswith("your code gives different results for the same calls: one time, ")
    check = verdict.failed()
    assert check is not None
    assert "Asked again in fresh processes" in check.message


def test_a_changed_input_leads_though_the_result_is_wrong_as_well(tmp_path: Path, sandbox: Sandbox) -> None:
    verdict, check = judged(
        tmp_path, sandbox, "", "found = right_softmax(x, axis) * 2\nif x.is_contiguous():\n    x += 1\nreturn found"
    )
    assert (verdict.verdict, verdict.headline) == (Kind.WRONG_ANSWER, "your code changed its input `x`")
    assert check.name == "inputs-not-modified-of-softmax"
    assert next(each.name for each in verdict.checks if each.outcome == "failed") == "agrees-with-reference-of-softmax"
    assert repeated(tmp_path / "answer.py", verdict) == "repeats"


def test_what_torch_refuses_to_write_is_an_input_that_is_changed(tmp_path: Path, sandbox: Sandbox) -> None:
    verdict, check = judged(
        tmp_path, sandbox, "", "x -= x.detach().amax(axis, keepdim=True)\nreturn right_softmax(x, axis)"
    )
    assert (verdict.verdict, verdict.headline) == (Kind.RUNTIME_ERROR, "your code changed its input `x`")
    assert "more than one element of the written-to tensor" in check.message
    assert check.counterexample is not None
    assert check.counterexample.inputs[0].strides is not None
    assert 0 in check.counterexample.inputs[0].strides
    assert repeated(tmp_path / "answer.py", verdict) == "repeats"


def test_what_torch_refuses_to_write_elsewhere_is_an_exception(tmp_path: Path, sandbox: Sandbox) -> None:
    verdict, _ = judged(
        tmp_path, sandbox, "", "y = right_softmax(x, axis).detach()[..., :1].expand(x.shape)\ny += 1\nreturn y"
    )
    assert verdict.verdict is Kind.RUNTIME_ERROR
    assert "more than one element of the written-to tensor" in verdict.headline


def test_a_missing_error_leads_and_shows_the_one_call(tmp_path: Path, sandbox: Sandbox) -> None:
    verdict, check = judged(
        tmp_path,
        sandbox,
        "",
        "if axis == 5 or axis == -6:\n    axis = -1\nfound = right_softmax(x, max(-x.dim(), min(axis, x.dim() - 1)))\nreturn found * 2",
    )
    assert "raised no error; it must raise ValueError" in verdict.headline
    assert check.counterexample is not None
    assert len(check.counterexample.brief.splitlines()) == 1
    assert repeated(tmp_path / "answer.py", verdict) == "repeats"
