"""The line of a solution where values first go wrong.

A failing case is run with the lines followed. Each value that a statement assigns is set beside those of right answers
(`judge.explain.setting_beside`). From the wrong result one goes back along what each statement used, as long as values are not right: where
all that went in is right, the mistake is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
import numpy as np

from judge.explain.recorded_values import as_numbers, base_name, float_dtype
from judge.explain.setting_beside import Array, Beside, Standing
from judge.source import Place
from sandbox import Several, TraceEvent, TraceLog
from sandbox.guest.wire import Opaque

MOST_LINES = 3


class Held(msgspec.Struct, eq=False):
    """What a name holds."""

    path: str
    arrays: list[Array]
    standing: Standing
    worst: Array | None
    event: int
    named: bool = True
    tracked: bool = False
    gradient: Array | None = None
    dtypes: frozenset[str] = frozenset()


class Node(msgspec.Struct, eq=False):
    """An event with what it used."""

    seen: TraceEvent
    place: Place
    held: list[Held]
    uses: list[Held]
    stray: bool = False

    @property
    def standing(self) -> Standing:
        """That of the worst of its values."""
        return max((each.standing for each in self.held), default=Standing.NEUTRAL)


class _Running(msgspec.Struct):
    """A call of a function of the file that has not ended.

    Attributes:
        function: its place.
        began: the event in which it was entered.
        entered: the events in which calls began that its present statement makes.
        returned: those in which they ended.
    """

    function: int
    began: int
    entered: list[int] = []
    returned: list[int] = []


class Locator:
    """Follows wrong values back to where they come from.

    Args:
        places: of the file.
        watched: what was seen.
        beside: right values.

    Attributes:
        nodes: the events, in their order.
    """

    def __init__(self, places: Sequence[Place], watched: TraceLog, beside: Beside) -> None:
        self._places = places
        self._beside = beside
        self.nodes: list[Node] = []
        self._names: dict[tuple[int, str], Held] = {}
        self._returned: dict[int, list[int]] = {}  # by function
        self._running: list[_Running] = []
        self._began: dict[int, int] = {}  # by event: that in which the call around it was entered
        self._callers: dict[int, int] = {}  # the statement that made a call, by the event in which that was entered
        self._filled = {(place.function, path) for place in places for path in place.partial}
        entered: set[int] = set()
        for seen in watched.events:
            if seen.event == "again":
                continue
            if seen.step not in entered:
                self._running = []
            self._take(seen, first=seen.step not in entered)
            entered.add(seen.step)
        self._take_gradients(watched)
        self._doubt_names()

    def _key(self, function: int, path: str) -> tuple[int, str]:
        return (-1, path) if path.startswith("self.") else (function, path)

    def _take(self, seen: TraceEvent, *, first: bool) -> None:
        """One more event; `first`: of its step."""
        place, number = self._places[seen.place], len(self.nodes)
        uses = self._used(place) + self._called(place, number) if seen.event != "enter" else []
        names: Sequence[str] = () if seen.event == "raise" else ("",) if seen.event == "return" else place.paths
        held = []
        for path, value, tracked in zip(names, seen.values, seen.tracked, strict=False):
            one = self._held(path, value, number, given=seen.event == "enter" and first)
            one.tracked = tracked or isinstance(value, Several)
            self._doubt(one, seen, place, uses)
            held.append(one)
        node = Node(seen, place, held, uses)
        if seen.event == "enter" and not first:
            for one in held:
                if one.standing > Standing.NEUTRAL:
                    before = self._earlier(one)
                    node.stray |= before is None
                    node.uses += [before] if before is not None else []
        self.nodes.append(node)
        self._names |= {self._key(place.function, one.path): one for one in held if one.path}
        if seen.event == "enter":
            if self._running:
                self._running[-1].entered.append(number)
            self._running.append(_Running(place.function, number))
        if self._running:
            self._began[number] = self._running[-1].began
        if seen.event == "return":
            self._returned.setdefault(place.function, []).append(number)
            self._running = self._running[:-1]
            if self._running:
                self._running[-1].returned.append(number)

    def _called(self, place: Place, number: int) -> list[Held]:
        """What the functions gave back that a statement has called, under whatever name."""
        while self._running and self._running[-1].function != place.function:
            self._running.pop()  # it ended with an exception
        if not self._running:
            return []
        mine = self._running[-1]
        self._callers |= dict.fromkeys(mine.entered, number)
        found = [held for back in mine.returned for held in self.nodes[back].held]
        mine.returned, mine.entered = [], []
        return found

    def _take_gradients(self, watched: TraceLog) -> None:
        """Set the gradients beside the values that they came back to."""
        by_event = {(node.seen.step, node.seen.place, node.seen.event, node.seen.times): node for node in self.nodes}
        for came in watched.gradients:
            node = by_event.get((came.step, came.place, came.event, came.times))
            if node is not None and 0 <= came.index < len(node.held):
                node.held[came.index].gradient = as_numbers(came.gradient)

    def _doubt(self, one: Held, seen: TraceEvent, place: Place, uses: Sequence[Held]) -> None:
        """Change how a value stands by where it comes from: what is being filled says nothing yet."""
        if any(each.standing > Standing.NEUTRAL for each in uses) and one.standing is Standing.RIGHT and not one.named:
            one.standing, one.worst = Standing.MOVED, next(iter(one.arrays), None)
        if seen.event != "assign" or (place.function, one.path) not in self._filled:
            return
        if one.path in place.partial and _is_one_many_times(one.arrays):
            one.standing, one.worst = Standing.MOVED, one.arrays[-1]
            return
        before = self._names.get(self._key(place.function, one.path))
        begun = before is None or before.standing is Standing.NEUTRAL
        if one.path in place.partial and before is not None and begun:
            self._judge_what_was_filled(one, before)
        if one.path not in place.partial or (begun and self._is_part_right(one, uses)):
            one.standing = min(one.standing, Standing.NEUTRAL)

    def _judge_what_was_filled(self, one: Held, before: Held) -> None:
        """Of an array that is filled bit by bit only what is new counts: what `np.empty` holds differs from run to run."""
        if len(one.arrays) != 1 or len(before.arrays) != 1 or one.arrays[0].shape != before.arrays[0].shape:
            return
        mine, old = one.arrays[0], before.arrays[0]
        new = mine[~((mine == old) | ((mine != mine) & (old != old)))]
        if new.dtype.kind == "f":
            one.standing = Standing.MOVED if self._beside.knows(new) else Standing.OTHER
            one.worst = mine

    def _is_part_right(self, one: Held, uses: Sequence[Held]) -> bool:
        """Whether an array that is filled bit by bit is right so far."""
        return (
            all(each.standing <= Standing.NEUTRAL for each in uses if each.path != one.path)
            and one.standing is not Standing.OTHER
        )

    def _held(self, path: str, value: Any, event: int, *, given: bool) -> Held:
        arrays, dtypes = list(_arrays(value)), frozenset(_float_dtypes(value))
        one = Held(path, arrays, Standing.RIGHT if given else Standing.NEUTRAL, None, event, dtypes=dtypes)
        for array in () if given else arrays:
            found, which = self._beside.standing(array)
            if found is Standing.RIGHT:
                one.named = one.named and (which < 0 or bool(self._beside.right[which].name))
                one.standing = found if one.standing is Standing.NEUTRAL else one.standing
            elif found is not Standing.NEUTRAL and (one.worst is None or found > one.standing):
                one.standing, one.worst = found, array
        return one

    def _doubt_names(self) -> None:
        """What has the name of a right value and is none of that name is not right, unless it only becomes that."""
        for number, node in enumerate(self.nodes):
            if node.seen.event != "assign":
                continue
            for one in node.held:
                if one.standing > Standing.NEUTRAL or not one.arrays or (node.place.function, one.path) in self._filled:
                    continue
                if all(self.is_misnamed(one.path, array) for array in one.arrays) and (
                    one.standing is Standing.NEUTRAL or not self._becomes(number, one)
                ):
                    one.standing, one.worst = Standing.MOVED, one.arrays[0]

    def is_misnamed(self, path: str, array: Array) -> bool:
        """Whether it has the name of right values and is none of them."""
        name = base_name(path)
        if not name or array.size < 2 or array.dtype.kind != "f":
            return False
        same_name = [
            each for each in self._beside.right if each.name == name and each.own and each.value.size == array.size
        ]
        return bool(same_name) and not any(self._beside.is_arranged(array, each.value) for each in same_name)

    def _becomes(self, number: int, one: Held) -> bool:
        """Whether the next statement that reads it gives the same name another value."""
        function = self.nodes[number].place.function
        for later in self.nodes[number + 1 :]:
            if later.place.function == function and any(use is one for use in later.uses):
                return one.path in later.place.paths
        return False

    def _used(self, place: Place) -> list[Held]:
        """What the names hold that a statement reads."""
        found: list[Held] = []
        if place.kind == "function":
            return found
        for path in place.uses:
            one = self._names.get(self._key(place.function, path))
            if one is None and "." in path:
                one = self._names.get(self._key(place.function, path.split(".")[0]))
            if one is not None:
                found.append(one)
        return found

    def _earlier(self, one: Held) -> Held | None:
        """What held these numbers before they were given to a function."""
        for node in reversed(self.nodes):
            for held in node.held:
                for mine in one.arrays:
                    if mine.size > 1 and any(
                        mine.shape == each.shape and np.array_equal(mine, each, equal_nan=mine.dtype.kind == "f")
                        for each in held.arrays
                    ):
                        return held
        return None

    def finals(self) -> dict[int, int]:
        """By step, the event in which the call returned."""
        entered, found = dict[int, int](), dict[int, int]()
        for number, node in enumerate(self.nodes):
            step = node.seen.step
            entered.setdefault(step, node.place.function)
            if node.seen.event == "return" and node.place.function == entered[step]:
                found[step] = number
        return found

    def origins(self, last: Node) -> list[Node]:
        """The statements that made wrong values of right ones, on the way back from one; in the order in which they ran."""
        waiting, seen, found = [self.nodes.index(last)], set[int](), set[int]()
        while waiting:
            number = waiting.pop()
            if number in seen:
                continue
            seen.add(number)
            node = self.nodes[number]
            wrong = [each for each in node.uses if each.standing > Standing.NEUTRAL and each.event != number]
            if node.seen.event == "enter":
                if node.stray:
                    caller = self._callers.get(number)
                    if caller is not None:
                        before = [
                            u
                            for u in self.nodes[caller].uses
                            if u.standing > Standing.NEUTRAL and self.nodes[u.event].seen.event != "return"
                        ]
                        waiting += [u.event for u in before]
                        if not before:
                            found.add(caller)
                waiting += [each.event for each in wrong]
                continue
            worst = next((each.worst for each in node.held if each.worst is not None), None)
            inner = None if worst is None else self._returned_as(node, worst)
            if inner is not None:
                waiting.append(self.nodes.index(inner))
                continue
            if not wrong:
                found.add(number)
            waiting += [each.event for each in wrong]
        return [self.nodes[number] for number in sorted({self._where_used(number) for number in found})]

    def _where_used(self, number: int) -> int:
        """The statement that calls a function which is right in other calls: it is used where it does not belong."""
        node = self.nodes[number]
        returned = self._returned.get(node.place.function, [])
        right = [self._caller(each) for each in returned if self.nodes[each].standing is Standing.RIGHT]
        caller = self._caller(number)
        if caller is None or not right:
            return number
        # Where the same statement gets right values from it, too, the function is wrong for some values only.
        same = any(each is not None and self.nodes[each].place == self.nodes[caller].place for each in right)
        return number if same else caller

    def _caller(self, number: int) -> int | None:
        """The statement that called the function in which an event lies."""
        return self._callers.get(self._began.get(number, -1))

    def strange_dtype(self, last: Node, dtype: str) -> Node | None:
        """The first statement on the way to an event that makes floats of another precision of such of the case's."""
        return self._first_made(last, lambda held: self._is_of_strange_dtype(held, dtype))

    def _is_of_strange_dtype(self, held: Held, dtype: str) -> bool:
        """Whether it has floats of another precision than the case's, which right answers have not there."""
        strange = held.dtypes - {dtype}
        return bool(strange) and not all(
            any(right.dtype in strange for right in self._beside.like(array)) for array in held.arrays
        )

    def first_of_kind(self, last: Node) -> Node | None:
        """The first statement on the way to an event that makes an array of the shape, and of the kind of numbers, that it gives back."""
        wanted = {(array.shape, array.dtype.kind) for held in last.held for array in held.arrays}
        return self._first_made(
            last, lambda held: any((array.shape, array.dtype.kind) in wanted for array in held.arrays)
        )

    def _first_made(self, last: Node, is_strange: Callable[[Held], bool]) -> Node | None:
        """The first statement on the way to an event that makes something strange of what is not."""
        waiting, seen, found = [self.nodes.index(last)], set[int](), list[int]()
        while waiting:
            number = waiting.pop()
            if number in seen:
                continue
            seen.add(number)
            node = self.nodes[number]
            strange = [each.event for each in node.uses if is_strange(each) and each.event != number]
            if not strange and node.seen.event != "enter" and any(map(is_strange, node.held)):
                found.append(number)
            waiting += strange
        return self.nodes[min(found)] if found else None

    def never_made_good(self) -> Node | None:
        """The first statement that makes wrong numbers of right ones, where no later statement makes right numbers of them."""
        good = set[int]()
        for number in range(len(self.nodes) - 1, -1, -1):
            node = self.nodes[number]
            if number in good or (node.held and node.standing is Standing.RIGHT):
                good |= {each.event for each in node.uses}
        for number, node in enumerate(self.nodes):
            wrong = any(each.standing > Standing.NEUTRAL for each in node.uses if each.event != number)
            many = any(each.worst is not None and each.worst.size > 1 for each in node.held)
            if (
                many
                and node.standing is Standing.OTHER
                and not wrong
                and number not in good
                and node.seen.event != "enter"
            ):
                return node
        return None

    def since(self, last: Node, known: frozenset[int]) -> list[Node]:
        """Of what went into an event, the statements at places that are not among those."""
        return [node for node in self.before(last) if node.seen.place not in known and node.seen.event != "enter"]

    def first_like(self, values: Beside, wanted: int) -> Node | None:
        """The first statement whose result is that one of some values, and no complete one of a right answer."""
        for node in self.nodes:
            if node.seen.event != "enter":
                for held in node.held:
                    if held.standing <= Standing.NEUTRAL and held.named:
                        continue
                    for array in held.arrays:
                        if array.size > 1 and values.is_one(array, wanted):
                            return self._outward(self._returned_as(node, array) or node)
        return None

    def _outward(self, node: Node) -> Node:
        """What called the function in which this is, where it was called with a wrong value that no name holds."""
        number = self.nodes.index(node)
        entered = self._began.get(number)
        caller = self._callers.get(entered) if entered is not None and self.nodes[entered].stray else None
        return node if caller is None else self.nodes[caller]

    def unsure(self, node: Node) -> list[Node]:
        """What made the values that went into an event and are right only as a part of something, or as a mask; the last first."""
        makers = {
            each.event
            for each in node.uses
            if not each.named or any(array.dtype.kind != "f" and array.size > 1 for array in each.arrays)
        }
        return [
            self.nodes[number] for number in sorted(makers, reverse=True) if self.nodes[number].seen.event != "enter"
        ]

    def single_numbers(self, node: Node) -> list[Node]:
        """The statements that made one number of a whole array, where right answers have no such number alone.

        The number stands in their arrays: it is the maximum of everything, say, where each row has its own.

        Args:
            node: that uses the number.
        """
        found = []
        for each in node.uses:
            maker = self.nodes[each.event]
            numbers = [array for array in each.arrays if array.dtype.kind == "f" and array.size == 1]
            single = bool(numbers) and not any(self._beside.like(number) for number in numbers)
            reduced = any(array.size > 1 for use in maker.uses for array in use.arrays)
            if (
                single
                and len(numbers) == len(each.arrays)
                and reduced
                and maker.seen.event == "assign"
                and each.standing is Standing.RIGHT
            ):
                times = sum(other.seen.place == maker.seen.place for other in self.nodes)
                found += [maker] if times == 1 else []
        return found

    def before(self, last: Node) -> list[Node]:
        """All that went into an event, and itself."""
        waiting, seen = [self.nodes.index(last)], set[int]()
        while waiting:
            number = waiting.pop()
            if number not in seen:
                seen.add(number)
                waiting += [each.event for each in self.nodes[number].uses]
        return [self.nodes[number] for number in sorted(seen)]

    def _returned_as(self, node: Node, array: Array) -> Node | None:
        """The return of a function of the file that gave what this statement only names."""
        for each in node.uses:
            of = self.nodes[each.event]
            if of.seen.event == "return" and of is not node and any(_same_bits(array, mine) for mine in each.arrays):
                return of
        return None


def _is_one_many_times(arrays: Sequence[Array]) -> bool:
    """Whether a list holds one array of several numbers again and again: its items were one object, and changed together."""
    first = arrays[0] if len(arrays) > 1 else None
    if first is None or len(np.unique(first)) < 2:
        return False
    return all(_same_bits(first, each) for each in arrays)


def _same_bits(one: Array, other: Array) -> bool:
    return one.shape == other.shape and np.array_equal(one, other, equal_nan=one.dtype.kind == other.dtype.kind == "f")


def _float_dtypes(value: Any) -> Iterator[str]:
    if isinstance(value, Several):
        for item in value.items:
            yield from _float_dtypes(item)
    elif not isinstance(value, Opaque) and (name := float_dtype(value)):
        yield name


def _arrays(value: Any) -> Iterator[Array]:
    if isinstance(value, Several):
        if value.kind in ("dict", "set"):
            return  # their order is nobody's
        if (
            value.count == len(value.items)
            and value.items
            and all(type(item) in (int, float, bool) for item in value.items)
        ):
            yield from _arrays(np.asarray(value.items))
            return
        for item in value.items:
            yield from _arrays(item)
        return
    array = as_numbers(value)
    if array is not None:
        yield array
