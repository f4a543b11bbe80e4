"""What right cached attention does."""

from __future__ import annotations

from typing import Any

import msgspec
import torch

from problems.asks import Handle, Program
from problems.attention import (
    LENGTHS,
    PARAMETERS,
    WEIGHT_SUMS,
    WIDTHS,
    indivisible_check,
    layer,
    model_width,
)
from problems.cases import Case, Values, cases
from problems.checks import Check, Subject
from problems.comparison import Layout
from problems.gradients import gradient_check
from problems.probes import INFLUENCE, Probe
from problems.properties import agrees, grows_with, names_check, standard_checks
from problems.requirements import Unchanged

# The widths that weights have come first: counterexamples shrink in this order, and weights are what is large in them.
SIZES = {"H": (1, 2, 3, 8), "Dh": WIDTHS, "B": (1, 2, 3, 4, 5), "T": (1, 2, 3, 5, 9, 16), "S": (0, *LENGTHS)}
LAYER = layer("CachedSelfAttention")


def tokens(case: Case, length: int, *, salt: int = 0) -> torch.Tensor:
    """A chunk of this many tokens."""
    return Values(case, salt=salt).laid_out(case.sizes["B"], length, case.sizes["D"])


def cache_of(case: Case) -> Any:
    """None, or keys and values of S positions; S = 0 comes as None and as empty tensors."""
    if case.sizes["S"] == 0 and case.options["empty"] == "none":
        return None
    values, shape = Values(case, salt=5), case.shape("B H S Dh")
    return (values.laid_out(*shape), values.laid_out(*shape))


def inputs(case: Case) -> dict[str, Any]:
    """The chunk and the cache."""
    return {"x": tokens(case, case.sizes["T"]), "cache": cache_of(case)}


CACHED = Subject(
    draw=cases(SIZES, options={"empty": ("none", "tensors")}, derived={"D": model_width}),
    inputs=inputs,
    target="m",
    result=(Layout("out", "B T D"), (Layout("k", "B H S+T Dh"), Layout("v", "B H S+T Dh"))),
    layer=LAYER,
    parameters=PARAMETERS,
    rows=("x", "cache"),
    defaults={"cache": None},
)


def chunks(case: Case, words: str, *steps: tuple[str, torch.Tensor, str]) -> Program:
    """Chunks of tokens, each with a name, after another by its name, after the case's cache ("cache") or after nothing ("").

    All but the first say their number in the words for what is wrong with them.
    """
    program, ends = CACHED.prepared(case), {"": 0, "cache": case.sizes["S"]}
    caches: dict[str, Any] = {"": None, "cache": cache_of(case)}
    for number, (name, x, after) in enumerate(steps):
        own = case.resized(T=x.shape[1], S=ends[after])
        note = words.format(number) if number else ""
        program.append(CACHED.call(own, {"x": x, "cache": caches[after]}, into=name, note=note))
        ends[name], caches[name] = ends[after] + x.shape[1], Handle(name, (1,))
    return program


def cuts(case: Case) -> list[int]:
    """Lengths of the chunks that a sequence is cut into."""
    length, values = case.sizes["T"], Values(case, salt=9)
    match case.seed % 3:
        case 0:
            return [1] * length
        case 1:
            first = 1 + values.choice(length - 1)
            return [first, length - first]
    found: list[int] = []
    while sum(found) < length:
        found.append(min(1 + values.choice(4), length - sum(found)))
    return found


def ask_chunks(case: Case) -> Program:
    """One full pass, then the same tokens in chunks."""
    x = tokens(case, case.sizes["T"])
    names = ["cache", *[f"chunk{number}" for number in range(case.sizes["T"])]]
    parts = torch.split(x, cuts(case), dim=1)
    cut = [(name, part, before) for before, name, part in zip(names, names[1:], parts, strict=False)]
    return chunks(case, "chunk {}", ("full", x, ""), *cut)


def ask_causal(case: Case) -> Program:
    """The same chunk with its later tokens changed."""
    given = inputs(case)
    changed = given["x"].clone()
    changed[:, -1] = changed[:, -1] * -3 + 50
    return CACHED.calls(case, given, {**given, "x": changed}, notes=("", "with the last token changed"))


