"""What a file's lines assigned, as it comes back through the door while they are followed (`sandbox.guest.tracer`): checked.

User code can send anything in place of it. It harms nothing but its own trace: a place is a number that was asked about, the
names and the lines stay on this side, and values are of known kinds, small and few.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
import numpy as np

from sandbox.answers import End, Reply
from sandbox.guest.tracer import MOST_ITEMS, MOST_LETTERS, MOST_NUMBERS
from sandbox.guest.wire import Opaque

MOST_KEPT_EVENTS = 20_000  # of all steps
MOST_VALUES_KEPT = 100_000
MOST_NUMBERS_KEPT = 1 << 20
MOST_DEPTH = 2
UNKNOWN = Opaque("?", "something unknown")

Event = Literal["enter", "assign", "return", "raise", "again"]


class Several(msgspec.Struct, frozen=True):
    """A list, tuple, set or dict: how many items it has, and the first of them; of a dict keys and values in turn, both counted."""

    kind: str
    count: int
    items: tuple[Any, ...]


class TraceEvent(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen at a place.

    Attributes:
        step: of the program.
        place: its number among the places that were asked about.
        event: "enter" of a function, "assign" for a statement that is done, "return", "raise" where an exception comes from, "again" for
            a place that was reached so often that its values are no longer told.
        times: how often it was reached by then.
        values: of the place's paths; of what it uses, for "raise"; the result, for "return".
        tracked: of each value, whether it is a tensor that carries a gradient.
    """

    step: int
    place: int
    event: Event
    times: int
    values: tuple[Any, ...]
    tracked: tuple[bool, ...]


class TraceGradient(msgspec.Struct, frozen=True, kw_only=True):
    """The gradient of a value of an event, where the step went back through it.

    Attributes:
        step, place, event, times: those of the event.
        index: of the value among the event's.
        gradient: a tensor of its shape.
    """

    step: int
    place: int
    event: Event
    times: int
    index: int
    gradient: Any


class TraceLog(msgspec.Struct, kw_only=True):
    """All that was seen of one program.

    Attributes:
        replies: to its steps.
        events: in the order they were made.
        gradients: of their values.
        counts: by step and place, how often it was reached; only of steps that ended.
        cut: there was more than is told.
        lost: the file switched the tracing off.
        end: how the run ended, where it ended early.
    """

    replies: list[Reply] = []
    events: list[TraceEvent] = []
    gradients: list[TraceGradient] = []
    counts: dict[tuple[int, int], int] = {}
    cut: bool = False
    lost: bool = False
    end: End | None = None


class TraceEventFields(msgspec.Struct):
    """An event as the guest sends it."""

    step: int
    place: int
    event: Event
    times: int
    values: list[Any]
    tracked: list[bool]


class EndFields(msgspec.Struct):
    """The end of a step as the guest sends it."""

    step: int
    counts: list[tuple[int, int]]
    cut: bool
    lost: bool


class TraceCollector:
    """Takes what is told, and keeps what may be kept.

    Args:
        places: what was asked about.
        steps: how many the program has.
    """

    def __init__(self, places: list[dict[str, Any]], steps: int) -> None:
        self._places = places
        self._steps = steps
        self._left = MOST_KEPT_EVENTS
        self._values = MOST_VALUES_KEPT
        self._numbers = MOST_NUMBERS_KEPT
        self.watched = TraceLog(replies=[], events=[], gradients=[], counts={})

    def takes(self, fields: dict[Any, Any]) -> bool:
        """Whether a frame was an event or the end of a step; else it is an answer.

        Raises:
            One of `sandbox.fields.MALFORMED`: it is none that the guest sends.
        """
        if "seen" in fields:
            self._see(fields["seen"])
        elif "gradient" in fields:
            self._go_back(fields["gradient"])
        elif "watched" in fields:
            self._end(msgspec.convert(fields["watched"], EndFields, strict=True))
        else:
            return False
        self._left -= 1
        if self._left < 0:
            raise ValueError("more was told of its lines than can be")
        return True

    def _see(self, fields: Any) -> None:
        values = fields.get("values") if isinstance(fields, dict) else None
        said = msgspec.convert({**fields, "values": []}, TraceEventFields, strict=True)
        if not isinstance(values, list) or not 0 <= said.step < self._steps or not 0 <= said.place < len(self._places):
            raise ValueError("something was told that was not asked about")
        place = self._places[said.place]
        asked = {"enter": place["paths"], "assign": place["paths"], "raise": place["uses"], "again": [], "return": [""]}
        if not len(values) == len(said.tracked) == len(asked[said.event]) or not 1 <= said.times < 1 << 48:
            raise ValueError("what was told does not fit the place")
        kept = tuple(self._value(value, 0) for value in values)
        self.watched.events.append(
            TraceEvent(
                step=said.step,
                place=said.place,
                event=said.event,
                times=said.times,
                values=kept,
                tracked=tuple(said.tracked),
            )
        )

    def _go_back(self, fields: Any) -> None:
        value = fields.get("gradient") if isinstance(fields, dict) else None
        said = msgspec.convert({**fields, "gradient": None}, TraceGradient, strict=True)
        if not 0 <= said.step < self._steps or not 0 <= said.place < len(self._places):
            raise ValueError("something was told that was not asked about")
        kept = self._value(value, 0)
        if not isinstance(kept, Opaque):
            self.watched.gradients.append(msgspec.structs.replace(said, gradient=kept))

    def _end(self, said: EndFields) -> None:
        if not 0 <= said.step < self._steps or len(said.counts) > len(self._places):
            raise ValueError("something was told that was not asked about")
        for place, times in said.counts:
            if 0 <= place < len(self._places) and 0 < times < 1 << 48:
                self.watched.counts[said.step, place] = times
        self.watched.cut |= said.cut
        self.watched.lost |= said.lost

    def _value(self, value: Any, depth: int) -> Any:
        """A value that may be kept; what may not stands as an `Opaque`."""
        self._values -= 1
        if self._values < 0:
            return UNKNOWN
        if value is None or isinstance(value, (bool, int, float, Opaque)):
            return value
        if isinstance(value, str):
            return value[:MOST_LETTERS]
        if isinstance(value, np.ndarray) or type(value).__name__ == "Tensor":
            return self._array(value)
        if isinstance(value, dict) and depth < MOST_DEPTH:
            kind, count, items = value.get("kind"), value.get("count"), value.get("items")
            if (
                kind in ("list", "tuple", "set", "dict")
                and type(count) is int
                and isinstance(items, list)
                and 0 <= count < 1 << 48
            ):
                return Several(kind, count, tuple(self._value(item, depth + 1) for item in items[:MOST_ITEMS]))
        return UNKNOWN

    def _array(self, array: Any) -> Any:
        size = 1
        for length in array.shape:
            size *= length
        if size > MOST_NUMBERS or size > self._numbers:
            dtype = str(array.dtype).removeprefix("torch.")
            return Opaque("array", "too large to be looked into", tuple(array.shape), dtype)
        self._numbers -= size
        return array.clone() if hasattr(array, "clone") else array.copy()
