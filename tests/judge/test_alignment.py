"""What a value is like in the reference."""

from __future__ import annotations

import ast
from typing import Any

import pytest
import torch
from inline_snapshot import snapshot

from judge.source import places_of
from judge.tracing.alignment import Alignments
from judge.tracing.describe import letters, remarks
from judge.tracing.observed import Known, is_named_alike, same
from judge.verdict import Alignment

NUMBERS = torch.tensor([[[0.5, -1.0, 2.0], [3.0, 4.0, -2.5]]])  # [1, 2, 3]


def known(place: int, name: str, value: torch.Tensor, **fields: Any) -> Known:
    given = {
        "line": place,
        "times": 1,
        "order": place,
        "given": False,
        "final": False,
        "partial": False,
        "tracked": False,
    }
    return Known(key=(0, place, name), name=name, value=value, **(given | fields))


def likenesses(mine: list[Known], theirs: list[Known], *, failing: bool = True, **options: Any) -> Alignments:
    counts = {each.key[:2]: max(e.times for e in mine if e.key == each.key) for each in mine}
    their_counts = {each.key[:2]: max(e.times for e in theirs if e.key == each.key) for each in theirs}
    return Alignments(mine, theirs, counts, their_counts, "float32", failing=failing, **options)


def like(mine: Known, *theirs: Known, **options: Any) -> Alignment | None:
    return likenesses([mine], list(theirs), **options).of(mine.key)


def said(likeness: Alignment | None) -> tuple[str, str] | None:
    return None if likeness is None else (likeness.kind, likeness.name)


def test_the_same_values_are_found_whatever_the_names() -> None:
    assert said(like(known(1, "mine", NUMBERS * (1 + 1e-6)), known(1, "x_BTD", NUMBERS))) == ("same", "x_BTD")
    other = known(1, "x_BTD", NUMBERS * 1.01)
    assert said(like(known(1, "mine", NUMBERS), other)) == ("differs", "x_BTD")
    assert like(known(1, "mine", NUMBERS), other, failing=False) is None


def test_of_several_the_one_of_that_name_is_taken() -> None:
    theirs = known(1, "a_BTD", NUMBERS), known(2, "scores_BTD", NUMBERS), known(3, "f()", NUMBERS)
    assert said(like(known(1, "score", NUMBERS), *theirs)) == ("same", "scores_BTD")
    assert said(like(known(1, "other", NUMBERS), *theirs)) == ("same", "a_BTD")


def test_axes_in_another_order_and_other_shapes() -> None:
    theirs = known(1, "x_BTD", NUMBERS)
    turned = like(known(1, "x", NUMBERS.permute(2, 0, 1)), theirs)
    assert turned is not None
    assert (turned.kind, turned.axes) == ("transposed", (1, 2, 0))
    assert torch.equal(NUMBERS.permute(2, 0, 1).permute(turned.axes), NUMBERS)
    assert said(like(known(1, "x", NUMBERS.reshape(6)), theirs)) == ("reshaped", "x_BTD")


def test_one_number_many_times_says_nothing_of_axes() -> None:
    theirs = known(1, "x_BTD", torch.zeros(1, 2, 3))
    assert like(known(1, "other", torch.zeros(3, 2, 1)), theirs) is None
    assert said(like(known(1, "other", torch.zeros(1, 2, 3)), theirs)) == ("same", "x_BTD")


def test_kinds_of_numbers_are_not_mixed_and_integers_are_exact() -> None:
    flags = torch.tensor([True, False])
    assert like(known(1, "x", flags.float()), known(1, "x_T", flags)) is None
    assert said(like(known(1, "x", torch.tensor([1, 2])), known(1, "x_T", torch.tensor([1, 3])))) == ("differs", "x_T")


def test_nan_and_infinities_are_equal_to_themselves_only() -> None:
    nan, inf = torch.tensor([torch.nan, 1.0]), torch.tensor([-torch.inf, 1.0])
    assert same(nan, nan, 1e-4)
    assert same(inf, inf, 1e-4)
    assert not same(inf, -inf, 1e-4)
    assert not same(torch.tensor([-1e9, 1.0]), inf, 1e-4)
    assert not same(torch.tensor([0.0, 1.0]), nan, 1e-4)
    assert not same(nan, torch.tensor([0.0, 1.0]), 1e-4)


