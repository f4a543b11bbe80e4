"""A failing case as data: what went in, in order and by name, and the calls as a person would write them."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest
import torch

from judge.program.examples import array_data, counterexample
from judge.program.signatures import parameter_names, signature_names, signature_parameters
from judge.verdict import MOST_VALUES
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
    Put,
    Read,
    Unreadable,
)
from problems.cases import Case
from problems.functions import token_scores

CASE = Case(sizes={"B": 1, "T": 2})
ATTENTION, CACHE, LORA, LSTM, SAMPLING = (
    find_problem(slug) for slug in ("multi_head_attention", "kv_cache", "lora", "lstm", "sampling")
)
X = torch.tensor([[1.0, 2.0]])


def of(problem, program, step=-1, **more):
    return counterexample(problem, CASE, program, step, **more)


# signatures


def test_a_signature_is_read() -> None:
    assert signature_parameters("(x, cache=None, n=(1, 2))") == [("x", True), ("cache", False), ("n", False)]
    assert signature_names("()") == []


def test_parameters_of_functions_classes_calls_and_methods_are_named() -> None:
    assert parameter_names(LSTM, "lstm") == ["x", "h0", "c0", "w_ih", "w_hh", "b_ih", "b_hh"]
    assert parameter_names(SAMPLING, "filter_logits") == ["logits", "top_k", "top_p"]
    assert parameter_names(ATTENTION, "MultiHeadAttention") == ["d_model", "num_heads"]
    assert parameter_names(ATTENTION, "m") == ["query", "key", "value", "mask"]
    assert parameter_names(LORA, "m.merge") == []
    assert parameter_names(LORA, "torch.nn.Linear") == []


# data


@pytest.mark.parametrize(
    ("value", "dtype", "shape", "values"),
    [
        (torch.tensor([[1.0, 2.0]]), "float32", (1, 2), [[1.0, 2.0]]),
        (torch.tensor([1, 2]), "int64", (2,), [1, 2]),
        (torch.tensor(True), "bool", (), True),
        (torch.empty(0, 3), "float32", (0, 3), []),
        (torch.tensor([math.nan, math.inf, -math.inf]), "float32", (3,), ["nan", "inf", "-inf"]),
        (np.array([1.5, 2.5]), "float64", (2,), [1.5, 2.5]),
        (torch.ones(1, 3).expand(2, 3), "float32", (2, 3), [[1.0] * 3] * 2),
        (torch.ones(2, requires_grad=True), "float32", (2,), [1.0, 1.0]),
        (0.5, "float", (), 0.5),
        (3, "int", (), 3),
        (math.inf, "float", (), "inf"),
        (True, "bool", (), True),
    ],
)
def test_a_value_becomes_data(value, dtype, shape, values) -> None:
    data = array_data("x", value)
    assert (data.name, data.dtype, data.shape, data.values) == ("x", dtype, shape, values)
    assert msgspec.json.decode(msgspec.json.encode(data), type=type(data)) == data


def test_a_large_array_is_told_without_its_values() -> None:
    data = array_data("x", torch.zeros(MOST_VALUES + 1))
    assert (data.shape, data.values) == ((MOST_VALUES + 1,), None)
    assert array_data("x", torch.zeros(MOST_VALUES)).values is not None


def test_what_could_not_be_read_is_told_by_its_kind() -> None:
    assert array_data("", Unreadable("Thing", "a Thing")).dtype == "Thing"
    sparse = array_data("", Unreadable("Tensor", "a sparse tensor", (2, 3), "float32"))
    assert (sparse.dtype, sparse.shape, sparse.values) == ("float32", (2, 3), None)


@pytest.mark.parametrize("value", [None, Handle("x"), (torch.ones(1),), [torch.ones(1), 1], {"a": torch.ones(1)}])
def test_what_is_no_single_value_has_no_data(value) -> None:
    assert array_data("x", value) is None


@pytest.mark.parametrize("value", [(), [1, 2.5], {"a": (1, None)}, b"\x00a", [("x", [True])]])
def test_containers_of_plain_values_are_shown_as_python_shows_them(value) -> None:
    data = array_data("x", value)
    assert data is not None
    assert (data.dtype, data.shape, data.values) == (type(value).__name__, (), repr(value))


def test_a_long_one_is_cut() -> None:
    data = array_data("x", list(range(1000)))
    assert data is not None
    assert len(data.values) == 600
    assert data.values.endswith("...")


# plain Python


AUTOGRAD, BEAM, BPE = (find_problem(slug) for slug in ("autograd", "beam_search", "bpe"))


def test_an_expression_reads_as_python() -> None:
    program = [
        Construct(target="Value", args=(2.0,), into="a"),
        Compute(
            inputs=(Handle("a"), 3),
            operations=(
                ("Value", (1,)),
                ("*", (0, 2)),
                ("neg", (-1,)),
                ("tanh", (-1,)),
                ("**", (5, 1)),
                ("grad=", (0, 1)),
            ),
            names={"b": 2, "y": 6},
        ),
        Call(target="y.backward"),
        Look(of=(Handle("a"), Handle("v", (3,))), attributes=("data", "grad")),
    ]
    assert of(AUTOGRAD, program).brief.splitlines() == [
        "a = Value(2.0)",
        "b = Value(3)",
        "v[3] = a * b",
        "v[4] = -v[3]",
        "v[5] = v[4].tanh()",
        "y = v[5] ** 3",
        "a.grad = 3",
        "y.backward()",
        "# look at data and grad of a and v[3]",
    ]


def test_of_a_long_expression_the_ends_are_shown() -> None:
    chain = Compute(inputs=(Handle("a"),), operations=(("+", (-1, 0)),), times=10_000, names={"y": -1})
    lines = of(AUTOGRAD, [chain]).brief.splitlines()
    assert len(lines) == 17
    assert lines[0] == "v[1] = a + a"
    assert lines[8] == "# 9,984 more operations of this kind"
    assert lines[-1] == "y = v[9999] + a"


def test_lists_are_one_input_and_a_function_is_shown_by_what_it_gives() -> None:
    found = of(BPE, [Call(target="encode", args=("ab", [(97, 98)]))])
    assert [(each.name, each.values) for each in found.inputs] == [("text", "ab"), ("merges", "[(97, 98)]")]
    assert found.brief == "encode('ab', [(97, 98)])"
    model = token_scores(2, 5, "quarters", length=1)
    found = of(BEAM, [Call(target="beam_search", args=(model, 1, 2, None))])
    assert found.brief == "beam_search(log_probs, 1, 2)"
    assert [each.name for each in found.inputs] == [
        "log_probs([])",
        "log_probs([0])",
        "log_probs([1])",
        "beam_width",
        "max_length",
    ]


# programs


def test_a_function_is_shown_with_its_arguments_by_name() -> None:
    found = of(SAMPLING, [Call(target="filter_logits", args=(X, 3), kwargs={"top_p": 0.5})])
    assert found.brief == "filter_logits(logits, 3, top_p=0.5)"
    assert [(data.name, data.values) for data in found.inputs] == [
        ("logits", [[1.0, 2.0]]),
        ("top_k", 3),
        ("top_p", 0.5),
    ]
    assert found.sizes == {"B": 1, "T": 2}


def test_a_layer_is_shown_with_its_weights_and_calls() -> None:
    program = [
        Construct(target="MultiHeadAttention", args=(4, 2), dtype="float64"),
        Assign(state={"q_proj.bias": torch.zeros(4)}),
        Call(target="m", args=(X, X, X, None)),
    ]
    found = of(ATTENTION, program)
    assert found.brief.splitlines() == [
        "m = MultiHeadAttention(4, 2).double()",
        "# load into m: q_proj.bias",
        "m(query, key, value)",
    ]
    assert [data.name for data in found.inputs] == ["m.q_proj.bias", "query", "key", "value"]


def test_a_layer_in_half_precision_is_said_to_be_so() -> None:
    for dtype, cast in (("float16", ".half()"), ("bfloat16", ".bfloat16()"), ("float32", "")):
        program = [Construct(target="MultiHeadAttention", args=(4, 2), dtype=dtype), Call(target="m", args=(X, X, X))]
        assert of(ATTENTION, program).brief.splitlines()[0] == f"m = MultiHeadAttention(4, 2){cast}"


def test_numbers_in_half_precision_are_shown_as_they_are() -> None:
    for dtype in (torch.float16, torch.bfloat16):
        (data,) = of(SAMPLING, [Call(target="filter_logits", args=(torch.tensor([0.1, 2.0]).to(dtype),))]).inputs
        assert (data.dtype, data.shape) == (str(dtype).removeprefix("torch."), (2,))
        assert data.values == [pytest.approx(0.1, rel=5e-3), 2.0]


def test_an_optimiser_is_shown_with_its_groups_and_gradients() -> None:
    groups = [{"params": [Handle("p", (0,))], "lr": 0.1}, {"params": [Handle("p", (1,))]}]
    program = [
        Construct(target="torch.nn.ParameterList", args=([torch.zeros(2), torch.zeros(())],), into="p"),
        Construct(target="AdamW", args=(groups,), kwargs={"eps": 0.5}, into="opt"),
        Assign(module="p", state={"0": torch.ones(2), "0.grad": torch.ones(2), "1.grad": None}),
        Call(target="opt.step", answer=False),
        Read(module="p", names=("0",)),
    ]
    found = of(find_problem("adam"), program)
    assert found.brief.splitlines() == [
        "p = torch.nn.ParameterList([<float32 [2]>, <float32 []>])",
        "opt = AdamW([{'params': [p[0]], 'lr': 0.1}, {'params': [p[1]]}], eps=0.5)",
        "# load into p: 0",
        "# set in p: 0.grad",
        "# p.1.grad is None",
        "opt.step()",
        "# look at the parameters of p",
    ]
    assert [data.name for data in found.inputs] == ["p.0", "p.0.grad"]


def test_what_comes_after_the_step_that_failed_is_left_out() -> None:
    program = [Call(target="filter_logits", args=(X,)), Call(target="filter_logits", args=(X * 2,))]
    assert len(of(SAMPLING, program, 0).inputs) == 1
    assert of(SAMPLING, program, 0).brief == "filter_logits(logits)"
    assert len(of(SAMPLING, program, 1).inputs) == 2


def test_a_name_that_comes_again_is_numbered_where_it_holds_other_numbers() -> None:
    calls = [Call(target="filter_logits", args=(value,)) for value in (X, X * 2, X, X.double(), X[0])]
    names = [data.name for data in of(SAMPLING, calls).inputs]
    assert names == ["logits", "logits #2", "logits #3", "logits #4"]


def test_handles_are_shown_by_their_names() -> None:
    program = [
        Call(target="m", args=(X,), into="first"),
        Call(target="m", args=(X, Handle("first", (1,)))),
        Call(target="m", args=(X, (X, X))),
    ]
    assert of(CACHE, program).brief.splitlines() == ["first = m(x)", "m(x, first[1])", "m(x, cache)"]
    assert [data.name for data in of(CACHE, program).inputs] == ["x", "cache[0]", "cache[1]"]


def test_every_step_is_shown() -> None:
    program = [
        Construct(target="torch.nn.Linear", args=(2, 3), kwargs={"bias": False}, into="base"),
        Construct(target="LoRALinear", args=(Handle("base"), 2), kwargs={"alpha": 1.0}),
        Construct(target="torch.Generator", args=(5,), into="g", dtype="float64"),
        Put(into="held", value=X),
        Overwrite(into="held", value=X * 2),
        Call(target="m.merge", answer=False),
        Read(names=("base.weight",)),
        Differentiate(target="m", args=(X,), upstream=(X, None)),
    ]
    found = of(LORA, program)
    assert found.brief.splitlines() == [
        "base = torch.nn.Linear(2, 3, bias=False)",
        "m = LoRALinear(base, 2, alpha=1.0)",
        "g = torch.Generator(5)",
        "held = <float32 [1, 2]>",
        "held[...] = <float32 [1, 2]>  # other numbers in the same object",
        "m.merge()",
        "# look at the parameters of m",
        "m(x)  # and its gradients",
    ]
    assert [data.name for data in found.inputs] == ["held", "held #2", "x", "upstream gradient[0]"]


def test_expected_stands_beside_actual() -> None:
    found = of(LSTM, [], expected=X.double(), actual=X, worst_index=(0, 1))
    assert (found.expected.dtype, found.actual.dtype, found.worst_index) == ("float64", "float32", (0, 1))
    assert of(LSTM, []).expected is None
