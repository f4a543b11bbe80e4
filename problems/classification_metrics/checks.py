"""What right classification metrics are."""

from __future__ import annotations

from typing import Any

import msgspec
import torch

from problems.agreement import every_call_agrees, shape_finding
from problems.asks import Call, Handle, Overwrite, Program, Put
from problems.cases import Case
from problems.checks import CaseAnswers, Check
from problems.classification_metrics.calls import (
    COUNTS,
    NUMBER,
    draw_both,
    draw_labels,
    draw_scores,
    every_call,
    every_input,
    judge_calls,
    label_inputs,
    labels_and_average,
    result_of,
    score_inputs,
)
from problems.comparison import Finding, as_tensor, is_array
from problems.properties import other_case, raises_check

NEAR = 1e-12


def call(target: str, given: dict[str, Any], case: Case, **fields: Any) -> Call:
    """One call, its arguments by position."""
    return Call(target=target, args=tuple(given.values()), seed=case.seed, **fields)


def check(
    name: str, sentence: str, draw: Any, ask: Any, cases: int = 25, judge: Any = judge_calls, **fields: Any
) -> Check:
    """A check of which every call must agree with the reference."""
    return Check(name=name, sentence=sentence, draw=draw, ask=ask, judge=judge, cases=cases, **fields)


def ask_matrix(case: Case) -> Program:
    """The confusion matrix."""
    return [call("confusion_matrix", label_inputs(case), case)]


def ask_average(average: str | None) -> Any:
    """precision_recall_f1 with this average."""
    return lambda case: [call("precision_recall_f1", labels_and_average(case, average), case)]


def ask_area(case: Case) -> Program:
    """The area."""
    return [call("roc_auc", score_inputs(case), case)]


def judge_shapes(asked: CaseAnswers) -> Finding | None:
    """Types, dtypes and shapes of every call."""
    for place, step in enumerate(asked.program):
        if isinstance(step, Call) and (found := shape_finding(asked, place, result_of(step))):
            return msgspec.structs.replace(found, sentence=f"{step.target}: {found.sentence}")
    return None


def judge_untouched(asked: CaseAnswers) -> Finding | None:
    """The arrays hold what they held."""
    for place, (target, given) in enumerate(every_input(asked.case)):
        for (name, was), now in zip(given.items(), asked.answers[place].echo[0], strict=True):
            if isinstance(was, torch.Tensor) and (not is_array(now) or not torch.equal(was, as_tensor(now))):
                return Finding(sentence=f"{target} changed its input `{name}`", step=place, name=name)
    return None


def ask_again(case: Case) -> Program:
    """Each function on other inputs, on its own again, and on arrays that are the same objects with other numbers in them."""
    program = [*every_call(case), *every_call(other_case(case)), *every_call(case)]
    for (target, given), (_, others) in zip(every_input(case), every_input(other_case(case)), strict=True):
        held = {name: Handle(name) if isinstance(value, torch.Tensor) else value for name, value in given.items()}
        arrays = [name for name, value in given.items() if isinstance(value, torch.Tensor)]
        program += [Put(into=name, value=given[name].contiguous()) for name in arrays]
        program.append(call(target, held, case))
        program += [Overwrite(into=name, value=others[name].contiguous()) for name in arrays]
        program.append(call(target, held, case))
    return program


def draw_larger_labels() -> Any:
    """More items, more classes."""
    return draw_labels(
        N=(5, 60), C=(2, 7), large=({"N": 2000}, {"C": 40}, {"N": 400, "C": 20}), present=("all", "some")
    )


def draw_larger_scores() -> Any:
    """More items."""
    return draw_scores(N=(60, 300), large=({}, {"N": 2000}), sides=("both",))


def draw_wide_labels() -> Any:
    """Small integer types whose products overflow."""
    return draw_labels(
        N=(3, 30), C=(20, 40, 200), labels=("uint8", "int8", "int16"), present=("all",), right=(0.6, 0.0)
    )


