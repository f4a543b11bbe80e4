"""What a right LoRA layer does."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import torch

from problems.agreement import Picked
from problems.asks import Answer, Assign, Call, Construct, Differentiate, Handle, Program, Read, Unreadable
from problems.cases import Case, upstream
from problems.checks import CaseAnswers, Check
from problems.comparison import Finding, as_tensor, dtype_name, is_array, said
from problems.gradients import gradient_check
from problems.vjp import gradient_finding
from problems.kinds import Kind
from problems.lora.dropout import ask_dropout, draw_dropout, judge_dropout
from problems.lora.layer import (
    LORA,
    RESULT,
    TARGET,
    agrees,
    base,
    base_weights,
    call,
    draw,
    draw_from,
    inputs,
    result_shapes,
    setup,
    update,
    weights_of,
    wrap,
)
from problems.properties import (
    agreement_check,
    any_order_check,
    larger_check,
    no_memory_check,
    raises_check,
    rows_check,
    shape_check,
    untouched_check,
)


def ask_new(case: Case) -> Program:
    """A new layer, A and B as it made them."""
    names = ("base.weight", "lora_A", "lora_B")
    return [*base(case), wrap(case), Read(names=names, identical={"base": "base"}), call(case)]


def judge_new(asked: CaseAnswers) -> Finding | None:
    """The base itself, frozen; A and B trainable, B zero, A neither zero nor constant; the base's output."""
    place = next(n for n, step in enumerate(asked.program) if isinstance(step, Read))
    answer, sizes = asked.answers[place], asked.case.sizes
    if not answer.same["base"]:
        return Finding(sentence="`self.base` is not the layer that was passed in", step=place)
    shapes = {"lora_A": (sizes["R"], sizes["I"]), "lora_B": (sizes["O"], sizes["R"])}
    for name, shape in shapes.items():
        found = parameter_fault(answer, name, shape, asked.case.dtype)
        if found:
            return msgspec.structs.replace(found, step=place)
    if bool(as_tensor(answer.parameters["lora_B"]).any()):
        return Finding(sentence="lora_B is not zero in a new layer, so it does not start as its base", step=place)
    a = as_tensor(answer.parameters["lora_A"])
    if not bool(a.any()):
        return Finding(sentence="lora_A is zero in a new layer: neither A nor B would ever learn", step=place)
    if a.numel() > 2 and bool((a == a.reshape(-1)[0]).all()):
        return Finding(sentence="lora_A is constant in a new layer: all ranks would learn the same", step=place)
    if not bool(torch.isfinite(a).all()):
        return Finding(sentence="lora_A holds numbers that are not finite in a new layer", step=place)
    count = sum(math.prod(shape) for shape in answer.trainable.values())
    right = sum(math.prod(shape) for shape in shapes.values())
    if count != right:
        names = ", ".join(sorted(answer.trainable)) or "none"
        sentence = f"{count} numbers are trainable ({names}); right are {right}, those of lora_A and lora_B"
        return Finding(sentence=sentence, step=place)
    return agrees(asked)


def parameter_fault(answer: Answer, name: str, shape: tuple[int, ...], dtype: str) -> Finding | None:
    """Kind, shape and dtype of a parameter."""
    value = answer.parameters[name]
    if is_array(value) and not answer.registered[name]:
        return Finding(sentence=f"{name} is a plain tensor; asked is an nn.Parameter", name=name)
    if isinstance(value, Unreadable) or not is_array(value):
        return Finding(
            verdict=Kind.WRONG_SHAPE, sentence=f"{name} is {said(value)}; asked is a Parameter {list(shape)}"
        )
    if tuple(value.shape) != shape:
        sentence = f"{name} has shape {list(value.shape)}; asked is {list(shape)}"
        return Finding(verdict=Kind.WRONG_SHAPE, sentence=sentence, name=name)
    if dtype_name(value) != dtype:
        sentence = f"{name} has dtype {dtype_name(value)}; asked is that of the base, {dtype}"
        return Finding(verdict=Kind.WRONG_SHAPE, sentence=sentence, name=name)
    return None


