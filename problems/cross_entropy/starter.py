from torch import Tensor


def cross_entropy(logits: Tensor, targets: Tensor, ignore_index: int = -100, label_smoothing: float = 0.0) -> Tensor:
    """Mean cross-entropy of the targets [...] under the logits [..., V], over the positions that are not ignored."""
    raise NotImplementedError
