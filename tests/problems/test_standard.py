"""Each standard check and requirement sees the wrong answer that it is there for, and no right one; asked without a sandbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from judge.cases import Drawing
from judge.oracle import Expected, Reference
from problems.asks import Call, Handle
from problems.cases import Case, Values, cases
from problems.checks import CaseAnswers, Check, Subject
from problems.comparison import Layout
from problems.properties import agrees, bad_arguments_check, in_turn_check, standard_checks
from problems.requirements import AddsUp, Agrees, Slopes, Unchanged

# affine(x, weight, bias=None, scale=1.0) = scale * x weight^T + bias; raises ValueError where scale is negative

SPACE = cases(
    {"B": (2, 1, 3, 4), "N": (1, 2, 3, 8, 17), "M": (1, 2, 9)}, options={"bias": (True, False), "scale": (1.0, 2.5)}
)


def inputs(case: Case) -> dict[str, Any]:
    values = Values(case)
    return {
        "x": values.laid_out(*case.shape("B N")),
        "weight": values.weight(case.sizes["M"], case.sizes["N"]),
        "bias": values.bias(case.sizes["M"]) if case.options["bias"] else None,
        "scale": case.options["scale"],
    }


SUBJECT = Subject(
    draw=SPACE,
    inputs=inputs,
    target="affine",
    result=Layout("result", "B M"),
    rows=("x",),
    defaults={"bias": None, "scale": 1.0},
)
CHECKS = standard_checks(
    SUBJECT,
    in_turn_check(SUBJECT, "in-turn", "A scale holds for its call.", lambda case: [{"scale": 4.0}]),
    larger=({"N": 200}, {"B": 70}),
    limits=({"scale": 1000.0}, {"N": 500}),
    raises=bad_arguments_check(SUBJECT, lambda case: [{"scale": -1.0}], sentence="A negative scale raises ValueError."),
)
BY_NAME = {check.name: check for check in CHECKS}


def affine(x: Any, weight: Any, bias: Any = None, scale: float = 1.0) -> Any:
    if scale < 0:
        raise ValueError("scale")
    made = scale * (x @ weight.T)
    return made if bias is None else made + bias


def by_sums(x: Any, weight: Any, bias: Any = None, scale: float = 1.0) -> Any:
    if scale < 0:
        raise ValueError("scale")
    made = (x[:, None, :] * weight * scale).sum(-1)
    return made if bias is None else bias + made


def by_einsum(x: Any, weight: Any, bias: Any = None, *others: Any, **named: Any) -> Any:
    scale = others[0] if others else named.get("scale", 1.0)
    if scale < 0:
        raise ValueError("scale")
    return torch.einsum("bn,mn->bm", x * scale, weight) + (0 if bias is None else bias)


def changed(change: Callable[..., Any]) -> Callable[..., Any]:
    """affine, with its result or its arguments changed."""

    def wrong(x: Any, weight: Any, bias: Any = None, scale: float = 1.0) -> Any:
        return change(x, weight, bias, scale)

    return wrong


def kept_by_shape() -> Callable[..., Any]:
    kept: dict[Any, Any] = {}
    return changed(lambda x, w, b, s: kept.setdefault((x.shape, w.shape, b is None, s), affine(x, w, b, s)))


def one_buffer() -> Callable[..., Any]:
    kept: dict[Any, Any] = {}

    def wrong(x: Any, weight: Any, bias: Any, scale: float) -> Any:
        made = affine(x, weight, bias, scale)
        return made if made.requires_grad else kept.setdefault((made.shape, made.dtype), made.clone()).copy_(made)

    return changed(wrong)


def kept_scale() -> Callable[..., Any]:
    largest = [0.0]

    def wrong(x: Any, weight: Any, bias: Any, scale: float) -> Any:
        largest[0] = max(largest[0], scale)
        return affine(x, weight, bias, scale) if scale < 0 else affine(x, weight, bias, largest[0])

    return changed(wrong)


def default_of_two(x: Any, weight: Any, bias: Any = None, scale: float = 2.0) -> Any:
    return affine(x, weight, bias, scale)


def raises_type_error(x: Any, weight: Any, bias: Any = None, scale: float = 1.0) -> Any:
    if scale < 0:
        raise TypeError("scale")
    return affine(x, weight, bias, scale)


def scaled_in_place(x: Any, weight: Any, bias: Any, scale: float) -> Any:
    return affine(x if x.requires_grad or 0 in x.stride() else x.mul_(scale), weight, bias, abs(scale) / scale)


WRONG: dict[str, tuple[str, Callable[[], Callable[..., Any]]]] = {
    "transposed": ("shape-and-dtype", lambda: changed(lambda x, w, b, s: affine(x, w, b, s).T)),
    "in double precision": ("shape-and-dtype", lambda: changed(lambda x, w, b, s: affine(x, w, b, s).double())),
    "without bias": ("agrees-with-reference", lambda: changed(lambda x, w, b, s: affine(x, w, None, s))),
    "long rows cut": ("larger-sizes", lambda: changed(lambda x, w, b, s: affine(x[:, :100], w[:, :100], b, s))),
    "scale capped": ("at-the-limits", lambda: changed(lambda x, w, b, s: affine(x, w, b, min(s, 100.0)))),
    "rows capped": ("at-the-limits", lambda: changed(lambda x, w, b, s: affine(x[:, :400], w[:, :400], b, s))),
    "another default": ("called-by-name", lambda: default_of_two),
    "wrong without gradients": (
        "in-every-mode",
        lambda: changed(lambda x, w, b, s: affine(x, w, b, s) * (1.0 if torch.is_grad_enabled() else 1.01)),
    ),
    "wrong where x alone wants a gradient": (
        "in-every-mode",
        lambda: changed(lambda x, w, b, s: affine(x, w, b, s) * (1.01 if x.requires_grad > w.requires_grad else 1.0)),
    ),
    "one buffer for all results": ("nothing-kept-between-calls", one_buffer),
    "x changed": ("inputs-not-modified", lambda: changed(scaled_in_place)),
    "kept by shape": ("nothing-kept-between-calls", kept_by_shape),
    "largest scale kept": ("in-turn", kept_scale),
    "centred over the batch": (
        "rows-are-independent",
        lambda: changed(lambda x, w, b, s: affine(x - x.mean(0) * (len(x) > 1), w, b, s)),
    ),
    "no error": ("raises-value-error", lambda: changed(lambda x, w, b, s: affine(x, w, b, abs(s)))),
    "another error": ("raises-value-error", lambda: raises_type_error),
    "gradient cut": ("gradients", lambda: changed(lambda x, w, b, s: affine(x.detach(), w, b, s))),
    "gradient of the bias cut": (
        "gradients",
        lambda: changed(lambda x, w, b, s: affine(x, w, None if b is None else b.detach(), s)),
    ),
}


def findings(check: Check, solution: dict[str, Any], right: dict[str, Any], seed: int) -> list[Any]:
    """What a check says of each case of a seed."""
    found = []
    for case in Drawing(check, seed).cases():
        program = check.ask(case)
        answers = Reference(solution, tolerant=True).answers(program, case.torch_dtype)
        expected = Expected(Reference(right), program, case.seed)
        asked = CaseAnswers(case=case, program=program, answers=answers, right=expected, arrays="tensor")
        found.append(check.finding(asked))
    return found


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("style", [affine, by_sums, by_einsum], ids=lambda style: style.__name__)
def test_right_answers_in_other_styles_are_accepted(style: Callable[..., Any], seed: int) -> None:
    for check in CHECKS:
        assert set(findings(check, {"affine": style}, {"affine": affine}, seed)) == {None}, check.name


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", WRONG)
def test_each_check_sees_what_it_is_there_for(name: str, seed: int) -> None:
    check, make = WRONG[name]
    found = findings(BY_NAME[check], {"affine": make()}, {"affine": affine}, seed)
    assert any(each is not None for each in found)


def test_the_checks_stand_in_their_order() -> None:
    assert [check.name for check in CHECKS] == [
        *(
            "shape-and-dtype",
            "agrees-with-reference",
            "inputs-not-modified",
            "larger-sizes",
            "in-turn",
            "at-the-limits",
        ),
        *(
            "called-by-name",
            "in-every-mode",
            "nothing-kept-between-calls",
            "right-in-any-order",
            "rows-are-independent",
        ),
        *("raises-value-error", "gradients"),
    ]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"leave_out": {"gradient": "there is none"}}, "gradient is no standard check"),
        ({"leave_out": {"gradients": "no"}}, "must say why gradients is left out"),
        ({"larger": ()}, "name larger= sizes"),
        ({"counts": {"agrees": 3}}, "counts= names agrees"),
    ],
)
def test_what_makes_no_sense_is_told(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        standard_checks(SUBJECT, **{"larger": ({"N": 200},), **fields})


def test_rows_are_left_out_only_with_a_reason() -> None:
    alone = Subject(draw=SPACE, inputs=inputs, target="affine", result=Layout("result", "B M"))
    with pytest.raises(ValueError, match="say in leave_out= why there is no check of rows-are-independent"):
        standard_checks(alone, larger=({"N": 200},))


def test_a_check_must_say_what_holds() -> None:
    with pytest.raises(TypeError, match="must say what holds"):
        Check(name="a-check", sentence="", draw=SPACE, ask=lambda case: [])


# requirements that standard checks do not use


def gradient(x: Any, weight: Any, above: Any) -> Any:
    """Of sum(above * x weight^T) for x."""
    return above @ weight


def three(case: Case) -> dict[str, Any]:
    given = inputs(case)
    return {"x": given["x"], "weight": given["weight"], "above": Values(case, salt=3).plain(*case.shape("B M"))}


BACK = Subject(
    draw=SPACE.but(dtypes=("float64",), kinds=("ordinary",)),
    inputs=three,
    target="gradient",
    result=Layout("d_x", "B N"),
)


def loss(given: Any) -> float:
    return float((given["above"] * (given["x"] @ given["weight"].T)).sum())


SLOPES = agrees("slopes", "", BACK, requires=Slopes(BACK.result, {"d_x": "x"}, loss))


def combined(case: Case) -> list[Any]:
    first, second = three(case), three(case.but(seed=case.seed + 1))
    mixed = {**first, "above": 2 * first["above"] - 3 * second["above"]}
    return [first, {**first, "above": second["above"]}, mixed]


LINEAR = agrees("linear", "", BACK, combined, requires=AddsUp(BACK.result, "is not linear", factors=(2.0, -3.0)))
WRONG_BACK = {
    "halved": (SLOPES, lambda x, weight, above: above @ weight / 2),
    "a little off": (SLOPES, lambda x, weight, above: above @ weight * 1.0001),
    "clipped": (LINEAR, lambda x, weight, above: (above @ weight).clamp(-1, 1)),
}


@pytest.mark.parametrize("seed", range(3))
def test_slopes_and_sums_accept_right_gradients(seed: int) -> None:
    by_sums = {"gradient": lambda x, weight, above: (above[:, :, None] * weight).sum(1)}
    for check in (SLOPES, LINEAR):
        assert set(findings(check, by_sums, {"gradient": gradient}, seed)) == {None}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", WRONG_BACK)
def test_slopes_and_sums_see_wrong_gradients(name: str, seed: int) -> None:
    check, wrong = WRONG_BACK[name]
    found = findings(check, {"gradient": wrong}, {"gradient": gradient}, seed)
    assert any(each is not None for each in found)


def test_what_an_earlier_call_left_must_stay_as_it_was() -> None:
    """The argument is a handle: what it stood for is the answer of the earlier call."""

    def program(case: Case) -> list[Any]:
        x = inputs(case)["x"].contiguous()
        return [
            Call(target="first", args=(x,), into="kept"),
            Call(target="second", args=(Handle("kept"),), arguments=("kept",), echo=True),
        ]

    check = Check(name="stays", sentence="", draw=SPACE, ask=program, requires=Unchanged())
    right = {"first": lambda x: x + 1, "second": lambda kept: kept * 2}
    assert set(findings(check, right, right, 0)) == {None}
    wrong = {**right, "second": lambda kept: kept.mul_(2)}
    found = [each for each in findings(check, wrong, right, 0) if each is not None]
    assert found[0].sentence == "your code changed its input `kept`"


def test_a_note_stands_before_what_is_wrong() -> None:
    noted = agrees(
        "noted",
        "",
        SUBJECT,
        lambda case: [SUBJECT.call(case, note="with these weights")],
        requires=Agrees(SUBJECT.result),
    )
    wrong = {"affine": lambda *given: affine(*given) + 1}
    assert all(
        each.sentence.startswith("with these weights: ") for each in findings(noted, wrong, {"affine": affine}, 0)
    )
