"""A NumPy reference: asked in three precisions as one in torch is, and every operation that it writes a little off."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

from judge.oracle.noise_numpy import Noise, Rough
from judge.oracle.reference import ArrayReference, Expected, Reference
from problems.asks import Call, Handle, Overwrite, Program, Put, Unreadable

EPS = 1e-3
HEAD = "import math\nimport numpy as np\n"


def rough(body: str, *args: Any, eps: float = EPS) -> tuple[Any, Any, float]:
    """What the body of f(x, y) returns with noise and without, and the largest number on the way."""
    source = HEAD + "def f(x, y):\n" + "".join(f"    {line}\n" for line in body.split("\n"))
    plain: dict[str, Any] = {}
    exec(source, plain)
    noise = Noise(eps, 0)
    return Rough(source, "f").under(noise)["f"](*args), plain["f"](*args), noise.largest


X, Y = np.arange(1.0, 7.0).reshape(2, 3), np.arange(3.0, 9.0).reshape(2, 3)


@pytest.mark.parametrize(
    "body",
    [
        "return x + y",
        "return x @ y.T",
        "return np.exp(x)",
        "return x.sum(axis=0)",
        "return x.mean()",
        "return np.einsum('ij,kj->ik', x, y)",
        "x = x.copy()\nx += y\nreturn x",
        "x = x.copy()\nx[0] *= y[0]\nreturn x[0]",
        "made = np.zeros((2, 3))\nmade += 1.0\nmade += 2.0\nreturn made",
        "made = np.zeros((2, 3))\nmade[:, 1] = 2.0\nreturn (made * made)[:, 1]",
        "return np.add(x, y, out=np.empty((2, 3)))",
        "return sum(row.dot(row) for row in x)",
        "return (lambda a: a * 3)(x)",
        "return math.exp(float(x[0, 0])) * 2.0",
        "total = 0.0\nfor value in x.ravel().tolist():\n    total += value / 3\nreturn total",
        "return np.linalg.svd(x)[1]",
        "return np.zeros((2, 3)) + 1.0",
    ],
)
def test_every_operation_is_off_by_about_eps(body: str) -> None:
    found, exact, _ = rough(body, X, Y)
    off = np.abs(np.asarray(found) - exact) / np.abs(exact)
    assert np.all(off > 0)
    assert np.all(off < 20 * EPS)
    again, _, _ = rough(body, X, Y)
    assert np.array_equal(found, again)
    finer, _, _ = rough(body, X, Y, eps=1e-9)
    assert np.all(np.abs(np.asarray(finer) - exact) < 1e-7 * np.abs(exact))


@pytest.mark.parametrize(
    "body",
    [
        "return x",
        "return x.T[1:]",
        "return x.reshape(3, 2)",
        "return np.asarray(x)",
        "return -x",
        "return x.max(axis=0)",
        "return np.zeros((2, 3))",
        "made = np.empty((2, 3))\nmade[...] = x\nreturn made",
        "return np.arange(4) * 2",
        "return (x > y).sum()",
        "kept = {}\nreturn kept.setdefault('x', x)",
    ],
)
def test_what_rounds_nothing_is_left_as_it_is(body: str) -> None:
    found, exact, _ = rough(body, X, Y)
    assert np.array_equal(found, exact)


def test_what_is_written_into_one_name_shows_in_the_other() -> None:
    found, exact, _ = rough("a = x * 1.0\nkept = {}\nb = kept.setdefault('a', a)\nb += y\nreturn a - b", X, Y)
    assert np.array_equal(found, exact)


def test_inputs_are_never_written_into() -> None:
    before = X.copy()
    rough("x = np.asarray(x)\nz = x + y\nz += x\nreturn z", X, Y)
    rough("x = np.asarray(x)\nreturn x", X.copy(), Y)
    assert np.array_equal(X, before)


def test_the_largest_finite_number_on_the_way_is_kept() -> None:
    _, _, largest = rough("z = x * 1000\nz = np.where(z > 2500, np.inf, z)\nreturn z / 1e6", X, Y)
    assert largest == pytest.approx(6000, rel=1e-2)


def test_the_files_own_functions_are_disturbed_within_and_not_again() -> None:
    source = HEAD + "def same(x):\n    return x\ndef f(x):\n    return same(x)\n"
    assert Rough(source, "f").under(Noise(EPS, 0))["f"](X) is X


# as a reference

SOURCE = """
import numpy as np

