"""Of overlapping places in a run of one token every second one is counted, as str.count does.

Verdict: wrong_answer
Lines: 30
Mistake: overlaps-not-counted
"""


def merged(ids, pair, new):
    out, i = [], 0
    while i < len(ids):
        if tuple(ids[i : i + 2]) == tuple(pair):
            out += [new]
            i += 2
        else:
            out += [ids[i]]
            i += 1
    return out


def train(text, num_merges):
    if num_merges != abs(num_merges):
        raise ValueError("A negative number of merges.")
    ids = [*text.encode("utf-8")]
    merges = []
    for new in range(256, 256 + num_merges):
        counts = {}
        for pair in zip(ids[:-1], ids[1:]):
            counts[pair] = counts.get(pair, 0) + 1
        for pair in [pair for pair in counts if pair[0] == pair[1]]:
            counts[pair] = len(ids) - len(merged(ids, pair, -1))
        ranking = sorted(counts, key=lambda pair: (-counts[pair], pair))
        if not ranking or counts[ranking[0]] == 1:
            return merges
        merges.append(ranking[0])
        ids = merged(ids, ranking[0], new)
    return merges


def encode(text, merges):
    ranks = {tuple(pair): rank for rank, pair in enumerate(merges)}
    ids = list(bytes(text, "utf-8"))
    while True:
        rank = min((ranks.get(pair, len(merges)) for pair in zip(ids, ids[1:])), default=len(merges))
        if rank == len(merges):
            return ids
        ids = merged(ids, merges[rank], 256 + rank)


def decode(ids, merges):
    pieces = {token: bytes((token,)) for token in range(256)}
    for number, (left, right) in enumerate(merges):
        pieces[256 + number] = pieces[left] + pieces[right]
    try:
        return b"".join(pieces[token] for token in ids).decode("utf-8", "replace")
    except KeyError as error:
        raise ValueError("unknown token") from error
