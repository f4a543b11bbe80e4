"""The checks of how the cost grows."""

from __future__ import annotations

from collections.abc import Callable

from problems.asks import Handle, Program, Put
from problems.cases import Case
from problems.checks import Check, Draw, Subject
from problems.comparison import LayoutTree
from problems.properties.results import is_changeable
from problems.requirements import GrowsLinearly, measured


def growth_check(
    draw: Draw,
    ask: Callable[[Case], tuple[Program, dict[int, int]]],
    *,
    letter: str,
    sizes: tuple[int, ...],
    result: LayoutTree,
    sentence: str,
) -> Check:
    """Cost grows in proportion to a size, see `GrowsLinearly`.

    Args:
        draw: the cases.
        ask: the program, and the size of each step that is measured: one of `sizes` or a little more.
        letter: of the size.
        sizes: n and 4 n, or more; perhaps a small one before them.
        result: names and letters of what comes back.
        sentence: the property.
    """

    def program(case: Case) -> Program:
        steps, of_size = ask(case)
        return measured(steps, of_size, letter)

    return Check(
        name="cost-grows-linearly",
        sentence=sentence,
        draw=draw,
        ask=program,
        requires=GrowsLinearly(letter, sizes, result),
        cases=1,
        timed=True,
    )


def grows_with(
    subject: Subject,
    letter: str,
    sizes: tuple[int, ...],
    *,
    sentence: str,
    repeats: int = 4,
    more: int = 0,
    **others: int,
) -> Check:
    """The cost of the subject's call grows in proportion to one size.

    Each size comes in turn, `repeats` times, each time on other numbers; the first time is not measured.

    Args:
        subject: the call.
        letter: of the size.
        sizes: n and 4 n, or more; perhaps a small one before them.
        sentence: the property.
        repeats: how often.
        more: by how much the size grows from one time to the next.
        others: the other sizes.
    """
    space = subject.space
    simplest = {name: values[:1] for name, values in space.options.items()}
    fixed = {name: (others[name],) for name in space.sizes if name != letter}
    space = space.but(
        kinds=("ordinary",), dtypes=("float32",), layouts=("contiguous",), large=({},), **fixed, **simplest
    )
    space = space.but(**{letter: (sizes[-1],)})

    def ask(case: Case) -> tuple[Program, dict[int, int]]:
        program, of_size = subject.prepared(case), dict[int, int]()
        for repeat in range(repeats):
            for size in sizes:
                own = space.follow(case.resized(**{letter: size + repeat * more}).but(seed=case.seed + repeat))
                given = subject.inputs(own)
                held = {name: value for name, value in given.items() if is_changeable(value)}
                program += [Put(into=name, value=value) for name, value in held.items()]
                if repeat:
                    of_size[len(program)] = own.sizes[letter]
                program.append(subject.call(own, given | {name: Handle(name) for name in held}))
        return program, of_size

    return growth_check(space, ask, letter=letter, sizes=sizes, result=subject.result, sentence=sentence)
