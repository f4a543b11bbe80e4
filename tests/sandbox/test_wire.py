"""The frame codec: whatever layout goes in comes out, and whatever bytes come in end in a value or a ProtocolError."""

from __future__ import annotations

import json
import math
import tracemalloc
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.guest.wire import DTYPES, HEAD, Decoder, Encoder, Given, Handle, Opaque, ProtocolError, pack, unpack_head

QUICK = settings(derandomize=True, deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
NUMPY = sorted(set(DTYPES) - {"bfloat16"})


def travel(tree: Any, *, keep: bool) -> Any:
    """The tree after one way through the codec."""
    text, buffers = Encoder(torch, keep_layout=keep).encode(tree)
    return Decoder(torch).decode(text, b"".join(buffers))


def bits(array: Any) -> bytes:
    """Every bit of the elements, so that -0.0 and the payloads of NaN count."""
    if isinstance(array, torch.Tensor):
        if array.numel() == 0:
            return b""
        array = array.detach().resolve_conj().resolve_neg().contiguous().view(-1).view(torch.uint8).numpy()
    return np.asarray(array, order="C").tobytes()


@st.composite
def arrays(draw: st.DrawFn) -> np.ndarray[Any, Any]:
    """Arrays of every dtype, rank and layout."""
    name = draw(st.sampled_from(NUMPY))
    shape = draw(st.lists(st.integers(0, 3), max_size=4))
    dtype = DTYPES[name]
    raw = draw(st.binary(min_size=dtype.itemsize, max_size=dtype.itemsize * 4))
    if name == "bool":
        raw = bytes(byte & 1 for byte in raw)
    count = math.prod(shape)
    cells = np.frombuffer(raw[: len(raw) // dtype.itemsize * dtype.itemsize], dtype)
    array = np.resize(cells, count).reshape(shape, order=draw(st.sampled_from("CF")))
    for axis in range(array.ndim):
        how = draw(st.sampled_from(["as it is", "reversed", "every other", "from the second"]))
        step = {"as it is": slice(None), "reversed": slice(None, None, -1), "every other": slice(None, None, 2)}
        array = array[(slice(None),) * axis + (step.get(how, slice(1, None)),)]
    if array.ndim > 1 and draw(st.booleans()):
        array = array.transpose(draw(st.permutations(range(array.ndim))))
    if draw(st.booleans()):
        array = np.broadcast_to(array, (draw(st.integers(0, 3)), *array.shape))
    return array


@st.composite
def tensors(draw: st.DrawFn) -> torch.Tensor:
    """Tensors of every dtype, rank and layout that torch has."""
    array = draw(arrays())
    positive = np.array(array[tuple(slice(None, None, -1 if s < 0 else 1) for s in array.strides)], order="K")
    tensor = torch.from_numpy(positive)
    if tensor.dtype is torch.int16 and draw(st.booleans()):
        tensor = tensor.view(torch.bfloat16)
    if tensor.ndim > 1 and draw(st.booleans()):
        tensor = tensor.transpose(0, -1)
    if tensor.ndim and tensor.shape[0] > 1 and draw(st.booleans()):
        tensor = tensor[1:]
    if draw(st.booleans()):
        tensor = tensor.unsqueeze(0).expand(draw(st.integers(0, 3)), *tensor.shape)
    if tensor.is_complex() and draw(st.booleans()):
        tensor = tensor.conj()
    return tensor


@given(arrays(), st.booleans())
@QUICK
def test_array_comes_back_bit_by_bit(array: np.ndarray[Any, Any], keep: bool) -> None:
    back = travel(array, keep=keep)
    assert type(back) is np.ndarray
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert bits(back) == bits(array)
    if keep and array.size:
        assert back.strides == array.strides


@given(tensors(), st.booleans())
@QUICK
def test_tensor_comes_back_bit_by_bit(tensor: torch.Tensor, keep: bool) -> None:
    back = travel(tensor, keep=keep)
    assert type(back) is torch.Tensor
    assert (back.dtype, back.shape) == (tensor.dtype, tensor.shape)
    assert bits(back) == bits(tensor)
    if keep and tensor.numel():
        assert back.stride() == tensor.resolve_conj().stride()


PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.binary(max_size=9)
TEXTS = st.text(max_size=9)
KEYS = TEXTS | st.integers() | st.none()
TREES = st.recursive(
    PLAIN | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple) | st.dictionaries(KEYS, inner, max_size=3)
    ),
    max_leaves=9,
)


@given(TREES, st.booleans())
@QUICK
def test_plain_values_come_back(tree: Any, keep: bool) -> None:
    back = travel(tree, keep=keep)
    assert repr(back) == repr(tree)


@pytest.mark.parametrize("framework", ["numpy", "torch"])
def test_views_of_one_buffer_stay_views_of_one_buffer(framework: str) -> None:
    base: Any = np.arange(12.0).reshape(3, 4)
    base = torch.from_numpy(base.copy()) if framework == "torch" else base
    row, column, whole, again = travel((base[0], base[:, 1], base, base), keep=True)
    assert whole is again
    whole[0, 1] = 99
    assert row[1] == 99
    assert column[0] == 99


@pytest.mark.parametrize("framework", ["numpy", "torch"])
def test_an_object_stays_one_and_two_that_are_alike_stay_two(framework: str) -> None:
    base: Any = torch.ones(2) if framework == "torch" else np.ones(2)
    a, b, c = travel([base, base[:], base], keep=True)
    assert a is c
    assert a is not b
    a[0] = 5
    assert b[0] == 5


def test_one_buffer_is_read_in_two_dtypes() -> None:
    numbers = torch.tensor([1.0, -2.0])
    ints, floats = travel((numbers.view(torch.int32), numbers), keep=True)
    assert ints.dtype is torch.int32
    assert torch.equal(ints.view(torch.float32), floats)
    ints.zero_()
    assert torch.equal(floats, torch.zeros(2))


def test_views_from_one_address_of_different_lengths_all_arrive() -> None:
    tensor = torch.arange(12.0).reshape(3, 4)
    parts = [tensor.numpy()[:2, :2], tensor.numpy(), tensor.T.numpy(), tensor[:1].numpy(), tensor]
    for part, back in zip(parts, travel(parts, keep=True), strict=True):
        assert bits(back) == bits(part)


def test_gradients_and_parameters_travel_as_plain_tensors() -> None:
    back = travel(torch.nn.Parameter(torch.ones(2)), keep=False)
    assert type(back) is torch.Tensor
    assert not back.requires_grad


def test_handles_and_what_can_not_travel() -> None:
    handle, opaque = travel((Handle("out", (1, 0)), Opaque("Mine", "a Mine", (2,), "float32")), keep=True)
    assert (handle.name, handle.path) == ("out", (1, 0))
    assert (opaque.type_name, opaque.why, opaque.shape, opaque.dtype) == ("Mine", "a Mine", (2,), "float32")


def test_nothing_is_cut_on_the_way_in() -> None:
    tree = ["x" * (1 << 20), list(range(30_000))]
    assert travel(tree, keep=True) == tree


def test_head_tells_lengths_and_refuses_those_beyond_what_is_granted() -> None:
    frame = pack(b"k" * 16, 7, {"a": np.ones(3)}, torch, keep_layout=False)
    key, sequence, text, payload = unpack_head(frame[: HEAD.size], most_bytes=24)
    assert (key, sequence, payload, len(frame)) == (b"k" * 16, 7, 24, HEAD.size + text + 24)
    for text_bytes, payload_bytes in ((1 << 40, 0), (0, 25), ((1 << 64) - 1, (1 << 64) - 1)):
        with pytest.raises(ProtocolError):
            unpack_head(HEAD.pack(b"k" * 16, 7, text_bytes, payload_bytes), most_bytes=24)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 70), 1 << 70)
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(sorted(DTYPES)),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(list("xayrsnuiftldhpbow")), inner, max_size=7)
    ),
    max_leaves=12,
)
NUMBERS = st.integers(-3, 5) | st.sampled_from([1 << 31, 1 << 62, -(1 << 62), 1 << 64, 1 << 200]) | JSON
NODES = st.fixed_dictionaries(
    {"y": st.sampled_from(sorted(DTYPES)) | JSON, "s": st.lists(NUMBERS, max_size=3) | JSON},
    optional={
        "x": NUMBERS,
        "a": NUMBERS,
        "r": st.lists(NUMBERS, max_size=3) | st.none() | JSON,
        "n": NUMBERS,
        "u": NUMBERS,
    },
)


