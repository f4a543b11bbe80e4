"""heapq.nsmallest over a generator of candidates; tokens are tuples until the end; the cost is a sum of negative logs."""

import heapq


def beam_search(log_probs, beam_width, max_length, eos, length_penalty=0.0):
    if min(beam_width, max_length) < 1:
        raise ValueError("beam_width and max_length must be positive")
    beam, done = [(0.0, ())], []

    def children():
        for cost, prefix in beam:
            for token, score in enumerate(log_probs(prefix)):
                yield cost - score, (*prefix, token)

    for _ in range(max_length):
        grown = list(children())
        done.extend(child for child in grown if child[1][-1] == eos)
        beam = heapq.nsmallest(beam_width, (child for child in grown if child[1][-1] != eos))
        if not beam:
            break
    ranked = [(cost / len(tokens) ** length_penalty, tokens) for cost, tokens in done + beam]
    return [(list(tokens), -cost) for cost, tokens in heapq.nsmallest(beam_width, ranked)]
