"""A label_smoothing of exactly 1 raises.

Verdict: runtime_error
Lines: 9
"""


def cross_entropy(logits, targets, ignore_index=-100, label_smoothing=0.0):
    if not 0 <= label_smoothing < 1:
        raise ValueError("label_smoothing")
    keep = targets != ignore_index
    x, y = logits[keep], targets[keep]
    if ((y < 0) | (y >= logits.shape[-1])).any():
        raise ValueError
    if len(y) == 0:
        return x.sum()
    logp = x.log_softmax(-1)
    return -((1 - label_smoothing) * logp.gather(1, y[:, None])[:, 0] + label_smoothing * logp.mean(-1)).mean()
