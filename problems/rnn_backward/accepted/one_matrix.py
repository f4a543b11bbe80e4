"""One matrix for input, state and bias; its gradient is cut apart at the end."""

import numpy as np


def rnn_backward(x, w_ih, w_hh, b_ih, b_hh, h0, d_outputs, d_h_n):
    inputs, H = w_ih.shape[1], w_hh.shape[0]
    big = np.hstack([w_ih, w_hh, (b_ih + b_hh)[:, None]])
    one = np.ones((len(x), 1), dtype=x.dtype)
    ins, outs, h = [], [], h0
    for x_t in x.swapaxes(0, 1):
        ins.append(np.hstack([x_t, h, one]))
        h = np.tanh(ins[-1] @ big.T)
        outs.append(h)
    d_big, d_in, d_x = np.zeros_like(big), None, []
    d_h = d_h_n
    for into, out, above in zip(ins[::-1], outs[::-1], d_outputs.swapaxes(0, 1)[::-1], strict=True):
        d_z = (above + d_h) * (1 - np.square(out))
        d_big += d_z.T @ into
        d_in = d_z @ big
        d_x.append(d_in[:, :inputs])
        d_h = d_in[:, inputs : inputs + H]
    return np.stack(d_x[::-1], 1), d_big[:, :inputs], d_big[:, inputs:-1], d_big[:, -1], d_big[:, -1], d_h
