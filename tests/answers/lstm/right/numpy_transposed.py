"""Columns are sequences: states [H, B], so that no weight is transposed. Nothing of torch, in any form."""

from collections import namedtuple

import numpy as np

Out = namedtuple("Out", "outputs state")


def logistic(z):
    return np.exp(-np.logaddexp(0, -z))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    h, c = h0.T, c0.T
    per_step = []
    for t in range(x.shape[1]):
        z = w_ih @ x[:, t].T + w_hh @ h + b_ih[:, None] + b_hh[:, None]
        i, f, g, o = np.vsplit(z, 4)
        c = logistic(f) * c + logistic(i) * np.tanh(g)
        h = logistic(o) * np.tanh(c)
        per_step.append(h)
    print("the last state has norm", np.linalg.norm(h))
    return Out(np.array(per_step).transpose(2, 0, 1), (h.T, c.T))


if __name__ == "__main__":
    import torch

    print(torch.nn.LSTM(2, 3))
