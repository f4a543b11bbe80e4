"""What a right engine does."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec

from problems.asks import Call, Compute, Handle, Look, Program
from problems.cases import Case, plain_cases
from problems.checks import Check, Subject
from problems.comparison import Plain
from problems.properties import agrees, any_order_check, growth_check
from problems.requirements import RightTypes

from .expressions import EXPONENTS, Expression, look, numbers_of

Operations = tuple[tuple[str, tuple[int, ...]], ...]
KINDS = ("small integers", "ordinary", "equal", "huge")
CHAIN = 10_000
# Far apart: the garbage collector and the caches of the processor cost more where there is more.
GROWTH = (1_000, 10_000)
CHAINS: dict[str, Operations] = {
    "sums": (("+", (-1, 1)), ("-", (-1, 0))),
    "products": (("*", (-1, 2)), ("+", (-1, 1))),
    "tanh": (("+", (-1, 0)), ("tanh", (-1,))),
}
DIAMONDS: dict[str, Operations] = {
    "sum": (("+", (-1, -1)), ("*", (-1, 1))),
    "product": (("*", (-1, 2)), ("*", (-1, -2)), ("tanh", (-1,))),
    "apart": (("*", (-1, 1)), ("+", (-1, -2)), ("*", (-1, 1))),
}
FORMS = (
    *("a + b", "a - b", "a * b", "a / b", "a + n", "a - n", "a * n", "a / n", "n + a", "n - a", "n * a", "n / a"),
    *("a + f", "a - f", "a * f", "a / f", "f + a", "f - a", "f * a", "f / a"),
    *("a + a", "a - a", "a * a", "a / a", "neg", "exp", "tanh", "relu", "+=", "*="),
    *("a ** 2", "a ** 3", "a ** 1", "a ** 0", "a ** -1", "a ** 0.5", "a ** 2.0", "a ** -2"),
)
AT_ZERO = ("relu", "a ** 0", "a ** 1", "a ** 2", "a ** 3", "a ** 2.0")


def drawn(case: Case) -> Expression:
    """The expression of a case: numbers, leaves, operations."""
    leaves = case.sizes["L"]
    expression = Expression(case, [*numbers_of(case, leaves + 1), 0.5, 2], leaves)
    for _ in range(case.sizes["N"]):
        expression.grow()
    return expression


def ask(case: Case) -> Program:
    """All that the last value is computed from, and its backward."""
    expression = drawn(case)
    expression.prune()
    return expression.program(expression.last)


def ask_single(case: Case) -> Program:
    """One operation on two Values, which are positive, or not 0, where it takes no others; at 0 as well, where it may be."""
    form = case.options["form"]
    numbers = [_allowed(number, form) for number in numbers_of(case, 2)]
    numbers[1] = 0 if form in AT_ZERO else numbers[1]
    expression = Expression(case, [*numbers, 3, 2.5], 2)
    places = {**expression.names, "n": 2, "f": 3, **{repr(each): n for n, each in enumerate(EXPONENTS, 4)}}
    left, name, *right = form.split() if " " in form else ("a", form, *["b"] * ("=" in form))
    others = [places[each] for each in right]
    first = expression.apply(name, places[left], *others)
    if form in AT_ZERO:
        expression.apply("+", first, expression.apply(name, places["b"], *others))
    return expression.program(expression.last)


def ask_near_zero(case: Case) -> Program:
    """tanh(a) / a, which is nearly 1: what tanh has lost shows in it."""
    expression = Expression(case, numbers_of(case, 1), 1)
    place = expression.names["a"]
    expression.apply("/", expression.apply("tanh", place), place)
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
    steps = expression.program(expression.last, expression.values[len(expression.values) // 2])
    looked = steps[-1]
    assert isinstance(looked, Look)
    # Once its grad was sent back, every Value has one: zeroed only in part, the rest must go on adding up.
    half = looked.of[::2]
    zeros = tuple(("grad=", (place, 0)) for place in range(1, len(half) + 1))
    zeroing = Compute(inputs=(0.0, *half), operations=zeros, into="zeroed")
    y, z = Call(target="y.backward"), Call(target="z.backward")
    return [*steps, used_again(looked), looked, y, looked, z, looked, zeroing, y, looked]


def used_again(looked: Look) -> Compute:
    """Operations on all Values that are looked at: they, and their grads, stay as they are."""
    operations: list[tuple[str, tuple[int, ...]]] = []
    others = itertools.cycle((("*", True), ("neg", False), ("-", True), ("relu", False), ("/", True), ("tanh", False)))
    for place, (name, takes_two) in zip(range(1, len(looked.of) + 1), others, strict=False):
        operations += [("+", (place, place)), (name, (place, 0) if takes_two else (place,))]
    return Compute(inputs=(2, *looked.of), operations=tuple(operations), into="used")


def chain(case: Case, second: Any, third: float, operations: Operations, times: int) -> Program:
    """Two Values, a and b; then operations on the value before, first a, on two others and on a; backward of the last, y."""
    leaves = (("Value", (0,)), ("Value", (1,)))
    first = Compute(inputs=tuple(numbers_of(case, 2)), operations=leaves, names={"a": 2, "b": 3})
    inputs = (Handle("a"), second, third, Handle("a"))
    long = Compute(inputs=inputs, operations=operations, times=times, names={"y": -1})
    return [first, long, Call(target="y.backward")]


def ask_chain(case: Case) -> Program:
    """Thousands of operations, each on the one before."""
    program = chain(case, Handle("b"), 0.25, CHAINS[case.options["chain"]], CHAIN // 2)
    return [*program, look(Handle("a"), Handle("b"), Handle("v", (CHAIN // 2,)), Handle("y"))]


def ask_diamonds(case: Case) -> Program:
    """A chain in which every value is used twice by the next: there are 2 to the power of its length ways back."""
    program = chain(case, 0.5, 0.75, DIAMONDS[case.options["diamond"]], case.sizes["N"])
    return [*program, look(Handle("a"), Handle("v", (4,)), Handle("y"))]


def ask_apart(case: Case) -> Program:
    """Two graphs that share nothing, the steps of one between those of the other: each backward reaches its own."""
    first, second = drawn(case), drawn(case.but(seed=case.seed + 1_000_003))
    one, other = first.program(first.last), [renamed(step) for step in second.program(second.last)]
    return [one[0], other[0], one[1], other[1], *one[2:], other[1], *other[2:], one[1]]


def renamed(step: Any) -> Any:
    """The same step on values of other names: "y2" for "y"."""
    match step:
        case Compute(names=names):
            return msgspec.structs.replace(step, into="v2", names={f"{name}2": place for name, place in names.items()})
        case Look(of=of):
            return msgspec.structs.replace(step, of=tuple(Handle(f"{each.name}2", each.path) for each in of))
        case _:
            return Call(target="y2.backward")


def ask_growth(case: Case) -> tuple[Program, dict[int, int]]:
    """Chains of 1,000 and of 10,000 operations in turn, the first time unmeasured."""
    program: Program = []
    measured: dict[int, int] = {}
    for repeat, length in itertools.product(range(3), GROWTH):
        program += chain(case.but(seed=case.seed + repeat), Handle("b"), 0.25, CHAINS["products"], length // 2)
        if repeat:
            measured[len(program) - 1] = length
    return program, measured


VALUES = Subject(
    draw=plain_cases({"L": (1, 2, 3, 4), "N": (1, 2, 3, 4, 5, 6, 8, 9, 12)}, kinds=KINDS),
    inputs=lambda case: {},
    target="y.backward",
    result=Plain("what backward returns"),
)
SHORT = VALUES.on(N=(1, 2, 3, 4, 6))
SINGLE = VALUES.space.but(L=(2,), N=(1,), kinds=KINDS[:2]).with_options(form=FORMS)
DIAMOND = plain_cases({"N": (1, 2, 3, 150)}, kinds=KINDS[:2], options={"diamond": tuple(DIAMONDS)})
CHAINED = plain_cases({}, kinds=KINDS[:1], options={"chain": tuple(CHAINS)})
TYPES = "Operations give Values, whose data and grad are floats at any time."
AGREES = "Data and grad of every Value are those that calculus gives, for every expression."
EVERY = (
    "Each operation is there for Values and numbers on either side, gives a new Value, and has the right derivative."
)
NEAR_ZERO = "tanh has all its digits near zero, where a difference of powers has few."
LARGER = "The derivatives are right for larger expressions, in which Values are used many times."
AGAIN = "Each call of backward adds its own derivatives, whatever stands in grad by then."
APART = "backward reaches what its result was computed from, and nothing else."
SHARED = (
    "A Value that is used twice by the next, hundreds of times in a row, takes no longer than one that is used once."
)
DEEP = "A chain of 10,000 operations has a derivative, within Python's ordinary recursion limit."

CHECKS: tuple[Check, ...] = (
    agrees("types", TYPES, VALUES, ask, requires=RightTypes(VALUES.result), gate=True),
    agrees("agrees-with-reference", AGREES, VALUES, ask, cases=100),
    agrees("every-operation", EVERY, VALUES.on(SINGLE), ask_single, cases=120),
    agrees("larger-expressions", LARGER, VALUES.on(N=(16, 17, 32, 64), kinds=KINDS[:2]), ask, cases=20),
    agrees("backward-accumulates", AGAIN, SHORT, ask_again, cases=40),
    agrees("graphs-are-apart", APART, SHORT, ask_apart),
    any_order_check(VALUES).but(ask=ask),
    agrees(
        "digits-near-zero",
        NEAR_ZERO,
        VALUES.on(SINGLE.but(kinds=("near zero",), form=("tanh",))),
        ask_near_zero,
        cases=8,
    ),
    agrees("shared-values", SHARED, VALUES.on(DIAMOND), ask_diamonds, cases=12),
    agrees("deep-graphs", DEEP, VALUES.on(CHAINED), ask_chain, cases=3),
    growth_check(
        plain_cases({}),
        ask_growth,
        letter="N",
        sizes=GROWTH,
        result=VALUES.result,
        sentence="Time grows linearly with the number of operations.",
    ),
)
