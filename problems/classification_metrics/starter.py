import numpy as np


def confusion_matrix(targets: np.ndarray, predictions: np.ndarray, num_classes: int) -> np.ndarray:
    """int64 [C, C]: how many items of each class (row) were predicted as each class (column)."""
    raise NotImplementedError


def precision_recall_f1(
    targets: np.ndarray, predictions: np.ndarray, num_classes: int, average: str | None = None
) -> tuple:
    """(precision, recall, f1): float64 [C] each, or a number each with average "macro" or "micro"."""
    raise NotImplementedError


def roc_auc(targets: np.ndarray, scores: np.ndarray) -> float:
    """The area under the ROC curve for targets of 0 and 1."""
    raise NotImplementedError
