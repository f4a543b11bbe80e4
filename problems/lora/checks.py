"""What a right LoRA layer does."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import torch

from problems.agreement import value_finding
from problems.asks import Assign, Call, Construct, Handle, Program, Read
from problems.cases import Case, upstream
from problems.checks import CaseAnswers, Check
from problems.comparison import Finding, as_tensor
from problems.gradients import gradient_check
from problems.lora.dropout import DROPOUT
from problems.lora.layer import (
    LORA,
    TARGET,
    adapted,
    base,
    base_weights,
    inputs,
    result_shapes,
    second,
    setup,
    weights,
    wrap,
)
from problems.properties import agrees, modes_check, other_case, raises_check, rows_check, standard_checks
from problems.requirements import Agrees, RightTypes, trainable_finding

PARAMETERS = ("base.weight", "lora_A", "lora_B")
MERGES = ("merge", "merge", "eval", "train", *("unmerge", "unmerge", "merge") * 2, "merge", "unmerge")
BATCHES = LORA.on(dims=(2, 3))


def ask_new(case: Case) -> Program:
    """A new layer, A and B as it made them."""
    return [*base(case), adapted(case), Read(names=PARAMETERS, identical={"base": "base"}), LORA.call(case)]


def judge_new(asked: CaseAnswers) -> Finding | None:
    """The base itself, frozen; A and B trainable, B zero, A neither zero nor constant; the base's output."""
    read, call = len(asked.program) - 2, len(asked.program) - 1
    answer = asked.answers[read]
    if not answer.same["base"]:
        return Finding(sentence="`self.base` is not the layer that was passed in", step=read)
    if found := RightTypes(LORA.result).finding(asked):
        return found
    a, b = (as_tensor(answer.parameters[name]) for name in ("lora_A", "lora_B"))
    faults = {
        "lora_B is not zero in a new layer, so it does not start as its base": b.any(),
        "lora_A is zero in a new layer: neither A nor B would ever learn": not a.any(),
        "lora_A is constant in a new layer: all ranks would learn the same": a.numel() > 2
        and (a == a.view(-1)[0]).all(),
        "lora_A holds numbers that are not finite in a new layer": not torch.isfinite(a).all(),
    }
    for sentence, is_so in faults.items():
        if is_so:
            return Finding(sentence=sentence, step=read)
    return trainable_finding(asked, read) or value_finding(asked, call, LORA.result)


def ask_defaults(case: Case) -> Program:
    """alpha and dropout left out, by name and by position; in training, where no dropout was asked for."""
    layer, rank, alpha = Handle("base"), case.sizes["R"], case.options["alpha"]
    ways = {
        "made of base and rank alone": wrap(case, layer, rank),
        "made by name": wrap(case, base=layer, rank=rank, alpha=alpha),
        "made by position": wrap(case, layer, rank, alpha, 0.0),
    }
    program: Program = []
    for note, made in ways.items():
        by_name = LORA.call(case, {}, kwargs=inputs(case), note=f"{note}, x by name")
        program += [*base(case), made, Assign(state=weights(case)), LORA.call(case, note=note), by_name]
    return program


def moved(case: Case, names: Sequence[str]) -> Program:
    """The last of these methods is called; then the parameters, and the result where dropout does not act."""
    note = f"after {', '.join(f'{name}()' for name in names)}"
    merged = [name for name in names if name.endswith("merge")][-1] == "merge"
    return [
        Call(target=f"m.{names[-1]}", answer=False, seed=case.seed),
        Read(names=PARAMETERS, note=note),
        LORA.call(case, target="base", note=f"{note}, the base called by itself"),
        *([LORA.call(case, note=note)] if merged or not case.options["p"] else []),
    ]


def ask_merging(case: Case) -> Program:
    """Merge and unmerge, each twice, over three rounds; after each, the output, the base's own and the parameters."""
    steps = [step for last in range(len(MERGES)) for step in moved(case, MERGES[: last + 1])]
    return [*LORA.program(case), *steps]


