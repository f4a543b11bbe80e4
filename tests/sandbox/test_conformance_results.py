"""Results and exceptions that lie about what they are: each comes back as what it is, and none harms the judge."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from conformance import Room, call

from sandbox.guest.wire import Opaque

TENSORS = """
import torch, torch.nn as nn

class Mine(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return True

def mine(): return torch.ones(2).as_subclass(Mine)
def buffer(): return nn.Buffer(torch.ones(2))
def sparse(): return torch.eye(2).to_sparse()
def csr(): return torch.eye(2).to_sparse_csr()
def mkldnn(): return torch.ones(2).to_mkldnn()
def meta(): return torch.ones(2, device='meta')
def quantized(): return torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.quint8)
def nested(): return torch.nested.nested_tensor([torch.ones(2), torch.ones(3)])
def jagged(): return torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=torch.jagged)
def float8(): return torch.ones(2).to(torch.float8_e4m3fn)
kept = []
def batched():
    torch.func.vmap(lambda x: kept.append(x) or x)(torch.ones(2, 3))
    return kept[0]
def fake():
    from torch._subclasses.fake_tensor import FakeTensorMode
    with FakeTensorMode(): return torch.ones(2)

def parameter(): return nn.Parameter(torch.ones(2))
def conjugated(): return torch.tensor([1 + 2j]).conj()
def negative(): return torch.tensor([1 + 2j]).conj().imag
def bfloat16(): return torch.tensor([1.5, -0.0, float('nan')], dtype=torch.bfloat16)
def payload(): return torch.tensor([0x7FC00001, -1], dtype=torch.int32).view(torch.float32)
def overlapping(): return torch.arange(3.0).as_strided((2, 2), (1, 1))
def backwards(): return torch.arange(6.0).view(2, 3).flip(0).T
def inference():
    with torch.inference_mode(): return torch.ones(2)
def graph(): return torch.ones(2, requires_grad=True) * 2
def empty(): return torch.empty(3, 0), torch.tensor(2.0)
"""


def test_tensors_that_hold_no_plain_values_are_described(room: Room) -> None:
    said = {
        "mine": "a Mine, a subclass of Tensor; a plain Tensor is asked for",
        "sparse": "a sparse tensor (torch.sparse_coo)",
        "csr": "a sparse tensor (torch.sparse_csr)",
        "mkldnn": "a tensor of the layout torch._mkldnn",
        "meta": "a tensor on the device 'meta', which holds no values here",
        "quantized": "a quantized tensor",
        "nested": "a nested tensor",
        "jagged": "a NestedTensor, a subclass of Tensor; a plain Tensor is asked for",
        "float8": "a tensor of dtype float8_e4m3fn",
        "batched": "a tensor whose elements can't be read",
        "fake": "a FakeTensor, a subclass of Tensor; a plain Tensor is asked for",
    }
    run = room.run(TENSORS, *[[call(name)] for name in said], framework="torch")
    assert run.end is None, run.end
    raised = {name: each[0].raised for name, each in zip(said, run.replies, strict=True) if each[0].raised}
    assert raised == {}
    found = [each[0].fields["value"] for each in run.replies]
    assert all(isinstance(value, Opaque) for value in found)
    assert dict(zip(said, (value.why for value in found), strict=True)) == said


def test_plain_tensors_come_back_as_they_are(room: Room) -> None:
    nan = float("nan")
    right = {
        "parameter": torch.ones(2),
        "conjugated": torch.tensor([1 - 2j]),
        "negative": torch.tensor([-2.0]),
        "bfloat16": torch.tensor([1.5, -0.0, nan], dtype=torch.bfloat16),
        "payload": torch.tensor([nan, nan]),
        "overlapping": torch.tensor([[0.0, 1.0], [1.0, 2.0]]),
        "backwards": torch.tensor([[3.0, 0.0], [4.0, 1.0], [5.0, 2.0]]),
        "inference": torch.ones(2),
        "graph": torch.tensor([2.0, 2.0]),
    }
    run = room.run(TENSORS, *[[call(name)] for name in right], [call("empty")], framework="torch")
    assert run.end is None, run.end
    for (name, expected), each in zip(right.items(), run.replies, strict=False):
        value = each[0].fields["value"]
        assert type(value) is torch.Tensor, name
        assert value.dtype is expected.dtype
        assert value.shape == expected.shape
        assert torch.allclose(value, expected, rtol=0, atol=0, equal_nan=True), name
    assert [tuple(value.shape) for value in run.value] == [(3, 0), ()]


OTHERS = """
import collections, enum, fractions, types
import numpy as np

