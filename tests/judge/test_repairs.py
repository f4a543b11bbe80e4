"""Changes of a solution that make it right: how they are written, and what the judge says of wrong answers that one puts right."""

from __future__ import annotations

import ast
from pathlib import Path

import msgspec
import pytest

from judge.explain.edits.repair import Repair
from judge.explain.edits.repairs import Repairs
from judge.explain.edits.words import WORDS
from judge.isolation import Sandbox
from judge.judging import Manner, Trial, judge_submission, limits_of
from judge.judging.decision import decide
from judge.judging.repairing import find_repair
from judge.judging.run import run_checks
from judge.verdict import Diagnosis, Kind, from_json, to_json
from problems import find_problem
from tests.case_sets import case_set_for
from tests.judge.answers import FOLDER, QUICK
from tests.judge.judging import read_submission

SOURCE = '''\
import torch

KEPT_OUTSIDE = {}


def f(x, mask, scale=2.0):  # a comment
    """Says what it does."""
    y = torch.relu(x) * scale

    if mask is not None:
        y = y.masked_fill(mask, -1e9)
    total = [0, 0]
    for n in range(len(y)):
        total[n % 2] += y[n]
        x.mul_(2)
    return list(total)
'''
# A wrong program, the change that is looked for, and the kind of mistake that it puts right.
CHANGES = [
    ("return torch.relu(x)", "return x", "call too many"),
    ("return x[1:]", "return x", "slice too many"),
    ("return x + y", "return x", "term too many"),
    ("return x / y", "return x", "factor too many"),
    ("return x.sum(0)", "return x.sum(1)", "axis"),
    ("return x if y else z", "return x", "condition"),
    ("return x < y", "return x <= y", "comparison"),
    ("return x - y", "return y - x", "sides swapped"),
    ("return [x, y]", "return (x, y)", "result"),
    ("x.sort()", "pass", "step too many"),
    ("x += y", "x = x + y", "in place"),
    ("x.add_(y)", "x = x.add(y)", "in place"),
    ("x.grad.zero_()", "x.grad = None", "not in place"),
    ("y = x.sum(-1)", "y = x.sum(-1, keepdim=True)", "argument"),
    ("y = torch.zeros(3)", "y = torch.zeros(3, dtype=x.dtype)", "argument"),
    ("return x", "return x.clone()", "not a copy"),
    ("if x: y = 1", "if not x is None: y = 1", "condition"),
    ("return x or y", "return y if x is None else x", "condition"),
    ("i, f, g = x", "f, i, g = x", "order of parts"),
    ("return range(x)", "return range(x + 1)", "loop"),
    ("return x.T", "return x", "transposition"),
]
# Wrong answers that one change makes right, of several kinds, and the line.
MENDED = {
    "lstm/wrong/c0_ignored.py": 20,
    "retrieval_metrics/wrong/mrr_stops_at_ten.py": 62,
    "beam_search/wrong/zero_is_no_end.py": 20,
    "bpe/wrong/list_of_merges_grows.py": 33,
    "bpe/wrong/ids_taken_apart_in_place.py": 67,
    "autograd/wrong/seed_of_the_last_grad.py": 96,
}


def changed(body: str, names: str = "x, y, z") -> list[tuple[Repair, str]]:
    repairs = Repairs(f"def f({names}):\n    {body}\n")
    return [(each, repairs.text(each)) for each in repairs.found((), None)]


@pytest.mark.parametrize(("wrong", "right", "operator"), CHANGES)
def test_a_change_puts_right_what_people_do(wrong: str, right: str, operator: str) -> None:
    wanted = ast.unparse(ast.parse(f"def f(x, y, z):\n    {right}\n"))
    found = [each.operator for each, text in changed(wrong) if ast.unparse(ast.parse(text)) == wanted]
    assert operator in found


def test_a_change_keeps_all_other_lines_as_they_are() -> None:
    repairs = Repairs(SOURCE)
    before = SOURCE.split("\n")
    found = repairs.found((), None)
    assert len(found) > 60
    for each in found:
        text = repairs.text(each)
        ast.parse(text)
        assert text != SOURCE
        if each.operator in ("call too many", "axis", "number") and each.line > 7:
            after = text.split("\n")
            assert after[: each.line - 1] == before[: each.line - 1]
    assert repairs.text(found[0]) == repairs.text(found[0])  # the tree is as it was