def test_what_differs_is_set_beside_what_nothing_equals_in_order() -> None:
    mine = [known(1, "q", NUMBERS), known(2, "s", NUMBERS + 1), known(3, "w", NUMBERS + 2)]
    theirs = [known(n, name, NUMBERS + shift) for n, (name, shift) in enumerate((("q_B", 0), ("a_B", 5), ("b_B", 6)))]
    found = likenesses(mine, theirs)
    assert [said(found.of(each.key)) for each in mine] == [("same", "q_B"), ("differs", "a_B"), ("differs", "b_B")]
    assert [(where.name, what.index, what.yours, what.theirs) for where, what in found.differences] == [
        ("s", (0, 0, 0), 1.5, 5.5),
        ("w", (0, 0, 0), 2.5, 6.5),
    ]


def test_probabilities_are_set_beside_probabilities() -> None:
    mine = known(1, "a", (NUMBERS * 2).softmax(-1))
    theirs = known(1, "s_BTD", NUMBERS), known(2, "w_BTD", NUMBERS.softmax(-1))
    assert said(like(mine, *theirs)) == ("differs", "w_BTD")


def test_nothing_is_said_to_differ_that_was_reached_another_number_of_times() -> None:
    mine = [known(1, "s", NUMBERS + n, times=n, order=n) for n in (1, 2)]
    assert likenesses(mine, [known(1, "s_BTD", NUMBERS)]).of(mine[0].key) is None
    assert like(known(1, "s", NUMBERS + 1, partial=True), known(1, "s_BTD", NUMBERS)) is None
    assert like(known(1, "zeros", torch.zeros(1, 2, 3)), known(1, "s_BTD", NUMBERS)) is None


def test_a_difference_that_a_later_line_makes_good_is_none() -> None:
    source = "def f(x, b):\n    part = x + 1\n    whole = part + b\n    other = x * 2\n    return whole\n"
    places = places_of(ast.parse(source))
    mine = [known(1, "part", NUMBERS + 1), known(2, "whole", NUMBERS + 3), known(3, "other", NUMBERS * 2)]
    theirs = [known(1, "both_BTD", NUMBERS + 2), known(2, "whole_BTD", NUMBERS + 3)]
    assert [where.name for where, _ in likenesses(mine, theirs).differences] == ["part"]
    found = likenesses(mine, theirs, places=places)
    assert found.differences == []
    assert found.of(mine[0].key) is None
    theirs[1] = known(2, "whole_BTD", NUMBERS + 4)
    assert [where.name for where, _ in likenesses(mine, theirs, places=places).differences] == ["part", "whole"]
    swapped = [mine[0], known(3, "other", NUMBERS + 4)]  # right, but not made of what differs
    assert [where.name for where, _ in likenesses(swapped, theirs, places=places).differences] == ["part"]


def test_what_has_another_shape_elsewhere_is_another_thing() -> None:
    mine, theirs = known(1, "s", NUMBERS + 1), known(4, "w_BTD", NUMBERS)
    elsewhere = {(1, "s"): (2, 5, 7)}, {(4, "w_BTD"): (2, 7, 5)}
    assert like(mine, theirs, elsewhere=elsewhere) is None
    assert said(like(mine, theirs, elsewhere=(elsewhere[0], {}))) == ("differs", "w_BTD")


def test_right_the_first_time_and_wrong_the_second() -> None:
    mine = [known(1, "h", NUMBERS, times=1, order=1), known(1, "h", NUMBERS + 1, times=2, order=2)]
    theirs = [known(1, "h_BH", NUMBERS, times=1, order=1), known(1, "h_BH", NUMBERS + 3, times=2, order=2)]
    ((_, found),) = likenesses(mine, theirs).differences
    assert (found.kind, found.name, found.times, found.yours, found.theirs) == ("differs", "h_BH", 2, 1.5, 3.5)


def test_the_same_name_in_another_shape() -> None:
    found = like(known(1, "scores", NUMBERS), known(1, "scores_BHTS", torch.ones(1, 2, 2, 2)))
    assert found is not None
    assert (found.kind, found.shape) == ("other shape", (1, 2, 2, 2))


