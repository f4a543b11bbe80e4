"""All states are kept, h0 first, and the wrong end is cut off.

Lines: 16
"""

import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    states = [(h0, c0)]
    for x_t in x.unbind(1):
        h, c = states[-1]
        i, f, g, o = (x_t @ w_ih.T + b_ih + h @ w_hh.T + b_hh).tensor_split(4, dim=1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        states.append((o.sigmoid() * c.tanh(), c))
    outputs = torch.stack([h for h, _ in states[:-1]], dim=1)
    return outputs, states[-1]