def test_the_suspected_line_comes_first_and_what_did_not_run_not_at_all() -> None:
    repairs = Repairs(SOURCE)
    assert repairs.found((11,), None)[0].line == 11
    assert {each.line for each in repairs.found((), frozenset({8}))} == {8}


def test_the_same_is_changed_wherever_it_stands() -> None:
    both = [ast.unparse(ast.parse(text)) for _, text in changed("return x[::-1] < y[::-1]")]
    assert "def f(x, y, z):\n    return x < y" in both


def test_what_is_kept_between_calls_is_made_anew() -> None:
    source = "ROWS = {}\n\ndef f(x, seen=[]):\n    seen.append(x)\n    ROWS[x] = 1\n    return seen\n"
    texts = [Repairs(source).text(each) for each in Repairs(source).found((), None)]
    assert any("    ROWS.clear()\n" in text for text in texts)
    assert any("    seen = []\n" in text for text in texts)


def test_every_change_has_words() -> None:
    for slug in ("lstm", "bpe", "adam"):
        problem = find_problem(slug)
        assert {each.operator for each in Repairs(problem.solution).found((), None)} <= WORDS.keys()


def explained(name: str, sandbox: Sandbox) -> Diagnosis | None:
    slug = name.split("/")[0]
    submission = read_submission(FOLDER / name, problem=slug)
    verdict = judge_submission(submission, seed=2, sandbox=sandbox, case_set=case_set_for(submission, 2))
    assert from_json(to_json(verdict)).diagnosis == verdict.diagnosis
    return verdict.diagnosis


@pytest.mark.parametrize(("name", "line"), MENDED.items())
def test_one_change_that_makes_a_file_right_is_found(name: str, line: int, sandbox: Sandbox) -> None:
    said = explained(name, sandbox)
    assert said is not None
    assert said.source == "edit"
    assert said.lines[0] == line
    assert said.change is not None
    assert said.change.whole
    if said.change.old:
        assert said.facts[0] == f"One small change in line {line} makes your file right."
    else:
        assert said.facts[0] == f"With one more statement your file is right. It is about what line {line} does."
    assert said == explained(name, sandbox)


def test_a_file_with_the_change_is_accepted(tmp_path: Path, sandbox: Sandbox) -> None:
    name = "lstm/wrong/c0_ignored.py"
    said = explained(name, sandbox)
    assert said is not None
    assert said.change is not None
    source = (FOLDER / name).read_text()
    assert source.count(said.change.old) == 1
    mended = tmp_path / "lstm.py"
    mended.write_text(source.replace(said.change.old, said.change.new))
    submission = read_submission(mended, problem="lstm")
    verdict = judge_submission(submission, seed=2, sandbox=sandbox, case_set=case_set_for(submission, 2))
    assert verdict.verdict is Kind.ACCEPTED


def test_a_change_that_hangs_or_ends_the_process_stops_nothing(tmp_path: Path, sandbox: Sandbox) -> None:
    """Some changes of this file make its loop endless, and one makes it end the process."""
    source = find_problem("bpe").solution
    path = tmp_path / "bpe.py"
    lines = source.split("\n")
    at = next(n for n, line in enumerate(lines) if line.startswith("def encode("))
    while not lines[at].rstrip().endswith(":"):
        at += 1
    lines[at + 1 : at + 1] = [
        "    n = 3",
        "    while n > 0:",
        "        n -= 1",
        "    if n > 0:",
        "        import os",
        "        os._exit(3)",
        "    text = text[1:]",
    ]
    path.write_text("\n".join(lines))
    submission = read_submission(path, problem="bpe")
    verdict = judge_submission(submission, seed=2, sandbox=sandbox, case_set=case_set_for(submission, 2))
    assert verdict.verdict is Kind.WRONG_ANSWER
    assert verdict.diagnosis is not None
    assert verdict.diagnosis.lines == (at + 8,)


