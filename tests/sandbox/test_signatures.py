"""What is called decides with which arguments: not what it wraps, and not `__signature__`."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.guest.signatures import misfit

ASKED = [{"name": "x", "required": True}, {"name": "axis", "required": False}]


def plain(x: Any, axis: int = -1) -> Any:
    return x, axis


def narrow(x: Any) -> Any:
    return x


def decorated(function: Callable[..., Any]) -> Callable[..., Any]:
    """A wrapper of its own arguments."""

    @functools.wraps(function)
    def wrapper(x: Any, axis: int = -1) -> Any:
        return function(x)

    return wrapper


def passing_on(function: Callable[..., Any]) -> Callable[..., Any]:
    """A wrapper that takes anything."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return wrapper


def cutting(function: Callable[..., Any]) -> Callable[..., Any]:
    """A wrapper of fewer arguments than what it wraps."""

    @functools.wraps(function)
    def wrapper(x: Any) -> Any:
        return function(x)

    return wrapper


def lying(function: Callable[..., Any], like: Callable[..., Any]) -> Callable[..., Any]:
    """A function that says that it takes what another one does."""
    function.__signature__ = inspect.signature(like)  # type: ignore[attr-defined]
    return function


class Called:
    def __call__(self, x: Any, axis: int = -1) -> Any:
        return x, axis


class Holder:
    def method(self, x: Any, axis: int = -1) -> Any:
        return x, axis

    @staticmethod
    def still(x: Any, axis: int = -1) -> Any:
        return x, axis

    @classmethod
    def of_class(cls, x: Any, axis: int = -1) -> Any:
        return x, axis

    def more(self, scale: float, x: Any, axis: int = -1) -> Any:
        return x, axis

    partial = functools.partialmethod(more, 2.0)


class Metaclass(type):
    def __call__(cls, x: Any, axis: int = -1) -> Any:
        return super().__call__()


class ByMetaclass(metaclass=Metaclass):
    pass


class ByNew:
    def __new__(cls, x: Any, axis: int = -1) -> Any:
        return object.__new__(cls)


class ByInit:
    def __init__(self, x: Any, axis: int = -1) -> None:
        pass


class OnlyX:
    def __init__(self, x: Any) -> None:
        pass


GOOD = {
    "a function": plain,
    "a wrapper with its own arguments": decorated(narrow),
    "a wrapper that takes anything": passing_on(plain),
    "partial": functools.partial(lambda scale, x, axis=-1: x, 2.0),
    "partial by name": functools.partial(lambda x, axis=-1, *, scale: x, scale=2.0),
    "a callable object": Called(),
    "a bound method": Holder().method,
    "a method of a class": Holder.of_class,
    "a static method": Holder.still,
    "a partial method": Holder().partial,
    "lru_cache": functools.lru_cache(plain),
    "singledispatch": functools.singledispatch(plain),
    "a class by its metaclass": ByMetaclass,
    "a class by __new__": ByNew,
    "a class by __init__": ByInit,
    "a C function that tells no signature": max,
    "a signature that lies": lying(lambda x, axis=-1: x, narrow),
}
BAD = {
    "a function": narrow,
    "a wrapper of fewer arguments": cutting(plain),
    "partial": functools.partial(plain, 2.0),
    "a bound method": OnlyX(0).__init__,
    "a class": OnlyX,
    "the other order": lambda axis=-1, x=None: x,
    "a signature that lies": lying(lambda x: x, plain),
    "by position alone": lambda x, axis=-1, /: x,
    "a C function": abs,
}


@pytest.mark.parametrize("name", GOOD)
def test_what_can_be_called_has_no_misfit(name: str) -> None:
    assert misfit(GOOD[name], ASKED) is None


@pytest.mark.parametrize("name", BAD)
def test_what_can_not_be_called_has_one(name: str) -> None:
    found = misfit(BAD[name], ASKED)
    assert found is not None
    assert found.certain


@pytest.mark.parametrize("wrap", [passing_on, functools.lru_cache, functools.singledispatch])
def test_of_a_wrapper_that_takes_anything_only_the_call_can_tell(wrap: Callable[..., Any]) -> None:
    found = misfit(wrap(narrow), ASKED)
    assert found is not None
    assert not found.certain


def test_a_method_is_asked_with_its_object_before_the_arguments() -> None:
    assert misfit(Holder.method, ASKED, unbound=True) is None
    assert misfit(Holder.method, ASKED) is not None
    assert misfit(decorated_method, ASKED, unbound=True) is None


def decorated_method(self: Any, x: Any, axis: int = -1) -> Any:
    return x


def test_a_function_that_is_wrapped_by_itself_ends() -> None:
    def loop(*args: Any, **kwargs: Any) -> None:
        pass

    loop.__wrapped__ = loop  # type: ignore[attr-defined]
    assert misfit(loop, ASKED) is None
