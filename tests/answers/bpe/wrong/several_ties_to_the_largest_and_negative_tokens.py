"""Of equally frequent pairs the largest is taken, negative tokens count from the end of the vocabulary,
and a negative number of merges gives an empty list.

Verdict: wrong_answer
Lines: 32, 36, 57
Mistake: largest-of-equals
Mistakes: 3
"""


def _pairs(seq):
    counts = {}
    for pair in zip(seq, seq[1:]):
        counts[pair] = counts.get(pair, 0) + 1
    return counts


def _apply(seq, left, right, new):
    result, skip = [], False
    for here, following in zip(seq, seq[1:] + [None]):
        if skip:
            skip = False
        elif here == left and following == right:
            result.append(new)
            skip = True
        else:
            result.append(here)
    return result


def train(text, num_merges):
    seq, merges = list(text.encode()), []
    for new in range(256, 256 + num_merges):
        counts = _pairs(seq)
        if not counts:
            break
        often, pair = max((count, pair) for pair, count in counts.items())
        if often == 1:
            break
        merges.append(pair)
        seq = _apply(seq, *pair, new)
    return merges


def encode(text, merges):
    seq = list(text.encode())
    for number, (left, right) in enumerate(merges, start=256):
        seq = _apply(seq, left, right, number)
    return seq


def decode(ids, merges):
    vocabulary = [bytes((i,)) for i in range(256)]
    for left, right in merges:
        vocabulary.append(vocabulary[left] + vocabulary[right])
    text = bytearray()
    for token in ids:
        if token >= len(vocabulary):
            raise ValueError(f"there is no token {token}")
        text += vocabulary[token]
    return text.decode(errors="replace")