def ask_defaults(case: Case) -> Program:
    """alpha and dropout left out, by name and by position; in training, where no dropout was asked for."""
    construct = wrap(case)
    after = construct.dtype
    plain = Construct(target=TARGET, args=construct.args, into="m", dtype=after, seed=case.seed)
    named = Construct(
        target=TARGET,
        kwargs={"base": Handle("base"), "rank": case.sizes["R"], "alpha": case.options["alpha"]},
        into="m",
        dtype=after,
        seed=case.seed,
    )
    positional = Construct(
        target=TARGET,
        args=(*construct.args, case.options["alpha"], 0.0),
        into="m",
        dtype=after,
        seed=case.seed,
    )
    program: Program = []
    for made in (plain, named, positional):
        program += [*base(case), made, Assign(module="m", state=weights_of(case)), call(case)]
    return program


READ = Read(names=("base.weight", "lora_A", "lora_B"))
MERGES = (
    "merge",
    "merge",
    "eval",
    "train",
    "unmerge",
    "unmerge",
    "merge",
    "unmerge",
    "unmerge",
    "merge",
    "merge",
    "unmerge",
)


def draw_merging() -> Any:
    """With dropout as well: once merged it does not act."""
    return draw_from(p=(0.0, 0.5))


def ask_merging(case: Case) -> Program:
    """Merge and unmerge, each twice, over three rounds; after each, the output, the base's own and the parameters."""
    program = [*setup(case), call(case)]
    for name in MERGES:
        program.append(Call(target=f"m.{name}", answer=False, seed=case.seed))
        program.append(msgspec.structs.replace(READ))
        program.append(Call(target="base", args=tuple(inputs(case).values()), seed=case.seed))
        if not case.options["p"] or merged_after(program) or name == "eval":
            program.append(call(case))
    return program


def merged_after(program: Program) -> bool:
    """Whether the update is in the weight after these steps."""
    last = [step.target for step in program if isinstance(step, Call) and step.target in ("m.merge", "m.unmerge")]
    return bool(last) and last[-1] == "m.merge"


def judge_merging(asked: CaseAnswers) -> Finding | None:
    """Outputs and parameters after every step, against the reference."""
    for place, step in enumerate(asked.program):
        if isinstance(step, Call) and not step.answer:
            continue
        found = _after_merge(asked, place)
        if found:
            names = [s.target.removeprefix("m.") for s in asked.program[:place] if isinstance(s, Call) and not s.answer]
            names = names[1:] if asked.case.options["p"] else names
            words = f"after {', '.join(f'{name}()' for name in names)}: " if names else ""
            return msgspec.structs.replace(found, sentence=words + found.sentence, step=place)
    return None


def _after_merge(asked: CaseAnswers, place: int) -> Finding | None:
    step = asked.program[place]
    if isinstance(step, Call):
        silent = [
            msgspec.structs.replace(s, answer=s.answer and n == place) if isinstance(s, Call) else s
            for n, s in enumerate(asked.program)
        ]
        found = agrees(msgspec.structs.replace(asked, program=silent))
        if found and step.target == "base":
            return msgspec.structs.replace(
                found, sentence=f"called by itself, the base gives another result: {found.sentence}"
            )
        return found
    if not isinstance(step, Read):
        return None
    answer, exact = asked.answers[place], asked.right.exact(place)
    picked = Picked(asked.right, place, lambda other, name: other.parameters[name])
    for name in READ.names:
        mine, right = answer.parameters[name], exact.parameters[name]
        found = parameter_fault(answer, name, tuple(right.shape), asked.case.dtype)
        found = found or picked.compare(mine, name, name)
        if found:
            return found
    count = sum(math.prod(shape) for shape in answer.trainable.values())
    right_count = sum(math.prod(shape) for shape in exact.trainable.values())
    if count != right_count:
        return Finding(sentence=f"{count} numbers are trainable; right are {right_count}, those of lora_A and lora_B")
    return None


def ask_learning(case: Case) -> Program:
    """All weights change between one merging and the next; while merged, the base's weight does once more."""
    program = [*setup(case), call(case)]
    for round_ in (1, 2):
        later = msgspec.structs.replace(case, seed=case.seed + round_)
        learned = update(later) | {"base.weight": base_weights(later)["weight"]}
        program += [
            Assign(module="m", state=learned),
            call(case),
            Call(target="m.merge", answer=False),
            READ,
            call(case),
            Call(target="m.unmerge", answer=False),
            READ,
            call(case),
        ]
    other = base_weights(msgspec.structs.replace(case, seed=case.seed + 9))["weight"]
    return [
        *program,
        Call(target="m.merge", answer=False),
        Assign(module="m", state={"base.weight": other}),
        call(case),
    ]


