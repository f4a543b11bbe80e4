"""Cross-entropy of a softmax, from logits, with ignored positions and label smoothing.

    q_v = (1 - ε) [v = y] + ε / V                       the target y, smoothed
    loss = -Σ_v q_v log softmax(x)_v
         = (1 - ε) (lse(x) - x_y) + ε (lse(x) - mean(x))        lse(x) = log Σ_v exp(x_v)

and the mean of that over the positions that count. Label smoothing is from Szegedy et al., "Rethinking the Inception
Architecture for Computer Vision", 2016, section 7; arguments and their meaning are those of
`torch.nn.functional.cross_entropy`, with the classes last.

Decisions:
- Positions that are ignored are left out before anything is computed: they add nothing to the sum, to the count and to
  the gradient, and their target is never looked up, since it need not be a class.
- Where nothing counts the sum is 0, and 0 / 1 is 0: a batch of padding is no reason for NaN in the weights.
- `logsumexp` takes the largest logit of a row off before it raises anything to a power. log(softmax(x)) is infinite
  where the probability of the target underflows.
"""

from __future__ import annotations

from torch import Tensor


def cross_entropy(logits: Tensor, targets: Tensor, ignore_index: int = -100, label_smoothing: float = 0.0) -> Tensor:
    """Mean loss of the targets [...] under softmax(logits) [..., V], over the positions that are not ignored.

    Raises:
        ValueError: label_smoothing outside [0, 1], or a target that is neither a class nor ignore_index.
    """
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"label_smoothing must be in [0, 1], not {label_smoothing}")
    counts = targets != ignore_index
    logits_NV = logits[counts]
    targets_N = targets[counts]
    if ((targets_N < 0) | (targets_N >= logits.shape[-1])).any():
        raise ValueError("a target is neither a class nor ignore_index")
    lse_N = logits_NV.logsumexp(dim=-1)
    hard_N = lse_N - logits_NV.gather(-1, targets_N.unsqueeze(-1)).squeeze(-1)
    even_N = lse_N - logits_NV.mean(dim=-1)
    loss_N = (1 - label_smoothing) * hard_N + label_smoothing * even_N
    return loss_N.sum() / counts.sum().clamp(min=1)
