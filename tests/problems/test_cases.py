"""Arrays follow from a case alone, and the simplest case comes first."""

from __future__ import annotations

import msgspec
import pytest
import torch
from hypothesis import find, settings

from judge.cases import Drawing
from problems.asks import Call
from problems.cases import DTYPES, HALF, KINDS, LAYOUTS, Case, CaseSpace, Values, cases, relaid, upstream
from problems.checks import Check

CASE = Case(sizes={"B": 2, "T": 3}, seed=5)


def of(**changes: object) -> Case:
    return msgspec.structs.replace(CASE, **changes)


def everything() -> list[Case]:
    return [
        of(kind=kind, layout=layout, dtype=dtype) for kind in KINDS for layout in LAYOUTS for dtype in (*DTYPES, *HALF)
    ]


@pytest.mark.parametrize("case", everything(), ids=lambda case: f"{case.kind}-{case.layout}-{case.dtype}")
def test_the_same_case_gives_the_same_arrays(case: Case) -> None:
    first, second = Values(case), Values(msgspec.json.decode(msgspec.json.encode(case), type=Case))
    for make in (
        lambda values: values.laid_out(2, 3, 4),
        lambda values: values.plain(3),
        lambda values: values.weight(4, 3),
        lambda values: values.bias(4),
        lambda values: values.booleans(2, 2),
    ):
        mine, other = make(first), make(second)
        assert torch.equal(mine, other)
        assert mine.dtype in (case.torch_dtype, torch.bool)
        assert bool(torch.isfinite(mine).all())
    assert first.choice(7) == second.choice(7)


def test_other_seeds_and_salts_give_other_numbers() -> None:
    plain = Values(of(kind="ordinary")).plain(8)
    assert not torch.equal(plain, Values(of(kind="ordinary", seed=6)).plain(8))
    assert not torch.equal(plain, Values(of(kind="ordinary"), salt=1).plain(8))


def test_kinds_are_what_they_are_called() -> None:
    made = {kind: Values(of(kind=kind)).plain(50) for kind in KINDS}
    assert torch.equal(made["small integers"], made["small integers"].round())
    assert float(made["small integers"].abs().max()) <= 3
    assert not bool(made["zero"].any())
    assert len(made["equal"].unique()) == 1
    assert float(made["huge"].abs().max()) > 50
    assert 0 < float(made["tiny"].abs().max()) < 1e-2
    assert 0.5 < float(made["ordinary"].std()) < 2


def test_factors_of_huge_and_tiny_can_be_chosen() -> None:
    values = Values(of(kind="huge"), huge=3000.0)
    assert float(values.plain(50).abs().max()) > 2000


def test_layouts_lie_in_memory_as_they_are_called() -> None:
    contiguous = Values(of(kind="ordinary")).laid_out(2, 3, 4)
    for layout in ("transposed", "sliced"):
        laid = Values(of(kind="ordinary", layout=layout)).laid_out(2, 3, 4)
        assert torch.equal(laid, contiguous)
        assert not laid.is_contiguous()
    expanded = Values(of(kind="ordinary", layout="expanded")).laid_out(2, 3, 4)
    assert expanded.stride()[0] == 0
    assert torch.equal(expanded[0], expanded[1])


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3), (0, 3), (2, 1, 3, 2)])
def test_another_layout_holds_the_same_numbers(layout: str, shape: tuple[int, ...]) -> None:
    tensor = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    assert torch.equal(relaid(tensor, layout), tensor)


def test_a_bias_is_never_zero_throughout() -> None:
    for seed in range(200):
        for kind in KINDS:
            assert bool(Values(of(seed=seed, kind=kind)).bias(1).any())


def test_products_with_a_weight_keep_their_size() -> None:
    values = Values(of(kind="ordinary"))
    x, weight = values.plain(200, 64), values.weight(64, 64)
    assert 0.5 < float((x @ weight.T).std() / x.std()) < 2


def test_upstream_gradients_are_of_the_shapes_and_the_dtype() -> None:
    for dtype in (*DTYPES, *HALF):
        above = upstream(of(dtype=dtype, kind="zero"), (2, 3), (4,))
        assert [tuple(tensor.shape) for tensor in above] == [(2, 3), (4,)]
        assert all(tensor.dtype == of(dtype=dtype).torch_dtype and bool(tensor.any()) for tensor in above)


SIZES = {"B": (1, 2, 3), "H": (1, 4)}


def strategy() -> CaseSpace:
    return cases(SIZES, options={"mask": ("none", "full")}, derived={"D": lambda sizes: 2 * sizes["H"]})


def test_every_part_is_drawn_from_its_list() -> None:
    check = Check(
        name="x", sentence="", draw=strategy, ask=lambda case: [Call(target="f")], judge=lambda asked: None, cases=300
    )
    drawn = Drawing(check, 0).cases()
    for letter, values in SIZES.items():
        assert {case.sizes[letter] for case in drawn} == set(values)
    assert all(case.sizes["D"] == 2 * case.sizes["H"] for case in drawn)
    assert {case.kind for case in drawn} == set(KINDS)
    assert {case.layout for case in drawn} == set(LAYOUTS)
    assert {case.dtype for case in drawn} == set(DTYPES)
    assert {case.options["mask"] for case in drawn} == {"none", "full"}
    assert len({case.seed for case in drawn}) > 250


def test_the_first_of_each_list_is_what_shrinking_ends_at() -> None:
    space = strategy()
    dealt = space.deal(40, "a seed")[-1]
    simplest = find(space.simpler(dealt), lambda case: True, settings=settings(database=None, derandomize=True))
    assert simplest == Case(sizes={"B": 1, "H": 1, "D": 2}, options={"mask": "none"})
