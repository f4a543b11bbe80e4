"""A step calls the next one; rows are emptied as they are read."""

import heapq
import math
from typing import NamedTuple


class Text(NamedTuple):
    tokens: list
    score: float


def beam_search(log_probs, beam_width, max_length, eos, length_penalty=0.0):
    if not (beam_width >= 1 and max_length >= 1):
        raise ValueError(f"{beam_width=} {max_length=}")

    def steps(live, left):
        if left == 0 or not live:
            return live
        ends, others = [], []
        for tokens, total in live:
            row = log_probs(tuple(tokens))
            token = 0
            while row:
                value = row.pop(0)
                (ends if eos is not None and token == eos else others).append((tokens + [token], total + value))
                token += 1
        others = heapq.nsmallest(beam_width, others, key=lambda text: (-text[1], text[0]))
        return ends + steps(others, left - 1)

    found = [
        Text(tokens, total * math.pow(len(tokens), -length_penalty) if length_penalty else total)
        for tokens, total in steps([([], 0.0)], max_length)
    ]
    found.sort(key=lambda text: text.tokens)
    found.sort(key=lambda text: text.score, reverse=True)
    return found[:beam_width]
