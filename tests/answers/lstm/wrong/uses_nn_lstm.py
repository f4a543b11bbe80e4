"""nn.LSTM with the weights copied in.

Verdict: forbidden
"""

import torch
from torch import nn


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    layer = nn.LSTM(x.shape[2], h0.shape[1], batch_first=True).to(x.dtype)
    layer.load_state_dict({"weight_ih_l0": w_ih, "weight_hh_l0": w_hh, "bias_ih_l0": b_ih, "bias_hh_l0": b_hh})
    outputs, (h, c) = layer(x, (h0[None], c0[None]))
    return outputs, (h[0], c[0])


if __name__ == "__main__":
    print(lstm(*[torch.ones(1, 1, 1)], *[torch.ones(1, 1)] * 2, *[torch.ones(4, 1)] * 2, *[torch.ones(4)] * 2))
