"""What a right cross-entropy does."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import torch

from problems.agreement import every_call_agrees, value_finding
from problems.asks import Call, Differentiate, Program
from problems.cases import Case, Values, cases, relaid, upstream
from problems.checks import CaseAnswers, Check, Subject
from problems.comparison import Finding, Layout
from problems.gradients import gradient_check
from problems.vjp import gradient_finding
from problems.properties import (
    agreement_check,
    any_order_check,
    larger_check,
    no_memory_check,
    raises_check,
    shape_check,
    untouched_check,
)

TARGET = "cross_entropy"
RESULT = Layout("result", "")
SIZES = {"B": (1, 2, 3, 5), "T": (1, 2, 4), "V": (2, 1, 3, 5, 8)}
KINDS = ("small integers", "ordinary", "zero", "equal", "huge", "tiny", "far")
IGNORES = (-100, -1, 0, 1, 1000)
SHARES = ("none", "some", "most", "all")
SMOOTHINGS = (0.0, 0.1, 0.5, 0.9, 1.0, 0.01)


def draw_from(**changes: Any) -> Any:
    """Cases over sizes, values, layouts and options; what is named is drawn from another list."""
    sizes = {letter: changes.pop(letter, values) for letter, values in SIZES.items()}
    options = {
        "dims": changes.pop("dims", (2, 1, 3)),
        "ignore": changes.pop("ignore", IGNORES),
        "ignored": changes.pop("ignored", SHARES),
        "smoothing": changes.pop("smoothing", SMOOTHINGS),
    }
    return cases(sizes, kinds=changes.pop("kinds", KINDS), options=options, **changes)


def draw() -> Any:
    """Everything."""
    return draw_from()


def lead(case: Case) -> tuple[int, ...]:
    """The dimensions before the classes."""
    return (case.sizes["B"], case.sizes["T"])[: case.options["dims"] - 1]


def logits_of(case: Case, *, salt: int = 0) -> torch.Tensor:
    """Logits of up to 1e4 in size; of kind "far", rows that lie far from zero, each elsewhere."""
    values = Values(case, salt=salt, huge=3000.0)
    shape = (*lead(case), case.sizes["V"])
    if case.kind != "far":
        return values.laid_out(*shape)
    rows = values.plain(*lead(case), 1, kind="ordinary", scale=4000.0).clamp(-9900, 9900)
    return relaid(rows + values.plain(*shape, kind="ordinary", scale=2.0), case.layout)


def targets_of(case: Case) -> torch.Tensor:
    """A class for each position that counts, `ignore` for the others."""
    values, shape = Values(case, salt=5), lead(case)
    classes = case.sizes["V"]
    drawn = torch.tensor([values.choice(classes) for _ in range(math.prod(shape))]).reshape(shape)
    if case.options["ignored"] == "none":  # a class that is ignored may come by itself, and then does not count
        return relaid(drawn, case.layout)
    chance = {"some": 0.3, "most": 0.8, "all": 1.0}[case.options["ignored"]]
    ignored = values.booleans(*shape, chance=chance)
    return relaid(torch.where(ignored, case.options["ignore"], drawn), case.layout)


def inputs(case: Case) -> dict[str, Any]:
    """All four arguments."""
    return {
        "logits": logits_of(case),
        "targets": targets_of(case),
        "ignore_index": case.options["ignore"],
        "label_smoothing": case.options["smoothing"],
    }


LOSS = Subject(draw=draw, inputs=inputs, target=TARGET, result=RESULT)
agrees = every_call_agrees(RESULT)


def loss(given: dict[str, Any], case: Case) -> Call:
    """One call."""
    return LOSS.call(case, given)


def draw_ignored() -> Any:
    """With positions that don't count beside some that do."""
    return draw_from(B=(2, 3, 5), dims=(2, 3), ignored=("some", "most"))


def ask_ignored(case: Case) -> Program:
    """The same call with other logits where the target is ignored, far larger ones too, and without those positions."""
    given = inputs(case)
    ignored = given["targets"] == given["ignore_index"]
    program: Program = [loss(given, case)]
    for scale in (1.0, 2000.0):
        others = Values(case, salt=9).plain(*given["logits"].shape, kind="ordinary", scale=scale)
        program.append(loss({**given, "logits": torch.where(ignored[..., None], others, given["logits"])}, case))
    if not bool(ignored.all()):
        kept = {"logits": given["logits"][~ignored], "targets": given["targets"][~ignored]}
        program.append(loss({**given, **kept}, case))
    return program


