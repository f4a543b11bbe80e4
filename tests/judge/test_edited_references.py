"""Wrong answers that were accepted once, as edits of the references: each is rejected under every seed."""

from __future__ import annotations

import pytest

from judge.authoring.answers import AnswerJudge
from judge.isolation import Sandbox
from judge.verdict import Kind
from problems import find_problem

SEEDS = (1, 2, 3)
ENCODED = """    ids = _bytes_of(text)
    for number, pair in enumerate(merges):
        ids = _merged(ids, pair, BYTES + number)
"""
BY_SPELLING = """    ids, spelled = _bytes_of(text), [bytes([byte]) for byte in range(BYTES)]
    for a, b in merges:
        spelled.append(spelled[a] + spelled[b])
    for number in range(len(merges)):
        found = []
        for token in ids:
            if found and spelled[found[-1]] + spelled[token] == spelled[BYTES + number]:
                found[-1] = BYTES + number
            else:
                found.append(token)
        ids = found
"""
WRONG: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "zero_grad zeroes a gradient that the caller holds": (
        "adam",
        (
            (
                "                param.grad = None",
                "                if param.grad is not None:\n                    param.grad.zero_()\n                param.grad = None",
            ),
        ),
    ),
    "the constructor takes the gradients away": (
        "adam",
        (
            (
                "            for name in (",
                '            for param in group["params"]:\n                param.grad = None\n            for name in (',
            ),
        ),
    ),
    "parameters of a group are read anew at every step": (
        "adam",
        (('"params": list(group["params"])', '"params": group["params"]'),),
    ),
    "tanh by exponentials has no digits near zero": (
        "autograd",
        (
            (
                "math.tanh(self.data)",
                "1 - 2 / (math.exp(2 * max(min(self.data, 300), -300)) + 1)",
            ),
        ),
    ),
    "scores are rounded before they are ranked": (
        "beam_search",
        (("(-each[1], each[0])", "(-round(each[1], 6), each[0])"),),
    ),
    "the table of positions ends one early": (
        "rope",
        (("offset + length, device=x.device)", "offset + length, device=x.device).clamp(max=131_070)"),),
    ),
    "targets are kept in a byte": (
        "cross_entropy",
        (("targets_N.unsqueeze(-1)", "(targets_N % 256).unsqueeze(-1)"),),
    ),
    "only the smallest target is looked at, which may be ignored": (
        "cross_entropy",
        (
            (
                "((targets_N < 0) | (targets_N >= logits.shape[-1])).any()",
                "targets.numel() and (0 > targets.min() != ignore_index or ignore_index != targets.max() >= logits.shape[-1])",
            ),
        ),
    ),
    "classes are kept in a byte": (
        "mlp_backward",
        (("[rows_B, targets].mean()", "[rows_B, targets % 256].mean()"),),
    ),
    "the flag stands on the class": (
        "lora",
        (
            ("        self.merged = False\n\n", "        type(self).merged = getattr(type(self), 'merged', False)\n\n"),
            ("            self.merged = True", "            type(self).merged = True"),
            ("            self.merged = False", "            type(self).merged = False"),
        ),
    ),
    "neighbours are merged by what they spell": ("bpe", ((ENCODED, BY_SPELLING),)),
}


@pytest.mark.parametrize("name", WRONG)
def test_it_is_rejected_under_every_seed(name: str, sandbox: Sandbox) -> None:
    slug, edits = WRONG[name]
    problem = find_problem(slug)
    source = problem.solution
    for old, new in edits:
        assert old in source, old
        source = source.replace(old, new, 1)
    answers = AnswerJudge(problem, sandbox)
    for seed in SEEDS:
        assert answers.judge(source, seed, first_failure_only=True).verdict is Kind.WRONG_ANSWER, seed
