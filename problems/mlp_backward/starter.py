"""Loss and gradients of a two-layer network, by hand."""

import numpy as np


def mlp_backward(
    x: np.ndarray, targets: np.ndarray, w1: np.ndarray, b1: np.ndarray, w2: np.ndarray, b2: np.ndarray
) -> tuple[np.floating, tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
    """x [B, I], targets [B] to the mean loss and the gradients for x, w1 [I, H], b1 [H], w2 [H, O] and b2 [O]."""
    raise NotImplementedError
