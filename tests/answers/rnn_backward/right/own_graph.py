"""A little engine of one's own: each operation on arrays knows its way back."""

import numpy as np


class Var:
    def __init__(self, value, back=()):
        self.value, self.back, self.grad = value, back, None

    def add(self, g):
        self.grad = g if self.grad is None else self.grad + g


def mul_t(a, w):
    return Var(a.value @ w.value.T, ((a, lambda g: g @ w.value), (w, lambda g: g.T @ a.value)))


def plus(*parts):
    def lower(part):
        return lambda g: g.sum(0) if part.value.ndim == 1 else g

    return Var(sum(p.value for p in parts), tuple((p, lower(p)) for p in parts))


def tanh(a):
    out = np.tanh(a.value)
    return Var(out, ((a, lambda g: g - g * out * out),))


def rnn_backward(x, w_ih, w_hh, b_ih, b_hh, h0, d_outputs, d_h_n):
    vw_ih, vw_hh, vb_ih, vb_hh, vh0 = (Var(a) for a in (w_ih, w_hh, b_ih, b_hh, h0))
    steps = [Var(x[:, t]) for t in range(x.shape[1])]
    tape, h = [], vh0
    for t, step in enumerate(steps):
        one, two = mul_t(step, vw_ih), mul_t(h, vw_hh)
        s = plus(one, two, vb_ih, vb_hh)
        h = tanh(s)
        h.add(d_outputs[:, t])
        tape += [one, two, s, h]
    h.add(d_h_n)
    for var in reversed(tape):
        for part, back in var.back:
            part.add(back(var.grad))
    return (
        np.stack([s.grad for s in steps], axis=1),
        *[v.grad for v in (vw_ih, vw_hh, vb_ih, vb_hh, vh0)],
    )
