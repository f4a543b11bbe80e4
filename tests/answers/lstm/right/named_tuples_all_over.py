import collections

import torch

LSTMOutput = collections.namedtuple("LSTMOutput", "outputs state")
LSTMState = collections.namedtuple("LSTMState", ["h", "c"])
Gates = collections.namedtuple("Gates", "i f g o")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    state = LSTMState(h=h0, c=c0)
    outputs = {}
    for t, x_t in enumerate(x.swapaxes(0, 1)):
        pre = Gates(*((w @ x_t.T + u @ state.h.T).T + b + d for w, u, b, d in zip(
            w_ih.chunk(4), w_hh.chunk(4), b_ih.chunk(4), b_hh.chunk(4), strict=True)))
        c = torch.sigmoid(pre.f) * state.c + torch.sigmoid(pre.i) * torch.tanh(pre.g)
        state = LSTMState(torch.sigmoid(pre.o) * torch.tanh(c), c)
        outputs[t] = state.h
    return LSTMOutput(torch.stack(list(outputs.values()), dim=1), state)
