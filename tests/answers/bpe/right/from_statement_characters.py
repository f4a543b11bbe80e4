"""Tokens are characters of a str: merging is str.replace, which goes from left to right without overlap.

Verdict: accepted
"""

import collections

OFFSET = 0x10000


def written(ids):
    return "".join(map(chr, (OFFSET + i for i in ids)))


def train(text, num_merges):
    if num_merges < 0:
        raise ValueError("num_merges")
    line, found = written(text.encode()), []
    while len(found) < num_merges:
        counts = collections.Counter(map("".join, zip(line, line[1:])))
        most = max(counts.values(), default=0)
        if most < 2:
            break
        pair = min(pair for pair, count in counts.items() if count == most)
        line = line.replace(pair, written([256 + len(found)]))
        found.append(tuple(ord(letter) - OFFSET for letter in pair))
    return found


def encode(text, merges):
    line = written(bytearray(text, "utf8"))
    for place, pair in enumerate(merges, start=256):
        line = line.replace(written(pair), written([place]))
    return [ord(letter) - OFFSET for letter in line]


def decode(ids, merges):
    out, stack = bytearray(), list(reversed(ids))
    while stack:
        token = stack.pop()
        if not 0 <= token < 256 + len(merges):
            raise ValueError(f"no token {token}")
        if token < 256:
            out.append(token)
        else:
            stack += merges[token - 256][::-1]
    return str(out, "utf-8", "replace")
