"""A change of a solution that may make it right."""

from __future__ import annotations

import ast

import msgspec

from judge.explain.edits.mutants import Path


class Repair(msgspec.Struct, frozen=True):
    """A change of a solution.

    Attributes:
        line: of the statement that is changed.
        old: the code that is replaced.
        new: the code in its place.
        operator: the kind of mistake that this would put right, one of `judge.explain.edits.words.WORDS`.
        target: what the statement assigns; "" where it assigns nothing.
        rank: repairs of a lower rank are more often meant.
        places: the nodes that are changed, and what comes in their places.
        also: lines that are changed beside the first.
    """

    line: int
    old: str
    new: str
    operator: str
    target: str
    rank: int
    places: tuple[tuple[Path, ast.AST], ...]
    also: tuple[int, ...] = ()

    @property
    def lines(self) -> tuple[int, ...]:
        """All lines that are changed, each once."""
        return tuple(dict.fromkeys((self.line, *self.also)))
