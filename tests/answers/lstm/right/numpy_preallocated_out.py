import numpy as np


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    """Everything goes into arrays made once, by out=."""
    B, T, _ = x.shape
    H = h0.shape[1]
    outputs = np.empty((B, T, H), x.dtype)
    pre = x @ w_ih.T
    pre += b_ih
    pre += b_hh
    gates = np.empty((B, 4 * H), x.dtype)
    c = c0.copy()
    h = h0
    keep = np.empty_like(c)
    W = np.ascontiguousarray(w_hh.T)
    for t in range(T):
        np.matmul(h, W, out=gates)
        gates += pre[:, t]
        g = np.tanh(gates[:, 2 * H : 3 * H])
        with np.errstate(over="ignore"):
            np.negative(gates, out=gates)
            np.exp(gates, out=gates)
        gates += 1
        np.reciprocal(gates, out=gates)
        np.multiply(c, gates[:, H : 2 * H], out=keep)
        np.multiply(gates[:, :H], g, out=c)
        c += keep
        h = np.multiply(gates[:, 3 * H :], np.tanh(c), out=outputs[:, t])
    return outputs, (outputs[:, -1], c)
