"""The pair of states is repackaged before every step, as one does it between batches.

Lines: 30, 10
"""

import torch


def repackage(state):
    return tuple(s.detach() for s in state)


class Cell:
    def __init__(self, w_ih, w_hh, b_ih, b_hh):
        self.w_ih, self.w_hh = w_ih, w_hh
        self.bias = b_ih + b_hh

    def forward(self, x_t, state):
        h, c = state
        i, f, g, o = (x_t @ self.w_ih.T + h @ self.w_hh.T + self.bias).chunk(4, dim=-1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    cell = Cell(w_ih, w_hh, b_ih, b_hh)
    state = (h0, c0)
    outputs = []
    for t in range(x.shape[1]):
        state = repackage(state)
        state = cell.forward(x[:, t], state)
        outputs.append(state[0])
    return torch.stack(outputs, dim=1), state
