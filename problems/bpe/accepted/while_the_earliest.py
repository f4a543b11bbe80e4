"""Encoding by rank: the earliest merge that is there, until there is none. A loop in place of Counter."""


def get_stats(ids):
    counts = {}
    for i in range(len(ids) - 1):
        pair = ids[i], ids[i + 1]
        counts[pair] = counts.get(pair, 0) + 1
    return counts


def merge(ids, pair, idx):
    new, i = [], 0
    while i < len(ids):
        if i + 1 < len(ids) and ids[i] == pair[0] and ids[i + 1] == pair[1]:
            new.append(idx)
            i += 2
        else:
            new.append(ids[i])
            i += 1
    return new


def train(text, num_merges):
    if num_merges < 0:
        raise ValueError("num_merges must not be negative")
    ids = list(text.encode("utf-8"))
    merges = []
    for i in range(num_merges):
        stats = get_stats(ids)
        if not stats:
            break
        most = max(stats.values())
        if most == 1:
            break
        pair = min(p for p, n in stats.items() if n == most)
        ids = merge(ids, pair, 256 + i)
        merges.append(pair)
    return merges


def encode(text, merges):
    rank = {tuple(pair): i for i, pair in enumerate(merges)}
    ids = list(text.encode("utf-8"))
    while len(ids) >= 2:
        pair = min(get_stats(ids), key=lambda p: rank.get(p, float("inf")))
        if pair not in rank:
            break
        ids = merge(ids, pair, 256 + rank[pair])
    return ids


def decode(ids, merges):
    vocab = {i: bytes([i]) for i in range(256)}
    for i, (a, b) in enumerate(merges):
        vocab[256 + i] = vocab[a] + vocab[b]
    try:
        data = b"".join(vocab[i] for i in ids)
    except KeyError as error:
        raise ValueError(f"unknown token {error}") from None
    return data.decode("utf-8", errors="replace")
