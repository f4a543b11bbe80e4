"""A dataclass for a hypothesis that knows its order; the whole bookkeeping in a class."""

from __future__ import annotations

from dataclasses import dataclass
from functools import total_ordering


@total_ordering
@dataclass
class Hypothesis:
    tokens: list
    total: float

    def __lt__(self, other):
        if self.total != other.total:
            return self.total > other.total
        return self.tokens < other.tokens


class Beam:
    def __init__(self, model, width, eos):
        self.model, self.width, self.eos = model, width, eos
        self.live = [Hypothesis([], 0.0)]
        self.finished = []

    def step(self):
        candidates = []
        for hypothesis in self.live:
            row = self.model(list(hypothesis.tokens))
            for token in range(len(row)):
                candidate = Hypothesis([*hypothesis.tokens, token], hypothesis.total + row[token])
                if self.eos is not None and token == self.eos:
                    self.finished.append(candidate)
                else:
                    candidates.append(candidate)
        candidates.sort()
        self.live = candidates[: self.width]

    def ranked(self, penalty):
        everything = [
            Hypothesis(each.tokens, each.total / pow(len(each.tokens), penalty)) for each in self.finished + self.live
        ]
        return [(each.tokens, each.total) for each in sorted(everything)[: self.width]]


def beam_search(log_probs, beam_width, max_length, eos, length_penalty=0.0):
    if beam_width < 1:
        raise ValueError("beam_width")
    if max_length < 1:
        raise ValueError("max_length")
    beam = Beam(log_probs, beam_width, eos)
    for _ in range(max_length):
        beam.step()
    return beam.ranked(length_penalty)
