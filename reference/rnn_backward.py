"""Backpropagation through time for a simple recurrent network, in NumPy and by hand.

Forward, for t = 1 ... T from the state h_0:

    h_t = tanh(W_ih x_t + b_ih + W_hh h_(t-1) + b_hh)

Backward, for t = T ... 1, where g_t is all of the gradient that reaches h_t: what comes from above at step t, what comes from above
at the last state where t is the last, and what comes back from step t + 1:

    d_t = g_t (1 - h_t²)                      the gradient of the sum under tanh
    dL/dx_t = W_ihᵀ d_t                       what goes back to step t - 1: W_hhᵀ d_t
    dL/dW_ih = Σ_t d_t x_tᵀ                   dL/dW_hh = Σ_t d_t h_(t-1)ᵀ
    dL/db_ih = dL/db_hh = Σ_t d_t             the sums go over the batch as well

Werbos, "Backpropagation through time: what it does and how to do it", 1990.

Decisions:
- The states are computed again on the way forward and kept: the way back needs all of them, h_0 too.
- The derivative of tanh is taken from its value, 1 - h², as there is no need of the sum itself.
- What goes back before the first step is the gradient of h_0.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def rnn_backward(
    x: Array, w_ih: Array, w_hh: Array, b_ih: Array, b_hh: Array, h0: Array, d_outputs: Array, d_h_n: Array
) -> tuple[Array, Array, Array, Array, Array, Array]:
    """Gradients of a loss for all that a recurrent network is given, from those for what it returns.

    Args:
        x: inputs [B, T, I].
        w_ih: weights from the input [H, I].
        w_hh: weights from the hidden state [H, H].
        b_ih: bias [H].
        b_hh: a second bias, added to the first [H].
        h0: hidden state to begin with [B, H].
        d_outputs: gradient of the loss for the state after each step [B, T, H].
        d_h_n: gradient of the loss for the state after the last step, where it is used by itself [B, H].

    Returns:
        The gradients for x, w_ih, w_hh, b_ih, b_hh and h0, each of the shape of its argument.
    """
    states = [h0]
    for t in range(x.shape[1]):
        h_BH = np.tanh(x[:, t] @ w_ih.T + b_ih + states[t] @ w_hh.T + b_hh)
        states.append(h_BH)

    d_x_BTI = np.zeros_like(x)
    d_w_ih_HI = np.zeros_like(w_ih)
    d_w_hh_HH = np.zeros_like(w_hh)
    d_b_H = np.zeros_like(b_ih)
    d_h_BH = d_h_n
    for t in reversed(range(x.shape[1])):
        d_h_BH = d_h_BH + d_outputs[:, t]
        d_sum_BH = d_h_BH * (1 - states[t + 1] ** 2)
        d_x_BTI[:, t] = d_sum_BH @ w_ih
        d_w_ih_HI += d_sum_BH.T @ x[:, t]
        d_w_hh_HH += d_sum_BH.T @ states[t]
        d_b_H += d_sum_BH.sum(axis=0)
        d_h_BH = d_sum_BH @ w_hh
    return d_x_BTI, d_w_ih_HI, d_w_hh_HH, d_b_H, d_b_H, d_h_BH
