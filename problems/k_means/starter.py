import numpy as np


def assign(x: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """The nearest of the centres [K, D] for each point of x [N, D]: int64 [N]."""
    raise NotImplementedError


def update(x: np.ndarray, labels: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """The mean of the points with each label [K, D]; a centre without points stays."""
    raise NotImplementedError


def fit(x: np.ndarray, centres: np.ndarray, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """(centres, labels) after so many steps of Lloyd's algorithm."""
    raise NotImplementedError
