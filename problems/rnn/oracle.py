"""The library's own recurrent network, one layer, batch first: an answer by other means, with which the reference is compared."""

import torch


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    """torch.rnn_tanh with the state as one layer of it."""
    state = torch.zeros(1, x.shape[0], w_hh.shape[0], dtype=x.dtype) if h0 is None else h0[None].contiguous()
    outputs, h_n = torch.rnn_tanh(x, state, [w_ih, w_hh, b_ih, b_hh], True, 1, 0.0, False, False, True)
    return outputs, h_n[0]
