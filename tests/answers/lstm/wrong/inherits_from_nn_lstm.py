"""A subclass of nn.LSTM.

Verdict: forbidden
"""

from torch import nn


class Mine(nn.LSTM):
    pass


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    mine = Mine(x.shape[2], h0.shape[1], batch_first=True).to(x.dtype)
    for own, given in zip(mine.parameters(), (w_ih, w_hh, b_ih, b_hh)):
        own.data = given.data
    outputs, (h, c) = mine(x, (h0[None], c0[None]))
    return outputs, (h[0], c[0])
