"""Hypotheses of the same score come in the order of their sums.

Verdict: wrong_answer
Lines: 28
"""

import functools
import heapq
from typing import NamedTuple


class Result(NamedTuple):
    tokens: list
    score: float


@functools.total_ordering
class Candidate:
    def __init__(self, tokens, total, key=None):
        self.tokens, self.total = tokens, total
        self.key = total if key is None else key

    def __eq__(self, other):
        return (self.key, self.tokens) == (other.key, other.tokens)

    def __lt__(self, other):
        if self.key == other.key:
            return (-self.total, self.tokens) < (-other.total, other.tokens)
        return self.key > other.key


def beam_search(log_probs, beam_width, max_length, eos, length_penalty=0.0):
    if not (beam_width >= 1 and max_length >= 1):
        raise ValueError(beam_width, max_length)
    live, finished = [Candidate([], 0.0)], []
    for _step in range(max_length):
        if not live:
            break
        children = (
            Candidate([*parent.tokens, token], parent.total + value)
            for parent in live
            for token, value in enumerate(log_probs(tuple(parent.tokens)))
        )
        open_ones = []
        for child in children:
            (finished if eos is not None and child.tokens[-1] == eos else open_ones).append(child)
        live = heapq.nsmallest(beam_width, open_ones)
    scored = [Candidate(c.tokens, c.total, c.total / len(c.tokens) ** length_penalty) for c in finished + live]
    return [Result(c.tokens, c.key) for c in heapq.nsmallest(beam_width, scored)]
