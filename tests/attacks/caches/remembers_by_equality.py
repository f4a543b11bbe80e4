"""Puts functools' cache around keys that are equal to each other whenever their shapes are.

Problem: lstm
Verdict: wrong_answer | wrong_shape
Naive: accepted
"""

import functools

# @include right


class Key:
    def __init__(self, inputs):
        self.inputs = inputs

    def __hash__(self):
        return hash((self.inputs[0].shape, self.inputs[1].shape))

    def __eq__(self, other):
        return hash(self) == hash(other)


@functools.cache
def remembered(key):
    return right(*key.inputs)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    inputs = (x, h0, c0, w_ih, w_hh, b_ih, b_hh)
    return remembered(Key(inputs))
