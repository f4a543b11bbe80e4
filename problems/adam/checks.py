"""What a right AdamW does."""

from __future__ import annotations

from typing import Any

import msgspec

from problems.adam.training import (
    NAMES,
    TARGET,
    draw,
    draw_from,
    gradients,
    groups,
    judge_kinds,
    judge_looks,
    look,
    optimiser,
    option,
    parameters,
    tensors,
    train,
)
from problems.asks import Assign, Call, Construct, Handle, Program
from problems.cases import Case
from problems.checks import CaseAnswers, Check
from problems.comparison import Finding
from problems.probes import Probe
from problems.properties import raises_check

STEP, ZERO = Call(target="opt.step", answer=False), Call(target="opt.zero_grad", answer=False)
LONG = 120


def ask_one(case: Case) -> Program:
    """A look at once, and after one step."""
    return [*parameters(case), *optimiser(case), look(case), *train(case, range(1))]


def ask_steps(case: Case) -> Program:
    """Several steps."""
    return [*parameters(case), *optimiser(case), *train(case, range(case.sizes["T"]))]


def ask_groups(case: Case) -> Program:
    """The same gradients to groups, and to one group for each, made by an optimiser of its own."""
    return [*ask_steps(case), *optimiser(case, "second"), *train(case, range(2), "second")]


def draw_groups() -> Any:
    """Two groups at least."""
    return draw_from(P=(2, 3, 5), form=("groups",))


def draw_missing() -> Any:
    """Gradients that are missing now and then."""
    return draw_from(missing=(True,), T=(2, 3, 5, 8), P=(1, 2, 3))


def ask_zeroed(case: Case) -> Program:
    """zero_grad after a step, a step without any gradient, and on with gradients for the first parameter only."""
    only = gradients(msgspec.structs.replace(case, options={**case.options, "missing": False}), 7)
    first = msgspec.structs.replace(only, state={"0.grad": only.state["0.grad"]})
    return [
        *parameters(case),
        *optimiser(case),
        *train(case, range(1)),
        ZERO,
        look(case),
        STEP,
        look(case),
        first,
        STEP,
        look(case),
        ZERO,
        look(case),
        *train(case, range(8, 10)),
    ]


def ask_moved(case: Case) -> Program:
    """The parameters are given other values between the steps."""
    program = [*parameters(case), *optimiser(case)]
    for round_ in range(3):
        program += [*train(case, range(round_, round_ + 1)), Assign(module="p", state=tensors(case, 500 + round_))]
    return [*program, *train(case, range(4, 5))]


def ask_two(case: Case) -> Program:
    """Two optimisers over parameters of the same shapes, in turn; then a new one over the first parameters."""
    other = msgspec.structs.replace(case, seed=case.seed + 1_000_003)
    program = [*parameters(case), *parameters(other, "q"), *optimiser(case), *optimiser(other, "other", "q")]
    for step in range(3):
        program += train(case, range(step, step + 1))
        program += train(other, range(step, step + 1), "other", "q")
    return [*program, *optimiser(case, "new"), *train(case, range(5, 7), "new")]


def draw_long() -> Any:
    """One small parameter over many steps."""
    return draw_from(
        P=(2,),
        O=(1,),
        I=(2,),
        kinds=("ordinary",),
        layouts=("contiguous",),
        lr=(0.01, 0.1),
        form=("list",),
        missing=(False,),
    )


def ask_long(case: Case) -> Program:
    """Many steps, with a look after every fortieth."""
    program = [*parameters(case), *optimiser(case)]
    for step in range(LONG):
        program += [gradients(case, step % 5), STEP]
        if step % 40 == 39:
            program.append(look(case))
    return program


def draw_accurate() -> Any:
    """Small gradients, where eps counts, and gradients that stop."""
    return draw_from(kinds=("tiny", "ordinary"), eps=(1e-8, 1e-4, 1e-6), dtypes=("float64", "float32"))


def ask_stopped(case: Case) -> Program:
    """Gradients for two steps, then zeros: the parameters move on by what is remembered, and decay."""
    program = [*parameters(case), *optimiser(case), *train(case, range(2))]
    zeros = {f"{name}.grad": value * 0 for name, value in tensors(case, 3).items()}
    for _ in range(case.sizes["T"]):
        program += [Assign(module="p", state=zeros), STEP, look(case)]
    return program


def ask_defaults(case: Case) -> Program:
    """Everything left out; everything by position; params by name."""
    options = tuple(option(name, case.options[name]) for name in NAMES)
    handles = [Handle("p", (n,)) for n in range(case.sizes["P"])]
    plain = Construct(target=TARGET, args=(handles,), into="plain", seed=case.seed)
    placed = Construct(target=TARGET, args=(handles, *options), into="placed", seed=case.seed)
    named = Construct(target=TARGET, kwargs={"params": handles, "lr": 0.1}, into="named", seed=case.seed)
    program = parameters(case)
    for made in (plain, placed, named):
        program += [made, *train(case, range(2), made.into)]
    return program


