"""A bracket that closes too early, over two lines.

Lines: 13, 14
"""

import torch


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    state = torch.zeros_like(x[:, 0] @ w_ih.T) if h0 is None else h0
    outputs = []
    for t in range(x.shape[1]):
        recurrent = torch.tanh(torch.einsum("bk,hk->bh", state, w_hh))
        state = recurrent + torch.einsum("bi,hi->bh", x[:, t], w_ih) + b_ih + b_hh
        outputs.append(state)
    return torch.stack(outputs, 1), state