def test_results_are_compared_with_results() -> None:
    theirs = [known(1, "joined_BTD", NUMBERS), known(2, "forward()", NUMBERS * 3, final=True)]
    theirs[1] = Known(**{f: getattr(theirs[1], f) for f in theirs[1].__struct_fields__} | {"key": (0, 2, "")})
    mine = known(1, "forward()", NUMBERS, final=True)
    mine = Known(**{f: getattr(mine, f) for f in mine.__struct_fields__} | {"key": (0, 1, "")})
    found = like(mine, *theirs)
    assert found is not None
    assert (found.kind, found.name, found.instead) == ("differs", "forward()", "joined_BTD")


def test_a_gradient_that_is_lost() -> None:
    mine, theirs = known(1, "h", NUMBERS), known(1, "h_BH", NUMBERS, tracked=True)
    assert [where.name for where, _ in likenesses([mine], [theirs], gradients=True).differences] == ["h"]
    assert likenesses([mine], [theirs], gradients=False).differences == []


@pytest.mark.parametrize(
    ("mine", "other", "alike"),
    [
        ("scores", "scores_BHTS", True),
        ("score", "scores_BHTS", True),
        ("self.h", "h_BH", True),
        ("q", "queries_BTD", False),
    ],
)
def test_names(mine: str, other: str, alike: bool) -> None:
    assert is_named_alike(mine, other) is alike


def test_letters_where_they_can_be_told() -> None:
    sizes = {"B": 2, "T": 3, "D": 5, "H": 1}
    assert letters((2, 3, 5), sizes) == ("B", "T", "D")
    assert letters((1, 3, 7), sizes) == ("1", "T", "7")
    assert letters((1, 7), sizes) is None
    assert letters((2, 3), sizes | {"S": 3}) is None
    assert letters((), sizes) is None


def test_half_precision_is_computed_in_float32_and_in_nothing_else() -> None:
    x = torch.tensor([0.5, 2.0])
    for dtype, said in (
        (torch.float32, ()),
        (torch.float16, ()),
        (torch.float64, ("float64, where the case is float16",)),
    ):
        assert remarks(x.to(dtype), "x", dtype="float16") == said


def test_remarks() -> None:
    nan, inf = torch.nan, torch.inf
    tensors = {
        "plain": torch.tensor([[0.5, 2.0]]),
        "rows": torch.tensor([[0.25, 0.75], [0.5, 0.5]]),
        "columns": torch.tensor([[0.25, 0.5], [0.75, 0.5]]),
        "attn": torch.tensor([[0.25, 0.25], [0.5, 0.25]]),
        "flags": torch.tensor([[0.0, 1.0], [1.0, 0.0]]),
        "vector": torch.tensor([0.25, 0.75]),
        "half": torch.tensor([[0.25, 0.25], [0.5, 0.25]]),
        "constant": torch.full((2, 2), 0.5),
        "one": torch.tensor([0.5]),
        "nan": torch.tensor([[1.0, nan], [nan, 2.0]]),
        "masked": torch.tensor([[1.0, -inf], [3.0, 2.0]]),
        "lost": torch.full((2,), nan),
        "gone": torch.full((2,), -inf),
        "empty": torch.zeros(0, 2),
        "double": torch.tensor([1.0, 2.0]).double(),
        "integers": torch.tensor([1, 0]),
        "mask": torch.tensor([True, True]),
    }
    assert {name: remarks(tensor, name, dtype="float32") for name, tensor in tensors.items()} == snapshot(
        {
            "plain": (),
            "rows": ("rows sum to 1",),
            "columns": ("sums to 1 along axis 0, not along its rows",),
            "attn": ("rows sum to 0.5 to 0.75",),
            "flags": (),
            "vector": (),
            "half": (),
            "constant": ("all 0.5",),
            "one": (),
            "nan": ("NaN at [0, 1] and 1 more",),
            "masked": ("-inf at [0, 1]",),
            "lost": ("NaN throughout",),
            "gone": ("all -inf",),
            "empty": ("empty",),
            "double": ("float64, where the case is float32",),
            "integers": (),
            "mask": ("all True",),
        }
    )