def refused_or_read(text: bytes, payload: bytes) -> None:
    """Decode; nothing but a ProtocolError may come of it."""
    tracemalloc.start()
    try:
        Decoder(torch).decode(text, payload)
    except ProtocolError:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 20 << 20


@given(
    JSON | NODES | st.lists(NODES, max_size=3).map(lambda nodes: {"t": nodes}),
    st.lists(NUMBERS, max_size=3),
    st.binary(max_size=24),
)
@QUICK
def test_any_tree_is_read_or_refused(tree: Any, lengths: list[Any], payload: bytes) -> None:
    refused_or_read(json.dumps({"tree": tree, "buffers": lengths}).encode(), payload)
    refused_or_read(json.dumps({"tree": tree, "buffers": [len(payload)]}).encode(), payload)


@given(arrays() | tensors(), st.booleans(), st.data())
@QUICK
def test_damaged_frame_is_read_or_refused(array: Any, keep: bool, data: st.DataObject) -> None:
    text, buffers = Encoder(torch, keep_layout=keep).encode({"value": [array, 1, "text", 2.5, None]})
    damaged = bytearray(text)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place : place + data.draw(st.integers(0, 3))] = data.draw(
            st.sampled_from([b"", b"9", b"-", b"[", b"null", b'"', b"\xff"])
        )
    payload = b"".join(buffers)
    refused_or_read(bytes(damaged), payload)
    refused_or_read(text, payload[: data.draw(st.integers(0, len(payload)))] + data.draw(st.binary(max_size=2)))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff",
        b"[" * 100_000,
        b'{"tree":' + b'{"l":[' * 5_000,
        b'{"tree":null}',
        b'{"tree":null,"buffers":{}',
        b'{"tree":1e999,"buffers":[]}',
        b'{"tree":{"i":"' + b"9" * 100_000 + b'"},"buffers":[]}',
        b'{"tree":{"i":"1_0x"},"buffers":[]}',
        b'{"tree":{"f":"0x1p99999"},"buffers":[]}',
        b'{"tree":{"d":[[{"t":[]},1]]},"buffers":[]}',
        b'{"tree":{"d":[[{"l":[]},1]]},"buffers":[]}',
        b'{"tree":{"d":[[1]]},"buffers":[]}',
        b'{"tree":{"h":1,"p":"x"},"buffers":[]}',
        b'{"tree":{"b":0},"buffers":[]}',
        b'{"tree":null,"buffers":[1]}',
        b'{"tree":null,"buffers":[-1,1]}',
        b'{"tree":null,"buffers":[true]}',
    ],
)
def test_malformed_frames_are_refused(text: bytes) -> None:
    with pytest.raises(ProtocolError):
        Decoder(torch).decode(text, b"")


