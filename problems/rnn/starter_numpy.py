"""Simple recurrent network over a batch of sequences."""

import numpy as np


def rnn(
    x: np.ndarray,
    w_ih: np.ndarray,
    w_hh: np.ndarray,
    b_ih: np.ndarray,
    b_hh: np.ndarray,
    h0: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """x [B, T, I], h0 [B, H] or None to outputs [B, T, H] and h_n [B, H]."""
    raise NotImplementedError
