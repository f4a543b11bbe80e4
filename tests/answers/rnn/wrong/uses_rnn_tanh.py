"""torch.rnn_tanh does the work.

Verdict: forbidden
"""

import torch


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    h0 = x.new_zeros(x.shape[0], w_hh.shape[0]) if h0 is None else h0
    out, h = torch.rnn_tanh(x, h0[None], [w_ih, w_hh, b_ih, b_hh], True, 1, 0.0, False, False, True)
    return out, h[0]
