"""Every step begins again from the first: the time is quadratic in T.

Verdict: time_limit|wrong_answer
Mistake: cost-grows-quadratically
"""

import torch


def run(x, h, c, w_ih, w_hh, b_ih, b_hh):
    for t in range(x.shape[1]):
        i, f, g, o = (x[:, t] @ w_ih.T + b_ih + h @ w_hh.T + b_hh).chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
    return h, c


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    states = [run(x[:, : t + 1], h0, c0, w_ih, w_hh, b_ih, b_hh) for t in range(x.shape[1])]
    return torch.stack([h for h, _ in states], 1), states[-1]