class Mine(np.ndarray): pass
class Lying:
    __class__ = property(lambda self: tuple)
    def __iter__(self): raise SystemExit
class Meta(type):
    __name__ = property(lambda cls: 1 / 0)
    def __instancecheck__(cls, other): return True
class Odd(metaclass=Meta): pass
class Text(str): pass
class Number(int): pass
class Colour(enum.IntEnum):
    RED = 1
class Pair(tuple):
    def __iter__(self): raise SystemExit
    def __len__(self): return 1 << 60
class Items(list):
    def __iter__(self): raise SystemExit
class Table(dict):
    def items(self): raise SystemExit

async def coroutine(): return 1
def generator(): yield 1
def subclass(): return np.ones(2).view(Mine)
def masked(): return np.ma.array([1, 2])
def matrix(): return np.matrix([1])
def scalar(): return np.float32(1.5)
def date(): return np.datetime64('2026-01-01')
def objects(): return np.array([object()])
def text(): return np.array(['a'])
def dates(): return np.array(['2020-01-01'], dtype='M8[D]')
def record(): return np.zeros(2, dtype=[('a', 'f4')])
def swapped(): return np.ones(2, dtype='>f4')
def long(): return np.ones(2, dtype=np.longdouble)
def lying(): return Lying()
def odd(): return Odd()
def str_(): return Text('a')
def int_(): return Number(1)
def colour(): return Colour.RED
def items(): return Items([1])
def table(): return Table(a=1)
def set_(): return {1}
def order(): return collections.OrderedDict(a=1)
def fraction(): return fractions.Fraction(1, 2)
def complex_(): return 1j
def huge(): return 1 << 100_000
def module(): return np
def view(): return memoryview(b'a')
def tuple_keys(): return {(1, 2): 3}
def odd_keys(): return {Text('a'): 1}
def collisions(): return {n * ((1 << 61) - 1): None for n in range(3000)}
def many(): return [None] * 1_000_000
def bomb():
    kept = []
    kept += [kept, kept]
    return kept
