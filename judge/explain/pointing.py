"""What a trace of the failing case says of a mistake: the lines where it lies, and what was measured there."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from judge.explain.factors import factor, fitting, simplest
from judge.explain.gradients import untracked, wrong_backward, wrong_gradient
from judge.explain.locating import Locator, Node
from judge.explain.recorded_values import RightValue, arrays_in, as_numbers, base_name, recorded
from judge.explain.setting_beside import Array, Beside, Standing
from judge.program import to_answers
from judge.source import Place
from problems import Problem
from problems.asks import Answers, Call, Differentiate, Program
from problems.cases import Case
from problems.late import torch
from problems.patterns import pattern_lines
from sandbox import TraceLog
from sandbox.guest.wire import Opaque

MOST_LINES = 3
KINDS = {"f": "floats", "i": "whole numbers", "b": "truth values", "c": "complex numbers"}
MOST_ORIGINS = 2  # lines that make wrong values of right ones: where there are more, the file computes in another way
MOST_VALUES_TRIED = 6  # of a suspect's that no line of the solution has
MOST_RESULT = 1 << 24  # numbers of a result
COARSE = 1e-5  # relative and absolute: numbers of float64 that are those of float32
BOUND = 1e-5  # of the largest value: what is rounding


class Pointed(msgspec.Struct, frozen=True):
    """Lines of the user's file, the likeliest first, and sentences about what was measured there."""

    lines: tuple[int, ...]
    facts: tuple[str, ...] = ()


class Seen(msgspec.Struct, frozen=True):
    """A failing case that was asked with the lines followed.

    Attributes:
        case: it.
        program: what was asked.
        places: of the file.
        watched: what was seen.
        passed: the places that were reached in a case like it that passes; None where none was asked.
        conditions: of lines that raise an exception on purpose, the line of the condition.
        own_backward: the file writes backward passes of its own, in which nothing carries a gradient.
    """

    case: Case
    program: Program
    places: Sequence[Place]
    watched: TraceLog
    passed: frozenset[int] | None = None
    conditions: Mapping[int, int] = {}
    own_backward: bool = False


