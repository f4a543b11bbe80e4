"""The state is handed on by .data.

Lines: 13
"""

import torch


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    state = x.new_zeros(x.shape[0], w_hh.shape[0]) if h0 is None else h0
    outputs = []
    for t in range(x.shape[1]):
        hidden = torch.tanh(x[:, t] @ w_ih.T + b_ih + state.data @ w_hh.T + b_hh)
        outputs.append(hidden)
        state = hidden
    return torch.stack(outputs, 1), state
