"""The oneDNN operator that nn.LSTM ends in.

Verdict: forbidden
"""

import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    sequence = x.transpose(0, 1).contiguous()
    outputs, h, c, _ = torch.mkldnn_rnn_layer(
        sequence, w_ih, w_hh, b_ih, b_hh, h0, c0, False, [], 2, h0.shape[1], 1, True, False, False, True
    )
    return outputs.transpose(0, 1), (h, c)
