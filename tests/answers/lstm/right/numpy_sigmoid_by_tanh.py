import numpy as np


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    # sigmoid(z) = (1 + tanh(z / 2)) / 2
    hidden = h0.shape[-1]
    half = x.dtype.type(0.5)
    outs = []
    h, c = h0, c0
    for x_t in x.transpose(1, 0, 2):
        z = x_t.dot(w_ih.T) + h.dot(w_hh.T) + b_ih + b_hh
        s = half + half * np.tanh(half * z)
        c = s[:, hidden : 2 * hidden] * c + s[:, :hidden] * np.tanh(z[:, 2 * hidden : 3 * hidden])
        h = s[:, 3 * hidden :] * np.tanh(c)
        outs += [h]
    return np.concatenate([o[:, None, :] for o in outs], axis=1), (h, c)