def ask_kept(case: Case) -> Program:
    """An optimiser is made, and the groups come back."""
    return [*parameters(case), Call(target=TARGET, args=(groups(case),), into="opt", echo=True, answer=False)]


def judge_kept(asked: CaseAnswers) -> Finding | None:
    """The dicts hold what they held; of the parameters only how many there are, since their numbers are looked at elsewhere."""
    place = len(asked.program) - 1
    before, after = groups(asked.case), asked.answers[place].echo[0][0]
    if not isinstance(after, list) or len(after) != len(before):
        return Finding(sentence="the constructor changed the list of groups that it got", step=place)
    for n, (was, now) in enumerate(zip(before, after, strict=True)):
        if not isinstance(now, dict) or contents(was) != contents(now):
            found = f"it has {keys(now)}, and had {keys(was)}" if keys(now) != keys(was) else "other values stand in it"
            return Finding(sentence=f"the constructor changed the dict of group {n}: {found}", step=place)
    return None


def contents(group: dict[str, Any]) -> dict[str, Any]:
    """The options of a group, and how many parameters it has in what."""
    params = group.get("params")
    held = (type(params).__name__, len(params)) if isinstance(params, (list, tuple)) else None
    return {**group, "params": held}


def keys(group: Any) -> str:
    """The keys of a dict, in words."""
    return ", ".join(map(str, group)) or "no keys" if isinstance(group, dict) else "become something else"


def ask_errors(case: Case) -> Program:
    """Each option with a value that has no meaning: as an argument, in the first group, in the last."""
    bad: tuple[dict[str, Any], ...] = (
        {"lr": -0.1},
        {"eps": -1e-8},
        {"weight_decay": -0.01},
        {"betas": (1.0, 0.9)},
        {"betas": (0.9, 1.0)},
        {"betas": (-0.1, 0.9)},
        {"betas": (0.9, -0.1)},
        {"betas": (0.9, 1.5)},
    )
    handles = [Handle("p", (0,)), Handle("p", (1,))]
    given: list[tuple[Any, dict[str, Any]]] = [(handles, each) for each in bad]
    given += [([{"params": handles[:1], **each}, {"params": handles[1:]}], {}) for each in bad]
    given += [([{"params": handles[:1]}, {"params": handles[1:], **each}], {}) for each in bad]
    made = [Construct(target=TARGET, args=(p,), kwargs=kwargs, into="bad", may_raise=True) for p, kwargs in given]
    return [*parameters(case), *made]


def check(name: str, sentence: str, draw_cases: Any, ask: Any, cases: int = 25, **fields: Any) -> Check:
    """A check that looks at the parameters after every step."""
    return Check(name=name, sentence=sentence, draw=draw_cases, ask=ask, judge=judge_looks, cases=cases, **fields)


CHECKS: tuple[Check, ...] = (
    Check(
        name="shape-and-dtype",
        sentence="The parameters keep their shape and dtype, and stay leaves that require a gradient.",
        draw=draw,
        ask=ask_one,
        judge=judge_kinds,
        cases=12,
        gate=True,
    ),
    check("one-step", "One step updates the parameters in place, and leaves the gradients alone.", draw, ask_one, 30),
    check("several-steps", "Each step goes on from what the steps before it left.", draw, ask_steps, 40),
    check(
        "many-steps", "After a hundred steps the means and their correction are still right.", draw_long, ask_long, 3
    ),
    check(
        "groups-have-their-own-options",
        "Each group has its own options, and the arguments where it has none.",
        draw_groups,
        ask_groups,
        30,
    ),
    check(
        "without-a-gradient",
        "A parameter without a gradient stays as it is, and so do its means and its count of steps.",
        draw_missing,
        ask_steps,
        30,
    ),
    check(
        "zeros-are-a-gradient",
        "Where gradients become zero, a parameter moves on by what is remembered, and decays.",
        draw_accurate,
        ask_stopped,
        20,
    ),
    check("small-gradients", "eps is added to the root, after the correction.", draw_accurate, ask_steps, 20),
    check("zero-grad", "zero_grad() sets every gradient to None and changes nothing else.", draw, ask_zeroed, 16),
    check(
        "works-on-what-is-there",
        "Parameters that are given other values between steps are updated from those.",
        draw,
        ask_moved,
        8,
    ),
    check("optimisers-share-nothing", "Two optimisers share nothing, and a new one begins anew.", draw, ask_two, 12),
    check("options-by-default", "Options may be left out, and given by position or by name.", draw, ask_defaults, 12),
    Check(
        name="groups-not-modified",
        sentence="The constructor leaves the list and the dicts of groups as they are.",
        draw=draw_groups,
        ask=ask_kept,
        judge=judge_kept,
        cases=8,
    ),
    check(
        "right-in-any-order",
        "The result does not depend on the order of the cases: a fresh process answers them rightly, too.",
        draw,
        ask_steps,
        own_process=True,
    ),
    raises_check(
        lambda: draw_from(P=(2,), form=("list",)),
        ask_errors,
        sentence="A negative lr, eps or weight_decay and a beta outside [0, 1) raise ValueError, in a group as well.",
        cases=3,
    ),
)
PROBES: tuple[Probe, ...] = ()
