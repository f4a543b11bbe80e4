"""What a right AdamW does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from problems.adam.training import (
    OPTIONS,
    SPACE,
    TARGET,
    begin,
    gradients,
    groups,
    handles,
    held,
    look,
    look_at_held,
    noted,
    optimiser,
    option,
    parameters,
    tensors,
    train,
)
from problems.asks import Assign, Call, Construct, Program
from problems.cases import Case
from problems.checks import Check
from problems.probes import Probe
from problems.properties import raises_check
from problems.requirements import Agrees, RightTypes, Unchanged

STEP, ZERO = Call(target="opt.step", answer=False), Call(target="opt.zero_grad", answer=False)
LONG = 120


def ask_one(case: Case) -> Program:
    """A look at once, and after one step."""
    return [*begin(case), look(case), *train(case, range(1))]


def ask_steps(case: Case) -> Program:
    """Several steps."""
    return [*begin(case), *train(case, range(case.sizes["T"]))]


def ask_groups(case: Case) -> Program:
    """Several steps, and two more by an optimiser of its own over the same groups."""
    return [*ask_steps(case), *optimiser(case, "second"), *train(case, range(2), "second")]


def ask_zeroed(case: Case) -> Program:
    """zero_grad after a step, a step without any gradient, and on with gradients for the first parameter only."""
    first = {"0.grad": gradients(case.but(missing=False), 7).state["0.grad"]}
    then: Program = [
        ZERO,
        look(case),
        STEP,
        look(case),
        Assign(module="p", state=first),
        STEP,
        look(case),
        ZERO,
        look(case),
    ]
    return [*begin(case), *train(case, range(1)), *then, *train(case, range(8, 10))]


def ask_held(case: Case) -> Program:
    """Gradients that the caller holds, after the constructor, a step and zero_grad."""
    program: Program = [*parameters(case), gradients(case, 3), *held(case), *optimiser(case)]
    program += [look(case), STEP, look(case), *look_at_held(case, "after a step")]
    return [*program, ZERO, *look_at_held(case, "after zero_grad()"), look(case)]


def ask_moved(case: Case) -> Program:
    """The parameters are given other values between the steps."""
    program = begin(case)
    for step in range(3):
        program += [*train(case, range(step, step + 1)), Assign(module="p", state=tensors(case, 500 + step))]
    return [*program, *train(case, range(4, 5))]


def ask_two(case: Case) -> Program:
    """Two optimisers over parameters of the same shapes, in turn; then a new one over the first parameters."""
    other = case.but(seed=case.seed + 1_000_003)
    program = [*parameters(case), *parameters(other, "q"), *optimiser(case), *optimiser(other, "other", "q")]
    for step in range(3):
        program += train(case, range(step, step + 1))
        program += train(other, range(step, step + 1), "other", "q")
    return [*program, *optimiser(case, "new"), *train(case, range(5, 7), "new")]


def ask_long(case: Case) -> Program:
    """Many steps, with a look after every fortieth."""
    program = begin(case)
    for step in range(LONG):
        program += [gradients(case, step % 5), STEP]
        if step % 40 == 39:
            program.append(look(case))
    return program


def ask_stopped(case: Case) -> Program:
    """Gradients for two steps, then zeros: the parameters move on by what is remembered, and decay."""
    zeros = Assign(module="p", state={f"{name}.grad": value * 0 for name, value in tensors(case, 3).items()})
    once: Program = [zeros, STEP, look(case)]
    return [*begin(case), *train(case, range(2)), *once * case.sizes["T"]]


def ask_defaults(case: Case) -> Program:
    """Everything left out; everything by position; params by name."""
    every, options = handles(case), [option(name, case.options[name]) for name in OPTIONS]
    plain = Construct(target=TARGET, args=(every,), into="plain", seed=case.seed)
    placed = Construct(target=TARGET, args=(every, *options), into="placed", seed=case.seed)
    named = Construct(target=TARGET, kwargs={"params": every, "lr": 0.1}, into="named", seed=case.seed)
    program = parameters(case)
    for made in (plain, placed, named):
        program += [made, *train(case, range(2), made.into)]
    return program


def ask_kept(case: Case) -> Program:
    """An optimiser is made, and the groups come back."""
    made = Call(target=TARGET, args=(groups(case),), arguments=("params",), into="opt", echo=True, answer=False)
    return [*parameters(case), made]


def ask_errors(case: Case) -> Program:
    """Each option with a value that has no meaning: as an argument, in the first group, in the last."""
    betas = ((1.0, 0.9), (0.9, 1.0), (-0.1, 0.9), (0.9, -0.1), (0.9, 1.5))
    bad: list[dict[str, Any]] = [{"lr": -0.1}, {"eps": -1e-8}, {"weight_decay": -0.01}]
    bad += [{"betas": each} for each in betas]
    first, last = ([handle] for handle in handles(case))
    given: list[tuple[Any, dict[str, Any]]] = [([*first, *last], each) for each in bad]
    given += [([{"params": first, **each}, {"params": last}], {}) for each in bad]
    given += [([{"params": first}, {"params": last, **each}], {}) for each in bad]
    made = [Construct(target=TARGET, args=(p,), kwargs=kwargs, into="bad", may_raise=True) for p, kwargs in given]
    return [*parameters(case), *made]


def check(
    name: str, sentence: str, ask: Callable[[Case], Program], cases: int, *, requires: Any = None, **changes: Any
) -> Check:
    """A check that looks at the parameters after every step; `changes` are those of the space, or fields of the check."""
    fields = {field: changes.pop(field) for field in ("gate", "own_process") if field in changes}
    return Check(
        name=name,
        sentence=sentence,
        draw=SPACE.but(**changes),
        ask=lambda case: noted(ask(case)),
        requires=requires or Agrees(),
        cases=cases,
        **fields,
    )


HELD = "Neither the constructor nor zero_grad() changes a gradient: they leave the numbers alone that the caller holds."
KEPT = "The parameters keep their shape and dtype, and stay leaves that require a gradient."
MANY = "After a hundred steps the means and their correction are still right."
OWN = "Each group has its own options, and the arguments where it has none."
MISSING = "A parameter without a gradient stays as it is, and so do its means and its count of steps."
STOPPED = "Where gradients become zero, a parameter moves on by what is remembered, and decays."
THERE = "Parameters that are given other values between steps are updated from those."
ORDER = "The result does not depend on the order of the cases: a fresh process answers them rightly, too."
GROUPS = "The constructor leaves the list and the dicts of groups as they are."
BAD = "A negative lr, eps or weight_decay and a beta outside [0, 1) raise ValueError, in a group as well."
# One small parameter over many steps.
SMALL: dict[str, Any] = {"P": (2,), "O": (1,), "I": (2,), "kinds": ("ordinary",), "layouts": ("contiguous",)}
SMALL |= {"lr": (0.01, 0.1), "form": ("list",), "missing": (False,)}
# Small gradients, where eps counts.
ACCURATE = {"kinds": ("tiny", "ordinary"), "eps": (1e-8, 1e-4, 1e-6), "dtypes": ("float64", "float32")}
GROUPED = {"P": (2, 3, 4, 5), "form": ("groups",)}

CHECKS: tuple[Check, ...] = (
    check("shape-and-dtype", KEPT, ask_one, 12, requires=RightTypes(trainable=True), gate=True),
    check("one-step", "One step updates the parameters in place, and leaves the gradients alone.", ask_one, 30),
    check("several-steps", "Each step goes on from what the steps before it left.", ask_steps, 40),
    check("many-steps", MANY, ask_long, 3, **SMALL),
    check("groups-have-their-own-options", OWN, ask_groups, 30, **GROUPED),
    check("without-a-gradient", MISSING, ask_steps, 30, missing=(True,), T=(2, 3, 5, 8), P=(1, 2, 3)),
    check("zeros-are-a-gradient", STOPPED, ask_stopped, 20, **ACCURATE),
    check("small-gradients", "eps is added to the root, after the correction.", ask_steps, 20, **ACCURATE),
    check("zero-grad", "zero_grad() sets every gradient to None and changes nothing else.", ask_zeroed, 16),
    check("held-gradients-stay", HELD, ask_held, 10, missing=(False,)),
    check("works-on-what-is-there", THERE, ask_moved, 8),
    check("optimisers-share-nothing", "Two optimisers share nothing, and a new one begins anew.", ask_two, 12),
    check("options-by-default", "Options may be left out, and given by position or by name.", ask_defaults, 12),
    check("groups-not-modified", GROUPS, ask_kept, 8, requires=Unchanged(), **GROUPED),
    check("right-in-any-order", ORDER, ask_steps, 25, own_process=True),
    raises_check(SPACE.but(P=(2,), form=("list",)), ask_errors, sentence=BAD, cases=3),
)
PROBES: tuple[Probe, ...] = ()