def ask_learning(case: Case) -> Program:
    """All weights change between one merging and the next; while merged, the base's weight does once more."""
    program, names = LORA.program(case), list[str]()
    for number in (1, 2):
        learned = {
            name: value for name, value in weights(case.but(seed=case.seed + number)).items() if name in PARAMETERS
        }
        program += [Assign(state=learned), LORA.call(case, note="with other weights")]
        for name in ("merge", "unmerge"):
            names.append(name)
            program += moved(case, names)
    other = base_weights(case.but(seed=case.seed + 9))["base.weight"]
    return [
        *program,
        Call(target="m.merge", answer=False),
        Assign(state={"base.weight": other}),
        LORA.call(case, note="merged, forward does not compute from base.weight alone"),
    ]


def ask_two(case: Case) -> Program:
    """Two layers of the same shapes: one is merged, and the other is as it was; then the other way round."""
    other = other_case(case)
    program = [*LORA.program(case), *second(other), LORA.call(case, inputs(other), target="m2", note="a second layer")]
    for merged, left in (("m", "m2"), ("m2", "m")):
        program += [
            Call(target=f"{merged}.merge", answer=False),
            LORA.call(case, target=left, note=f"after {merged}.merge()"),
        ]
        program += [LORA.call(case, target=merged, note=f"after {merged}.merge()")]
    return [*program, Call(target="m.unmerge", answer=False), LORA.call(case, target="m2", note="after m.unmerge()")]


def ask_merged_gradient(case: Case) -> Program:
    """The gradient for x through the merged weight, and after unmerging for A and B again."""
    above = upstream(case, *result_shapes(case))
    merged = LORA.differentiate(case, above, note="after merge()")
    return [
        *setup(case),
        Call(target="m.merge", answer=False),
        msgspec.structs.replace(merged, module=None, parameters=()),
        Call(target="m.unmerge", answer=False),
        LORA.differentiate(case, above, note="after merge() and unmerge()"),
    ]


def ask_rank(case: Case) -> Program:
    """Ranks below one."""
    made = [Construct(target=TARGET, args=(Handle("base"), rank), into="bad", may_raise=True) for rank in (0, -1, -8)]
    return [*base(case), *made]


CHECKS: tuple[Check, ...] = standard_checks(
    LORA,
    agrees(
        "starts-as-the-base",
        "A new layer computes what its base computes; the base is frozen, only lora_A and lora_B are trainable.",
        LORA,
        ask_new,
        cases=40,
        judge=judge_new,
        why="lora_A is drawn: many values are right, but not zeros and no constant.",
        stochastic=True,
    ),
    agrees(
        "alpha-and-defaults",
        "alpha is 1 and dropout 0 where they are left out; all may be given by position or by name.",
        LORA,
        ask_defaults,
        cases=12,
    ),
    agrees(
        "merge-and-unmerge",
        "merge() moves the update into base.weight, unmerge() takes it out; twice in a row is once; nothing else changes.",
        LORA,
        ask_merging,
        requires=Agrees(LORA.result, trainable=True),
        cases=30,
    ),
    agrees(
        "parameters-as-they-are",
        "forward, merge() and unmerge() use A, B and the base's weight as they are at that moment, not as they once were.",
        LORA,
        ask_learning,
        requires=Agrees(LORA.result, trainable=True),
        cases=12,
    ),
    agrees(
        "layers-share-nothing",
        "What is done to one layer changes nothing in another.",
        LORA.on(p=(0.0,)),
        ask_two,
        cases=12,
    ),
    DROPOUT,
    larger=({"I": 130}, {"O": 130}, {"R": 33}, {"B": 130}, {"I": 40, "O": 40, "R": 17}),
    raises=raises_check(LORA.draw, ask_rank, sentence="A rank below 1 raises ValueError.", cases=3),
    leave_out={"called-by-name": "alpha-and-defaults makes and calls the layer by position and by name"},
    others={
        "rows-are-independent": rows_check(BATCHES),
        "in-every-mode": modes_check(LORA.on(p=(0.0,))),
        "gradients": gradient_check(LORA, result_shapes),
    },
    after_gradients=(
        agrees(
            "gradients-around-merging",
            "Gradients reach x while merged, and x, lora_A and lora_B after unmerging.",
            BATCHES,
            ask_merged_gradient,
        ),
    ),
)