def labels_in_range(case: Case) -> Case:
    """int8 holds no label beyond 127."""
    if case.options["labels"] != "int8":
        return case
    return msgspec.structs.replace(case, sizes={**case.sizes, "C": min(case.sizes["C"], 100)})


def ask_wide(case: Case) -> Program:
    """The matrix."""
    return ask_matrix(labels_in_range(case))


def judge_wide(asked: CaseAnswers) -> Finding | None:
    """All counts."""
    return every_call_agrees(COUNTS)(msgspec.structs.replace(asked, case=labels_in_range(asked.case)))


def ask_orders(case: Case) -> Program:
    """The items in another order, scores moved and stretched so that their order stays, and the sides exchanged."""
    given = score_inputs(case)
    order = torch.randperm(case.sizes["N"], generator=torch.Generator().manual_seed(case.seed))
    targets, scores = given["targets"].contiguous(), given["scores"].contiguous()
    pairs = (
        (targets, scores),
        (targets[order], scores[order]),
        (targets, scores * 4),
        (targets, scores.sign() * scores * scores),
        (1 - targets, scores),
        (targets, -scores),
    )
    return [Call(target="roc_auc", args=pair, seed=case.seed) for pair in pairs]


def draw_close() -> Any:
    """Scores that lie close together."""
    return draw_scores(ties=("none",), sides=("both",), N=(2, 3, 6, 9), labels=("int64",))


def ask_close(case: Case) -> Program:
    """Scores around 1 that differ by a few of the last digits of float64."""
    given = score_inputs(case)
    steps = torch.randint(0, 3, (case.sizes["N"],), generator=torch.Generator().manual_seed(case.seed))
    return [Call(target="roc_auc", args=(given["targets"], 1 + steps.double() * 2.0**-50), seed=case.seed)]


def judge_close(asked: CaseAnswers) -> Finding | None:
    """Against the area in float64, whatever float32 would make of it."""
    if found := shape_finding(asked, 0, NUMBER):
        return found
    value, right = asked.answers[0].value, float(asked.right.exact(0).value)
    mine = value if isinstance(value, float) else float(as_tensor(value))
    if abs(mine - right) <= NEAR or (mine != mine and right != right):
        return None
    sentence = (
        f"scores that differ in their last digits only are told apart: the result is {mine:.6g}; right is {right:.6g}"
    )
    return Finding(sentence=sentence, step=0, expected=torch.tensor(right), actual=torch.tensor(mine))


def ask_names(case: Case) -> Program:
    """average left out and None, by position and by name, and both averages in turn."""
    given, scored = label_inputs(case), score_inputs(case)
    by_place, target = tuple(given.values()), "precision_recall_f1"
    return [
        Call(target=target, args=by_place, seed=case.seed),
        Call(target=target, args=(*by_place, "macro"), seed=case.seed),
        Call(target=target, args=(*by_place, None), seed=case.seed),
        Call(target=target, kwargs={"average": "micro", **given}, seed=case.seed),
        Call(target=target, args=by_place, kwargs={"average": "macro"}, seed=case.seed),
        Call(target="confusion_matrix", kwargs=given, seed=case.seed),
        Call(target="roc_auc", kwargs=scored, seed=case.seed),
    ]


def draw_bad() -> Any:
    """Three items at least."""
    return draw_labels(N=(3, 4, 6), C=(2, 3), present=("all",), labels=("int64",), layouts=("contiguous",))


