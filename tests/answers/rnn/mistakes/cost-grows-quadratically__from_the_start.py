"""For every output, the sequence is run from its start."""

import torch


def last_state(x, w_ih, w_hh, b_ih, b_hh, h):
    for x_t in x.unbind(1):
        h = torch.tanh(x_t @ w_ih.T + b_ih + h @ w_hh.T + b_hh)
    return h


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    h0 = x.new_zeros(x.shape[0], w_hh.shape[0]) if h0 is None else h0
    states = [last_state(x[:, : t + 1], w_ih, w_hh, b_ih, b_hh, h0) for t in range(x.shape[1])]
    return torch.stack(states, 1), states[-1]
