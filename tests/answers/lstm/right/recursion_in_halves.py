import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    """Any cut of the sequence gives the same: run the first half, continue with the second."""
    steps = x.shape[1]
    if steps == 1:
        gates = x[:, 0] @ w_ih.mT + h0 @ w_hh.mT + (b_ih + b_hh)
        i, f, g, o = gates.hsplit(4)
        c = f.sigmoid() * c0 + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        return h[:, None], (h, c)
    first, state = lstm(x[:, : steps // 2], h0, c0, w_ih, w_hh, b_ih, b_hh)
    second, state = lstm(x[:, steps // 2 :], *state, w_ih, w_hh, b_ih, b_hh)
    return torch.cat((first, second), dim=1), state
