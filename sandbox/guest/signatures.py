"""With what a callable can be called, told by what is called: not by `__signature__`, and not by what it wraps.

`inspect.signature` goes through `__wrapped__` and believes `__signature__`. A decorator may take other arguments than what it wraps, and
the call goes to the decorator. Only where it takes anything (`*args, **kwargs`) is what it wraps looked at, and then nothing is certain:
it may hand on other arguments than it gets.
"""

from __future__ import annotations

import functools
import inspect
import types
from dataclasses import dataclass, replace
from typing import Any

MOST_WRAPPED = 20
_OPEN = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
_PLAIN = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


@dataclass(frozen=True)
class Misfit:
    """Why a callable can't be called as is asked.

    Attributes:
        detail: why.
        certain: no call can succeed; otherwise the call decides.
    """

    detail: str
    certain: bool


@dataclass(frozen=True)
class _Called:
    """A function that a call comes to.

    Attributes:
        signature: of the function.
        before: how many arguments are put before those of the call.
        preset: names that are given beside them.
        certain: see `Misfit`.
    """

    signature: inspect.Signature
    before: int = 0
    preset: tuple[str, ...] = ()
    certain: bool = True


def misfit(found: Any, parameters: list[dict[str, Any]], *, unbound: bool = False) -> Misfit | None:
    """Why a callable can't be called with these parameters, by position and by name; None where nothing is known against it.

    Args:
        found: what is called.
        parameters: each {"name", "required"}.
        unbound: it is a method, and its object comes first.
    """
    names = [parameter["name"] for parameter in parameters]
    required = [parameter["name"] for parameter in parameters if parameter["required"]]
    for called in _called(found):
        first = [None] * (called.before + unbound)
        for positional, named in ((names, []), (required, []), ([], names)):
            try:
                called.signature.bind(*first, *[None] * len(positional), **dict.fromkeys([*called.preset, *named]))
            except TypeError as error:
                return Misfit(f"{error}"[:300], called.certain)
        if detail := _order_fault(called.signature, names, skip=len(first)):
            return Misfit(detail, called.certain)
    return None


def _order_fault(signature: inspect.Signature, names: list[str], *, skip: int) -> str:
    """Parameters that are all there, but in another order."""
    own = [p.name for p in signature.parameters.values() if p.kind in _PLAIN][skip:]
    for mine, asked in zip(own, names, strict=False):
        if mine != asked and mine in names:
            return f"`{mine}` stands where `{asked}` is asked for"
    return ""


def _called(found: Any, depth: int = 0) -> list[_Called]:
    """The functions that a call comes to, each with what it gets beside the call's arguments; none where that can't be told."""
    if depth > MOST_WRAPPED:
        return []
    if isinstance(found, types.FunctionType):
        return _of_function(found, depth)
    if isinstance(found, types.MethodType):
        return [replace(each, before=each.before + 1) for each in _called(found.__func__, depth + 1)]
    if isinstance(found, functools.partial):
        return [
            replace(each, before=each.before + len(found.args), preset=(*each.preset, *found.keywords))
            for each in _called(found.func, depth + 1)
        ]
    if isinstance(found, functools._lru_cache_wrapper):
        return _wrapped(found, depth)
    if isinstance(found, type):
        return _of_class(found, depth)
    if isinstance(found, (types.BuiltinFunctionType, types.WrapperDescriptorType, types.MethodDescriptorType)):
        return _of_compiled(found)
    call = inspect.getattr_static(type(found), "__call__", None)
    if isinstance(call, types.FunctionType):
        return [replace(each, before=each.before + 1) for each in _called(call, depth + 1)]
    return []


def _of_function(function: types.FunctionType, depth: int) -> list[_Called]:
    # A function of the same code has no attributes that say something else.
    bare = types.FunctionType(function.__code__, {}, function.__name__, function.__defaults__, function.__closure__)
    bare.__kwdefaults__ = function.__kwdefaults__
    signature = inspect.signature(bare)
    kinds = [parameter.kind for parameter in signature.parameters.values()]
    takes_anything = all(kind in kinds for kind in _OPEN) and not any(
        parameter.default is inspect.Parameter.empty and parameter.kind not in _OPEN
        for parameter in list(signature.parameters.values())[1:]
    )
    if takes_anything and "__wrapped__" in vars(function):
        return _wrapped(function, depth)
    return [_Called(signature)]


def _wrapped(found: Any, depth: int) -> list[_Called]:
    """What something wraps that takes anything: it is a hint, no more."""
    return [replace(each, certain=False) for each in _called(found.__wrapped__, depth + 1)]


def _of_class(made: type, depth: int) -> list[_Called]:
    """What makes an object: its class's own `__call__`, or else `__new__` and `__init__`."""
    call = inspect.getattr_static(type(made), "__call__", None)
    if isinstance(call, types.FunctionType):
        return [replace(each, before=each.before + 1) for each in _called(call, depth + 1)]
    found = []
    for name in ("__new__", "__init__"):
        maker = inspect.getattr_static(made, name, None)
        maker = maker.__func__ if isinstance(maker, (staticmethod, classmethod)) else maker
        if isinstance(maker, types.FunctionType):
            found += [replace(each, before=each.before + 1) for each in _called(maker, depth + 1)]
    return found


def _of_compiled(found: Any) -> list[_Called]:
    try:
        return [_Called(inspect.signature(found))]
    except (ValueError, TypeError):
        return []  # it tells no signature: calling it will tell
