"""The words in which a check asks: plain data, carried to the solution and, unchanged, to the reference.

Where a step has `note`, `sizes`, `arguments` or `result`, these are for the judge alone (`FOR_THE_JUDGE`).

A program is a list of steps. Values in them are tensors, plain Python values, `Handle`s to what earlier steps left, and functions that
are `Given`. The judge hands NumPy solutions arrays in place of tensors.
"""

from __future__ import annotations

from typing import Any

import msgspec

FOR_THE_JUDGE = ("note", "sizes", "arguments", "result")
"""Fields of a step that are not sent to the solution.

`note` stands before what is wrong with the step ("after 100 steps"). `sizes` are those of its result by their letters, where they are not
those of the case. `arguments` are the names of its positional arguments. `result` is the layout of its result.
"""


SAME, ITERATOR, GRADIENT = "judge.same", "judge.iterator", "judge.gradient"
"""Targets beside the solution's own. `SAME` gives its argument back: it shows what an earlier result holds by now. `ITERATOR` makes an
iterator of a list, which can be read once. `GRADIENT` gives the gradient of a tensor, the object itself.
"""


class Handle(msgspec.Struct, frozen=True):
    """What an earlier step left, or an item of it: `Handle("out", (1, 0))` is `out[1][0]`."""

    name: str
    path: tuple[int, ...] = ()


class Given(msgspec.Struct, frozen=True):
    """A function as an argument: made beside the solution from its kind and a few plain values (`sandbox.guest.given`).

    Where it is asked for by handle after `Put`, `Look` reads how often it was called: the attribute `calls`.

    Attributes:
        kind: which.
        fields: what it is made from.
        shown: of a function of sequences, up to which length a counterexample lists its values.
    """

    kind: str
    fields: dict[str, Any]
    shown: int = 0


class Construct(msgspec.Struct, frozen=True, kw_only=True, tag="construct"):
    """Make an object: `into = target(*args, **kwargs)`, then `.double()` where dtype is float64, and likewise in half precision.

    `target` is a class of the solution, "torch.nn.Linear", "torch.nn.ParameterList" (args: a list of tensors, which are copied) or
    "torch.Generator" (args: its seed). Where it is no nn.Module, it has no dtype.
    """

    target: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = {}
    into: str = "m"
    dtype: str = "float32"
    seed: int = 0
    may_raise: bool = False


class Assign(msgspec.Struct, frozen=True, kw_only=True, tag="assign"):
    """Copy values into parameters of an object, found by name; a name that ends in `.grad` sets a gradient, None that there is none."""

    module: str = "m"
    state: dict[str, Any]


class Put(msgspec.Struct, frozen=True, kw_only=True, tag="put"):
    """Keep a value under a name."""

    into: str
    value: Any


class Overwrite(msgspec.Struct, frozen=True, kw_only=True, tag="overwrite"):
    """Copy new values into what was put before, a tensor or a tuple of them: the same objects, other contents."""

    into: str
    value: Any


class Call(msgspec.Struct, frozen=True, kw_only=True, tag="call"):
    """Call a function, an object or a method of it ("m.merge"), `SAME`, `ITERATOR` or `GRADIENT`.

    Attributes:
        into: keep the result under this name.
        echo: send back what the arguments hold after the call.
        times: call so many times; the last result counts.
        answer: send the result back.
        may_raise: an exception is an answer, and the program goes on.
        mode: of torch, around the call: "no_grad", "inference_mode"; "first wanted" and "others wanted": the first floating argument
            wants a gradient, or all but the first do. "": gradients are recorded, and no argument wants one.
        seed: of the global generators, before the call.
        note, sizes, arguments, result: see `FOR_THE_JUDGE`.
    """

    target: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = {}
    into: str = ""
    seed: int = 0
    echo: bool = False
    times: int = 1
    answer: bool = True
    may_raise: bool = False
    mode: str = ""
    note: str = ""
    sizes: dict[str, int] = {}
    arguments: tuple[str, ...] = ()
    result: Any = None