def third(x, y=None):
    if y is not None and len(y) > 3:
        raise ValueError("too long")
    return x / 3, x.sum()

def writes(x):
    x *= 2
    return x

def huge(x):
    return np.exp(x * 1000)

def odd(x):
    return np.array(["a"]), np.float32(1.5)
"""


def reference(*, tolerant: bool = False) -> Reference:
    names: dict[str, Any] = {}
    exec(SOURCE, names)
    return ArrayReference(SOURCE, names, tolerant=tolerant)


ONE = torch.tensor([1.0, 2.0])


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_answers_are_tensors_in_the_precision_asked_for(dtype: torch.dtype) -> None:
    right = Expected(reference(), [Call(target="third", args=(ONE.to(dtype),))], 0)
    exact, total = right.exact(0).value
    assert torch.equal(exact, ONE.double() / 3)
    assert (total.shape, total.dtype, float(total)) == ((), torch.float64, 3.0)
    assert torch.equal(right.single(0).value[0], ONE / 3)
    answers, largest = right.rough(0, 1e-6, 3)
    assert len(answers) == 3
    for answer in answers:
        off = (answer.value[0] - exact).abs().max()
        assert 0 < off < 1e-5
    assert largest == pytest.approx(3.0)


def test_integers_stay_what_they_are_and_layouts_arrive() -> None:
    names = {"f": lambda x, at: (np.array(x.strides) // x.itemsize, at)}
    found = ArrayReference("", names).answers(
        [Call(target="f", args=(torch.zeros(3, 2).T, torch.tensor([1], dtype=torch.int32)))], torch.float32
    )
    assert found[0].value[0].tolist() == [1, 2]
    assert found[0].value[1].dtype == torch.int32


def test_what_is_put_and_written_over_is_kept_by_handle() -> None:
    program: Program = [
        Put(into="x", value=ONE),
        Call(target="writes", args=(Handle("x"),), echo=True),
        Overwrite(into="x", value=ONE * 5),
        Call(target="writes", args=(Handle("x"),)),
    ]
    found = reference(tolerant=True).answers(program, torch.float64)
    assert found[1].value.tolist() == [2.0, 4.0]
    assert found[1].echo[0][0].tolist() == [2.0, 4.0]
    assert found[3].value.tolist() == [10.0, 20.0]
    assert ONE.tolist() == [1.0, 2.0]


def test_exceptions_overflow_and_odd_results_are_answers() -> None:
    long = torch.ones(4)
    found = reference().answers([Call(target="third", args=(long, long), may_raise=True)])
    assert found[0].failure is not None
    assert found[0].failure.message == "too long"
    state = np.random.get_state()[1].tolist()  # type: ignore[index]
    assert math.isinf(float(reference().answers([Call(target="huge", args=(ONE,), seed=3)])[0].value[0]))
    assert np.random.get_state()[1].tolist() == state  # type: ignore[index]
    text, number = reference().answers([Call(target="odd", args=(ONE,))])[0].value
    assert isinstance(text, Unreadable)
    assert (number.dtype, number.item()) == (torch.float32, 1.5)


def test_measured_answers_carry_their_time() -> None:
    *_, found = reference(tolerant=True).measured([Call(target="third", args=(ONE.double(),))])
    assert found[0].value[0].dtype == torch.float32
    assert found[0].cpu_seconds is not None
