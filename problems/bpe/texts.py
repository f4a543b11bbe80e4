"""Texts, merges and tokens that are drawn: short alphabets, so that pairs repeat and ties are frequent, and all of Unicode."""

from __future__ import annotations

import random

from problems.cases import Case

KINDS = ("letters", "runs", "words", "unicode", "lines")
WORDS = ("the", "them", "then", "other", "low", "lower", "lowest", "new", "newer", "wide", "wider", "a")
LETTERS = {"unicode": "aé中文€ñ\U0001f600\U0001f601\u0301ß\0\ufeff", "lines": "ab \n\r\t"}


def text_of(case: Case, salt: int = 0, length: int | None = None) -> str:
    """A text of N characters."""
    drawn = random.Random(f"text/{case.seed}/{salt}")
    count = case.sizes["N"] if length is None else length
    match case.kind:
        case "runs":
            return "".join(drawn.choice("aab") * drawn.randint(1, 7) for _ in range(count))[:count]
        case "words":
            return " ".join(drawn.choice(WORDS) for _ in range(count // 2 + 1))[:count]
        case kind:
            return "".join(drawn.choice(LETTERS.get(kind, "abc")) for _ in range(count))


def merges_of(case: Case, salt: int = 0) -> list[tuple[int, int]]:
    """M different pairs, each of tokens known by then: of bytes that texts of this kind have, of tokens, and of the latest."""
    drawn = random.Random(f"merges/{case.seed}/{salt}")
    sample = text_of(case, salt, length=40) + text_of(case, length=40) + "ab"
    alphabet = sorted(set(sample.encode("utf-8")))
    found: list[tuple[int, int]] = []
    while len(found) < case.sizes["M"]:
        tokens = list(range(256, 256 + len(found)))
        known = [*alphabet, *tokens, *tokens[-3:]]
        pair = (drawn.choice(known), drawn.choice(known))
        if pair not in found:
            found.append(pair)
    return found


def ids_of(case: Case, salt: int = 0) -> list[int]:
    """N tokens: bytes of a text of this kind, some out of place, and merged ones."""
    drawn = random.Random(f"ids/{case.seed}/{salt}")
    spelled = list(text_of(case, salt).encode("utf-8"))[: case.sizes["N"]]
    # Bytes within a character stand in texts that have such characters: elsewhere one would come to be by chance, far back.
    strange = [*range(256, 256 + case.sizes["M"]), 0, 195, 226, 255, *[128] * (case.kind == "unicode")]
    return [drawn.choice(strange) if drawn.random() < 0.25 else byte for byte in spelled]
