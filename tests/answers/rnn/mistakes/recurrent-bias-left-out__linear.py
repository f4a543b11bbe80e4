"""F.linear with a bias for the input, and none for the state.

Lines: 14
"""

import torch
import torch.nn.functional as F


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    h = torch.zeros(x.shape[0], w_hh.shape[0], dtype=x.dtype) if h0 is None else h0
    states = []
    for t in range(x.shape[1]):
        h = torch.tanh(F.linear(x[:, t], w_ih, b_ih) + F.linear(h, w_hh))
        states.append(h)
    return torch.stack(states, 1), h
