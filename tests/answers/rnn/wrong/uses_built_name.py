"""nn.RNN by a name that is put together while it runs.

Verdict: forbidden|sandbox_violation
"""

import torch
from torch import nn


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    layer = getattr(nn, "NNR"[::-1])(x.shape[2], len(w_hh), batch_first=True, dtype=x.dtype)
    weights = {"weight_ih_l0": w_ih, "weight_hh_l0": w_hh, "bias_ih_l0": b_ih, "bias_hh_l0": b_hh}
    out, h = torch.func.functional_call(layer, weights, (x, None if h0 is None else h0[None]))
    return out, h[0]
