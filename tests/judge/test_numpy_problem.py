"""A problem that is in NumPy alone: judged, measured and traced like one in torch."""

from __future__ import annotations

import pytest
import torch

from judge.isolation import Sandbox
from judge.judging import judge_submission
from judge.oracle import Expected, load_reference
from judge.source import Submission, submission_of
from judge.verdict import Kind, UsageError, Verdict
from problems import find_problem
from problems.asks import Call
from problems.cases import Case
from tests.judge.judging import trace_submission

PROBLEM = find_problem("mlp_backward")
RIGHT = PROBLEM.solution
LOSS = "return loss, ("


def submission(source: str, framework: str | None = None) -> Submission:
    return submission_of(source.encode(), "mine.py", problem=PROBLEM, framework=framework, stem="mine")


def judged(source: str, sandbox: Sandbox) -> Verdict:
    return judge_submission(submission(source), seed=2, sandbox=sandbox, first_failure_only=True)


def test_the_reference_is_accepted_and_its_cost_set_beside_itself(sandbox: Sandbox) -> None:
    verdict = judge_submission(submission(RIGHT), seed=2, sandbox=sandbox)
    assert verdict.accepted
    assert verdict.framework == "numpy"
    assert verdict.cost is not None
    assert verdict.cost.reference_seconds > 0


@pytest.mark.parametrize("loss", ["float(loss)", "np.asarray(loss)", "loss.reshape(())"])
def test_one_number_is_one_whatever_holds_it(loss: str, sandbox: Sandbox) -> None:
    assert judged(RIGHT.replace(LOSS, f"return {loss}, ("), sandbox).accepted


@pytest.mark.parametrize(
    ("loss", "kind", "headline"),
    [
        ("float(loss) * 1.001", Kind.WRONG_ANSWER, "loss is "),
        ("np.float16(loss)", Kind.WRONG_SHAPE, "loss has dtype float16; expected float"),
        ("loss.reshape(1)", Kind.WRONG_SHAPE, "loss has shape [1]; expected a single number"),
        ("str(loss)", Kind.WRONG_SHAPE, "loss is a str; expected a float"),
    ],
)
def test_another_number_or_no_number_is_rejected(loss: str, kind: Kind, headline: str, sandbox: Sandbox) -> None:
    verdict = judged(RIGHT.replace(LOSS, f"return {loss}, ("), sandbox)
    assert verdict.verdict is kind
    assert headline in verdict.headline


def test_float32_on_the_way_is_rejected_in_float64(sandbox: Sandbox) -> None:
    source = RIGHT.replace("d_scores_BO = np.exp(log_probs_BO)", "d_scores_BO = np.exp(log_probs_BO.astype('f4'))")
    source = source.replace("d_scores_BO /= len(x)", "d_scores_BO = (d_scores_BO / len(x)).astype(x.dtype)")
    verdict = judged(source, sandbox)
    assert verdict.verdict is Kind.WRONG_ANSWER
    failed = verdict.failed()
    assert failed is not None
    assert failed.name == "agrees-with-reference"


def test_a_trace_sets_its_lines_beside_those_of_the_reference(sandbox: Sandbox) -> None:
    source = RIGHT.replace("(d_scores_BO @ w2.T) * (z_BH > 0)", "(d_scores_BO @ w2.T) * (z_BH < 0)")
    trace = trace_submission(submission(source), seed=2, sandbox=sandbox)
    assert trace.first_difference is not None
    assert trace.first_difference.name == "d_z_BH"
    assert trace.first_difference.likeness.name == "d_z_BH"


def test_it_is_not_offered_in_torch() -> None:
    with pytest.raises(UsageError, match="mlp_backward is offered in numpy, not in torch"):
        submission(RIGHT, "torch")
    assert submission("import torch\nimport numpy\n").framework.name == "numpy"


def test_the_bound_of_a_reference_is_the_wider_the_larger_the_scores() -> None:
    ones = torch.ones(1, 1, dtype=torch.float64)
    zero = torch.zeros(1, dtype=torch.float64)
    off = []
    for far in (1.0, 1e4):
        b2 = torch.tensor([far, far - 1.0], dtype=torch.float64)
        args = (ones, torch.tensor([0]), ones, zero, torch.ones(1, 2, dtype=torch.float64), b2)
        right = Expected(load_reference(PROBLEM), [Call(target="mlp_backward", args=args)], Case(sizes={}).seed)
        answers, largest = right.rough(0, 1e-9, 3)
        exact = right.exact(0).value[1][0]
        off.append(max(float((answer.value[1][0] - exact).abs().max()) for answer in answers))
        assert largest >= far
    assert off[1] > 100 * off[0] > 0
