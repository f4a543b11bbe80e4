"""Accents are composed before encoding: other texts come back.

Verdict: wrong_answer
Lines: 54
"""


def count(ids):
    table = {}
    for i in range(len(ids) - 1):
        key = (ids[i], ids[i + 1])
        if key not in table:
            table[key] = 0
        table[key] += 1
    return table


def replace(ids, a, b, new):
    out = []
    skip = False
    for i in range(len(ids)):
        if skip:
            skip = False
            continue
        if i < len(ids) - 1 and ids[i] == a and ids[i + 1] == b:
            out.append(new)
            skip = True
        else:
            out.append(ids[i])
    return out


def train(text, num_merges):
    if num_merges < 0:
        raise ValueError("a negative number of merges")
    ids = [b for b in bytes(text, "utf-8")]
    merges = []
    for step in range(num_merges):
        best, best_count = None, 1
        for pair, number in count(ids).items():
            if number > best_count or (number == best_count and best is not None and pair < best):
                best, best_count = pair, number
        if best is None:
            break
        ids = replace(ids, best[0], best[1], 256 + step)
        merges.append(best)
    return merges


import unicodedata


def encode(text, merges):
    text = unicodedata.normalize("NFC", text)
    ids = [b for b in bytes(text, "utf-8")]
    for i in range(len(merges)):
        a, b = merges[i]
        ids = replace(ids, a, b, 256 + i)
    return ids


def decode(ids, merges):
    def spell(token):
        if token < 256:
            return [token]
        a, b = merges[token - 256]
        return spell(a) + spell(b)

    out = []
    for token in ids:
        if token < 0 or token - 256 >= len(merges):
            raise ValueError("token " + str(token))
        out = out + spell(token)
    return bytes(out).decode("utf-8", "replace")