def view(kind: str, dtype: str, shape: list[int], strides: list[int] | None, offset: int) -> dict[str, Any]:
    return {kind: 0, "y": dtype, "s": shape, "r": strides, "n": offset, "u": 0}


@pytest.mark.parametrize("kind", ["x", "a"])
@pytest.mark.parametrize(
    ("shape", "strides", "offset"),
    [
        ([3], None, 0),
        ([2], None, 1),
        ([1 << 40, 0, 1 << 40], None, 5),
        ([3], [8], 0),
        ([2], [8], 8),
        ([2], [-8], 0),
        ([2], [8], -8),
        ([1 << 47], [0], 0),
        ([1 << 40, 1 << 40], [0, 0], 0),
        ([2, 2], [8], 0),
        ([2], [1 << 63], 0),
        ([True, 2], [8, 8], 0),
    ],
)
def test_views_outside_their_buffer_or_too_large_are_refused(
    kind: str, shape: list[int], strides: list[int] | None, offset: int
) -> None:
    text = json.dumps({"tree": view(kind, "float64", shape, strides, offset), "buffers": [16]}).encode()
    with pytest.raises(ProtocolError):
        Decoder(torch).decode(text, bytes(16))


def test_tensors_are_refused_where_there_is_no_torch() -> None:
    text, buffers = Encoder(torch, keep_layout=True).encode(torch.ones(2))
    with pytest.raises(ProtocolError):
        Decoder(None).decode(text, b"".join(buffers))


def test_keys_that_collide_are_few() -> None:
    pairs = [[{"i": str(number * ((1 << 61) - 1))}, None] for number in range(3000)]
    with pytest.raises(ProtocolError):
        Decoder(None).decode(json.dumps({"tree": {"d": pairs}, "buffers": []}).encode(), b"")


def test_a_function_travels_as_data_towards_the_sandbox_only() -> None:
    given = Given("token_scores", {"vocabulary": 3, "seed": 1, "scores": "equal"})
    there = travel([given], keep=True)[0]
    assert (type(there), there.kind, there.fields) == (Given, given.kind, given.fields)
    back = travel([given], keep=False)[0]
    assert (type(back), back.type_name) == (Opaque, "Given")


@pytest.mark.parametrize(
    "node", [{"g": "x"}, {"g": "x", "p": 3}, {"g": "x", "p": {"d": [[1]]}}, {"g": 1, "p": {"d": "ab"}}]
)
def test_a_malformed_function_is_no_frame(node: Any) -> None:
    with pytest.raises(ProtocolError):
        Decoder(torch).decode(json.dumps({"tree": node, "buffers": []}).encode(), b"")


def test_what_begins_anywhere_in_a_message_is_read_as_it_was() -> None:
    """Torch reads some dtypes in steps that must begin at a multiple of their size, and crashes where they don't."""
    wide = [torch.full((9,), 1 + 2j, dtype=torch.complex128), torch.arange(9.0), torch.ones(3, dtype=torch.bool)]
    for before in range(1, 17):
        back = travel([b"x" * before, *wide], keep=True)
        assert all(torch.equal(there, here) for there, here in zip(back[1:], wide, strict=True))


@pytest.mark.parametrize("number", [(1 << 63) - 1, -(1 << 63), 1 << 63, 0, -1, 10**400])
def test_integers_of_any_size_travel(number: int) -> None:
    assert travel([number, {"a": number, 3: number}], keep=False) == [number, {"a": number, 3: number}]


@pytest.mark.parametrize(
    "node", [b"9223372036854775808", b"-9223372036854775808", b"1" * 4000, b"1.5", b"-0.0", b"NaN", b"Infinity"]
)
def test_numbers_that_no_encoder_writes_are_refused(node: bytes) -> None:
    with pytest.raises(ProtocolError):
        Decoder(torch).decode(b'{"tree":' + node + b',"buffers":[]}', b"")