class Pointing:
    """Sets what a solution's lines made beside what right answers compute.

    Args:
        problem: whose.
        seen: what the solution's lines made.
        answers: of the reference, to the same program.
        right: the values of right answers.
        elsewhere: looks at a case of other sizes; None where there is none.
    """

    def __init__(
        self,
        problem: Problem,
        seen: Seen,
        answers: Answers,
        right: Sequence[RightValue],
        elsewhere: Callable[[], Pointing | None] = lambda: None,
    ) -> None:
        self._problem = problem
        self._seen = seen
        self._answers = answers
        self._elsewhere = elsewhere
        self._beside = Beside(right, seen.case.dtype)
        self._locator = Locator(seen.places, seen.watched, self._beside)
        self.suspect: Node | None = None  # the statement that was found, where it makes a wrong value of right ones
        replies = seen.watched.replies
        self._replied = to_answers(replies) if not any(reply.part for reply in replies) else {}

    @property
    def reached(self) -> frozenset[int] | None:
        """The lines of the file that may have run: all but those of functions that were not entered."""
        places = self._seen.places
        entered = {places[event.place].function for event in self._seen.watched.events}
        idle = [place for place in places if place.function not in entered and place.kind != "function"]
        lines = {line for place in idle for line in range(place.first, place.last + 1)}
        last = max((place.last for place in places), default=0)
        return frozenset(range(1, last + 1)) - lines if entered else None

    @property
    def program(self) -> Program:
        """What was asked."""
        return self._seen.program

    def is_entered_first(self, node: Node) -> bool:
        """Whether a statement ran for the first time there, in the function that the step calls."""
        entered = next(each for each in self._locator.nodes if each.seen.step == node.seen.step)
        return node.seen.times == 1 and entered.place.function == node.place.function

    def makes_right(self, value: Any, node: Node) -> bool:
        """Whether this, in place of what a statement assigned, is a value of right answers that no statement has made.

        Args:
            value: of its one name, or of all its names.
            node: of the statement.
        """
        arrays, paths = list(arrays_in(value)), node.place.paths
        if len(arrays) != len(paths) or not any(array.size > 1 and array.dtype.kind == "f" for array in arrays):
            return False
        found = [self._beside.arranged(array) for array in arrays]
        right = all(
            number >= 0 and not self._locator.is_misnamed(path, array)
            for number, path, array in zip(found, paths, arrays, strict=True)
        )
        before = {self._beside.arranged(each) for one in node.held for each in one.arrays}
        return right and (set(found) == before or not set(found) <= self._made())

    def _made(self) -> set[int]:
        """The numbers of the right values that statements have made."""
        held = [each for node in self._locator.nodes for each in node.held if each.standing <= Standing.NEUTRAL]
        return {self._beside.arranged(array) for each in held for array in each.arrays}

    def doubtful_lines(self) -> frozenset[int]:
        """The lines of the reference that made a value which none of the solution's lines made."""
        had = self._made()
        own = [(number, each) for number, each in enumerate(self._beside.right) if each.own and each.value.size > 1]
        return frozenset(each.line for number, each in own if number not in had)

    def found(self, suspect: str | None) -> Pointed | None:
        """The lines, and facts about the first; None where nothing can be said.

        Args:
            suspect: the source of a reference that answers as the solution does, or None.
        """
        last, raised = self._wrong_end()
        if last is None:
            return self._beside_results(suspect)
        if suspect is None and (self._is_after_another_method(last) or self._is_of_an_object(last)):
            return None  # what that did to the object is not seen
        if not raised and (node := self._of_another_dtype(last)) is not None:
            return Pointed(
                (node.place.head,),
                (f"In line {node.place.head} {_name(node)} gets another dtype than the inputs have.",),
            )
        only = [] if self._seen.passed is None or self._problem.plain else self._locator.since(last, self._seen.passed)
        if only:
            lines = _lines(only)
            lines = tuple(dict.fromkeys(self._seen.conditions.get(line, line) for line in lines))
            return Pointed(
                lines,
                (f"Line {lines[0]} decides: what it leads to runs here, and does not where your answer is right.",),
            )
        origins = self._origins(last, raised=raised)
        like = None if suspect is None else self._like_suspect(suspect)
        if like is not None:
            before = [node for node in origins if node in self._locator.before(like)]
            node = min([like, *before[:1]], key=self._locator.nodes.index)
            return Pointed(_lines([node, *self._locator.unsure(node)]), tuple(self._facts(node)))
        if not origins or _apart(origins) > MOST_ORIGINS or not (raised or self._is_telling(origins[0])):
            return None
        if raised and origins == [last] and (condition := self._seen.conditions.get(last.place.head)):
            if suspect is None and self._asks_about_own(condition):
                return None  # what it asks about was made before, and may be what is wrong
            words = f"Line {last.place.head} raises the exception, because of line {condition}."
            return Pointed((condition, last.place.head), (words,))
        self.suspect = origins[0] if not raised and origins[0].seen.event == "assign" else None
        single = [] if self._problem.plain else self._locator.single_numbers(origins[0])
        if single:
            self.suspect = None
            words = f"In line {single[0].place.head} {_name(single[0])} is one number for everything."
            words += f" What line {origins[0].place.head} makes with it is not what right answers have."
            return Pointed(_lines([*single, *origins]), (words,))
        likely = [*origins, *self._locator.unsure(origins[0])]
        return Pointed(_lines(likely), tuple(self._facts(origins[0])))

    def of_another_kind(self) -> Pointed | None:
        """The statement that returns something of another kind than is asked for, as a list for a tuple."""
        for step, number in self._locator.finals().items():
            mine, theirs = self._replied.get(step), self._answers.get(step)
            if mine is None or theirs is None or mine.failure is not None or theirs.failure is not None:
                continue
            numbers = _numbers(mine.value), _numbers(theirs.value)
            if (
                None not in numbers
                and numbers[0] != numbers[1]
                and (node := self._locator.first_of_kind(self._locator.nodes[number]))
            ):
                line = node.place.head
                words = "In line {} {} gets {}; expected {}."
                return Pointed(
                    (line,),
                    (words.format(line, _name(node), *(KINDS.get(kind, "others") for kind in map(str, numbers))),),
                )
            if _kind(mine.value) != _kind(theirs.value):
                line = self._locator.nodes[number].place.head
                return Pointed((line,), (f"Line {line} returns something of another kind than is asked for.",))
        return None

    def _beside_results(self, suspect: str | None) -> Pointed | None:
        """What can be said where no call returns a wrong value: of gradients, and of objects that are changed."""
        goes_back = isinstance(self._seen.program[-1], Differentiate)
        differentiated = goes_back and not self._seen.own_backward
        node = untracked(self._locator.nodes, self._beside) if differentiated else None
        if node is not None:
            return Pointed((node.place.head,), (_untracked_words(node),))
        if differentiated and suspect is None and (found := self._of_gradients()) is not None:
            return found
        if (
            goes_back
            and suspect is None
            and (node := wrong_backward(self._locator.nodes, self._seen.places)) is not None
        ):
            origins = self._origins(node, raised=False)
            if origins and len(_lines(origins)) == 1:
                return Pointed(_lines(origins), tuple(self._facts(origins[0])))
        node = None if suspect is None else self._like_suspect(suspect)
        if node is None:
            node = self._locator.never_made_good()
        return None if node is None else Pointed(_lines([node, *self._locator.unsure(node)]), tuple(self._facts(node)))

    def _of_gradients(self) -> Pointed | None:
        """The statement whose derivative is wrong, where one statement alone can be that."""
        found = wrong_gradient(self._locator.nodes, self._beside)
        if found is None:
            return None
        held, users = found
        lines = _lines(users)
        nan = held.gradient is not None and bool(np.isnan(held.gradient).any())
        if not lines or (len(lines) > 1 and not nan):
            return None
        name = f"`{held.path}`" if held.path else "what is returned"
        if nan:
            words = f"On the way back from the result, the gradient of {name} is the first that is NaN. Line {lines[0]} uses it."
        else:
            words = f"On the way back from the result, the gradient of {name} is the first that is off. It comes from line {lines[0]}."
        return Pointed(lines, (words,))

    def _is_telling(self, node: Node) -> bool:
        """Whether it shows that the mistake is there: it makes numbers that no right answer has there, or gives back another value."""
        if node.standing > Standing.NEUTRAL:
            return node.standing is Standing.OTHER or not self._problem.plain
        if self._problem.plain or node.seen.event != "return":
            return False
        given = [array for held in node.held for array in held.arrays]
        step = node.seen.step
        shapes = [each.shape for each in given] != [each.shape for each in arrays_in(self._answers[step].value)]
        if shapes or len(given) != 1:
            return shapes
        # It is another right value, or only looks like one: a mask of right places, right rows in another order.
        return self._beside.arranged(given[0]) < 0

    def _wrong_end(self) -> tuple[Node | None, bool]:
        """The first result that is wrong, or what raised; and whether it was that."""
        replies = self._seen.watched.replies
        if replies and replies[-1].raised is not None:
            return next((node for node in reversed(self._locator.nodes) if node.seen.event == "raise"), None), True
        for step, number in self._locator.finals().items():
            if step in self._answers and step in self._replied and not self._is_right(step):
                return self._locator.nodes[number], False
        return None, False

    def _is_right(self, step: int) -> bool:
        return self._is_right_but_for_dtypes(step) and _dtypes(self._replied[step].value) == _dtypes(
            self._answers[step].value
        )

    def _is_right_but_for_dtypes(self, step: int, *, coarse: bool = False) -> bool:
        mine, theirs = self._replied[step], self._answers[step]
        if mine.failure is not None:
            return theirs.failure is not None
        first, second = list(arrays_in(mine.value, MOST_RESULT)), list(arrays_in(theirs.value, MOST_RESULT))
        return len(first) == len(second) and all(
            a.shape == b.shape
            and (self._beside.same(a, b) or (coarse and np.allclose(a, b, COARSE, COARSE, equal_nan=True)))
            for a, b in zip(first, second, strict=True)
        )

    def _is_after_another_method(self, last: Node) -> bool:
        """Whether other methods of the object were called before."""
        called = [step.target for step in self._seen.program[: last.seen.step + 1] if isinstance(step, Call)]
        methods = {target for target in called if "." in target and not target.startswith("torch.")}
        return len(methods) > 1 and called.index(called[-1]) > 0

    def _is_of_an_object(self, last: Node) -> bool:
        """Whether an object of plain Python was called before: what it keeps is in no value that is seen."""
        kinds = {entry.kind for entry in self._problem.entry}
        before = [step for step in self._seen.program[: last.seen.step] if isinstance(step, Call)]
        return kinds == {"object"} and bool(before)

    def _asks_about_own(self, line: int) -> bool:
        """Whether a condition reads what other statements of its function have assigned."""
        places = self._seen.places
        condition = next((place for place in places if place.head == line and place.kind != "function"), None)
        if condition is None:
            return False
        others = [place for place in places if place.function == condition.function and place.kind != "function"]
        return bool({path for place in others for path in place.paths} & set(condition.uses))

    def _of_another_dtype(self, last: Node) -> Node | None:
        """What first has another dtype, where that is all that is wrong; in float64 also where the digits are those of float32."""
        step = last.seen.step
        if not self._is_right_but_for_dtypes(step, coarse=self._seen.case.dtype == "float64"):
            return None
        return self._locator.strange_dtype(last, self._seen.case.dtype)

    def _origins(self, last: Node, *, raised: bool) -> list[Node]:
        """What made wrong values of right ones; wrong numbers before numbers in a wrong order."""
        found = self._locator.origins(last)
        if raised and found == [last]:
            return [last]
        found = [node for node in found if node.seen.event != "raise"]
        return sorted(found, key=lambda node: {Standing.OTHER: 0, Standing.MOVED: 1}.get(node.standing, 2))

    def _like_suspect(self, source: str) -> Node | None:
        """The statement that makes the first of a suspect's values that is not the reference's."""
        theirs = recorded(self._problem, source, self._seen.program, own=True)
        own = [each for each in self._beside.right if each.own and each.name]
        values, tried = Beside(theirs, self._seen.case.dtype), 0
        for number, each in enumerate(theirs):
            if not each.name or any(self._is_named_and_same(each, other) for other in own):
                continue
            if (node := self._locator.first_like(values, number)) is not None:
                return node
            tried += 1
            if tried > MOST_VALUES_TRIED:
                break
        return None

    def _is_named_and_same(self, one: RightValue, other: RightValue) -> bool:
        return (
            one.name == other.name
            and one.value.shape == other.value.shape
            and self._beside.same(one.value, other.value)
        )

    def _facts(self, node: Node) -> Iterator[str]:
        """What is measured on what a statement made."""
        line, name, held = (
            node.place.head,
            _name(node),
            next((each for each in node.held if each.worst is not None), None),
        )
        if node.seen.event == "raise":
            yield f"Line {line} raises the exception. What it uses is right, as far as can be seen."
            return
        if held is None or held.worst is None:
            if node.seen.event == "return":
                yield f"All that line {line} uses is right, as far as can be seen; what it gives back is not what is asked for."
            else:
                yield f"It begins in line {line}: {name} is not yet, or no longer, what it should be."
            return
        if node.standing is Standing.MOVED:
            yield f"In line {line} {name} gets right numbers that belong elsewhere. All that it is made of is right."
        else:
            yield f"In line {line} {name} gets numbers that no right answer has. All that it is made of is right."
        mine = held.worst
        if mine.dtype.kind == "f" and bool(np.isnan(mine).any()):
            yield f"NaN first appears in line {line}."
            return
        same = next((each for each in self._beside.named(mine) if each.own and each.name != base_name(held.path)), None)
        if same is not None:
            yield f"{name} has the numbers that belong to `{same.name}`."
            return
        right = self._counterpart(held.path, mine) if mine.dtype.kind == "f" else None
        if right is not None:
            bound = BOUND * float(np.abs(right).max(initial=0.0))
            for words in pattern_lines(torch.from_numpy(mine), torch.from_numpy(right), bound, name=name):
                yield words + "".join(f", which is {each}" for each in self._size_words(node, mine, right)) + "."

    def _counterpart(self, path: str, mine: Array) -> Array | None:
        """The reference's value that should stand there: of the same name and shape; or the only one of its shape that no line has."""
        own = [
            each
            for each in self._beside.right
            if each.own and each.name and each.value.shape == mine.shape and each.value.dtype == mine.dtype
        ]
        named = [each.value for each in own if each.name == base_name(path)]
        if named:
            return named[0]
        had = {
            self._beside.arranged(array) for node in self._locator.nodes for held in node.held for array in held.arrays
        }
        free = [
            each.value
            for number, each in enumerate(self._beside.right)
            if number not in had and any(each is other for other in own)
        ]
        return free[0] if len(free) == 1 else None

    def _size_words(self, node: Node, mine: Array, right: Array) -> list[str]:
        """The one expression of the sizes that a factor is, in this case and in one of other sizes; none where there is not one."""
        found = fitting(factor(mine, right), self._seen.case.sizes)
        other = self._elsewhere() if found else None
        if other is not None:
            there = other.fitting_at(node)
            found = [words for words in found if words in there]
        return simplest(found)

    def fitting_at(self, node: Node) -> list[str]:
        """The expressions of the sizes that a factor is where another case makes the same statement's values wrong."""
        for mine in self._locator.nodes:
            if mine.seen.place != node.seen.place or mine.seen.times != node.seen.times:
                continue
            held = next((each for each in mine.held if each.worst is not None), None)
            if held is not None and held.worst is not None and held.worst.dtype.kind == "f":
                right = self._counterpart(held.path, held.worst)
                return [] if right is None else fitting(factor(held.worst, right), self._seen.case.sizes)
        return []


