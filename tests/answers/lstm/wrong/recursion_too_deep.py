"""One call a step: more steps than Python calls.

Verdict: runtime_error
"""

import torch


def step(sequence, h, c, weights):
    if not sequence:
        return [], (h, c)
    w_ih, w_hh, b_ih, b_hh = weights
    pieces = (sequence[0] @ w_ih.T + b_ih + h @ w_hh.T + b_hh).chunk(4, 1)
    i, f, g, o = (s(z) for s, z in zip([torch.sigmoid, torch.sigmoid, torch.tanh, torch.sigmoid], pieces))
    c = f * c + i * g
    h = o * torch.tanh(c)
    return twice(sequence, h, c, weights)


def twice(*state):
    return thrice(*state)


def thrice(sequence, h, c, weights):
    rest, last = step(sequence[1:], h, c, weights)
    return [h, *rest], last


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    outputs, last = step(list(x.unbind(1)), h0, c0, (w_ih, w_hh, b_ih, b_hh))
    return torch.stack(outputs, 1), last
