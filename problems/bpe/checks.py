"""What a right byte-pair encoding does."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from problems.asks import Call, Handle
from problems.cases import Case, plain_cases
from problems.checks import Check, Subject
from problems.comparison import Plain
from problems.properties import (
    Given,
    agreement_check,
    agrees,
    any_order_check,
    bad_arguments_check,
    grows_with,
    larger_check,
    names_check,
    no_memory_check,
    shape_check,
    together,
    untouched_check,
)

from .texts import KINDS, ids_of, merges_of, text_of

SPACE = plain_cases(
    {"N": (1, 2, 3, 4, 6, 8, 12, 0, 16, 20, 25, 35), "M": (1, 2, 3, 5, 8, 0, 13, 16)},
    kinds=KINDS,
)
LARGER = SPACE.but(N=(17, 32, 64, 100, 300, 700), M=(17, 32, 40, 60))
# "th", "the", "er", "lo", "ew", "lo" and "w", " a", "wi": they stand everywhere in texts of words.
COMMON = [(116, 104), (256, 101), (101, 114), (108, 111), (101, 119), (259, 119), (32, 97), (119, 105)]


def subject(target: str, **arguments: Any) -> Subject:
    """A call of one of the three functions."""
    return Subject(
        draw=SPACE,
        inputs=lambda case: {name: make(case) for name, make in arguments.items()},
        target=target,
        result=Plain(),
    )


TRAIN = subject("train", text=text_of, num_merges=lambda case: case.sizes["M"])
ENCODE = subject("encode", text=text_of, merges=merges_of)
DECODE = subject("decode", ids=ids_of, merges=merges_of)
# A byte order mark, line ends of three systems, spaces, what is no letter, and what normal forms would put together.
ODD_TEXTS = (
    "\ufeff",
    "\ufeffa",
    "a\ufeff",
    "\r\na\r\n",
    "\n\r",
    " a ",
    "\t",
    "\0a\0",
    "\x85\u2028",
    "\u00a0",
    "e\u0301",
    "\ufffd",
)
# Half a surrogate pair, a letter in too many bytes, the beginning of a character, its end, and what stands in no text.
ODD_BYTES = (b"\xed\xa0\x80a", b"\xc0\x80", b"a\xf0\x9f\x98", b"\x98\x80a", b"\xff\xfea", b"\xf5\x80\x80\x80")
EACH = (TRAIN, ENCODE, DECODE)


def ask_round_trip(case: Case) -> Iterator[Call]:
    """Train on one text, encode another one with what was learned, and decode it again."""
    merges, ids = Handle("merges"), Handle("ids")
    yield TRAIN.call(case, {"text": text_of(case) * 2, "num_merges": case.sizes["M"]}, into="merges", answer=False)
    yield ENCODE.call(case, {"text": text_of(case, salt=1), "merges": merges}, into="ids", answer=False)
    note = f"{text_of(case, salt=1)!r}, encoded with what you learned and decoded again"
    yield DECODE.call(case, {"ids": ids, "merges": merges}, note=note)


def ask_tokens(case: Case) -> Iterator[Given]:
    """Every token by itself, and every byte."""
    merges = merges_of(case)
    tokens = [*range(0, 256, 1 + case.seed % 7), *range(256, 256 + len(merges))]
    yield from ({"ids": ids, "merges": merges} for ids in ([], *([token] for token in tokens[-24:])))


def ask_odd_ends(case: Case) -> Iterator[Call]:
    """Texts and bytes that functions for text like to change where they begin or end."""
    merges = merges_of(case)
    for text in ODD_TEXTS:
        yield ENCODE.call(case, {"text": text, "merges": merges})
        yield DECODE.call(case, {"ids": list(text.encode()), "merges": merges})
    yield from (DECODE.call(case, {"ids": list(odd), "merges": merges}) for odd in ODD_BYTES)


def tied(case: Case, given: dict[str, Any]) -> dict[str, Any]:
    """Different letters, falling in the alphabet, each two of them twice or three times."""
    pairs = map("".join, itertools.pairwise("zyxwvutsé"[: case.sizes["N"] + 1]))
    order = sorted(pairs, key=lambda pair: (case.seed * 31 + ord(pair[0])) % 7)
    return {**given, "text": ".".join(order * (2 + case.seed % 2))}


def ask_runs(case: Case) -> Iterator[Call]:
    """Runs of one letter, with another one between them now and then: trained on, and encoded."""
    run = "a" * case.sizes["N"]
    text = (run, f"{run}b{run}", f"b{run}")[case.seed % 3]
    yield TRAIN.call(case, {"text": text, "num_merges": case.sizes["M"]})
    yield ENCODE.call(case, {"text": text, "merges": [(97, 97), (256, 97), (256, 256), (97, 256)]})


def unknown_tokens(case: Case) -> Iterator[Given]:
    """Tokens that there are not, after known ones and perhaps before one."""
    known, end = ids_of(case), 256 + case.sizes["M"]
    yield from ({"ids": [*known, token, *[97] * (case.seed % 2)]} for token in (end, -1, end + 44, -256))
    yield {"ids": [256], "merges": []}


def growth(subject: Subject, more: Given) -> Check:
    """The cost of a function over 2,000 and 8,000 characters of words, with the same merges."""
    on_words = subject.given(lambda case, given: {"text": text_of(case.but(kind="words")), **more})
    name, sentence = f"{subject.target}-costs-linearly", f"The time of {subject.target} grows linearly with the text."
    return grows_with(on_words, "N", (2_000, 8_000), sentence=sentence, repeats=3, M=8).but(name=name)


ENDS = "Equally frequent pairs are taken in the order of their tokens, and what stands there once is left alone."
RUNS = "In a run of one letter pairs overlap when they are counted, and do not when they are replaced."
BAD = "ValueError is raised for a negative number of merges and for tokens that there are not."

CHECKS: tuple[Check, ...] = (
    together(*map(shape_check, EACH), name="types", sentence="Results have the types that the statement asks for."),
    agreement_check(TRAIN, name="learns-the-right-merges"),
    agreement_check(ENCODE, name="encodes-in-the-order-of-merges"),
    agreement_check(DECODE, name="decodes-bytes-together"),
    agrees(
        "ties-and-the-end", ENDS, TRAIN.on(N=(2, 3, 4, 5, 6, 8), M=(1, 2, 3), kinds=("letters",)).given(tied), cases=40
    ),
    agrees("runs-of-one-letter", RUNS, TRAIN.on(N=range(1, 20), M=(1, 2, 3, 4), kinds=("runs",)), ask_runs, cases=40),
    larger_check(TRAIN, LARGER, cases=12),
    larger_check(ENCODE, LARGER, cases=12).but(name="larger-sizes-encoded"),
    agrees("round-trip", "Any text, encoded and decoded again, is what it was.", DECODE, ask_round_trip, cases=48),
    agrees(
        "every-token",
        "Every token by itself is spelled rightly, also a part of a character.",
        DECODE.on(N=(1,), M=(1, 2, 4, 8, 16), kinds=("letters", "unicode")),
        ask_tokens,
        cases=8,
    ),
    agrees(
        "odd-ends",
        "Nothing is taken off or put in where a text begins or ends, and bytes that are no text become replacement characters.",
        DECODE.on(N=(1,), M=(1, 4, 16), kinds=("letters", "unicode")),
        ask_odd_ends,
        cases=4,
    ),
    together(*map(names_check, EACH)),
    untouched_check(ENCODE),
    untouched_check(DECODE).but(name="tokens-not-modified"),
    no_memory_check(ENCODE),
    no_memory_check(DECODE).but(name="nothing-kept-by-decode"),
    no_memory_check(TRAIN).but(name="nothing-kept-by-train"),
    any_order_check(TRAIN),
    together(
        bad_arguments_check(TRAIN, lambda case: [{"num_merges": -1 - case.seed % 3}], sentence=BAD, cases=12),
        bad_arguments_check(DECODE, unknown_tokens, sentence=BAD),
    ),
    growth(TRAIN, {"num_merges": 8}),
    growth(ENCODE, {"merges": COMMON}),
)