def ask_bad(case: Case) -> Program:
    """Labels out of range on either side, lengths that differ, another average, targets that are not 0 or 1."""
    given, c = label_inputs(case), case.sizes["C"]
    scored = score_inputs(msgspec.structs.replace(case, options={"ties": "none", "sides": "both", "labels": "int64"}))
    wrong: list[dict[str, Any]] = []
    for name in ("targets", "predictions"):
        for bad, place in ((-1, 0), (c, -1), (c + 3, 0)):
            labels = given[name].clone()
            labels[place] = bad
            wrong.append({**given, name: labels})
        wrong += [{**given, name: given[name][:-1]}, {**given, name: given[name][:1]}]
    program: Program = []
    for each in wrong:
        program.append(Call(target="confusion_matrix", args=tuple(each.values()), may_raise=True))
        for average in (None, "macro", "micro"):
            args = (*each.values(), average)
            program.append(Call(target="precision_recall_f1", args=args, may_raise=True))
    for average in ("weighted", "", "Macro"):
        program.append(Call(target="precision_recall_f1", args=(*given.values(), average), may_raise=True))
    for bad in (2, -1):
        targets = scored["targets"].clone()
        targets[-1] = bad
        program.append(Call(target="roc_auc", args=(targets, scored["scores"]), may_raise=True))
    program.append(Call(target="roc_auc", args=(scored["targets"], scored["scores"][:-1]), may_raise=True))
    program.append(Call(target="roc_auc", args=(scored["targets"][:1], scored["scores"]), may_raise=True))
    return program


CHECKS: tuple[Check, ...] = (
    check(
        "shape-and-dtype",
        "Counts are int64 [C, C], scores float64 [C] or single numbers, in a tuple of three.",
        draw_both,
        every_call,
        judge=judge_shapes,
        gate=True,
    ),
    check(
        "confusion-matrix",
        "Row i, column j counts the items of class i that were predicted as class j.",
        draw_labels,
        ask_matrix,
        40,
    ),
    check(
        "small-integer-types",
        "Labels of small integer types are counted rightly, however many classes there are.",
        draw_wide_labels,
        ask_wide,
        8,
        judge_wide,
    ),
    check(
        "by-class",
        "Precision, recall and F1 of each class are right, and 0 where their denominator is 0.",
        draw_labels,
        ask_average(None),
        40,
    ),
    check(
        "macro",
        "A macro average is the mean over the classes that occur on either side.",
        draw_labels,
        ask_average("macro"),
        60,
    ),
    check(
        "micro", "A micro average adds up over all classes before it divides.", draw_labels, ask_average("micro"), 40
    ),
    check(
        "roc-auc",
        "The area is the share of pairs that are in order, where a tie counts half.",
        draw_scores,
        ask_area,
        80,
    ),
    check(
        "roc-auc-looks-at-order-alone",
        "The area follows from the order of the scores: stretching them changes nothing, turning them over all.",
        draw_scores,
        ask_orders,
        20,
    ),
    check(
        "close-scores-are-no-ties",
        "Scores that differ in their last digits are no ties.",
        draw_close,
        ask_close,
        16,
        judge_close,
    ),
    check(
        "larger-sizes",
        "More items and more classes are counted rightly, too.",
        draw_larger_labels,
        ask_average(None),
        8,
    ),
    check("larger-macro", "Macro averages are right over many classes.", draw_larger_labels, ask_average("macro"), 6),
    check("more-scores", "The area is right for up to 2,000 items.", draw_larger_scores, ask_area, 6),
    check(
        "by-name-or-position",
        "Arguments may be given by position or by name; each call has the average it asks for.",
        draw_both,
        ask_names,
        12,
    ),
    check(
        "inputs-not-modified",
        "The inputs are left as they were.",
        draw_both,
        lambda case: every_call(case, echo=True),
        judge=judge_untouched,
    ),
    check(
        "nothing-kept-between-calls",
        "A call gives the same result whatever was called before it.",
        draw_both,
        ask_again,
    ),
    check(
        "right-in-any-order",
        "The result does not depend on the order of the cases: a fresh process answers them rightly, too.",
        draw_both,
        every_call,
        own_process=True,
    ),
    raises_check(
        draw_bad,
        ask_bad,
        sentence="Labels out of range, lengths that differ, another average and targets that are not 0 or 1 raise ValueError.",
        cases=3,
    ),
)
