"""Whether a verdict that another hand may have written can be shown: arrays have the shape that they say, numbers are some that can be."""

from __future__ import annotations

from judge.records.measures import MOST_DEPTH, MOST_SECONDS, Senseless, depth, number, seconds, whole, words
from judge.settings import LARGEST_SEED
from judge.verdict import ArrayData, Counterexample, Verdict

MOST_LINE = 10_000_000
MOST_SIZE = 2**62
MOST_RANK = 64
MOST_BITS = 10_000  # of a whole number: Python writes out four thousand digits


def require_consistent(verdict: Verdict) -> None:
    """See that nothing in a verdict contradicts itself or can't be.

    Raises:
        Senseless: something does.
    """
    whole(verdict.schema, "schema", 1, 1)
    whole(verdict.seed, "seed", 0, LARGEST_SEED)
    seconds(verdict.seconds)
    if verdict.sandbox is not None:
        words(verdict.sandbox.kind, "kind of the sandbox")
        words(verdict.sandbox.level, "level of the sandbox")
    for name, version in verdict.versions.items():
        words(name, "name of a version")
        words(version, "version")
    for place in verdict.locations:
        whole(place.line, "line", 0, MOST_LINE)
        whole(place.column, "column", 0, MOST_LINE)
        whole(place.end_column, "end_column", 0, MOST_LINE)
    for check in verdict.checks:
        seconds(check.seconds, f"seconds of {check.name[:80]}")
        if check.counterexample is not None:
            _require_fitting(check.counterexample)
    if verdict.diagnosis is not None:
        whole(verdict.diagnosis.hint, "hint", 0, MOST_LINE)
        for line in verdict.diagnosis.lines:
            whole(line, "line", 0, MOST_LINE)
    if verdict.cost is not None:
        number(verdict.cost.solution_seconds, "cost", 0.0, MOST_SECONDS)
        number(verdict.cost.reference_seconds, "cost", 0.0, MOST_SECONDS)


def _require_fitting(example: Counterexample) -> None:
    for size in example.sizes.values():
        whole(size, "a size", -MOST_SIZE, MOST_SIZE)
    for array in (*example.inputs, example.expected, example.actual):
        if array is not None:
            _require_shaped(array)
    index, expected = example.worst_index, example.expected
    if index is not None and len(index) > MOST_RANK:
        raise Senseless("worst_index has too many numbers")
    if index is not None and expected is not None and len(index) == len(expected.shape):
        for position, size in zip(index, expected.shape, strict=True):
            whole(position, "worst_index", 0, size - 1)


def _require_shaped(array: ArrayData) -> None:
    """See that the values are nested as the shape says; of what is no array, that they can be written out."""
    whole(len(array.shape), "the number of dimensions", 0, MOST_RANK)
    for size in array.shape:
        whole(size, "a size", 0, MOST_SIZE)
    shape = array.shape if array.is_array else ()
    if array.values is None:
        return
    depth(array.values, MOST_DEPTH)
    level = [array.values]
    for size in shape:
        if not all(isinstance(part, list) and len(part) == size for part in level):
            raise Senseless(f"the values of {array.name[:80] or 'a result'} have another shape than {list(shape)}")
        level = [inner for part in level for inner in part]
    if array.is_array and any(isinstance(value, list | dict) for value in level):
        raise Senseless(f"the values of {array.name[:80] or 'a result'} are nested deeper than its shape")
    _require_written(level)


def _require_written(values: list[object]) -> None:
    pending = values
    while pending:
        part = pending.pop()
        if isinstance(part, list | dict):
            pending += part.values() if isinstance(part, dict) else part
        elif isinstance(part, int) and part.bit_length() > MOST_BITS:
            raise Senseless(f"a value has {part.bit_length():,} bits")
