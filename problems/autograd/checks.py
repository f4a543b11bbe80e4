"""What a right engine does."""

from __future__ import annotations

import functools
import itertools
from typing import Any

import msgspec

from problems.agreement import every_look_agrees
from problems.asks import Call, Compute, Handle, Look, Program
from problems.cases import Case, plain_cases
from problems.checks import Check
from problems.comparison import Plain
from problems.properties import growth_check

from .expressions import ATTRIBUTES, EXPONENTS, Expression

KINDS = ("small integers", "ordinary", "equal", "huge")
CHAIN = 10_000
GROWTH = (
    1_000,
    10_000,
)  # far apart: the garbage collector and the caches of the processor cost more where there is more
DIAMONDS = 150


def draw(most: int = 12) -> Any:
    """Expressions of a few leaves."""
    lengths = [length for length in (1, 2, 3, 4, 6, 9, 12, 20, 40) if length <= most]
    return plain_cases({"L": (1, 2, 3), "N": lengths}, kinds=KINDS)


def drawn(case: Case) -> Expression:
    """The expression of a case: numbers, leaves, operations."""
    expression = Expression(case)
    leaves = case.sizes["L"]
    expression.constants([*(expression.number() for _ in range(leaves)), expression.number(), 0.5, 2, *EXPONENTS])
    expression.leaves(leaves)
    for _ in range(case.sizes["N"]):
        expression.grow()
    return expression


def ask(case: Case) -> Program:
    """All that the last value is computed from, and its backward."""
    expression = drawn(case)
    return expression.program(expression.pruned())


def draw_single() -> Any:
    """Every operation in every form."""
    return plain_cases({"L": (2,)}, kinds=("small integers", "ordinary"), options={"form": FORMS})


FORMS = (
    *("a + b", "a - b", "a * b", "a / b", "a + n", "a - n", "a * n", "a / n", "n + a", "n - a", "n * a", "n / a"),
    *("a + f", "a - f", "a * f", "a / f", "f + a", "f - a", "f * a", "f / a"),
    *("a + a", "a - a", "a * a", "a / a", "neg", "exp", "tanh", "relu", "+=", "*="),
    *("a ** 2", "a ** 3", "a ** 1", "a ** 0", "a ** -1", "a ** 0.5", "a ** 2.0", "a ** -2"),
)


AT_ZERO = ("relu", "a ** 0", "a ** 1", "a ** 2", "a ** 3", "a ** 2.0")


def ask_single(case: Case) -> Program:
    """One operation on two Values, which are positive, or not 0, where it takes no others; at 0 as well, where it may be."""
    expression = Expression(case)
    form = case.options["form"]
    numbers = [_allowed(expression.number(), form) for _ in range(2)]
    if form in AT_ZERO:
        numbers[1] = 0
    expression.constants([*numbers, 3, 2.5, *EXPONENTS])
    expression.leaves(2)
    places = {"a": expression.names["a"], "b": expression.names["b"], "n": 2, "f": 3}
    if " " not in form:
        name, others = form, (places["b"],) if "=" in form else ()
    else:
        _, name, right = form.split()
        exponents = {repr(exponent): place for place, exponent in enumerate(EXPONENTS, 4)}
        others = (exponents[right] if name == "**" else places[right],)
    first = expression.apply(name, places[form[0]] if " " in form else places["a"], *others)
    if form in AT_ZERO:
        expression.apply("+", first, expression.apply(name, places["b"], *others))
    return expression.program(expression.last)


def _allowed(number: float, form: str) -> float:
    """The number, or one that may be divided by, or has a root."""
    if "0.5" in form:
        return abs(number) + 1
    is_divisor = "/" in form or "-" in form.rpartition("**")[2]
    return number + 4 if is_divisor and abs(number) < 0.1 else number


