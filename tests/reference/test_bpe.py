"""Byte-pair encoding against the definition, written out in the slowest way, and on texts of all kinds."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from reference.bpe import decode, encode, train

ALPHABETS = ("ab", "aab ", "abcdefg", "aé中😀\n", "the lowest newest widest ")


def texts() -> list[str]:
    drawn = random.Random(3)
    return ["", "a", "aa", "aaa"] + [
        "".join(drawn.choice(alphabet) for _ in range(drawn.randint(2, 60)))
        for alphabet in ALPHABETS
        for _ in range(12)
    ]


def slow_train(text: str, count: int) -> list[tuple[int, int]]:
    """By the words of the statement, on a list of byte strings with their numbers."""
    ids, merges = list(text.encode()), []
    for number in range(count):
        pairs = [(ids[place], ids[place + 1]) for place in range(len(ids) - 1)]
        times = {pair: pairs.count(pair) for pair in pairs}
        often = [pair for pair in times if times[pair] == max(times.values()) and times[pair] > 1]
        if not often:
            break
        merges.append(sorted(often)[0])
        ids = slow_merge(ids, merges[-1], 256 + number)
    return merges


def slow_merge(ids: list[int], pair: tuple[int, int], token: int) -> list[int]:
    """The first two, if they fit, and the rest; with a loop in place of recursion."""
    done: list[int] = []
    while ids:
        if len(ids) > 1 and (ids[0], ids[1]) == pair:
            done, ids = [*done, token], ids[2:]
        else:
            done, ids = [*done, ids[0]], ids[1:]
    return done


@pytest.mark.parametrize("count", [0, 1, 3, 30])
def test_training_is_what_the_definition_says(count: int) -> None:
    for text in texts():
        assert train(text, count) == slow_train(text, count), text


def test_encoding_merges_the_earliest_pair_that_is_there() -> None:
    for text in texts():
        merges = train(text + text[::-1], 12)
        ids = list(text.encode())
        while there := [number for number, pair in enumerate(merges) if pair in pairwise(ids)]:
            ids = slow_merge(ids, merges[min(there)], 256 + min(there))
        assert encode(text, merges) == ids


def test_every_text_comes_back() -> None:
    merges = train("".join(texts()), 80)
    for text in texts():
        assert decode(encode(text, merges), merges) == text
    assert len(encode("lowest newest", merges)) < 13


def test_what_is_no_utf8_is_replaced_and_what_is_no_token_refused() -> None:
    assert decode([228, 184, 228, 184, 173], []) == "\ufffd中"
    assert decode([256], [(228, 184)]) == "\ufffd"
    for ids in ([256], [-1], [97, 300]):
        with pytest.raises(ValueError, match="there is no token"):
            decode(ids, [])
    with pytest.raises(ValueError, match="must be 0 or more"):
        train("a", -1)
