"""The program that repeats a failure: every input has its numbers, its dtype and its layout; every step is Python."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from judge.program import MOST_LITERAL, to_steps
from judge.program.scripts import Setting, script
from problems import find_problem
from problems.asks import (
    Assign,
    Call,
    Compute,
    Construct,
    Differentiate,
    Handle,
    Look,
    Overwrite,
    Program,
    Put,
    Read,
)
from problems.cases import Case
from problems.comparison import Layout
from problems.functions import SCORES, token_scores
from problems.values import Values, recorded_draws, relaid
from sandbox.guest import wire
from sandbox.guest.given import made
from sandbox.guest.interpreter import Interpreter

ATTENTION, LSTM, SOFTMAX, AUTOGRAD, BEAM, ADAM = (
    find_problem(slug) for slug in ("multi_head_attention", "lstm", "softmax", "autograd", "beam_search", "adam")
)
DTYPES = (
    torch.float32,
    torch.float64,
    torch.float16,
    torch.bfloat16,
    torch.int64,
    torch.int32,
    torch.bool,
    torch.uint8,
)


def run(text: str, **names: Any) -> dict[str, Any]:
    """The names that a script leaves. What it would import from the user's file is given; the line that imports it is left out."""
    lines = [line for line in text.splitlines() if not line.startswith(("from answer import", "#"))]
    exec(compile("\n".join(lines), "pasted.py", "exec"), names)
    return names


def seen(tensor: torch.Tensor, arrays: str = "tensor", setting: Setting | None = None) -> Any:
    """What a function gets where a script calls it with this tensor."""
    got: list[Any] = []
    text = script(
        SOFTMAX, [Call(target="softmax", args=(tensor,))], "", setting or Setting(module="answer", arrays=arrays)
    )
    run(text, softmax=got.append)
    return got[0]


@pytest.mark.parametrize("layout", ["contiguous", "transposed", "sliced", "expanded"])
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("shape", [(), (1,), (3,), (1, 1), (2, 3), (3, 1, 2), (2, 3, 2, 2), (0, 3), (7, 50)], ids=str)
def test_an_array_comes_as_it_was(layout: str, dtype: torch.dtype, shape: tuple[int, ...]) -> None:
    generator = torch.Generator().manual_seed(3)
    tensor = (torch.randn(shape, generator=generator, dtype=torch.float64) * 3).to(dtype)
    if layout == "expanded" and len(shape) > 1:
        tensor = tensor[:1].expand(shape) if shape[0] else tensor
    else:
        tensor = relaid(tensor, layout)
    mine = seen(tensor)
    assert (mine.dtype, mine.shape) == (tensor.dtype, tensor.shape)
    assert torch.equal(mine, tensor)
    if tensor.numel() > 1:
        where = [n for n, size in enumerate(shape) if size > 1]
        assert [mine.stride(n) for n in where] == [tensor.stride(n) for n in where]
    if dtype is torch.bfloat16:
        return  # NumPy has none
    array = seen(tensor, "array")
    assert array.flags.writeable
    assert torch.equal(torch.from_numpy(array.copy()), tensor.contiguous())
    if tensor.numel() > 1:
        assert [array.strides[n] for n in where] == [tensor.stride(n) * tensor.element_size() for n in where]


@given(st.lists(st.floats(width=32), min_size=1, max_size=8), st.sampled_from(["tensor", "array"]))
def test_every_number_keeps_its_bits(numbers: list[float], arrays: str) -> None:
    tensor = torch.tensor(numbers)
    mine = torch.as_tensor(np.asarray(seen(tensor, arrays)))
    assert torch.equal(torch.isnan(mine), torch.isnan(tensor))
    keep = ~torch.isnan(tensor)
    assert torch.equal(mine[keep].view(torch.int32), tensor[keep].view(torch.int32))


@pytest.mark.parametrize("view", [lambda x: x[1:, 1:], lambda x: x[::2], lambda x: x.flip(0).T[1:], lambda x: x[:, 1]])
def test_a_view_of_any_kind_comes_as_it_was(view) -> None:
    tensor = view(torch.arange(20.0).reshape(4, 5))
    assert torch.equal(seen(tensor), tensor)
    assert seen(tensor).stride() == tensor.stride()


