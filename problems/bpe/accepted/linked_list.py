"""Encoding with a linked list and a heap of places by rank: n log n, whatever the number of merges. Decoding by a stack."""

import heapq
from collections import defaultdict


def train(text, num_merges):
    if num_merges < 0:
        raise ValueError(num_merges)
    ids = [*text.encode()]
    pairs = []
    while len(pairs) < num_merges and len(ids) > 1:
        where = defaultdict(list)
        for i in range(len(ids) - 1):
            where[ids[i], ids[i + 1]].append(i)
        pair, places = sorted(where.items(), key=lambda item: (-len(item[1]), item[0]))[0]
        if len(places) == 1:
            return pairs
        taken = -1
        for i in places:
            if i > taken:
                ids[i], ids[i + 1] = 256 + len(pairs), None
                taken = i + 1
        ids = [token for token in ids if token is not None]
        pairs.append(pair)
    return pairs


def encode(text, merges):
    rank = {pair: number for number, pair in enumerate(merges)}
    ids = list(text.encode("utf-8"))
    before = [place - 1 for place in range(len(ids))]
    after = [place + 1 for place in range(len(ids))]
    heap = []

    def consider(place):
        following = after[place] if 0 <= place < len(ids) else len(ids)
        if following < len(ids):
            pair = ids[place], ids[following]
            if pair in rank:
                heapq.heappush(heap, (rank[pair], place, pair))

    for place in range(len(ids)):
        consider(place)
    while heap:
        number, place, pair = heapq.heappop(heap)
        following = after[place]
        if ids[place] is None or following >= len(ids) or (ids[place], ids[following]) != pair:
            continue
        ids[place], ids[following] = 256 + number, None
        after[place] = after[following]
        if after[place] < len(ids):
            before[after[place]] = place
        if before[place] >= 0:
            consider(before[place])
        consider(place)
    return [token for token in ids if token is not None]


def decode(ids, merges):
    if any(token < 0 or token > 255 + len(merges) for token in ids):
        raise ValueError("no such token")
    out = bytearray()
    stack = list(reversed(ids))
    while stack:
        token = stack.pop()
        if token < 256:
            out.append(token)
        else:
            first, second = merges[token - 256]
            stack += [second, first]
    return str(out, "utf-8", "replace")
