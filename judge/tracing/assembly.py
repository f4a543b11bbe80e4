"""Putting a trace together: events in the order of the file's lines, each value with what it is like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from judge.running import raised_words
from judge.source import Place
from judge.tracing.alignment import Alignments
from judge.tracing.describe import is_worth_showing, traced_value
from judge.tracing.observed import paired
from judge.verdict import TracedFunction, TracedLine, TracedValue
from problems.cases import Case
from problems.comparison import is_array
from sandbox import Raised, TraceEvent, TraceLog

MOST_TEXT = 200


class Assembly:
    """Makes the functions of a trace.

    Args:
        source: of the file.
        places: of the file.
        watched: what was seen.
        likenesses: of its arrays.
        case: that was asked.
        last: the step whose exception is marked; those before it may raise.
    """

    def __init__(
        self, source: str, places: Sequence[Place], watched: TraceLog, likenesses: Alignments, case: Case, last: int
    ) -> None:
        self._lines = source.split("\n")  # as Python counts them: a form feed ends no line
        self._places = places
        self._watched = watched
        self._likenesses = likenesses
        self._case = case
        self._raised = {reply.step: reply.raised for reply in watched.replies if reply.raised and reply.step == last}

    def functions(self) -> tuple[TracedFunction, ...]:
        """Each function that was entered, in the order of their first lines seen; one that two calls enter comes twice."""
        seen: dict[tuple[int, int], dict[int, list[TraceEvent]]] = {}
        for each in self._watched.events:
            function = (each.step, self._places[each.place].function)
            seen.setdefault(function, {}).setdefault(each.place, []).append(each)
        return tuple(self._function(step, number, places) for (step, number), places in seen.items())

    def _function(self, step: int, number: int, places: dict[int, list[TraceEvent]]) -> TracedFunction:
        return TracedFunction(
            name=self._places[number].name,
            step=step,
            times=self._times(places.get(number, []), step, number)[0],
            lines=tuple(line for place in sorted(places) for line in self._place_lines(step, place, places[place])),
        )

    def _times(self, events: Sequence[TraceEvent], step: int, place: int) -> tuple[int, bool]:
        """How often a place was reached, and whether it may have been more often."""
        told = max((each.times for each in events if each.event != "raise"), default=0)
        counted = self._watched.counts.get((step, place))
        return (told, self._watched.end is not None) if counted is None else (max(counted, told), self._watched.cut)

    def _place_lines(self, step: int, number: int, events: Sequence[TraceEvent]) -> Iterator[TracedLine]:
        """What a place assigned, where it did; and the exception that came from it, where that ended the call."""
        place = self._places[number]
        times, at_least = self._times(events, step, number)
        first = next((each for each in events if each.event not in ("raise", "again")), None)
        if first is not None:
            yield TracedLine(
                line=place.head,
                text=self._text(place),
                event=first.event,
                times=times,
                at_least=at_least and times > 1,
                values=tuple(self._values(place, first)),
            )
        fault = self._raised.get(step)
        raising = [each for each in events if each.event == "raise"]
        if raising and fault is not None and self._is_from(fault, place):
            yield TracedLine(
                line=place.head,
                text=self._text(place),
                event="raise",
                times=times + 1,
                values=tuple(self._values(place, raising[-1])),
                raised=raised_words(fault),
            )

    @staticmethod
    def _is_from(raised: Raised, place: Place) -> bool:
        """Whether the innermost line of the file that an exception passed through, stands here."""
        return bool(raised.frames) and place.first <= raised.frames[-1].line <= place.last

    def _values(self, place: Place, seen: TraceEvent) -> Iterator[TracedValue]:
        for path, value, _ in paired(place, seen):
            if not is_worth_showing(value) or (seen.event == "raise" and isinstance(value, str)):
                continue
            likeness = None if seen.event == "raise" else self._likenesses.of((seen.step, seen.place, path))
            yield traced_value(
                path,
                value,
                sizes=self._case.sizes,
                dtype=self._case.dtype,
                likeness=likeness if is_array(value) else None,
                rows=likeness is not None and "weights" in likeness.name,
            )

    def _text(self, place: Place) -> str:
        """The source of a statement in one line."""
        lines = self._lines[place.head - 1 : place.last]
        return " ".join(line.strip() for line in lines if line.strip())[:MOST_TEXT]