@pytest.mark.parametrize("seed", [0, 3])
@pytest.mark.parametrize(
    "name",
    [
        "mlp_backward/wrong/several_kink_open_bias_averaged_and_negative_targets.py",
        "classification_metrics/wrong/several_transposed_macro_over_all_ties_lost.py",
        "retrieval_metrics/wrong/several_discount_one_place_late_and_failed_queries_left_out.py",
    ],
)
def test_a_change_that_puts_one_check_right_spoils_no_other(name: str, seed: int, sandbox: Sandbox) -> None:
    slug = name.split("/")[0]
    submission = read_submission(FOLDER / name, problem=slug)
    trial = Trial(submission, case_set_for(submission, seed), sandbox, limits_of(find_problem(slug), QUICK))
    run = run_checks(trial, Manner(), lambda words: None)
    found = find_repair(run, decide(run), (), None)
    if found is None:
        return  # nothing is said, so nothing is said that is false
    text = Repairs(submission.source).text(found.repair)
    changed_one = msgspec.structs.replace(submission, source=text, tree=ast.parse(text), data=text.encode())
    again = run_checks(msgspec.structs.replace(trial, submission=changed_one), Manner(), lambda words: None)
    before, after = ({each.check.name for each in one.checks if each.failure is not None} for one in (run, again))
    assert found.check in before - after
    assert after < before
    assert found.whole == (not after)


TWO_MISTAKES = """\
import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    h, c = h0, c0
    outputs = []
    for t in range(x.shape[1]):
        gates = x[:, t] @ w_ih.T + h @ w_hh.T + b_ih
        i, f, g, o = gates.chunk(4, dim=-1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.sigmoid(c)
        outputs.append(h)
    return torch.stack(outputs, dim=1), (h, c)
"""


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_two_mistakes_are_found_one_after_the_other(seed: int, tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "lstm.py"
    path.write_text(TWO_MISTAKES)
    submission = read_submission(path, problem="lstm")
    verdict = judge_submission(submission, seed=seed, sandbox=sandbox, case_set=case_set_for(submission, seed))
    said = verdict.diagnosis
    assert said is not None
    assert said.mistake == "edit:term-missing+edit:function"
    assert said.lines == (8, 11)
    assert said.facts[0] == "There are two mistakes: two small changes, in line 8 and in line 11, make your file right."
    assert said.change is not None
    assert said.change.whole
    first, second = said.change, said.change.others[0]
    assert (second.old, second.new) == ("torch.sigmoid(c)", "torch.tanh(c)")
    assert from_json(to_json(verdict)).diagnosis == said
    path.write_text(TWO_MISTAKES.replace(first.old, first.new).replace(second.old, second.new))
    right = read_submission(path, problem="lstm")
    assert judge_submission(right, seed=seed, sandbox=sandbox, case_set=case_set_for(right, seed)).accepted


def test_a_line_alone_is_put_right_where_more_is_wrong(sandbox: Sandbox) -> None:
    name = "rope/wrong/several_half_the_exponent_and_turned_backwards.py"
    submission = read_submission(FOLDER / name, problem="rope")
    said = judge_submission(submission, seed=0, sandbox=sandbox, case_set=case_set_for(submission, 0)).diagnosis
    assert said is not None
    assert said.lines[0] == 17
    assert said.change is not None
    assert not said.change.whole
    assert said.change.puts_right == ""
    assert said.facts[0].startswith("With a small change in line 17 `exponents` is what right answers have there")


def test_a_step_that_is_left_out_makes_no_value_right(sandbox: Sandbox) -> None:
    """Without the step the name holds what it held before, which is right: that tells nothing of the line."""
    name = "kv_cache/wrong/several_mask_from_the_first_position_and_new_before_old.py"
    submission = read_submission(FOLDER / name, problem="kv_cache")
    said = judge_submission(submission, seed=0, sandbox=sandbox, case_set=case_set_for(submission, 0)).diagnosis
    assert said is not None
    assert said.lines[0] in (34, 37)
    assert said.mistake != "edit:step-too-many"