class Compute(msgspec.Struct, frozen=True, kw_only=True, tag="compute"):
    """An expression, operation by operation: each on places of what is there by then, the inputs first, and gives the next value.

    An operation is an operator ("+", "-", "*", "/", "**", "neg", "+=", "*="), a class of the solution ("Value"), which makes an object
    of its operand, a method of the first operand ("tanh"), or an attribute that is set ("grad="). The list of all values is kept:
    `Handle(into, (3,))` is the fourth.

    Attributes:
        inputs: handles and plain values.
        operations: names, each with the places of its operands; -1 is the last value by then, as in Python.
        times: carry all of them out so many times, one round after the other.
        into: keep the list of values under this name.
        names: keep single values, by their places, under these.
        seed: of the global generators.
    """

    inputs: tuple[Any, ...] = ()
    operations: tuple[tuple[str, tuple[int, ...]], ...]
    times: int = 1
    into: str = "v"
    names: dict[str, int] = {}
    seed: int = 0


class Look(msgspec.Struct, frozen=True, kw_only=True, tag="look"):
    """Read attributes of objects: the answer's value is a list, object by object.

    Attributes:
        of: handles to the objects.
        attributes: their names, read of each.
        note, sizes: see `FOR_THE_JUDGE`.
    """

    of: tuple[Handle, ...]
    attributes: tuple[str, ...]
    note: str = ""
    sizes: dict[str, int] = {}


class Differentiate(msgspec.Struct, frozen=True, kw_only=True, tag="differentiate"):
    """A call and its vector-Jacobian products.

    Attributes:
        upstream: one gradient per tensor of the result, in order; None for a result that is left out.
        module: the object whose parameters are differentiated, or None.
        parameters: their names.
        mode: "first wanted" or "others wanted", see `Call`: gradients are asked of these inputs alone, and of the parameters.
        note, sizes, arguments: see `FOR_THE_JUDGE`.
    """

    target: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = {}
    upstream: tuple[Any, ...]
    module: str | None = None
    parameters: tuple[str, ...] = ()
    seed: int = 0
    mode: str = ""
    note: str = ""
    sizes: dict[str, int] = {}
    arguments: tuple[str, ...] = ()


class Read(msgspec.Struct, frozen=True, kw_only=True, tag="read"):
    """Read an object's parameters.

    Attributes:
        names: parameters to read by attribute path ("base.weight").
        identical: attribute path -> name of an earlier result: is it that very object?
        note: see `FOR_THE_JUDGE`.
    """

    module: str = "m"
    names: tuple[str, ...] = ()
    identical: dict[str, str] = {}
    note: str = ""


Step = Construct | Assign | Put | Overwrite | Call | Compute | Differentiate | Read | Look
Program = list[Step]


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """An exception that a step raised, where it may.

    Attributes:
        type_name: its class.
        bases: the names of its class and of those it comes from.
        message: cut, unescaped.
    """

    type_name: str
    bases: tuple[str, ...]
    message: str


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back for one step.

    Attributes:
        value: of a call or differentiation.
        echo: (args, kwargs) after the call, where asked for.
        inputs: gradients of the floating inputs in order; None for one that has none.
        parameters: gradients by name; of `Read`, the parameters asked for.
        registered: of `Read`, whether each of these is an nn.Parameter.
        reached: of `Read`, whether the object's `parameters()` give the memory of each.
        trainable: of `Read`, the shapes of all trainable parameters by name; `frozen`, of all others.
        same: of `Read`, what was asked as `identical`.
        why: why a result could not be differentiated.
        failure: the exception, where it may.
        cpu_seconds: CPU time since the answer before, read from outside.
    """

    value: Any = None
    echo: Any = None
    inputs: list[Any] | None = None
    parameters: dict[str, Any] = {}
    registered: dict[str, bool] = {}
    reached: dict[str, bool] = {}
    trainable: dict[str, tuple[int, ...]] = {}
    frozen: dict[str, tuple[int, ...]] = {}
    same: dict[str, bool] = {}
    why: str | None = None
    failure: Failure | None = None
    cpu_seconds: float | None = None


Answers = dict[int, Answer]
"""Answers by the place of their step in the program."""


class Unreadable(msgspec.Struct, frozen=True):
    """Something that came back and is no array, number, text or container of them.

    Attributes:
        type_name: its type.
        why: what it is, in words that follow "returned ".
        shape: of an array whose contents could not travel.
        dtype: likewise.
    """

    type_name: str
    why: str
    shape: tuple[int, ...] | None = None
    dtype: str | None = None
