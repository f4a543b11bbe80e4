"""Neighbours are merged where their joined bytes are those of the pair, wherever they were cut.

Verdict: wrong_answer
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

BYTES = 256


def train(text: str, num_merges: int) -> list[tuple[int, int]]:
    """Learn merges.

    Args:
        text: to learn from.
        num_merges: how many at most.

    Returns:
        The pairs in the order they were merged: the one at place i became token 256 + i.

    Raises:
        ValueError: num_merges is negative.
    """
    if num_merges < 0:
        raise ValueError(f"num_merges is {num_merges}; it must be 0 or more")
    ids = _bytes_of(text)
    merges: list[tuple[int, int]] = []
    while len(merges) < num_merges:
        counts = Counter(pairwise(ids))
        if not counts:
            break
        pair = min(counts, key=lambda pair: (-counts[pair], pair))
        if counts[pair] < 2:
            break
        ids = _merged(ids, pair, BYTES + len(merges))
        merges.append(pair)
    return merges


def encode(text: str, merges: list[tuple[int, int]]) -> list[int]:
    """The tokens of a text.

    Args:
        text: any.
        merges: pairs, in the order in which they are applied.
    """
    ids = _bytes_of(text)
    spelled = [bytes([byte]) for byte in range(BYTES)]
    for a, b in merges:
        spelled.append(spelled[a] + spelled[b])
    for number, pair in enumerate(merges):
        whole, out, i = spelled[BYTES + number], [], 0
        while i < len(ids):
            if i + 1 < len(ids) and spelled[ids[i]] + spelled[ids[i + 1]] == whole:
                out.append(BYTES + number); i += 2
            else:
                out.append(ids[i]); i += 1
        ids = out
    return ids


def decode(ids: list[int], merges: list[tuple[int, int]]) -> str:
    """The text of some tokens; U+FFFD where their bytes are no UTF-8.

    Raises:
        ValueError: there is no such token.
    """
    spelled = [bytes([byte]) for byte in range(BYTES)]
    for first, second in merges:
        spelled.append(spelled[first] + spelled[second])
    for token in ids:
        if not 0 <= token < len(spelled):
            raise ValueError(f"there is no token {token}: they are 0 to {len(spelled) - 1}")
    return b"".join(spelled[token] for token in ids).decode("utf-8", errors="replace")


def _bytes_of(text: str) -> list[int]:
    return list(text.encode("utf-8"))


def _merged(ids: list[int], pair: tuple[int, int], token: int) -> list[int]:
    """A new list with each occurrence of the pair replaced, from left to right."""
    result: list[int] = []
    place = 0
    while place < len(ids):
        if tuple(ids[place : place + 2]) == pair:
            result.append(token)
            place += 2
        else:
            result.append(ids[place])
            place += 1
    return result