def ask_twice(case: Case) -> Program:
    """One prefix continued in two ways, each of them once more, and the first way again."""
    prefix, one, two, more = (tokens(case, n, salt=s) for n, s in ((case.sizes["T"], 21), (2, 22), (3, 23), (1, 24)))
    return chunks(
        case,
        "continuation {} of one prefix",
        ("prefix", prefix, "cache"),
        ("a", one, "prefix"),
        ("b", two, "prefix"),
        ("after a", more, "a"),
        ("after b", more, "b"),
        ("a again", one, "prefix"),
    )


def ask_interleaved(case: Case) -> Program:
    """Two sequences, a chunk of each in turn."""
    last, steps = {0: "cache", 1: ""}, []
    for turn in range(3):
        for which in (0, 1):
            name, chunk = f"s{which}t{turn}", tokens(case, 1 + (turn + which) % 2, salt=30 + 2 * turn + which)
            steps.append((name, chunk, last[which]))
            last[which] = name
    return chunks(case, "call {} of two sequences in turn", *steps)


def ask_long(case: Case) -> Program:
    """A cache of hundreds of positions, then a chunk and a token."""
    program: Program = []
    for length in (130, 600):
        steps = (("chunk", tokens(case, 3, salt=42), "cache"), ("token", tokens(case, 1, salt=43), "chunk"))
        program += chunks(case.resized(S=length), "a token later", *steps)
    return program


def ask_echo(case: Case) -> Program:
    """A cache that the layer itself made, handed in again; what it holds afterwards comes back."""
    prefix, more = tokens(case, case.sizes["T"], salt=51), tokens(case, 2, salt=52)
    *before, last = chunks(case, "after a prefix", ("prefix", prefix, "cache"), ("", more, "prefix"))
    return [*before, msgspec.structs.replace(last, echo=True)]


CHECKS: tuple[Check, ...] = standard_checks(
    CACHED,
    agrees(
        "any-chunks-equal-the-full-pass",
        "Cut into chunks of any lengths, a sequence gives what one full pass gives.",
        CACHED.on(T=(2, 3, 5, 8, 12, 24), S=(0,)),
        ask_chunks,
    ),
    agrees("causal", "A token does not see later tokens of its chunk.", CACHED, ask_causal),
    agrees(
        "cache-is-left-as-it-was",
        "The cache that is passed in is not changed, also where the layer made it itself.",
        CACHED,
        ask_echo,
        cases=12,
        requires=Unchanged(),
    ),
    agrees(
        "a-prefix-continues-twice",
        "One prefix may be continued several times, each as if it were the only one.",
        CACHED,
        ask_twice,
        cases=12,
    ),
    agrees("sequences-interleave", "Two sequences may be decoded in turn.", CACHED, ask_interleaved, cases=12),
    agrees(
        "long-caches",
        "A cache of hundreds of positions is kept whole.",
        CACHED.on(T=(3,), S=(0,), kinds=("ordinary",), layouts=("contiguous",)),
        ask_long,
        cases=3,
    ),
    larger=({"S": 130}, {"T": 70}, {"S": 70, "T": 40}, {"B": 65}, {"H": 16}, {"Dh": 33}),
    raises=indivisible_check(LAYER),
    growth=grows_with(
        CACHED,
        "S",
        (64, 1024, 4096),
        sentence="Decoding one token costs time that grows linearly with the number of cached positions.",
        repeats=8,
        more=1,
        B=1,
        T=1,
        H=2,
        Dh=8,
    ),
    others={
        # Without a cache it may be left out, and S is what the case says.
        "called-by-name": names_check(CACHED.on(S=(0,))),
        "gradients": msgspec.structs.replace(
            gradient_check(CACHED, skip=("cache[0]", "cache[1]"), through=("out",)),
            sentence="Gradients flow to the chunk and to every parameter, and are right.",
        ),
    },
)

PROBES: tuple[Probe, ...] = (WEIGHT_SUMS, INFLUENCE)
