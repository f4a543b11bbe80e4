"""A class for one step, which keeps what it needs and adds to a NamedTuple of gradients in place.

Verdict: accepted
"""

import typing

import numpy as np


class Gradients(typing.NamedTuple):
    x: np.ndarray
    w_ih: np.ndarray
    w_hh: np.ndarray
    b_ih: np.ndarray
    b_hh: np.ndarray
    h0: np.ndarray


class Step:
    def __init__(self, t, x, h, w_ih, w_hh, bias):
        self.t, self.x, self.before = t, x, h
        self.w_ih, self.w_hh = w_ih, w_hh
        self.after = np.tanh(np.einsum("hi,bi->bh", w_ih, x) + np.einsum("hj,bj->bh", w_hh, h) + bias)

    def back(self, d, into):
        d = d - d * self.after * self.after
        into.x[:, self.t] += d @ self.w_ih
        for d_row, x_row, h_row in zip(d, self.x, self.before):
            np.add(into.w_ih, np.multiply.outer(d_row, x_row), out=into.w_ih)
            np.add(into.w_hh, np.multiply.outer(d_row, h_row), out=into.w_hh)
        into.b_ih[...] += d.sum(0)
        into.b_hh[...] += d.sum(0)
        return d @ self.w_hh


def rnn_backward(x, w_ih, w_hh, b_ih, b_hh, h0, d_outputs, d_h_n):
    into = Gradients(*[np.zeros(each.shape, each.dtype, order="F") for each in (x, w_ih, w_hh, b_ih, b_hh, h0)])
    steps, h = [], h0
    for t in range(x.shape[1]):
        steps.append(Step(t, x[:, t], h, w_ih, w_hh, b_ih + b_hh))
        h = steps[-1].after
    d = d_h_n
    while steps:
        step = steps.pop()
        d = step.back(d + d_outputs[:, step.t], into)
    into.h0[:] = d
    return into