@pytest.mark.parametrize("kind", ["small integers", "ordinary", "equal", "huge", "tiny", "zero"])
@pytest.mark.parametrize("arrays", ["tensor", "array"])
def test_what_is_large_is_made_by_the_formula_that_drew_it(kind: str, arrays: str) -> None:
    case = Case(sizes={"B": 1}, kind=kind, seed=11)
    with recorded_draws() as draws:
        values = Values(case)
        values.choice(5)
        first, second = values.plain(7), values.laid_out(20, 15)
        weight, bias, mask = values.weight(30, 10), values.bias(300), values.booleans(20, 20)
    setting = Setting(module="answer", arrays=arrays, draws=tuple(draws))
    for tensor in (second, weight, bias, mask):
        assert tensor.numel() > MOST_LITERAL
        assert torch.equal(torch.as_tensor(seen(tensor, arrays, setting)), tensor)
        text = script(SOFTMAX, [Call(target="softmax", args=(tensor,))], "", setting)
        assert "b85decode" not in text
        assert len(text) < 1200
    assert torch.equal(torch.as_tensor(seen(first, arrays, setting)), first)


def test_what_is_large_and_follows_no_formula_is_unpacked() -> None:
    tensor = torch.arange(500.0).sin()
    text = script(SOFTMAX, [Call(target="softmax", args=(tensor,))], "", Setting(module="answer"))
    assert "zlib.decompress" in text
    assert torch.equal(seen(tensor), tensor)


def test_one_object_stays_one_object_and_two_stay_two() -> None:
    same = torch.ones(1, 1, 2)
    got: list[Any] = []
    program: Program = [Call(target="m", args=(same, same, torch.ones(1, 1, 2), None))]
    run(script(ATTENTION, program, "", Setting(module="answer")), m=lambda *args: got.append(args))
    query, key, value, _ = got[0]
    assert query is key
    assert query is not value


def test_weights_gradients_modes_and_seeds_are_lines_of_it() -> None:
    program: Program = [
        Construct(target="MultiHeadAttention", args=(2, 1), dtype="float64", seed=5),
        Assign(state={"q_proj.weight": torch.eye(2, dtype=torch.float64), "q_proj.weight.grad": None}),
        Call(target="m.eval", answer=False),
        Call(target="m", args=(torch.ones(1, 1, 2, dtype=torch.float64),) * 3, mode="no_grad", into="first"),
        Read(names=("q_proj.weight",)),
    ]
    text = script(ATTENTION, program, "q_proj.weight", Setting(module="answer", seeded=("torch",)))

    class MultiHeadAttention(torch.nn.Module):
        def __init__(self, d_model: int, num_heads: int) -> None:
            super().__init__()
            self.q_proj = torch.nn.Linear(d_model, d_model)

        def forward(self, query: Any, key: Any, value: Any) -> Any:
            assert not torch.is_grad_enabled()
            assert not self.training
            return self.q_proj(query)

    names = run(text, MultiHeadAttention=MultiHeadAttention)
    assert torch.equal(names["found"], torch.eye(2, dtype=torch.float64))
    assert not names["first"].requires_grad
    assert "torch.manual_seed(5)" in text
    assert text.startswith("import torch\nfrom answer import MultiHeadAttention\n")


def test_gradients_are_those_of_the_judge() -> None:
    x, h, up = torch.ones(1, 2, 1), torch.full((1, 1), 2.0), torch.full((1, 2, 1), 3.0)
    program: Program = [Differentiate(target="lstm", args=(x, h), upstream=(up, None, None), arguments=("x", "h0"))]
    layout = (Layout("outputs", "B T H"), (Layout("h_n", "B H"), Layout("c_n", "B H")))
    text = script(LSTM, program, "the gradient for h0", Setting(module="answer", result=layout))
    names = run(text, lstm=lambda x, h: (x * h, (h, h)))
    assert torch.equal(names["found"], torch.tensor([[6.0]]))


def test_a_part_of_a_result_is_found_by_its_name() -> None:
    layout = (Layout("outputs", "B T H"), (Layout("h_n", "B H"), Layout("c_n", "B H")))
    program: Program = [Call(target="lstm", args=(torch.ones(1),))]
    text = script(LSTM, program, "c_n", Setting(module="answer", result=layout))
    assert run(text, lstm=lambda x: (1, (2, 3)))["found"] == 3


def test_an_expression_is_python() -> None:
    operations = (("Value", (1,)), ("*", (0, 2)), ("neg", (-1,)), ("**", (4, 1)), ("+=", (5, 0)), ("grad=", (0, 1)))
    program: Program = [
        Construct(target="Value", args=(2.0,), into="a"),
        Compute(inputs=(Handle("a"), 3), operations=operations, names={"b": 2, "y": 6}),
        Look(of=(Handle("a"), Handle("v", (3,))), attributes=("data", "grad")),
    ]
    text = script(AUTOGRAD, program, "", Setting(module="answer", arrays="value"))

    class Value:
        def __init__(self, data: float) -> None:
            self.data, self.grad = data, 0.0

        def __mul__(self, other: Any) -> Value:
            return Value(self.data * other.data)

        def __neg__(self) -> Value:
            return Value(-self.data)

        def __pow__(self, power: int) -> Value:
            return Value(self.data**power)

        def __add__(self, other: Any) -> Value:
            return Value(self.data + other.data)

    names = run(text, Value=Value)
    assert names["found"] == [2.0, 3, 6.0, 0.0]
    assert names["y"].data == (-6.0) ** 3 + 2


