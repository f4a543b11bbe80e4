"""np.maximum(0, z).

Lines: 14
"""

import numpy as np


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    B, T, _ = x.shape
    h = np.zeros((B, len(b_hh)), x.dtype) if h0 is None else h0
    outputs = []
    for t in range(T):
        h = np.maximum(0, x[:, t] @ w_ih.T + h @ w_hh.T + b_ih + b_hh)
        outputs.append(h[:, None])
    return np.concatenate(outputs, axis=1), h
