import warnings

import numpy

warnings.filterwarnings("error")
numpy.seterr(all="raise", under="ignore")


def sigmoid(z):
    out = numpy.empty_like(z)
    high = z >= 0
    out[high] = 1 / (1 + numpy.exp(-z[high]))
    e = numpy.exp(z[~high])
    out[~high] = e / (1 + e)
    return out


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    steps = x.shape[1]
    H = h0.shape[1]
    h = numpy.zeros((steps + 1, *h0.shape), dtype=x.dtype)
    c = numpy.zeros((steps + 1, *c0.shape), dtype=x.dtype)
    h[0], c[0] = h0, c0
    xw = numpy.einsum("bti,gi->tbg", x, w_ih) + b_ih
    for t in range(steps):
        z = xw[t] + numpy.inner(h[t], w_hh) + b_hh
        gate = sigmoid(z.reshape(-1, 4, H)[:, [0, 1, 3]])
        c[t + 1] = gate[:, 1] * c[t] + gate[:, 0] * numpy.tanh(z[:, 2 * H : 3 * H])
        h[t + 1] = gate[:, 2] * numpy.tanh(c[t + 1])
    return h[1:].transpose(1, 0, 2), (h[-1], c[-1])
