"""Backpropagation through time for a simple recurrent network."""

import numpy as np


def rnn_backward(
    x: np.ndarray,
    w_ih: np.ndarray,
    w_hh: np.ndarray,
    b_ih: np.ndarray,
    b_hh: np.ndarray,
    h0: np.ndarray,
    d_outputs: np.ndarray,
    d_h_n: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """From d_outputs [B, T, H] and d_h_n [B, H] to d_x, d_w_ih, d_w_hh, d_b_ih, d_b_hh and d_h0."""
    raise NotImplementedError
