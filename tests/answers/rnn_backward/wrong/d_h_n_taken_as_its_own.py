"""What comes from above is added into d_h_n itself.

Verdict: wrong_answer
Lines: 18, 16
"""

import numpy as np


def rnn_backward(x, w_ih, w_hh, b_ih, b_hh, h0, d_outputs, d_h_n):
    T = x.shape[1]
    states = [h0]
    for t in range(T):
        states.append(np.tanh(x[:, t].dot(w_ih.T) + states[-1].dot(w_hh.T) + (b_ih + b_hh)))
    back = []
    carried = d_h_n
    for above, h in zip(d_outputs.swapaxes(0, 1)[::-1], reversed(states)):
        carried += above
        d_a = carried * ((1 - h) * (1 + h))
        back.append(d_a)
        carried = d_a @ w_hh
    d_a = np.stack(back)[::-1]
    before = np.stack(states[:-1])
    d_bias = np.add.reduce(d_a, axis=(0, 1))
    return (
        (d_a @ w_ih).transpose(1, 0, 2),
        np.tensordot(d_a, x, axes=([1, 0], [0, 1])),
        np.einsum("tbh,tbj->hj", d_a, before),
        d_bias,
        d_bias,
        carried,
    )
