"""The generator hands out the state that it has, and only then makes the next one.

Lines: 16
"""

import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    H = h0.size(-1)
    last = {}

    def hidden_states():
        h, c = h0, c0
        for z in (x @ w_ih.T + b_ih + b_hh).unbind(1):
            yield h
            z = z + h @ w_hh.T
            ifo = torch.sigmoid(torch.cat([z[:, : 2 * H], z[:, 3 * H :]], dim=1))
            i, f, o = ifo.chunk(3, dim=1)
            c = f * c + i * torch.tanh(z[:, 2 * H : 3 * H])
            h = o * torch.tanh(c)
        last["state"] = (h, c)

    outputs = torch.stack(list(hidden_states()), dim=1)
    return outputs, last["state"]
