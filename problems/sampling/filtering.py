"""filter_logits: which tokens it keeps, that it changes nothing else, and that it remembers nothing."""

from __future__ import annotations

import msgspec
import torch

from problems.agreement import shape_finding
from problems.asks import Call, Handle, Overwrite, Program, Put
from problems.cases import Case
from problems.checks import CaseAnswers
from problems.comparison import Finding, as_tensor, is_array
from problems.nucleus import kept_fault
from problems.sampling.calls import (
    FILTERED,
    call_filter,
    logits_of,
    tokens_fault,
)


def ask_filter(case: Case) -> Program:
    """One call."""
    return [call_filter(logits_of(case), case)]


def filter_fault(asked: CaseAnswers, step: int, logits: torch.Tensor) -> Finding | None:
    """Shape, values and kept set of one filter_logits call."""
    if found := shape_finding(asked, step, FILTERED):
        return found
    options = asked.case.options
    found = kept_fault(as_tensor(asked.answers[step].value), logits, options["top_k"], options["top_p"])
    return None if found is None else msgspec.structs.replace(found, step=step)


def judge_filter(asked: CaseAnswers) -> Finding | None:
    """Every call's kept set."""
    for place, step in enumerate(asked.program):
        if isinstance(step, Call) and step.answer:
            found = filter_fault(asked, place, step.args[0])
            if found:
                return found
    return None


def judge_shape(asked: CaseAnswers) -> Finding | None:
    """Type, dtype and shape."""
    return shape_finding(asked, 0, FILTERED)


def ask_forms(case: Case) -> Program:
    """Options by position, by name, and left out."""
    logits, k, p = logits_of(case), case.options["top_k"], case.options["top_p"]
    return [
        Call(target="filter_logits", args=(logits, k, p), seed=case.seed),
        Call(target="filter_logits", kwargs={"logits": logits, "top_p": p, "top_k": k}, seed=case.seed),
        Call(target="filter_logits", args=(logits,), seed=case.seed),
    ]


def judge_forms(asked: CaseAnswers) -> Finding | None:
    """The last call filters nothing."""
    plain = msgspec.structs.replace(asked.case, options={**asked.case.options, "top_k": None, "top_p": None})
    logits = logits_of(asked.case)
    for place in range(3):
        one = asked if place < 2 else msgspec.structs.replace(asked, case=plain)
        if found := filter_fault(one, place, logits):
            return found
    return None


def ask_filter_echo(case: Case) -> Program:
    """A call, and what the logits hold afterwards."""
    return [call_filter(logits_of(case), case, echo=True)]


def judge_filter_echo(asked: CaseAnswers) -> Finding | None:
    """The logits are as they were."""
    after = asked.answers[0].echo[0][0]
    if not is_array(after) or not torch.equal(as_tensor(after), logits_of(asked.case)):
        return Finding(sentence="filter_logits changed its input `logits`", step=0)
    return None


def ask_filter_again(case: Case) -> Program:
    """A, B, A again, then one tensor object with A's and with B's numbers."""
    first = logits_of(case)
    other = logits_of(msgspec.structs.replace(case, seed=case.seed + 77, kind="ordinary"))
    return [
        call_filter(first, case),
        call_filter(other, case),
        call_filter(first.clone(), case),
        Put(into="held", value=first.contiguous()),
        call_filter(Handle("held"), case),
        Overwrite(into="held", value=other.contiguous()),
        call_filter(Handle("held"), case),
    ]


def judge_filter_again(asked: CaseAnswers) -> Finding | None:
    """Each call by its own logits."""
    first, other = asked.program[0], asked.program[1]
    assert isinstance(first, Call)
    assert isinstance(other, Call)
    a, b = first.args[0], other.args[0]
    for place, logits in ((0, a), (1, b), (2, a), (4, a), (6, b)):
        if found := filter_fault(asked, place, logits):
            words = "called again, " if place > 1 else ""
            return msgspec.structs.replace(found, sentence=words + found.sentence)
    return None


CLOSE = 1e-5  # ten times what may fall either way


def close_sums(logits: torch.Tensor) -> list[float]:
    """Values of top_p a little below and above the sums of the most likely tokens' probabilities. `logits` are [V]."""
    sums = logits.double().softmax(-1).sort(descending=True).values.cumsum(-1)[:-1].tolist()
    return [top_p for reached in sums[:4] for top_p in (reached - CLOSE, reached + CLOSE) if 0 < top_p < 1 - CLOSE]


def ask_close(case: Case) -> Program:
    """The same logits with each such top_p; then tokens drawn from many equal rows."""
    logits = logits_of(case)[:1]
    close = close_sums(logits[0])
    calls = [Call(target="filter_logits", args=(logits,), kwargs={"top_p": top_p}, seed=case.seed) for top_p in close]
    rows = logits.expand(64, -1).contiguous()
    return [
        *calls,
        *(Call(target="sample", args=(rows,), kwargs={"top_p": top_p}, seed=case.seed) for top_p in close[:4]),
    ]


def judge_close(asked: CaseAnswers) -> Finding | None:
    """Each call's kept set, or the tokens it may draw."""
    for place, step in enumerate(asked.program):
        if not isinstance(step, Call):
            continue
        options = {"temperature": 1.0, "top_k": None, "top_p": step.kwargs["top_p"]}
        one = msgspec.structs.replace(asked, case=msgspec.structs.replace(asked.case, options=options))
        fault = filter_fault if step.target == "filter_logits" else tokens_fault
        if found := fault(one, place, step.args[0]):
            words = f"top_p = {step.kwargs['top_p']:.6f} is close to a sum of probabilities, and "
            return msgspec.structs.replace(found, sentence=words + found.sentence)
    return None


def ask_rows(case: Case) -> Program:
    """All rows at once; then with the other rows changed."""
    logits = logits_of(case)
    row = case.seed % case.sizes["B"]
    other = logits_of(msgspec.structs.replace(case, seed=case.seed + 5, kind="ordinary")).clone() * 3
    other[row] = logits[row]
    return [call_filter(logits, case), call_filter(other, case)]
