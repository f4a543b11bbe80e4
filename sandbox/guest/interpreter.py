"""Carries out steps on what a file defined: construct, load weights, call, compute, differentiate, read, look.

A program is a list of steps, each a dict with "do" and its fields; values are tensors or arrays, plain Python values,
`Handle`s to earlier results, and `Given` functions. The same interpreter runs the solution inside the sandbox and the reference
on the trusted side.

| do | fields | answer |
|---|---|---|
| construct | target, args, kwargs, into, dtype | none |
| assign | module, state: name -> tensor | none |
| put | value, into | none |
| overwrite | into, value: copied into the arrays that were put there | none |
| call | target, args, kwargs, into, seed, echo, times, mode | {"value", "echo"} |
| differentiate | target, args, kwargs, upstream, module, parameters, seed, mode | {"value", "inputs", "parameters", "why"} |
| compute | inputs, operations, times, into, names, seed | none |
| look | of, attributes | {"value"} |
| read | module, names, identical | {"parameters", "registered", "reached", "trainable", "frozen", "same"} |
"""

from __future__ import annotations

import contextlib
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from .given import made
from .wire import Given, Handle

# The C functions themselves: what user code makes of the module `operator` changes nothing here.
_OPERATORS: dict[str, Callable[..., Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "neg": operator.neg,
    "+=": operator.iadd,
    "*=": operator.imul,
}


_WANTED = ("first wanted", "others wanted")


class MissingPart(Exception):
    """A constructed object lacks a part that the problem names; the message is a sentence to the user.

    Attributes:
        kind: "missing" where there is no such attribute, "shape" where it is not of the right kind, shape or dtype.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Interpreter:
    """Runs programs against a namespace of entry points.

    Args:
        names: what the file defined, by name.
        torch: the module, or None where arrays are NumPy's.
        calling: a context around every call into user code, given the seed; None: nothing is done.
        going_back: a context around what computes gradients, which may call a backward pass that user code brings.
    """

    def __init__(
        self,
        names: Mapping[str, Any],
        torch: Any,
        calling: Callable[[int | None], contextlib.AbstractContextManager[None]] | None = None,
        going_back: Callable[[], contextlib.AbstractContextManager[None]] = contextlib.nullcontext,
    ) -> None:
        self._names = names
        self._torch = torch
        self._calling = calling or _nothing
        self._going_back = going_back
        self._values: dict[str, Any] = {}

    def begin(self) -> None:
        """Forget the handles of the program before."""
        self._values = {}

    def run(self, step: dict[str, Any]) -> dict[str, Any] | None:
        """Carry out one step; the answer, or None for steps that have none.

        Raises:
            MissingPart: an object lacks a part it must have.
            BaseException: whatever user code raised.
        """
        match step["do"]:
            case "construct":
                self._construct(step)
                return None
            case "assign":
                self._assign(step)
                return None
            case "put":
                self._values[step["into"]] = self._copied(self._resolve(step["value"]))
                return None
            case "overwrite":
                self._copy_over(self._values[step["into"]], step["value"])
                return None
            case "call":
                return self._call(step)
            case "differentiate":
                return self._differentiate(step)
            case "compute":
                self._compute(step)
                return None
            case "look":
                return self._look(step)
            case "read":
                return self._read(step)
        raise ValueError(f"unknown step {step['do']!r}")

    def _resolve(self, value: Any) -> Any:
        """The value with handles replaced by what they stand for."""
        if type(value) is Handle:
            found = self._values[value.name]
            for item in value.path:
                found = found[item]
            return found
        if type(value) is Given:
            return made(value)
        if type(value) in (list, tuple):
            return type(value)(self._resolve(item) for item in value)
        if type(value) is dict:
            return {key: self._resolve(item) for key, item in value.items()}
        return value

    def _target(self, name: str) -> Any:
        """A function or class of the file, an object made before, or a method of it."""
        match name:
            case "torch.nn.Linear":
                return self._torch.nn.Linear
            case "torch.nn.ParameterList":
                return self._parameter_list
            case "torch.Generator":
                return self._generator
            case "judge.same":
                return _same
            case "judge.iterator":
                return iter
            case "judge.gradient":
                return _gradient
        first, *rest = name.split(".")
        found = self._values[first] if first in self._values else self._names[first]
        for part in rest:
            try:
                found = getattr(found, part)
            except AttributeError:
                raise MissingPart("missing", f"your {type(found).__name__} has no `{part}`") from None
        return found

    def _generator(self, seed: int) -> Any:
        generator = self._torch.Generator()
        generator.manual_seed(seed)
        return generator

    def _parameter_list(self, tensors: Sequence[Any]) -> Any:
        """Parameters of their own memory: what is written into them changes nothing that was asked."""
        return self._torch.nn.ParameterList([self._torch.nn.Parameter(tensor.clone()) for tensor in tensors])

    def _construct(self, step: dict[str, Any]) -> None:
        target = self._target(step["target"])
        args, kwargs = self._resolve(step["args"]), self._resolve(step["kwargs"])
        with self._calling(step["seed"]):
            made = target(*args, **kwargs)
            if step["dtype"] != "float32" and isinstance(made, self._torch.nn.Module):
                made = made.double() if step["dtype"] == "float64" else made.to(getattr(self._torch, step["dtype"]))
        self._values[step["into"]] = made

    def _part(self, module: Any, name: str) -> Any:
        found, walked = module, ""
        for part in name.split("."):
            walked = f"{walked}.{part}" if walked else part
            try:
                found = getattr(found, part)
            except AttributeError:
                raise MissingPart("missing", f"your {type(module).__name__} has no `{walked}`") from None
        return found

    def _assign(self, step: dict[str, Any]) -> None:
        """Copy values into parameters, found by name; where the name ends in `.grad`, set the gradient."""
        torch, module = self._torch, self._values[step["module"]]
        for name, value in step["state"].items():
            if name.endswith(".grad"):
                self._part(module, name.removesuffix(".grad")).grad = None if value is None else value.clone()
                continue
            found = self._part(module, name)
            said = f"`{name}` of your {type(module).__name__}"
            if not isinstance(found, torch.Tensor):
                raise MissingPart("shape", f"{said} is {type(found).__name__}, not a parameter")
            if found.shape != value.shape:
                raise MissingPart("shape", f"{said} has shape {list(found.shape)}; expected {list(value.shape)}")
            with torch.no_grad():
                found.copy_(value)

    def _copied(self, value: Any) -> Any:
        """The value with arrays of its own, since a later step may overwrite them."""
        if type(value) in (list, tuple):
            return type(value)(self._copied(item) for item in value)
        if type(value) is dict:
            return {key: self._copied(item) for key, item in value.items()}
        if self._torch is not None and isinstance(value, self._torch.Tensor):
            return value.clone()
        return value.copy() if hasattr(value, "copy") else value

    def _copy_over(self, kept: Any, value: Any) -> None:
        if type(kept) is list and not any(hasattr(item, "shape") for item in kept):
            kept[:] = self._copied(value)
        elif type(kept) is dict:
            kept.clear()
            kept.update(self._copied(value))
        elif type(kept) in (list, tuple):
            for into, part in zip(kept, value, strict=True):
                self._copy_over(into, part)
        elif self._torch is None or not isinstance(kept, self._torch.Tensor):
            kept[...] = value
        else:
            with self._torch.no_grad():
                kept.copy_(value)

    def _call(self, step: dict[str, Any]) -> dict[str, Any]:
        target = self._target(step["target"])
        args, kwargs = self._resolve(step["args"]), self._resolve(step["kwargs"])
        mode = step.get("mode", "")
        if mode in _WANTED:
            args, kwargs = self._wanting(args, kwargs, mode)
        with self._calling(step["seed"]), self._mode(mode):
            for _ in range(step["times"]):
                result = target(*args, **kwargs)
        if step["into"]:
            self._values[step["into"]] = result
        echo = (list(args), dict(kwargs)) if step["echo"] else None
        return {"value": result if step["answer"] else None, "echo": echo}

    def _mode(self, mode: str) -> contextlib.AbstractContextManager[Any]:
        """A mode of torch, by its name."""
        modes = {"no_grad": "no_grad", "inference_mode": "inference_mode"}
        return getattr(self._torch, modes[mode])() if mode in modes else contextlib.nullcontext()

    def _wanting(self, args: Any, kwargs: Any, mode: str) -> tuple[Any, Any]:
        """The arguments, of which the first floating one wants a gradient, or all others."""
        leaves: list[Any] = []
        args, kwargs = self._leaves(args, leaves), self._leaves(kwargs, leaves)
        _let_go(leaves, mode)
        return args, kwargs

    def _compute(self, step: dict[str, Any]) -> None:
        """Carry out operations one after the other, each on inputs and on what those before it gave; all of it is kept."""
        values = list(self._resolve(step["inputs"]))
        with self._calling(step["seed"]):
            for _ in range(step["times"]):
                for name, places in step["operations"]:
                    values.append(self._operated(name, [values[place] for place in places]))
        self._values[step["into"]] = values
        for name, place in step["names"].items():
            self._values[name] = values[place]

    def _operated(self, name: str, operands: list[Any]) -> Any:
        """An operator on its operands, an object of one of the file's classes, a method of the first operand, or an attribute set."""
        if name in _OPERATORS:
            return _OPERATORS[name](*operands)
        if isinstance(self._names.get(name), type):
            return self._names[name](*operands)
        first, *rest = operands
        if name.endswith("="):
            setattr(first, name[:-1], *rest)
            return first
        return getattr(first, name)(*rest)

    def _look(self, step: dict[str, Any]) -> dict[str, Any]:
        """Attributes of objects, object by object."""
        found = []
        with self._calling(None):
            for handle in step["of"]:
                each = self._resolve(handle)
                for name in step["attributes"]:
                    if not hasattr(each, name):
                        where = handle.name + "".join(f"[{item}]" for item in handle.path)
                        raise MissingPart("shape", f"{where} is {_an(type(each).__name__)}, which has no `{name}`")
                    found.append(getattr(each, name))
        return {"value": found}

    def _differentiate(self, step: dict[str, Any]) -> dict[str, Any]:
        """Value and vector-Jacobian product of a call, for every floating input and every parameter of `module`."""
        torch = self._torch
        target = self._target(step["target"])
        inputs: list[Any] = []
        args = self._leaves(self._resolve(step["args"]), inputs)
        kwargs = self._leaves(self._resolve(step["kwargs"]), inputs)
        _let_go(inputs, step.get("mode", ""))
        parameters = self._parameters(step["module"], step["parameters"])
        with self._calling(step["seed"]):
            result = target(*args, **kwargs)
        outputs = _tensors(result, torch)
        upstream = step["upstream"]
        answer: dict[str, Any] = {"value": result, "inputs": None, "parameters": None, "why": None}
        if len(outputs) < len(upstream):
            return answer | {"why": f"{len(outputs)} tensors came back where {len(upstream)} are asked for"}
        pairs = [(out, up) for out, up in zip(outputs, upstream, strict=False) if up is not None]
        for out, up in pairs:
            if out.shape != up.shape or out.dtype != up.dtype:
                return answer | {"why": "the result has not the shape and dtype that is asked for"}
        tracked = [(out, up) for out, up in pairs if out.requires_grad]
        wanted = [each for each in (*inputs, *parameters.values()) if each.requires_grad]
        if tracked and wanted:
            # One scalar whose gradient is the product: `grad_outputs` would import half a second of symbolic shapes.
            total = sum((out * up).sum() for out, up in tracked)
            with self._going_back():
                grads = torch.autograd.grad(total, wanted, allow_unused=True)
        else:
            grads = [None] * len(wanted)
        found = iter(grads)
        answer["inputs"] = [next(found) if each.requires_grad else None for each in inputs]
        answer["parameters"] = {name: next(found) for name in parameters}
        return answer

    def _leaves(self, value: Any, found: list[Any]) -> Any:
        """The value with each floating tensor replaced by a leaf that wants a gradient; one object stays one leaf."""
        torch = self._torch
        if isinstance(value, torch.Tensor) and value.is_floating_point():
            leaf = value.detach().requires_grad_()
            found.append(leaf)
            return leaf
        if type(value) in (list, tuple):
            return type(value)(self._leaves(item, found) for item in value)
        if type(value) is dict:
            return {key: self._leaves(item, found) for key, item in value.items()}
        return value

    def _parameters(self, module: str | None, names: Sequence[str]) -> dict[str, Any]:
        """Parameters of the object called `module`, found by attribute path; those that are not trainable are left out."""
        if module is None:
            return {}
        found = {name: self._part(self._values[module], name) for name in names}
        for name, part in found.items():
            if not isinstance(part, self._torch.Tensor):
                raise MissingPart("shape", f"`{name}` of your object is {type(part).__name__}, not a parameter")
        return {name: part for name, part in found.items() if part.requires_grad}

    def _read(self, step: dict[str, Any]) -> dict[str, Any]:
        module = self._values[step["module"]]
        every = dict(module.named_parameters())
        found = {name: self._part(module, name) for name in step["names"]}
        memory = {self._memory(parameter) for parameter in every.values()}
        return {
            "parameters": found,
            "reached": {name: self._memory(part) in memory for name, part in found.items()},
            "registered": {name: isinstance(part, self._torch.nn.Parameter) for name, part in found.items()},
            "trainable": {name: tuple(p.shape) for name, p in every.items() if p.requires_grad},
            "frozen": {name: tuple(p.shape) for name, p in every.items() if not p.requires_grad},
            "same": {
                path: self._part(module, path) is self._values[other] for path, other in step["identical"].items()
            },
        }

    def _memory(self, part: Any) -> int | None:
        """Where the numbers of a tensor lie; None of what is no tensor."""
        is_tensor = isinstance(part, self._torch.Tensor)
        return int(part.untyped_storage().data_ptr()) if is_tensor else None


def _let_go(leaves: Sequence[Any], mode: str) -> None:
    """Let inputs want no gradient: all but the first, or the first."""
    if mode in _WANTED:
        for leaf in leaves[1:] if mode == _WANTED[0] else leaves[:1]:
            leaf.requires_grad_(False)


def _same(value: Any) -> Any:
    return value


def _gradient(tensor: Any) -> Any:
    return tensor.grad


@contextlib.contextmanager
def _nothing(seed: int | None) -> Iterator[None]:
    yield


def _an(name: str) -> str:
    """ "a Value", "an int" """
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def _tensors(result: Any, torch: Any) -> list[Any]:
    """The tensors in a result, in order."""
    if isinstance(result, torch.Tensor):
        return [result]
    if isinstance(result, (tuple, list)):
        return [tensor for item in result for tensor in _tensors(item, torch)]
    return []


def to_numpy(value: Any, torch: Any) -> Any:
    """A tree with each tensor replaced by a NumPy array of the same layout (one view per tensor)."""
    if isinstance(value, torch.Tensor):
        return value.detach().numpy()
    if isinstance(value, tuple):
        return tuple(to_numpy(item, torch) for item in value)
    if isinstance(value, list):
        return [to_numpy(item, torch) for item in value]
    if isinstance(value, dict):
        return {key: to_numpy(item, torch) for key, item in value.items()}
    return value