def test_a_long_expression_is_a_loop() -> None:
    program: Program = [
        Compute(inputs=(1, 2), operations=(("+", (-1, 1)), ("-", (-1, 0))), times=5_000, names={"y": -1})
    ]
    text = script(AUTOGRAD, program, "", Setting(module="answer", arrays="value"))
    assert len(text.splitlines()) < 12
    assert run(text)["y"] == 2 + 5_000


@pytest.mark.parametrize("scores", SCORES)
def test_a_function_is_the_one_that_the_judge_supplies(scores: str) -> None:
    function = token_scores(3, 8, scores, length=2)
    program: Program = [
        Put(into="log_probs", value=function),
        Call(target="beam_search", args=(Handle("log_probs"), 1, 2)),
    ]
    names = run(script(BEAM, program, "", Setting(module="answer", arrays="value")), beam_search=lambda f, *_: f([]))
    mine = made(wire.Given(function.kind, function.fields))
    for prefix in ([], [0], [2, 1], (1, 1, 0)):
        assert names["log_probs"](prefix) == mine(prefix)
    assert names["log_probs"].calls == 1 + 4
    inline = script(
        BEAM, [Call(target="beam_search", args=(function, 1, 2))], "", Setting(module="answer", arrays="value")
    )
    assert run(inline, beam_search=lambda f, *_: f((2,)))["found"] == mine((2,))


def test_what_is_held_is_written_over() -> None:
    program: Program = [
        Put(into="held", value=(torch.zeros(2), torch.zeros(1))),
        Call(target="softmax", args=(Handle("held", (0,)),), into="first"),
        Overwrite(into="held", value=(torch.ones(2), torch.ones(1))),
        Call(target="softmax", args=(Handle("held", (0,)),)),
    ]
    for arrays in ("tensor", "array"):
        names = run(script(SOFTMAX, program, "", Setting(module="answer", arrays=arrays)), softmax=lambda x: x + 0)
        assert names["first"].tolist() == [0, 0]
        assert names["found"].tolist() == [1, 1]


def test_a_changed_input_is_shown() -> None:
    program: Program = [Call(target="softmax", args=(torch.ones(2),), arguments=("x",), echo=True)]
    names = run(script(SOFTMAX, program, "x", Setting(module="answer")), softmax=lambda x: x.mul_(2))
    assert names["before"].tolist() == [1, 1]
    assert names["found"].tolist() == [2, 2]


def test_a_call_that_may_raise_does_not_end_it() -> None:
    def softmax(x: Any, axis: int) -> int:
        if axis > 1:
            raise ValueError("axis")
        return axis

    calls: Program = [Call(target="softmax", args=(torch.ones(1), axis), may_raise=True) for axis in (5, 0)]
    assert run(script(SOFTMAX, calls, "", Setting(module="answer")), softmax=softmax)["found"] == 0


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("attention", "from attention import softmax"),
        ("my-answer", "softmax = importlib.import_module('my-answer').softmax"),
        ("", "# softmax: from your file"),
    ],
)
def test_the_file_is_imported_by_its_name(module: str, line: str) -> None:
    assert line in script(SOFTMAX, [Call(target="softmax", args=(1,))], "", Setting(module=module)).splitlines()


@pytest.mark.parametrize(
    ("mode", "wanted"), [("", (6.0, 3.0)), ("first wanted", (6.0, None)), ("others wanted", (None, 3.0))]
)
def test_only_what_wants_a_gradient_gets_one(mode: str, wanted: tuple[float | None, ...]) -> None:
    x, h = torch.ones(1), torch.full((1,), 2.0)
    step = Differentiate(target="lstm", args=(x, h), upstream=(torch.tensor([3.0]),), arguments=("x", "h0"), mode=mode)

    def lstm(x: Any, h: Any) -> Any:
        return x * h

    answers = Interpreter({"lstm": lstm}, torch).run(to_steps([step], arrays="tensor")[0])
    assert answers is not None
    assert [None if each is None else float(each) for each in answers["inputs"]] == list(wanted)
    for name, right in zip(("x", "h0"), wanted, strict=True):
        text = script(LSTM, [step], f"the gradient for {name}", Setting(module="answer", result=Layout("y", "B")))
        found = run(text, lstm=lstm)["found"]
        assert (None if found is None else float(found)) == right
