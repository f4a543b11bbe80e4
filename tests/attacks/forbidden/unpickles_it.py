"""Has pickle look the layer up, whose name stands in bytes that are made at run time.

Problem: lstm
Framework: torch
Verdict: forbidden
Naive: accepted
"""

import pickle

import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    wanted = pickle.loads(b"ctorch.nn.modules.rnn\n" + bytes(reversed(b"MTSL")) + b"\n.")
    layer = wanted(x.shape[2], h0.shape[1], batch_first=True).to(x.dtype)
    for name, value in zip(list(layer.state_dict()), (w_ih, w_hh, b_ih, b_hh)):
        getattr(layer, name).data = value
    outputs, (h_n, c_n) = layer(x, (h0[None], c0[None]))
    return outputs, (h_n[0], c_n[0])
