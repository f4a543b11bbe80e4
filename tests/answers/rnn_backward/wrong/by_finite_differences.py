"""Central differences: right to a few digits.

Verdict: wrong_answer|time_limit
Lines: 29
"""

import numpy as np


def rnn_backward(x, w_ih, w_hh, b_ih, b_hh, h0, d_outputs, d_h_n):
    given = [a.astype(np.float64) for a in (x, w_ih, w_hh, b_ih, b_hh, h0)]

    def loss():
        a, u, w, b, c, h = given
        total = 0.0
        for t in range(a.shape[1]):
            h = np.tanh(a[:, t] @ u.T + b + h @ w.T + c)
            total += (h * d_outputs[:, t]).sum()
        return total + (h * d_h_n).sum()

    found = []
    for a in given:
        g = np.zeros_like(a)
        for at in np.ndindex(a.shape):
            kept = a[at]
            a[at] = kept + 1e-5
            up = loss()
            a[at] = kept - 1e-5
            g[at] = (up - loss()) / 2e-5
            a[at] = kept
        found.append(g.astype(x.dtype))
    return tuple(found)
