"""The list of states is cut at the wrong end.

Lines: 13
"""

import torch


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    states = [x.new_zeros(x.shape[0], w_hh.shape[0]) if h0 is None else h0]
    for x_t in x.unbind(1):
        states.append(torch.tanh(x_t @ w_ih.T + b_ih + states[-1] @ w_hh.T + b_hh))
    return torch.stack(states[:-1], 1), states[-1]
