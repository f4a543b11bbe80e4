"""What a call does besides: it leaves its arguments alone, and raises what it must."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from problems.asks import Call, Construct, Given, Handle
from problems.checks import CaseAnswers
from problems.comparison import Finding, as_tensor, is_array
from problems.kinds import Breach
from problems.late import torch
from problems.plain import same_plain
from problems.sufficient import (
    ANYTHING,
    Items,
    Named,
    ReplyFields,
    Sufficient,
    Unsure,
    every_step,
    failure_of,
    plain,
    same_bytes,
)
from problems.wording import call_words


class Unchanged(msgspec.Struct, frozen=True):
    """The arguments of every call with `echo` hold after it what they held before it, exactly."""

    def finding(self, asked: CaseAnswers) -> Finding | None:
        """The first argument that the code changed."""
        for place, step in enumerate(asked.program):
            if isinstance(step, Call) and step.echo:
                for name, was, now in self._arguments(asked, place, step):
                    if not _unchanged(was, now):
                        words = f"your code changed its input `{name}`"
                        return Finding(breach=Breach.INPUT_CHANGED, sentence=words, step=place, name=name)
        return None

    def sufficient(self, asked: CaseAnswers) -> dict[int, ReplyFields]:
        """What each answer must hold to be certainly right.

        Raises:
            Unsure: it can't be said, as where an argument is what an earlier call gave.
        """
        every = every_step(asked)
        for place, step in enumerate(asked.program):
            if isinstance(step, Call) and step.echo:
                args = Items(True, tuple(_held(value, asked.arrays) for value in step.args))
                kwargs = {name: _held(value, asked.arrays) for name, value in step.kwargs.items()}
                every[place] |= {"echo": Items(False, (args, Named(kwargs)))}
        return every

    def _arguments(self, asked: CaseAnswers, place: int, step: Call) -> Iterator[tuple[str, Any, Any]]:
        """Each argument by name, before and after."""
        after, named = asked.answers[place].echo
        names = [*step.arguments, *[f"argument {n}" for n in range(len(step.arguments), len(step.args))]]
        before = [*zip(names, step.args, after, strict=False), *((n, v, named[n]) for n, v in step.kwargs.items())]
        for name, was, now in before:
            value, of_earlier = _resolved(asked, place, was) if isinstance(was, Handle) else (was, False)
            if of_earlier and isinstance(value, tuple) and isinstance(now, tuple):
                yield from ((f"{name}[{n}]", w, m) for n, (w, m) in enumerate(zip(value, now, strict=False)))
            elif not isinstance(value, (Given, Handle)):
                yield name, value, now


def _held(was: Any, arrays: str) -> Sufficient:
    """What an argument must hold after the call."""
    match was:
        case Given():
            return ANYTHING
        case Handle():
            raise Unsure
        case torch.Tensor():
            return same_bytes(was, arrays)
        case list() | tuple():
            return Items(type(was) is list, tuple(_held(item, arrays) for item in was))
        case dict() if all(type(key) is str for key in was):
            return Named({key: _held(item, arrays) for key, item in was.items()}, ordered=True)
        case _:
            return plain(was, same=True)


def _unchanged(was: Any, now: Any) -> bool:
    """Whether an argument holds the same items and numbers; objects and functions in it are not looked into."""
    match was:
        case Handle() | Given():
            return True
        case torch.Tensor():
            return is_array(now) and torch.equal(was, as_tensor(now))
        case dict():
            return type(now) is dict and list(was) == list(now) and all(_unchanged(was[key], now[key]) for key in was)
        case list() | tuple():
            alike = type(now) is type(was) and len(now) == len(was)
            return alike and all(_unchanged(old, new) for old, new in zip(was, now, strict=True))
        case _:
            return same_plain(now, was)


def _resolved(asked: CaseAnswers, place: int, handle: Handle) -> tuple[Any, bool]:
    """What a handle stood for: the part of the answer that an earlier call left under this name, as it was then."""
    for earlier in reversed(range(place)):
        step = asked.program[earlier]
        if isinstance(step, Call) and step.into == handle.name and step.answer:
            value = asked.answers[earlier].value
            for item in handle.path:
                if not isinstance(value, (tuple, list)) or item >= len(value):
                    return handle, False
                value = value[item]
            return value, True
    return handle, False


class Raises(msgspec.Struct, frozen=True):
    """Every step that may raise raises this error, or one that comes from it.

    Attributes:
        error: name of its class.
    """

    error: str = "ValueError"

    def sufficient(self, asked: CaseAnswers) -> dict[int, ReplyFields]:
        """What each answer must hold to be certainly right.

        Raises:
            Unsure: it can't be said.
        """
        every = every_step(asked)
        raising = (place for place, step in enumerate(asked.program) if getattr(step, "may_raise", False))
        return every | {place: failure_of(self.error) for place in raising}

    def finding(self, asked: CaseAnswers) -> Finding | None:
        """The first step that raises nothing, or something else."""
        for place, step in enumerate(asked.program):
            if not getattr(step, "may_raise", False):
                continue
            assert isinstance(step, (Call, Construct))
            failure, called = asked.answers[place].failure, call_words(step)
            if failure is None:
                words = f"{called} raised no error; it must raise {self.error}"
                return Finding(breach=Breach.NO_ERROR, sentence=words, step=place)
            if self.error not in failure.bases:
                what = f"{failure.type_name}: {failure.message}".strip(": ")[:200]
                words = f"{called} raised {what}; it must raise {self.error}"
                return Finding(breach=Breach.NO_ERROR, sentence=words, step=place)
        return None
