"""A module of one's own whose cell takes the weights as they are given."""

import torch
from torch import nn


class Cell(nn.Module):
    def __init__(self, w_ih, w_hh, bias):
        super().__init__()
        self.w_ih, self.w_hh, self.bias = w_ih, w_hh, bias

    def forward(self, x_t, h):
        return torch.tanh(x_t.matmul(self.w_ih.t()) + h.matmul(self.w_hh.t()) + self.bias)


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    cell = Cell(w_ih, w_hh, b_ih.add(b_hh))
    h = h0 if h0 is not None else x.new_zeros((x.size(0), w_ih.size(0)))
    outputs = x.new_empty(x.size(0), 0, w_ih.size(0))
    states = []
    for t in range(x.size(1)):
        h = cell(x.select(1, t), h)
        states.append(h)
    outputs = torch.cat([outputs, torch.stack(states, dim=1)], dim=1)
    return (outputs, h)
