"""Python that makes an array: its numbers, its dtype, and how it lies in memory.

Up to `MOST_LITERAL` numbers are written out. More are made by the formula that they were drawn by, or else unpacked from their bytes.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from problems.comparison import dtype_name
from problems.late import torch
from problems.values import Draws

MOST_LITERAL = 200  # numbers of an array that are written out
INTEGERS = {"int64", "bool"}


class ArrayWriter:
    """Writes arrays for one script.

    Args:
        arrays: "tensor" for torch, anything else for NumPy.
        draws: how the arrays of the case were drawn.
        lines: of the script; what an array needs before it is added.
        imports: of the script; likewise.
    """

    def __init__(self, arrays: str, draws: Sequence[Draws], lines: list[str], imports: set[str]) -> None:
        self._is_tensor = arrays == "tensor"
        self._draws = draws
        self._lines = lines
        self._imports = imports
        self._generators: dict[tuple[int, ...], int] = {}  # how far each was drawn from

    def written(self, tensor: torch.Tensor) -> str:
        """Python that makes an array: its numbers, and how they lie in memory."""
        return self._laid_out(tensor.detach())

    def _laid_out(self, tensor: torch.Tensor) -> str:
        if tensor.is_contiguous() or tensor.numel() == 0:
            return self._contiguous(tensor.contiguous())
        is_tensor = self._is_tensor
        shape = tuple(tensor.shape)
        repeated = [n for n, stride in enumerate(tensor.stride()) if stride == 0 and shape[n] > 1]
        if repeated:
            base = tensor
            for dimension in repeated:
                base = base.narrow(dimension, 0, 1)
            if is_tensor:
                return f"{self._laid_out(base)}.expand({_listed(shape)})"
            # What NumPy's broadcast_to gives can't be written to; what the judge gives can.
            return f"np.lib.stride_tricks.as_strided({self._laid_out(base)}, {shape}, {_in_bytes(tensor)})"
        strides = tensor.stride()
        order = sorted(range(tensor.dim()), key=lambda n: (-strides[n], n))
        ordered = tensor.permute(order)
        if order != list(range(tensor.dim())) and _plain_steps(ordered):
            back = tuple(order.index(n) for n in range(tensor.dim()))
            made = self._laid_out(ordered)
            if tensor.dim() == 2:
                return f"{made}.T"
            return f"{made}.permute({_listed(back)})" if is_tensor else f"{made}.transpose({_listed(back)})"
        every = _every(tensor)
        if every > 1:
            wide = torch.as_strided(tensor, (*shape, every), (*tensor.stride(), 1))
            return f"{self._contiguous(wide.contiguous())}[..., 0]"
        storage = torch.empty(0, dtype=tensor.dtype).set_(tensor.untyped_storage())
        start = tensor.storage_offset()
        reach = start + sum((n - 1) * stride for n, stride in zip(shape, tensor.stride(), strict=True)) + 1
        flat = self._contiguous(storage[start:reach])
        if is_tensor:
            return f"{flat}.as_strided({shape}, {tuple(tensor.stride())})"
        return f"np.lib.stride_tricks.as_strided({flat}, {shape}, {_in_bytes(tensor)})"

    def _contiguous(self, tensor: torch.Tensor) -> str:
        dtype = dtype_name(tensor)
        is_tensor = self._is_tensor
        if tensor.numel() > MOST_LITERAL:
            return self._large(tensor)
        if tensor.numel() == 0:
            shape = tuple(tensor.shape)
            return (
                f"torch.empty({shape}, dtype=torch.{dtype})"
                if is_tensor
                else f"np.empty({shape}, dtype=np.{_numpy_name(dtype)})"
            )
        numbers = _numbers(tensor)
        if is_tensor:
            plain = dtype in INTEGERS or (dtype == "float32")
            return f"torch.tensor({numbers})" if plain else f"torch.tensor({numbers}, dtype=torch.{dtype})"
        plain = dtype in INTEGERS or dtype == "float64"
        return f"np.array({numbers})" if plain else f"np.array({numbers}, dtype=np.{_numpy_name(dtype)})"

    def _large(self, tensor: torch.Tensor) -> str:
        """By the formula that it was drawn by, or else from its bytes."""
        is_tensor, dtype = self._is_tensor, dtype_name(tensor)
        found = next(
            ((draws, n) for draws in self._draws for n, one in enumerate(draws.made) if _same_bits(one.tensor, tensor)),
            None,
        )
        if found is not None:
            draws, number = found
            return self._drawn(draws, number, dtype)
        first = tensor.flatten()[0]
        if bool((tensor == first).all()):
            filled, shape = _numbers(first), tuple(tensor.shape)
            return (
                f"torch.full({shape}, {filled}, dtype=torch.{dtype})"
                if is_tensor
                else f"np.full({shape}, {filled}, dtype=np.{_numpy_name(dtype)})"
            )
        self._imports |= {"base64", "zlib"}
        raw = tensor.contiguous().view(torch.uint8) if tensor.dim() else tensor.reshape(1).view(torch.uint8)
        packed = base64.b85encode(zlib.compress(raw.numpy().tobytes(), 9)).decode()
        unpacked = f"bytearray(zlib.decompress(base64.b85decode({packed!r})))"
        if is_tensor:
            return f"torch.frombuffer({unpacked}, dtype=torch.{dtype}).reshape({tuple(tensor.shape)})"
        return f"np.frombuffer({unpacked}, dtype=np.{_numpy_name(dtype)}).reshape({tuple(tensor.shape)})"

    def _drawn(self, draws: Draws, number: int, dtype: str) -> str:
        """What was drawn from a generator of its own, in the order in which it was."""
        generator = f"drawn_{'_'.join(map(str, draws.seed))}"
        done = self._generators.get(draws.seed)
        if done is None:
            self._lines.append(f"{generator} = np.random.Generator(np.random.PCG64({list(draws.seed)}))")
            done = 0
        for place in range(done, number + 1):
            name = f"{generator}_{place}"
            self._lines.append(f"{name} = {draws.made[place].formula.replace('RANDOM', generator)}")
        self._generators[draws.seed] = max(done, number + 1)
        name, numpy_dtype = f"{generator}_{number}", _numpy_name(dtype)
        if self._is_tensor:
            return f"torch.from_numpy({name}).to(torch.{dtype})"
        return f"{name}.astype(np.{numpy_dtype})"


def _plain_steps(tensor: torch.Tensor) -> bool:
    """Whether its strides fall: they do after sorting, unless it is of one number a dimension."""
    return tensor.is_contiguous() or _every(tensor) > 1


def _every(tensor: torch.Tensor) -> int:
    """Of how many numbers in memory one belongs to the tensor, where all between belong to nobody; 0 where it is laid out otherwise."""
    if tensor.storage_offset() or not tensor.dim():
        return 0
    step, needed = tensor.stride(-1), 1
    for size, stride in zip(reversed(tensor.shape), reversed(tensor.stride()), strict=True):
        if size > 1 and stride != needed * step:
            return 0
        needed *= size
    whole = tensor.untyped_storage().nbytes() // tensor.element_size()
    return step if step > 1 and whole >= tensor.numel() * step else 0


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))


def _in_bytes(tensor: torch.Tensor) -> tuple[int, ...]:
    """Strides as NumPy counts them."""
    return tuple(stride * tensor.element_size() for stride in tensor.stride())


def _same_bits(one: torch.Tensor, other: torch.Tensor) -> bool:
    return one.dtype == other.dtype and one.shape == other.shape and torch.equal(one, other)


def _numpy_name(dtype: str) -> str:
    return "bool_" if dtype == "bool" else dtype


def _numbers(tensor: torch.Tensor) -> str:
    """Nested lists of numbers, each as short as it may be."""
    return _nested(tensor.tolist(), dtype_name(tensor))


def _nested(value: Any, dtype: str) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_nested(each, dtype) for each in value)}]"
    if not isinstance(value, float):
        return repr(value)
    if not np.isfinite(value):
        return f'float("{value}")'
    if dtype == "float32":
        short = float(str(np.float32(value)))
        if np.float32(short) == np.float32(value):
            return repr(short)
    return repr(value)
