import numpy as np


def precision_at_k(ranked: np.ndarray, relevant: np.ndarray, k: int) -> float:
    """Share of the first k places that hold a relevant item."""
    raise NotImplementedError


def recall_at_k(ranked: np.ndarray, relevant: np.ndarray, k: int) -> float:
    """Share of the relevant items that stand in the first k places."""
    raise NotImplementedError


def ndcg_at_k(ranked: np.ndarray, relevant: np.ndarray, gains: np.ndarray, k: int) -> float:
    """Discounted gain of the first k places, by that of the best ranking."""
    raise NotImplementedError


def hit_rate(rankings: list[np.ndarray], relevants: list[np.ndarray], k: int) -> float:
    """Share of the queries that have a relevant item in the first k places."""
    raise NotImplementedError


def mrr(rankings: list[np.ndarray], relevants: list[np.ndarray]) -> float:
    """Mean over the queries of 1 / rank of the first relevant item."""
    raise NotImplementedError
