"""Cases: a few numbers that everything else follows from. Dealt from lists, independent of any solution.

A case holds sizes, a kind of values, a memory layout and a seed; the arrays are made from it when they are needed (`problems.values`).
A `CaseSpace` is the lists that a case is dealt from. The first of every list is the simplest: that is what Hypothesis shrinks to.
"""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import msgspec

from problems.dealing import CoveringArray, Row, met_pairs, pairs_of
from problems.late import torch
from problems.values import Values, relaid, upstream

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

KINDS = ("small integers", "ordinary", "zero", "equal", "huge", "tiny")
LAYOUTS = ("contiguous", "transposed", "sliced", "expanded")
DTYPES = ("float32", "float64")
HALF = ("float16", "bfloat16")  # drawn where a statement asks for them; of torch alone


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What one case is made of.

    Attributes:
        sizes: by their letters.
        dtype: "float32" or "float64"; one of `HALF` where the statement asks for it.
        kind: of values, see `KINDS`.
        layout: of the inputs in memory, see `LAYOUTS`.
        seed: that the values follow from.
        options: what is special to a problem.
    """

    sizes: dict[str, int]
    dtype: str = "float32"
    kind: str = "small integers"
    layout: str = "contiguous"
    seed: int = 0
    options: dict[str, Any] = {}

    @property
    def torch_dtype(self) -> torch.dtype:
        """The dtype as torch knows it."""
        dtype: torch.dtype = getattr(torch, self.dtype)
        return dtype

    def resized(self, **sizes: int) -> Case:
        """The same case with other sizes."""
        return msgspec.structs.replace(self, sizes={**self.sizes, **sizes})

    def but(self, **changes: Any) -> Case:
        """The same case with other fields; what is no field is an option."""
        fields = {name: value for name, value in changes.items() if name in self.__struct_fields__}
        options = {name: value for name, value in changes.items() if name not in fields}
        return msgspec.structs.replace(self, **({"options": {**self.options, **options}} if options else {}) | fields)

    def shape(self, letters: str) -> tuple[int, ...]:
        """Sizes by their letters: "B T D", and "S+T" for a sum."""
        return tuple(sum(self.sizes[term] for term in part.split("+")) for part in letters.split())


BUDGET = 4096
"""Of the numbers that the sizes of a dealt case multiply to, where its classes leave a choice: right answers that loop are slow."""
MANY = 40  # cases of a check
MOST_SEED = 2**20 - 1
MOST_TRIES = 20  # to deal a case that a space keeps
EQUALS = 3  # so often two sizes of one class are the same: what is transposed, or taken for another, shows in a square or nowhere


def size_class(size: int) -> str:
    """The class of a size: what is right at one size of a class is nearly always right at all."""
    if size < 2:
        return ("none", "one")[size]
    return "small" if size < 8 else "moderate" if size <= 64 else "large"


class CaseSpace(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The lists that cases are dealt from; the first of each list is the simplest.

    The factors of a space are each size (its classes by `size_class`), `large`, kind, dtype, layout and each option. Every pair of
    classes of two factors is dealt once at least, where a check has cases enough; the size within a class and the seed are random.
    Every two sizes that can be the same are so in a few cases.

    Attributes:
        sizes: by letter, what to choose from.
        dtypes: to choose from; `kinds`, `layouts` and `options` likewise.
        derived: sizes that follow from the others.
        large: sizes that take the place of those chosen; each case takes one of these.
        then: what a case becomes once it is dealt.
        keeps: whether a case may be dealt; others are dealt anew.
    """

    sizes: dict[str, tuple[int, ...]]
    dtypes: tuple[str, ...] = DTYPES
    kinds: tuple[str, ...] = KINDS
    layouts: tuple[str, ...] = LAYOUTS
    options: dict[str, tuple[Any, ...]] = {}
    derived: dict[str, Callable[[dict[str, int]], int]] = {}
    large: tuple[Mapping[str, int], ...] = ({},)
    then: tuple[Callable[[Case], Case], ...] = ()
    keeps: tuple[Callable[[Case], bool], ...] = ()

    def but(self, **changes: Any) -> Self:
        """The same space with other lists: for a size by its letter, an option by its name, or a field of the space."""
        sizes, options, fields = dict(self.sizes), dict(self.options), dict[str, Any]()
        for name, values in changes.items():
            listed: Any = values if isinstance(values, dict) else tuple(values)
            if name in sizes:
                sizes[name] = listed
            elif name in options:
                options[name] = listed
            elif name in self.__struct_fields__:
                fields[name] = listed
            else:
                known = ", ".join([*sizes, *options, *self.__struct_fields__])
                raise ValueError(f"a space of cases has no {name!r}; it has {known}")
        return msgspec.structs.replace(self, **({"sizes": sizes, "options": options} | fields))

    def with_options(self, **options: Sequence[Any]) -> Self:
        """The same space with further options."""
        return msgspec.structs.replace(self, options=self.options | {n: tuple(v) for n, v in options.items()})

    def map(self, change: Callable[[Case], Case]) -> Self:
        """The same space, in which every case is changed once it is dealt."""
        return msgspec.structs.replace(self, then=(*self.then, change))

    def filter(self, keep: Callable[[Case], bool]) -> Self:
        """The same space without the cases of which `keep` says no."""
        return msgspec.structs.replace(self, keeps=(*self.keeps, keep))

    @cached_property
    def factors(self) -> dict[str, tuple[Any, ...]]:
        """What is chosen of each case, by name, with its classes; first of each stands the simplest."""
        found: dict[str, tuple[Any, ...]] = {
            letter: tuple(dict.fromkeys(map(size_class, sizes))) for letter, sizes in self.sizes.items()
        }
        if len(self.large) > 1:
            found["large"] = tuple(range(len(self.large)))
        found |= {"kind": _distinct(self.kinds), "dtype": _distinct(self.dtypes), "layout": _distinct(self.layouts)}
        return found | {name: _distinct(values) for name, values in self.options.items()}

    @cached_property
    def _by_class(self) -> dict[str, dict[str, list[int]]]:
        """The sizes of each letter by their class."""
        return {
            letter: {name: [size for size in sizes if size_class(size) == name] for name in self.factors[letter]}
            for letter, sizes in self.sizes.items()
        }

    def deal(self, count: int, seed: str) -> list[Dealt]:
        """So many cases, the smallest first; all of it follows from the seed.

        Raises:
            ValueError: the space keeps none of many cases that were dealt.
        """
        chance, factors = random.Random(seed), self.factors
        array = CoveringArray([len(classes) for classes in factors.values()], chance)
        together = {n: len(factors[letter]) - 1 for n, letter in enumerate(factors) if letter in self.sizes}
        found: list[Dealt] = []
        seen = _Seen()
        for number in range(count):
            # Where there are many cases, one has every size as large as it gets.
            row = array.row(together if number == 0 and count >= MANY else None)
            dealt = self._kept(row, chance, seen)
            seen.note(dealt.sizes)
            array.tried(row, self.classes(self.case(dealt)))
            found.append(dealt)
        return sorted(found, key=lambda dealt: math.prod(self.case(dealt).sizes.values()))

    def classes(self, case: Case) -> Row:
        """The class of each factor that a case belongs to."""
        found: list[int] = []
        for name, classes in self.factors.items():
            if name in self.sizes:
                value: Any = size_class(case.sizes[name])
            elif name == "large":
                taken = [n for n, sizes in enumerate(self.large) if sizes and sizes.items() <= case.sizes.items()]
                value = taken[-1] if taken else next((n for n, sizes in enumerate(self.large) if not sizes), -1)
            else:
                value = case.options[name] if name in self.options else getattr(case, name)
            found.append(next((n for n, each in enumerate(classes) if each == value and type(each) is type(value)), -1))
        return tuple(found)

    def coverage(self, cases: Sequence[Case]) -> tuple[int, int]:
        """How many pairs of classes these cases have, and how many there are."""
        return len(met_pairs(map(self.classes, cases))), pairs_of([len(each) for each in self.factors.values()])

    def _kept(self, row: Row, chance: random.Random, seen: _Seen) -> Dealt:
        for attempt in range(MOST_TRIES):
            dealt = self._dealt(row, chance, seen if attempt < MOST_TRIES // 2 else _Seen())
            if self._keeps(dealt):
                return dealt
        # No case has these classes together. Others take their place; first with the same large sizes.
        for attempt in range(2 * MOST_TRIES):
            stay = {"large"} if attempt < MOST_TRIES else set()
            of = zip(self.factors.items(), row, strict=True)
            others = [place if name in stay else chance.randrange(len(classes)) for (name, classes), place in of]
            dealt = self._dealt(others, chance, _Seen())
            if self._keeps(dealt):
                return dealt
        raise ValueError(f"of {3 * MOST_TRIES} cases that were dealt none is kept")

    def _keeps(self, dealt: Dealt) -> bool:
        return not self.keeps or self.keeps_case(self.case(dealt))

    def keeps_case(self, case: Case) -> bool:
        """Whether it may be dealt."""
        return all(keep(case) for keep in self.keeps)

    def _dealt(self, row: Sequence[int], chance: random.Random, seen: _Seen) -> Dealt:
        """A case of these classes, of sizes that have seldom been seen."""
        of = {name: classes[place] for (name, classes), place in zip(self.factors.items(), row, strict=True)}
        choices = {letter: self._by_class[letter][of[letter]] for letter in self.sizes}
        sizes = {letter: seen.seldom(letter, each, chance) for letter, each in choices.items()}
        sizes |= seen.seldom_equal(choices, chance)
        while math.prod(sizes.values()) > BUDGET:
            less = {letter: [size for size in each if size < sizes[letter]] for letter, each in choices.items()}
            if not any(less.values()):
                break
            letter = max((letter for letter, each in less.items() if each), key=lambda letter: sizes[letter])
            sizes[letter] = max(less[letter])
        return Dealt(
            sizes=sizes,
            large=of.get("large", 0),
            kind=of["kind"],
            dtype=of["dtype"],
            layout=of["layout"],
            options={name: of[name] for name in self.options},
            seed=chance.randrange(MOST_SEED + 1),
        )

    def case(self, dealt: Dealt) -> Case:
        """What was dealt, as a case."""
        case = Case(
            sizes=dealt.sizes | dict(self.large[dealt.large]),
            dtype=dealt.dtype,
            kind=dealt.kind,
            layout=dealt.layout,
            seed=dealt.seed,
            options=dealt.options,
        )
        return self.follow(case)

    def follow(self, case: Case) -> Case:
        """A case whose sizes or options were changed, with all that follows from them."""
        case = case.resized(**{letter: rule(case.sizes) for letter, rule in self.derived.items()})
        for change in self.then:
            case = change(case)
        return case

    def simpler(self, dealt: Dealt) -> SearchStrategy[Case]:
        """What was dealt and what is simpler: of each list, what stands before it. The largest of every draw is what was dealt."""
        from hypothesis import reject
        from hypothesis import strategies as st

        @st.composite
        def draw_case(draw: DrawFn) -> Case:
            def up_to(values: Sequence[Any], value: Any) -> Any:
                """One of the values before this one, or itself."""
                places = [n for n, each in enumerate(values) if each == value and type(each) is type(value)]
                most = places[0]
                bits = most.bit_length()
                return values[min(draw(st.integers(0, 2**bits - 1)), most)] if most else values[0]

            found = Dealt(
                sizes={letter: up_to(sizes, dealt.sizes[letter]) for letter, sizes in self.sizes.items()},
                large=up_to(range(len(self.large)), dealt.large),
                kind=up_to(self.kinds, dealt.kind),
                dtype=up_to(self.dtypes, dealt.dtype),
                layout=up_to(self.layouts, dealt.layout),
                options={name: up_to(values, dealt.options[name]) for name, values in self.options.items()},
                seed=min(draw(st.integers(0, MOST_SEED)), dealt.seed),
            )
            if not self._keeps(found):
                reject()
            return self.case(found)

        return draw_case()


class Dealt(msgspec.Struct, frozen=True, kw_only=True):
    """What was chosen for one case: values of the lists of its space, and a place in `large`."""

    sizes: dict[str, int]
    large: int
    kind: str
    dtype: str
    layout: str
    options: dict[str, Any]
    seed: int


class _Seen:
    """Which sizes have been dealt, and which two of them were the same."""

    def __init__(self) -> None:
        self._sizes: Counter[tuple[str, int]] = Counter()
        self._equal: Counter[tuple[str, str]] = Counter()

    def note(self, sizes: Mapping[str, int]) -> None:
        """They have been dealt. That two of them are 1 says nothing."""
        self._sizes.update(sizes.items())
        self._equal.update((a, b) for a, b in itertools.combinations(sizes, 2) if sizes[a] == sizes[b] > 1)

    def seldom(self, letter: str, sizes: Sequence[int], chance: random.Random) -> int:
        """One of these sizes that was dealt least often."""
        return min(sizes, key=lambda size: (self._sizes[letter, size], chance.random()))

    def seldom_equal(self, choices: Mapping[str, Sequence[int]], chance: random.Random) -> dict[str, int]:
        """One size for two letters that have seldom had the same; only for two: where all are the same, nothing shows which is which."""
        pairs = itertools.combinations(choices, 2)
        shared = {(a, b): [size for size in choices[a] if size > 1 and size in choices[b]] for a, b in pairs}
        wanted = [pair for pair, each in shared.items() if each and self._equal[pair] < EQUALS]
        if not wanted:
            return {}
        pair = min(wanted, key=lambda pair: (self._equal[pair], chance.random()))
        return dict.fromkeys(pair, chance.choice(shared[pair]))


def _distinct(values: Sequence[Any]) -> tuple[Any, ...]:
    """Each value once, in the order in which they come; 1 and True are two."""
    found: list[Any] = []
    for value in values:
        if not any(value == each and type(value) is type(each) for each in found):
            found.append(value)
    return tuple(found)


def cases(
    sizes: Mapping[str, Sequence[int]],
    *,
    dtypes: Sequence[str] = DTYPES,
    kinds: Sequence[str] = KINDS,
    layouts: Sequence[str] = LAYOUTS,
    options: Mapping[str, Sequence[Any]] | None = None,
    derived: Mapping[str, Callable[[dict[str, int]], int]] | None = None,
    large: Sequence[Mapping[str, int]] = ({},),
) -> CaseSpace:
    """A space of cases, see there."""
    return CaseSpace(
        sizes={letter: tuple(each) for letter, each in sizes.items()},
        dtypes=tuple(dtypes),
        kinds=tuple(kinds),
        layouts=tuple(layouts),
        options={name: tuple(each) for name, each in (options or {}).items()},
        derived=dict(derived or {}),
        large=tuple(large),
    )


def plain_cases(sizes: Mapping[str, Sequence[int]], *, kinds: Sequence[str] = ("ordinary",), **more: Any) -> CaseSpace:
    """`cases` for problems without arrays: nothing lies in memory in one way or another, and Python's floats are float64."""
    return cases(sizes, kinds=kinds, dtypes=("float64",), layouts=("contiguous",), **more)


__all__ = [
    "DTYPES",
    "HALF",
    "KINDS",
    "LAYOUTS",
    "Case",
    "CaseSpace",
    "Dealt",
    "Values",
    "cases",
    "plain_cases",
    "relaid",
    "upstream",
]