"""


def test_a_numpy_number_comes_back_as_an_array_of_no_dimensions(room: Room) -> None:
    found = room.run(OTHERS, [call("scalar")]).value
    assert type(found) is np.ndarray
    assert (found.dtype, found.shape, float(found)) == (np.float32, (), 1.5)


def test_what_is_no_array_is_described(room: Room) -> None:
    said = {
        "coroutine": "a coroutine: an `async def` has to be awaited, a plain function is asked for",
        "generator": "a generator: the function uses `yield` where it should use `return`",
        "subclass": "a Mine, a subclass of ndarray; a plain ndarray is asked for",
        "masked": "a MaskedArray, a subclass of ndarray; a plain ndarray is asked for",
        "matrix": "a matrix, a subclass of ndarray; a plain ndarray is asked for",
        "date": "a NumPy scalar (datetime64), not an array",
        "objects": "an array of dtype object",
        "text": "an array of dtype <U1",
        "dates": "an array of dtype datetime64[D]",
        "record": "an array of dtype [('a', '<f4')]",
        "swapped": "an array of dtype >f4",
        "lying": "a Lying",
        "odd": "an Odd",
        "str_": "a Text",
        "int_": "a Number",
        "colour": "a Colour",
        "items": "an Items",
        "table": "a Table",
        "set_": "a set",
        "order": "an OrderedDict",
        "fraction": "a Fraction",
        "complex_": "a complex",
        "huge": "an integer of huge size",
        "module": "a module",
        "view": "a memoryview",
        "tuple_keys": "a dict whose keys are no plain text or numbers",
        "odd_keys": "a dict whose keys are no plain text or numbers",
        "collisions": "a dict whose keys are no plain text or numbers",
        "many": "a list of too many items",
    }
    run = room.run(OTHERS, *[[call(name)] for name in said])
    assert run.end is None, run.end
    raised = {name: each[0].raised for name, each in zip(said, run.replies, strict=True) if each[0].raised}
    assert raised == {}
    found = [each[0].fields["value"] for each in run.replies]
    assert {name: getattr(value, "why", value) for name, value in zip(said, found, strict=True)} == said


def test_a_container_that_holds_itself_is_cut(room: Room) -> None:
    run = room.run(OTHERS, [call("bomb")])
    assert run.end is None
    deepest = run.value
    for _ in range(100):
        if isinstance(deepest, Opaque):
            break
        deepest = deepest[0]
    assert isinstance(deepest, Opaque)


def test_a_tuple_that_lies_about_its_items_comes_back_with_them(room: Room) -> None:
    source = (
        OTHERS
        + "def pair(): return Pair([1, 2])\nP = collections.namedtuple('P', 'x y')\ndef named(): return P(1, 2)\n"
    )
    run = room.run(source, [call("pair")], [call("named")])
    assert [each[0].fields["value"] for each in run.replies] == [(1, 2), (1, 2)]


def test_numbers_and_texts_come_back_exactly(room: Room) -> None:
    values = [0.1, -0.0, math.inf, 5e-324, 1 << 4000, -1, True, "", "a\0é\u2028", b"\0", {"a": {1: 2, 1.5: None}}]
    run = room.run("def f(*x): return x\n", [call("f", *values)])
    assert run.value == tuple(values)
    assert math.copysign(1, run.value[1]) == -1
    assert [type(item) for item in run.value] == [type(item) for item in values]
    assert math.isnan(room.run("def f(): return float('nan')\n").value)


def test_texts_that_can_not_be_written_are_escaped_and_long_ones_cut(room: Room) -> None:
    assert room.run("def f(): return 'a\\ud800b'\n").value == "a\\ud800b"
    for letter in ("x", "\\U0001f600"):
        run = room.run(f"def f(): return ['{letter}' * 800_000] * 10\n")
        assert run.end is None
        assert sum(map(len, run.value)) == 1 << 19


@pytest.mark.parametrize(
    ("source", "type_name", "message"),
    [
        (
            "class E(Exception):\n    def __str__(self): raise SystemExit",
            "E",
            "(its message can't be shown: __str__ raised SystemExit)",
        ),
        (
            "class E(Exception):\n    def __str__(self): return 3",
            "E",
            "(its message can't be shown: __str__ raised TypeError)",
        ),
        ("class E(Exception):\n    def __str__(self): return 'x' * (100 << 20)", "E", "x" * 4000),
        (
            "class E(Exception):\n    def __str__(self): return str(self)",
            "E",
            "(its message can't be shown: __str__ raised RecursionError)",
        ),
        ("class M(type):\n    __name__ = property(lambda c: 1 / 0)\nclass E(Exception, metaclass=M): pass", "E", ""),
        ("class E(ImportError):\n    name = property(lambda e: 1 / 0)", "E", ""),
        ("class E(SyntaxError):\n    lineno = msg = property(lambda e: 1 / 0)", "E", "None"),
        ("def E(): return SyntaxError('a', ('f', 'x', [2], 'text'))", "SyntaxError", None),
        ("class E(BaseException):\n    __class__ = MemoryError", "E", ""),
        ("def E(): return Exception('\\ud800\\x1b[31m')", "Exception", "\\ud800\x1b[31m"),
        ("class E(Exception): pass\nE.__name__ = 'x' * 10_000", "x" * 200, ""),
        ("E = GeneratorExit", "GeneratorExit", ""),
        ("E = StopIteration", "StopIteration", ""),
    ],
)
def test_an_exception_that_lies_is_shown_under_limits(
    room: Room, source: str, type_name: str, message: str | None
) -> None:
    run = room.run(f"{source}\ndef f(): raise E()\n", [call()], [call(may_raise=True)])
    assert run.end is None, run.output
    raised = run.replies[0][0].raised
    assert raised.type_name == type_name
    assert message is None or raised.message == message
    assert not raised.memory
    assert run.replies[1][0].raised == raised


def test_an_exception_deep_down_keeps_its_first_and_last_frames(room: Room) -> None:
    raised = room.run("def g(n):\n    return g(n + 1)\ndef f():\n    return g(0)\n").raised
    assert raised.type_name == "RecursionError"
    assert len(raised.frames) == 40
    assert [(frame.line, frame.function) for frame in raised.frames[:2]] == [(4, "f"), (2, "g")]


def test_an_honest_array_equals_itself(room: Room) -> None:
    x = np.linspace(-1, 1, 7)
    assert np.array_equal(room.run("def f(x): return x\n", [call("f", x)]).value, x)
