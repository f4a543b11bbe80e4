"""Training that changes the counts where a merge changes the sequence, in place of counting anew."""

from collections import Counter


def replaced(ids, pair, token, counts=None):
    out = []
    i = 0
    while i < len(ids):
        if i + 1 < len(ids) and (ids[i], ids[i + 1]) == pair:
            out.append(token)
            i += 2
        else:
            out.append(ids[i])
            i += 1
    if counts is not None:
        counts.subtract(zip(ids, ids[1:]))
        counts.update(zip(out, out[1:]))
    return out


def train(text, num_merges):
    if num_merges < 0:
        raise ValueError("num_merges must be at least 0")
    ids = list(text.encode("utf-8"))
    counts = Counter(zip(ids, ids[1:]))
    merges = []
    while len(merges) < num_merges:
        pair = max(counts, key=lambda p: (counts[p], -p[0], -p[1]), default=None)
        if pair is None or counts[pair] <= 1:
            break
        ids = replaced(ids, pair, 256 + len(merges), counts)
        merges += [pair]
    return merges


def encode(text, merges):
    ids = list(text.encode("utf-8"))
    for token, pair in enumerate(merges, start=256):
        if len(ids) == 1:
            break
        ids = replaced(ids, tuple(pair), token)
    return ids


def decode(ids, merges):
    pieces = {byte: bytes([byte]) for byte in range(256)}
    for token, (a, b) in enumerate(merges, start=256):
        pieces[token] = pieces[a] + pieces[b]
    missing = [token for token in ids if token not in pieces]
    if missing:
        raise ValueError(f"no such tokens: {missing}")
    return b"".join([pieces[token] for token in ids]).decode("utf-8", errors="replace")