def judge_learning(asked: CaseAnswers) -> Finding | None:
    """Every output and weight follows the parameters as they are."""
    found = judge_merging(asked)
    if found and found.step == len(asked.program) - 1:
        sentence = f"merged, forward does not compute from base.weight alone: {found.sentence}"
        return msgspec.structs.replace(found, sentence=sentence)
    return found


def ask_merged_gradient(case: Case) -> Program:
    """The gradient for x through the merged weight, and after unmerging for A and B again."""
    given = tuple(inputs(case).values())
    above = upstream(case, *result_shapes(case))
    return [
        *setup(case),
        Call(target="m.merge", answer=False),
        Differentiate(target="m", args=given, upstream=above, seed=case.seed),
        Call(target="m.unmerge", answer=False),
        Differentiate(
            target="m", args=given, upstream=above, module="m", parameters=("lora_A", "lora_B"), seed=case.seed
        ),
    ]


def judge_merged_gradient(asked: CaseAnswers) -> Finding | None:
    """Both against the reference."""
    for place, step in enumerate(asked.program):
        if isinstance(step, Differentiate):
            found = gradient_finding(asked, place, ("x",), RESULT)
            if found:
                words = "after merge() and unmerge(), " if step.module else "after merge(), "
                return msgspec.structs.replace(found, sentence=words + found.sentence)
    return None


def ask_rank(case: Case) -> Program:
    """Ranks below one."""
    made = [Construct(target=TARGET, args=(Handle("base"), rank), into="bad", may_raise=True) for rank in (0, -1, -8)]
    return [*base(case), *made]


def draw_batches() -> Any:
    """With a batch dimension."""
    return draw_from(dims=(2, 3))


def draw_larger() -> Any:
    """One size, or two, beyond those of the other checks; the rest small, so that slow answers are not punished."""
    return draw_from(
        B=(1, 2),
        I=(1, 2, 3),
        O=(1, 2, 3),
        R=(1, 2),
        kinds=("ordinary",),
        large=({"I": 130}, {"O": 130}, {"R": 33}, {"B": 130}, {"I": 40, "O": 40, "R": 17}),
    )


CHECKS: tuple[Check, ...] = (
    shape_check(LORA),
    Check(
        name="starts-as-the-base",
        sentence="A new layer computes what its base computes; the base is frozen, only lora_A and lora_B are trainable.",
        draw=draw,
        ask=ask_new,
        judge=judge_new,
        cases=40,
        stochastic=True,
    ),
    agreement_check(LORA),
    larger_check(LORA, draw_larger),
    Check(
        name="alpha-and-defaults",
        sentence="alpha is 1 and dropout 0 where they are left out; all may be given by position or by name.",
        draw=draw,
        ask=ask_defaults,
        judge=agrees,
        cases=12,
    ),
    Check(
        name="merge-and-unmerge",
        sentence="merge() moves the update into base.weight, unmerge() takes it out; twice in a row is once; nothing else changes.",
        draw=draw_merging,
        ask=ask_merging,
        judge=judge_merging,
        cases=30,
    ),
    Check(
        name="parameters-as-they-are",
        sentence="forward, merge() and unmerge() use A, B and the base's weight as they are at that moment, not as they once were.",
        draw=draw,
        ask=ask_learning,
        judge=judge_learning,
        cases=12,
    ),
    Check(
        name="dropout",
        sentence="Dropout acts in training only, on x on its way to A, and on nothing else.",
        draw=draw_dropout,
        ask=ask_dropout,
        judge=judge_dropout,
        cases=3,
        stochastic=True,
    ),
    untouched_check(LORA),
    no_memory_check(LORA),
    any_order_check(LORA),
    rows_check(msgspec.structs.replace(LORA, draw=draw_batches)),
    raises_check(draw, ask_rank, sentence="A rank below 1 raises ValueError.", cases=3),
    gradient_check(LORA, result_shapes),
    Check(
        name="gradients-around-merging",
        sentence="Gradients reach x while merged, and x, lora_A and lora_B after unmerging.",
        draw=draw_batches,
        ask=ask_merged_gradient,
        judge=judge_merged_gradient,
    ),
)
