"""Tokens as characters of a string: replacing is str.replace, counting a walk over the string."""

from collections import Counter


def train(text, num_merges):
    if num_merges < 0:
        raise ValueError("num_merges < 0")
    row = text.encode("utf-8").decode("latin-1")
    learned = []
    for token in range(256, 256 + num_merges):
        counts = Counter(row[at : at + 2] for at in range(len(row) - 1))
        best = sorted(counts, key=lambda pair: (-counts[pair], pair))[:1]
        if not best or counts[best[0]] == 1:
            break
        row = row.replace(best[0], chr(token))
        learned.append((ord(best[0][0]), ord(best[0][1])))
    return learned


def encode(text, merges):
    row = "".join(map(chr, text.encode("utf-8")))
    for token, (first, second) in enumerate(merges, 256):
        row = row.replace(chr(first) + chr(second), chr(token))
    return [ord(sign) for sign in row]


def decode(ids, merges):
    spelling = [bytes((byte,)) for byte in range(256)]
    for first, second in merges:
        spelling.append(spelling[first] + spelling[second])
    data = b""
    for token in ids:
        if token not in range(len(spelling)):
            raise ValueError(f"{token} is no token")
        data += spelling[token]
    return data.decode(errors="replace")
