"""Between the words of the problems and the words of the door: steps out, answers back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from problems.asks import FOR_THE_JUDGE, Answer, Answers, Failure, Given, Handle, Program, Step, Unreadable
from problems.late import torch
from sandbox import Reply
from sandbox.guest import wire


def to_steps(program: Program, *, arrays: str) -> list[dict[str, Any]]:
    """A program as the door takes it; tensors become NumPy arrays of the same layout where arrays is "array"."""
    convert: Callable[[torch.Tensor], Any] = _to_numpy if arrays == "array" else _same
    seen: dict[int, Any] = {}
    return [_step(step, convert, seen) for step in program]


def in_precision(
    program: Program, dtype: torch.dtype | None, *, own_memory: bool = False, arrays: str = "tensor"
) -> list[dict[str, Any]]:
    """A program for the reference, with every floating tensor in the given precision; one object stays one object.

    Args:
        program: what is asked.
        dtype: of the floating tensors and the modules; None leaves each as it was asked.
        own_memory: tensors are copied, laid out and shared as they were: what is written into them stays there.
        arrays: "tensor" or "array": what the reference works with.
    """
    copy = _Copier() if own_memory else _same
    last: Callable[[torch.Tensor], Any] = _to_numpy if arrays == "array" else _same
    seen: dict[int, Any] = {}
    if dtype is None:
        return [_step(step, lambda tensor: last(copy(tensor)), seen) for step in program]
    name = "float64" if dtype is torch.float64 else "float32"
    steps = [_step(step, lambda tensor: last(_cast(copy(tensor), dtype)), seen) for step in program]
    return [{**step, "dtype": name} if _is_module(step) else step for step in steps]


class _Copier:
    """Copies tensors: those that share memory share it in the copies, too."""

    def __init__(self) -> None:
        self._storages: dict[int, torch.UntypedStorage] = {}

    def __call__(self, tensor: torch.Tensor) -> torch.Tensor:
        """One copy."""
        storage = tensor.untyped_storage()
        place = storage.data_ptr()
        if place not in self._storages:
            self._storages[place] = storage.clone()  # type: ignore[no-untyped-call]  # torch's method is not typed
        empty = torch.empty(0, dtype=tensor.dtype)
        return empty.set_(self._storages[place], tensor.storage_offset(), tensor.size(), tensor.stride())


def _is_module(step: dict[str, Any]) -> bool:
    return bool(step["do"] == "construct" and step["target"] != "torch.Generator")


def _same(tensor: torch.Tensor) -> torch.Tensor:
    return tensor


def _to_numpy(tensor: torch.Tensor) -> Any:
    return tensor.numpy()


def _cast(tensor: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    return tensor.to(dtype) if tensor.is_floating_point() else tensor


def _step(step: Step, convert: Callable[[torch.Tensor], Any], seen: dict[int, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {"do": type(step).__struct_config__.tag}
    for name in step.__struct_fields__:
        if name in FOR_THE_JUDGE:
            continue
        fields[name] = _tree(getattr(step, name), convert, seen)
    return fields


def _tree(value: Any, convert: Callable[[torch.Tensor], Any], seen: dict[int, Any]) -> Any:
    if isinstance(value, torch.Tensor):
        if id(value) not in seen:
            seen[id(value)] = (value, convert(value))
        return seen[id(value)][1]
    if isinstance(value, Handle):
        return wire.Handle(value.name, value.path)
    if isinstance(value, Given):
        return wire.Given(value.kind, dict(value.fields))
    if isinstance(value, tuple):
        return tuple(_tree(item, convert, seen) for item in value)
    if isinstance(value, list):
        return [_tree(item, convert, seen) for item in value]
    if isinstance(value, dict):
        return {key: _tree(item, convert, seen) for key, item in value.items()}
    return value


def to_answers(replies: Sequence[Reply]) -> Answers:
    """What came back through the door, in the words of the problems."""
    return {reply.step: _answer(reply) for reply in replies}


def _answer(reply: Reply) -> Answer:
    failure = None
    if reply.raised is not None:
        raised = reply.raised
        failure = Failure(type_name=raised.type_name, bases=raised.bases, message=raised.message)
    return answer_of(reply.fields, failure=failure, cpu_seconds=reply.cpu_seconds)


def answer_of(fields: dict[str, Any], *, failure: Failure | None = None, cpu_seconds: float | None = None) -> Answer:
    """An answer from the interpreter's fields, whoever ran it.

    Raises:
        msgspec.ValidationError: a field is not of the kind that the interpreter sends.
    """
    return Answer(
        value=_readable(fields.get("value")),
        echo=_readable(fields.get("echo")),
        inputs=_gradients(fields.get("inputs")),
        parameters=_named(fields.get("parameters")),
        trainable=msgspec.convert(fields.get("trainable") or {}, dict[str, tuple[int, ...]]),
        frozen=msgspec.convert(fields.get("frozen") or {}, dict[str, tuple[int, ...]]),
        registered=msgspec.convert(fields.get("registered") or {}, dict[str, bool]),
        reached=msgspec.convert(fields.get("reached") or {}, dict[str, bool]),
        same=msgspec.convert(fields.get("same") or {}, dict[str, bool]),
        why=None if fields.get("why") is None else str(fields["why"])[:500],
        failure=failure,
        cpu_seconds=cpu_seconds,
    )


def _gradients(value: Any) -> list[Any] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        raise msgspec.ValidationError("gradients that are no list")
    return [_readable(item) for item in value]


def _named(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise msgspec.ValidationError("parameters that are no mapping")
    return {str(name): _readable(item) for name, item in value.items()}


def _readable(value: Any) -> Any:
    if isinstance(value, wire.Opaque):
        return Unreadable(value.type_name, value.why, value.shape, value.dtype)
    if type(value) is tuple:
        return tuple(_readable(item) for item in value)
    if isinstance(value, list):
        return [_readable(item) for item in value]
    if isinstance(value, dict):
        return {key: _readable(item) for key, item in value.items()}
    return value