def judge_ignored(asked: CaseAnswers) -> Finding | None:
    """All calls are right; said is which one is not."""
    for step in range(len(asked.program)):
        if found := value_finding(asked, step, RESULT):
            words = ("", "with other logits at the ignored positions, ", "with far larger logits there, ")
            said = words[step] if step < len(words) else "without the ignored positions, "
            return msgspec.structs.replace(found, sentence=said + found.sentence)
    return None


def draw_nothing_counts() -> Any:
    """Every position is ignored."""
    return draw_from(ignored=("all",))


def ask_nothing_counts(case: Case) -> Program:
    """The gradient of it."""
    return [
        Differentiate(target=TARGET, args=tuple(inputs(case).values()), upstream=upstream(case, ()), seed=case.seed)
    ]


def judge_nothing_counts(asked: CaseAnswers) -> Finding | None:
    """Value and gradient are 0."""
    found = value_finding(asked, 0, RESULT)
    if found is None and asked.answers[0].inputs is not None and asked.answers[0].inputs[0] is None:
        return None
    found = found or gradient_finding(asked, 0, ("logits",), RESULT)
    if found is None:
        return None
    return msgspec.structs.replace(found, sentence=f"no position counts here, and {found.sentence}")


def draw_parts() -> Any:
    """Several positions."""
    return draw_from(B=(2, 3, 5), dims=(2, 3), layouts=("contiguous",))


def ask_parts(case: Case) -> Program:
    """The whole, each row of it alone, and the whole in another order and another shape."""
    given = inputs(case)
    order = torch.randperm(case.sizes["B"], generator=torch.Generator().manual_seed(case.seed))
    pairs = [(given["logits"], given["targets"])]
    pairs += [(given["logits"][row], given["targets"][row]) for row in range(case.sizes["B"])]
    pairs.append((given["logits"][order], given["targets"][order]))
    pairs.append((given["logits"].reshape(-1, case.sizes["V"]), given["targets"].reshape(-1)))
    pairs.append((given["logits"][None, :, None], given["targets"][None, :, None]))
    return [loss({**given, "logits": logits, "targets": targets}, case) for logits, targets in pairs]


def draw_sure() -> Any:
    """One class far above the others in each row."""
    return draw_from(kinds=("ordinary",), layouts=("contiguous",), ignored=("none", "some"), dims=(2, 3))


def ask_sure(case: Case) -> Program:
    """Every position sure of its target, then sure of another class: logits of ±20, ±100, ±1e4."""
    program: Program = []
    given = inputs(case)
    classes = case.sizes["V"]
    for size in (20.0, 100.0, 1e4):
        for shift in (0, 1):
            sure = (given["targets"].clamp(0, classes - 1) + shift) % classes
            logits = torch.full_like(given["logits"], -size)
            logits = logits.scatter(-1, sure[..., None], size)
            program.append(loss({**given, "logits": logits}, case))
    return program


def ask_sure_gradient(case: Case) -> Program:
    """The gradient of the same."""
    above = upstream(case, ())
    return [Differentiate(target=TARGET, args=step.args, upstream=above) for step in ask_sure(case)]  # type: ignore[union-attr]


def judge_sure_gradient(asked: CaseAnswers) -> Finding | None:
    """Every gradient."""
    for step in range(len(asked.program)):
        if found := gradient_finding(asked, step, ("logits",), RESULT):
            return found
    return None


def ask_names(case: Case) -> Program:
    """Defaults, by position and by name."""
    given = inputs(case)
    plain = {"logits": given["logits"], "targets": targets_of(with_default_ignore(case))}
    named = {**plain, "label_smoothing": given["label_smoothing"]}
    return [
        Call(target=TARGET, args=tuple(plain.values()), seed=case.seed),
        Call(target=TARGET, args=tuple(plain.values()), kwargs={"label_smoothing": 0.2}, seed=case.seed),
        Call(target=TARGET, kwargs=named, seed=case.seed),
        Call(target=TARGET, kwargs=dict(reversed(given.items())), seed=case.seed),
        Call(target=TARGET, args=(given["logits"], given["targets"], given["ignore_index"]), seed=case.seed),
    ]


