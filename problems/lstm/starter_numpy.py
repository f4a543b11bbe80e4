"""LSTM over a batch of sequences; the gates stand in the order i, f, g, o."""

import numpy as np


def lstm(
    x: np.ndarray,
    h0: np.ndarray,
    c0: np.ndarray,
    w_ih: np.ndarray,
    w_hh: np.ndarray,
    b_ih: np.ndarray,
    b_hh: np.ndarray,
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """x [B, T, I], h0 and c0 [B, H] to outputs [B, T, H] and (h_n, c_n), each [B, H]."""
    raise NotImplementedError
