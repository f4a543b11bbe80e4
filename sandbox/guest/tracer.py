"""What each line of a file assigned, while it runs: seen by `sys.settrace`, told as it happens, changing nothing.
Of values that carry a gradient, the gradient is told as well where one comes back to them.

What to look at comes as a list of places (`judge.source.statements`): the lines of a statement or of a function's head, and the names to
look at. What is told names a place by its number, so that nothing but values comes from here. Runs inside the sandbox on the
solution's file, and on the trusted side on the reference's.

| kind of place | looked at |
|---|---|
| function | its parameters, when it is entered |
| assign | the names, once the statement is done |
| return | what is returned |
| body | the names, when the block is entered: the targets of `for` and `with` |
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from sys import gettrace, settrace
from types import FrameType
from typing import Any

from .arrays import np
from .reading import describe, unreadable
from .wire import Opaque

MOST_TIMES = 16  # how often the values of one place are told in a step; after that it is counted
MOST_TOLD = 600  # values are told this often in a step, and so are gradients
MOST_EVENTS = 300_000  # lines that are followed in a step
MOST_NUMBERS = 4096  # of an array whose values are told
MOST_NUMBERS_IN_ALL = 1 << 18
MOST_ITEMS = 8  # of a list whose items are told
MOST_LETTERS = 80
MILESTONES = frozenset(10**power for power in range(1, 12))

_SCALARS = (
    ()
    if np is None
    else (np.float16, np.float32, np.float64, np.int8, np.int16, np.int32, np.int64, np.uint8, np.bool_)
)
_GENERATORS = 0x20 | 0x80 | 0x200  # CO_GENERATOR, CO_COROUTINE, CO_ASYNC_GENERATOR (inspect)

Calling = Callable[[int | None], contextlib.AbstractContextManager[None]]


class Tracer:
    """Follows the functions of one file, a step of a program at a time.

    Args:
        filename: as the file's code objects name it.
        places: each a dict with "kind", "first" and "last" line, "name" of a function, "paths" to look at, "uses" that an
            exception is explained by, "body" (first and last line) of a block.
        steps: those that are followed, by their places in the program.
        torch: the module, or None.
        tell: takes what was seen, at once; it copies the arrays that it keeps.
    """

    def __init__(
        self,
        filename: str,
        places: list[dict[str, Any]],
        steps: list[int],
        torch: Any,
        tell: Callable[[dict[str, Any]], None],
    ) -> None:
        self._filename = filename
        self._places = places
        self._steps = frozenset(steps)
        self._torch = torch
        self._tell = tell
        self._hook = self._on_call
        self._functions: dict[tuple[int, str], int] = {}
        self.line_places: dict[int, int] = {}
        for number, place in enumerate(places):
            if place["kind"] == "function":
                self._functions[place["first"], place["name"]] = number
            else:
                self.line_places.update(dict.fromkeys(range(place["first"], place["last"] + 1), number))
        self.begin(-1)

    def begin(self, step: int) -> None:
        """A step begins: everything is counted anew."""
        self._step = step
        self._told = self._gradients = 0
        self._numbers = MOST_NUMBERS_IN_ALL
        self._events = MOST_EVENTS
        self._times = dict.fromkeys(range(len(self._places)), 0)
        self._raised: Any = None
        self._cut = self._lost = False

    def end(self) -> None:
        """A step has ended: tell how often each place was reached."""
        self._raised = None
        if self._step not in self._steps:
            return
        counts = [[number, times] for number, times in self._times.items() if times]
        self._tell({"watched": {"step": self._step, "counts": counts, "cut": self._cut, "lost": self._lost}})

    def around(self, calling: Calling) -> Calling:
        """A context around calls into the file, within another."""

        @contextlib.contextmanager
        def watching(seed: int | None) -> Iterator[None]:
            with calling(seed), self.following():
                yield

        return watching

    @contextlib.contextmanager
    def following(self) -> Iterator[None]:
        """Follow the lines of the file that run meanwhile, in the steps that are asked for."""
        if self._step not in self._steps:
            yield
            return
        before = gettrace()
        settrace(self._hook)
        try:
            yield
        finally:
            self._lost = self._lost or (gettrace() is not self._hook and not self._cut)
            settrace(before)

    def _on_call(self, frame: FrameType, event: str, arg: object) -> Any:
        code = frame.f_code
        if code.co_filename != self._filename:
            return None
        number = self._functions.get((code.co_firstlineno, code.co_name), -1)
        if number < 0:
            return None
        if not code.co_flags & _GENERATORS:
            self.reached(number, frame, "enter")
        return Watched(self).on_event

    def goes_on(self) -> bool:
        """Count one line; False where there were too many: nothing is followed any more."""
        self._events -= 1
        if self._events < 0 and not self._cut:
            self._cut = True
            settrace(None)
        return not self._cut

    def place(self, number: int) -> dict[str, Any]:
        """A place by its number."""
        return self._places[number]

    def raised(self, number: int, frame: FrameType, error: object) -> None:
        """An exception came to a place; what it used is told where it comes from."""
        if error is not self._raised:
            self._raised = error
            self._told_values(number, frame, "raise", self._places[number]["uses"], self._times[number] + 1)

    def reached(self, number: int, frame: FrameType, event: str, *result: Any) -> None:
        """A place was carried out."""
        times = self._times[number] = self._times[number] + 1
        paths = self._places[number]["paths"]
        if times <= MOST_TIMES:
            self._told_values(number, frame, event, paths, times, *result)
        elif times in MILESTONES:
            told = {"step": self._step, "place": number, "event": "again", "times": times}
            self._tell_safely(told | {"values": [], "tracked": []})

    def _told_values(
        self, number: int, frame: FrameType, event: str, paths: list[str], times: int, *result: Any
    ) -> None:
        self._told += 1
        if times > MOST_TIMES or self._told > MOST_TOLD:
            self._cut = self._cut or self._told > MOST_TOLD
            return
        try:
            found = list(result) if result else _looked_up(frame, paths)
            values = [self._seen(value, 0) for value in found]
            tracked = [self._is_tracked(value) for value in found]
        except BaseException:  # whatever an object does when it is looked at, the file goes on
            values = [Opaque("?", "something that can't be looked at")] * (len(result) or len(paths))
            tracked = [False] * len(values)
        told = {"step": self._step, "place": number, "event": event, "times": times}
        self._tell_safely(told | {"values": values, "tracked": tracked})
        if event != "raise":
            for index in [index for index, is_tracked in enumerate(tracked) if is_tracked]:
                self._follow_gradient(found[index], told | {"index": index})

    def _follow_gradient(self, tensor: Any, which: dict[str, Any]) -> None:
        """Tell the gradient of a value, where the step goes back through it."""

        def came(gradient: Any) -> None:
            self._gradients += 1
            if self._gradients > MOST_TOLD:
                self._cut = True
            elif self._step == which["step"]:
                seen = self._tensor(gradient.detach())
                if not isinstance(seen, Opaque):
                    self._tell_safely({**which, "gradient": seen}, "gradient")

        with contextlib.suppress(Exception):  # what can't be followed is not: the file goes on
            tensor.register_hook(came)

    def _tell_safely(self, seen: dict[str, Any], what: str = "seen") -> None:
        try:
            self._tell({what: seen})
        except (ValueError, TypeError, RuntimeError, RecursionError, MemoryError):
            self._cut = True

    def _is_tracked(self, value: Any) -> bool:
        """Whether it is a tensor that carries a gradient."""
        torch = self._torch
        return (
            torch is not None
            and (type(value) is torch.Tensor or type(value) is torch.nn.Parameter)
            and bool(value.requires_grad)
        )

    def _seen(self, value: Any, depth: int) -> Any:
        """A value as it may be told: small, and of a kind that is known."""
        kind, torch = type(value), self._torch
        if value is None or kind is bool or kind is float or kind is Opaque:
            return value
        if kind is int:
            return value if value.bit_length() <= 64 else Opaque("int", "an integer of huge size")
        if kind is str:
            return value[:MOST_LETTERS]
        if torch is not None and (kind is torch.Tensor or kind is torch.nn.Parameter):
            return self._tensor(value)
        array = np.asarray(value) if any(kind is scalar for scalar in _SCALARS) else value
        if np is not None and type(array) is np.ndarray:
            return self._granted(array, array.size, "ndarray", array.shape, array.dtype.name)
        if kind is bytes:
            return repr(value[:MOST_LETTERS])
        if kind is list:
            return self._several(list(value), "list", depth)
        if issubclass(kind, tuple):
            return self._several(list(tuple.__iter__(value)), "tuple", depth)
        if kind is set or kind is frozenset:
            return self._several(list(value), "set", depth)
        if kind is dict:
            return self._several([part for pair in value.items() for part in pair], "dict", depth)
        return Opaque(*describe(value, torch))

    def _tensor(self, tensor: Any) -> Any:
        why = unreadable(tensor, self._torch)
        if why:
            return Opaque("Tensor", why)
        dtype = str(tensor.dtype).removeprefix("torch.")
        return self._granted(tensor, tensor.numel(), "Tensor", tuple(tensor.shape), dtype)

    def _granted(self, array: Any, size: int, name: str, shape: tuple[int, ...], dtype: str) -> Any:
        """The array where its values may be told, else its shape."""
        if size > MOST_NUMBERS or size > self._numbers:
            return Opaque(name, "too large to be looked into", shape, dtype)
        self._numbers -= size
        return array

    def _several(self, items: list[Any], name: str, depth: int) -> Any:
        if depth > 1:
            return Opaque(name, f"a {name} of {len(items)}")
        return {
            "kind": name,
            "count": len(items),
            "items": [self._seen(item, depth + 1) for item in items[:MOST_ITEMS]],
        }


class Watched:
    """One call of a function of the file: which statement it is in."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._place = -1
        self._began = -1
        self._raising = False
        self._left = -1

    def on_event(self, frame: FrameType, event: str, arg: Any) -> Any:
        """The local trace function (see sys.settrace)."""
        if event == "line":
            if not self._tracer.goes_on():
                return None
            self._raising = False
            self._on_line(frame)
        elif event == "return":
            if not self._raising:
                self._finish(frame, -1, arg)
            self._place = -1
        elif event == "exception":
            self._raising = True
            if self._place >= 0:
                self._tracer.raised(self._place, frame, arg[1])
            self._place = -1
        return self.on_event

    def _on_line(self, frame: FrameType) -> None:
        """A line begins: another statement, the same one again (a jump backwards), or a further line of it."""
        number = self._tracer.line_places.get(frame.f_lineno, -1)
        if number == self._place and frame.f_lasti > self._began:
            return
        self._finish(frame, frame.f_lineno)
        self._place, self._began = number, frame.f_lasti

    def _finish(self, frame: FrameType, line: int, result: Any = None) -> None:
        """The statement is done; `line` comes next, -1 where the function returns."""
        if self._place < 0:
            return
        place = self._tracer.place(self._place)
        if place["kind"] == "return" and line < 0:
            self._tracer.reached(self._place, frame, "return", result)
        elif place["kind"] == "return":
            self._left = self._place  # on its way out through the end of a `with`
            if place["paths"]:
                self._tracer.reached(self._place, frame, "assign")
        elif place["kind"] == "body" and line < 0 and self._left >= 0:
            self._tracer.reached(self._left, frame, "return", result)
        elif place["kind"] == "body" and not place["body"][0] <= line <= place["body"][1]:
            return
        elif place["paths"]:
            self._tracer.reached(self._place, frame, "assign")


def _looked_up(frame: FrameType, paths: list[str]) -> list[Any]:
    held = frame.f_locals
    return [_found(held, path) for path in paths]


def _found(held: dict[str, Any], path: str) -> Any:
    """What stands at "name" or "name.attribute"; attributes are read where the object keeps them, so that nothing is run."""
    first, *rest = path.split(".")
    if first not in held:
        return Opaque("", "not there")
    value = held[first]
    for name in rest:
        own = object.__getattribute__(value, "__dict__")
        for group in (own, *(own.get(each) for each in ("_parameters", "_buffers", "_modules"))):
            if type(group) is dict and name in group:
                value = group[name]
                break
        else:
            return Opaque("", "not there")
    return value
