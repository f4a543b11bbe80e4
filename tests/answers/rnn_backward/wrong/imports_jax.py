"""jax goes back.

Verdict: forbidden
"""

import jax
import jax.numpy as jnp


def rnn_backward(x, w_ih, w_hh, b_ih, b_hh, h0, d_outputs, d_h_n):
    def run(x, w_ih, w_hh, b_ih, b_hh, h):
        out = []
        for t in range(x.shape[1]):
            h = jnp.tanh(x[:, t] @ w_ih.T + b_ih + h @ w_hh.T + b_hh)
            out.append(h)
        return jnp.stack(out, 1), h

    _, back = jax.vjp(run, x, w_ih, w_hh, b_ih, b_hh, h0)
    return back((d_outputs, d_h_n))