def with_default_ignore(case: Case) -> Case:
    """The same case with positions ignored by -100."""
    return msgspec.structs.replace(case, options={**case.options, "ignore": -100})


def draw_bad() -> Any:
    """Positions that all count, so that a wrong target among them is none that is ignored."""
    return draw_from(B=(1, 2, 3), ignored=("none",), ignore=(-100,), kinds=("ordinary",), layouts=("contiguous",))


def ask_bad(case: Case) -> Program:
    """Smoothing outside [0, 1], where nothing counts too; targets that are no class; -100 where another one is ignored."""
    given = inputs(case)
    program = [loss({**given, "label_smoothing": bad}, case) for bad in (-0.1, 1.1, -1e-3, 2)]
    ignored = torch.full_like(given["targets"], -100)
    program.append(loss({**given, "targets": ignored, "label_smoothing": 1.5}, case))
    classes = case.sizes["V"]
    for bad in (-1, classes, -classes, classes + 3, -101):
        for place in (0, -1):
            targets = given["targets"].clone()
            targets.view(-1)[place] = bad
            program.append(loss({**given, "targets": targets}, case))
    targets = given["targets"].clone()
    targets.view(-1)[-1] = -100
    program += [loss({**given, "targets": targets, "ignore_index": other}, case) for other in (-1, 1000)]
    return [msgspec.structs.replace(step, may_raise=True) for step in program]


def draw_larger() -> Any:
    """One size, or two, beyond those of the other checks."""
    return draw_from(
        B=(1, 2),
        T=(1, 2),
        V=(2, 3),
        kinds=("ordinary",),
        dims=(2, 3),
        large=({"V": 1000}, {"B": 130}, {"B": 70, "T": 5, "V": 4}, {"B": 33, "V": 40}),
    )


CHECKS: tuple[Check, ...] = (
    shape_check(LOSS),
    agreement_check(LOSS),
    larger_check(LOSS, draw_larger, cases=16),
    Check(
        name="nothing-counts",
        sentence="Where every position is ignored the loss is 0, and its gradient is zero.",
        draw=draw_nothing_counts,
        ask=ask_nothing_counts,
        judge=judge_nothing_counts,
        cases=12,
    ),
    Check(
        name="ignored-positions-have-no-influence",
        sentence="What stands at an ignored position changes nothing, and leaving the position out changes nothing.",
        draw=draw_ignored,
        ask=ask_ignored,
        judge=judge_ignored,
    ),
    Check(
        name="mean-over-what-counts",
        sentence="The mean is over all positions that count together, whatever their order and the shape they come in.",
        draw=draw_parts,
        ask=ask_parts,
        judge=agrees,
    ),
    Check(
        name="sure-and-surely-wrong",
        sentence="Where the model is sure of a class, rightly or wrongly, the loss is finite and right, for logits up to ±1e4.",
        draw=draw_sure,
        ask=ask_sure,
        judge=agrees,
        cases=16,
    ),
    Check(
        name="by-name-and-by-default",
        sentence="Arguments may be given by position or by name; -100 is ignored and nothing smoothed where nothing else is said.",
        draw=draw,
        ask=ask_names,
        judge=agrees,
        cases=12,
    ),
    untouched_check(LOSS),
    no_memory_check(LOSS),
    any_order_check(LOSS),
    raises_check(
        draw_bad,
        ask_bad,
        sentence="A label_smoothing outside [0, 1], and a target that is neither ignored nor a class, raise ValueError.",
        cases=6,
    ),
    gradient_check(LOSS, lambda case: [()]),
    Check(
        name="gradients-where-sure",
        sentence="The gradient is finite and right where the model is sure of a class, for logits up to ±1e4.",
        draw=draw_sure,
        ask=ask_sure_gradient,
        judge=judge_sure_gradient,
        cases=12,
        frameworks=("torch",),
    ),
)