def _lines(nodes: Sequence[Node]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(node.place.head for node in nodes))[:MOST_LINES]


def _apart(nodes: Sequence[Node]) -> int:
    """How many places statements lie at; neighbours that do the same, as those for q, k and v, are at one."""
    places = sorted({node.place.head: node.place for node in nodes}.values(), key=lambda place: place.head)
    together = [
        later.head == earlier.last + 1 and later.function == earlier.function and len(later.uses) == len(earlier.uses)
        for earlier, later in itertools.pairwise(places)
    ]
    return len(places) - sum(together)


def _name(node: Node) -> str:
    held = next((each for each in node.held if each.worst is not None), None)
    path = held.path if held is not None else ""
    if not path:  # what is right has no worst value
        path = next((each.path for each in node.held if each.path), "")
    return f"`{path}`" if path else "the result"


def _untracked_words(node: Node) -> str:
    return (
        f"From line {node.place.head} on there is no gradient: what it makes has none, and what it is made of has one."
    )


def _kind(value: Any) -> Any:
    """What kind of thing a result is: a container with the kinds of its items, an array, or a type's name."""
    if isinstance(value, tuple):
        return "tuple", [_kind(each) for each in value]
    if isinstance(value, list):
        return "list", [_kind(each) for each in value[:1]]
    if isinstance(value, (torch.Tensor, np.ndarray, np.generic)):
        return "array" if value.ndim else "number"
    if type(value) in (int, float):
        return "number"
    return value.type_name if isinstance(value, Opaque) else type(value).__name__


def _numbers(value: Any) -> str | None:
    """Of what kind the numbers of an array are, as NumPy says it; None for what is no array."""
    array = as_numbers(value, MOST_RESULT) if isinstance(value, (torch.Tensor, np.ndarray)) else None
    return None if array is None else array.dtype.kind


def _dtypes(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_dtypes(each) for each in value]
    if isinstance(value, (torch.Tensor, np.ndarray)):
        return str(value.dtype).removeprefix("torch.")
    return type(value).__name__
