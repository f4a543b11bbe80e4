"""Pairs that stand there only once are merged too, and decode reads the bytes of each token as UTF-8 by itself.

Verdict: wrong_answer
Lines: 31, 53
Mistake: merges-what-stands-once+tokens-decoded-one-by-one
Mistakes: 2
"""

from collections import Counter


def merge(tokens, pair, new):
    out = []
    i = 0
    while i < len(tokens):
        if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
            out.append(new)
            i += 2
        else:
            out.append(tokens[i])
            i += 1
    return out


def train(text, num_merges):
    if num_merges < 0:
        raise ValueError("num_merges is negative")
    tokens = list(text.encode("utf-8"))
    merges = []
    while len(merges) < num_merges:
        counts = Counter(zip(tokens, tokens[1:]))
        if not counts:
            break
        pair = min(counts, key=lambda p: (-counts[p], p))
        tokens = merge(tokens, pair, 256 + len(merges))
        merges.append(pair)
    return merges


def encode(text, merges):
    tokens = list(text.encode("utf-8"))
    for i, pair in enumerate(merges):
        tokens = merge(tokens, tuple(pair), 256 + i)
    return tokens


def decode(ids, merges):
    table = [bytes([b]) for b in range(256)]
    for left, right in merges:
        table.append(table[left] + table[right])
    for i in ids:
        if not 0 <= i < len(table):
            raise ValueError(f"unknown token {i}")
    return "".join(table[i].decode("utf-8", errors="replace") for i in ids)