def ask_again(case: Case) -> Program:
    """backward of the last value and of one before it; then all are used again; backward again, and once more after zeros."""
    expression = drawn(case)
    values = [place for place, node in enumerate(expression.nodes) if not node.plain]
    middle = values[len(values) // 2]
    steps = expression.program(expression.last, middle)
    look = steps[-1]
    assert isinstance(look, Look)
    # Once its grad was sent back, every Value has one: zeroed only in part, the rest must go on adding up.
    half = [Handle(each.name, each.path) for each in look.of[::2]]
    zeroing = Compute(
        inputs=(0.0, *half),
        operations=tuple(("grad=", (place, 0)) for place in range(1, len(half) + 1)),
        into="zeroed",
    )
    return [
        *steps,
        used_again(look),
        look,
        Call(target="y.backward"),
        look,
        Call(target="z.backward"),
        look,
        zeroing,
        Call(target="y.backward"),
        look,
    ]


def used_again(look: Look) -> Compute:
    """Operations on all Values that are looked at: they, and their grads, stay as they are."""
    operations: list[tuple[str, tuple[int, ...]]] = []
    others = itertools.cycle((("*", True), ("neg", False), ("-", True), ("relu", False), ("/", True), ("tanh", False)))
    for place, (name, takes_two) in zip(range(1, len(look.of) + 1), others, strict=False):
        operations += [("+", (place, place)), (name, (place, 0) if takes_two else (place,))]
    return Compute(inputs=(2, *look.of), operations=tuple(operations), into="used")


def ask_chain(case: Case) -> Program:
    """Thousands of operations, each on the one before."""
    expression = Expression(case)
    start, step = expression.number(), expression.number()
    first = Compute(inputs=(start, step, 0.25), operations=(("Value", (0,)), ("Value", (1,))), names={"a": 3, "b": 4})
    rounds = {
        "sums": (("+", (-1, 1)), ("-", (-1, 0))),
        "products": (("*", (-1, 2)), ("+", (-1, 1))),
        "tanh": (("+", (-1, 0)), ("tanh", (-1,))),
    }[case.options["chain"]]
    inputs = (Handle("a"), Handle("b"), 0.25, Handle("a"))
    chain = Compute(inputs=inputs, operations=rounds, times=CHAIN // 2, into="v", names={"y": -1})
    look = Look(of=(Handle("a"), Handle("b"), Handle("v", (CHAIN // 2,)), Handle("y")), attributes=ATTRIBUTES)
    return [first, chain, Call(target="y.backward"), look]


def ask_diamonds(case: Case) -> Program:
    """A chain in which every value is used twice by the next: there are 2 to the power of its length ways back."""
    expression = Expression(case)
    first = Compute(inputs=(expression.number(), 0.5), operations=(("Value", (0,)),), names={"a": 2})
    rounds = {
        "sum": (("+", (-1, -1)), ("*", (-1, 1))),
        "product": (("*", (-1, 2)), ("*", (-1, -2)), ("tanh", (-1,))),
        "apart": (("*", (-1, 1)), ("+", (-1, -2)), ("*", (-1, 1))),
    }[case.options["diamond"]]
    inputs = (Handle("a"), 0.5, 0.75, Handle("a"))
    chain = Compute(inputs=inputs, operations=rounds, times=case.sizes["N"], into="v", names={"y": -1})
    look = Look(of=(Handle("a"), Handle("v", (4,)), Handle("y")), attributes=ATTRIBUTES)
    return [first, chain, Call(target="y.backward"), look]


def ask_apart(case: Case) -> Program:
    """Two graphs that share nothing, and one that shares leaves with the first: each backward reaches its own."""
    first, second = drawn(case), drawn(msgspec.structs.replace(case, seed=case.seed + 1_000_003))
    one, other = first.program(first.last), second.program(second.last)
    renamed = {"a": "a2", "b": "b2", "c": "c2", "y": "y2", "v": "v2"}
    again: Program = []
    for step in other:
        match step:
            case Compute():
                names = {renamed[name]: place for name, place in step.names.items()}
                again.append(msgspec.structs.replace(step, into="v2", names=names))
            case Look():
                of = tuple(Handle(renamed[each.name], each.path) for each in step.of)
                again.append(msgspec.structs.replace(step, of=of))
            case _:
                again.append(Call(target="y2.backward"))
    return [one[0], again[0], one[1], again[1], *one[2:], again[1], *again[2:], one[1]]


def ask_growth(case: Case) -> tuple[Program, dict[int, int]]:
    """Chains of 1,000 and of 10,000 operations in turn."""
    program: Program = []
    measured: dict[int, int] = {}
    expression = Expression(case)
    for repeat in range(3):
        for length in GROWTH:
            inputs = (expression.number(), 1.5, 0.25)
            program.append(
                Compute(inputs=inputs, operations=(("Value", (0,)), ("Value", (1,))), names={"a": 3, "b": 4})
            )
            operations = (("*", (-1, 2)), ("+", (-1, 1)))
            chain = (Handle("a"), Handle("b"), 0.25, Handle("a"))
            program.append(Compute(inputs=chain, operations=operations, times=length // 2, names={"y": -1}))
            if repeat:
                measured[len(program)] = length
            program.append(Call(target="y.backward"))
    return program, measured


AGREES = Check(
    name="agrees-with-reference",
    sentence="Data and grad of every Value are those that calculus gives, for every expression.",
    draw=draw,
    ask=ask,
    judge=every_look_agrees,
    cases=100,
)

CHECKS: tuple[Check, ...] = (
    Check(
        name="types",
        sentence="Operations give Values, whose data and grad are floats at any time.",
        draw=draw,
        ask=ask,
        judge=functools.partial(every_look_agrees, types_only=True),
        gate=True,
    ),
    AGREES,
    Check(
        name="every-operation",
        sentence="Each operation is there for Values and numbers on either side, gives a new Value, and has the right derivative.",
        draw=draw_single,
        ask=ask_single,
        judge=every_look_agrees,
        cases=120,
    ),
    Check(
        name="larger-expressions",
        sentence="The derivatives are right for larger expressions, in which Values are used many times.",
        draw=lambda: plain_cases({"L": (1, 2, 3), "N": (30, 60)}, kinds=("ordinary", "small integers")),
        ask=ask,
        judge=every_look_agrees,
        cases=20,
    ),
    Check(
        name="backward-accumulates",
        sentence="Each call of backward adds its own derivatives, whatever stands in grad by then.",
        draw=lambda: draw(6),
        ask=ask_again,
        judge=every_look_agrees,
        cases=40,
    ),
    Check(
        name="graphs-are-apart",
        sentence="backward reaches what its result was computed from, and nothing else.",
        draw=lambda: draw(6),
        ask=ask_apart,
        judge=every_look_agrees,
    ),
    Check(
        name="right-in-any-order",
        sentence="The result does not depend on the order of the cases: a fresh process answers them rightly, too.",
        draw=draw,
        ask=ask,
        judge=every_look_agrees,
        own_process=True,
    ),
    Check(
        name="shared-values",
        sentence="A Value that is used twice by the next, hundreds of times in a row, takes no longer than one that is used once.",
        draw=lambda: plain_cases(
            {"N": (1, 2, 3, DIAMONDS)},
            kinds=("small integers", "ordinary"),
            options={"diamond": ("sum", "product", "apart")},
        ),
        ask=ask_diamonds,
        judge=every_look_agrees,
        cases=12,
    ),
    Check(
        name="deep-graphs",
        sentence="A chain of 10,000 operations has a derivative, within Python's ordinary recursion limit.",
        draw=lambda: plain_cases({}, kinds=("small integers",), options={"chain": ("sums", "products", "tanh")}),
        ask=ask_chain,
        judge=every_look_agrees,
        cases=3,
    ),
    growth_check(
        lambda: plain_cases({}, kinds=("ordinary",)),
        ask_growth,
        letter="N",
        sizes=GROWTH,
        result=Plain("what backward returns"),
        sentence="Time grows linearly with the number of operations.",
    ),
)
