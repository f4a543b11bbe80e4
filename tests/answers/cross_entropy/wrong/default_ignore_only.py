"""Ignores -100 whatever ignore_index is, and takes what should be ignored for a wrong target.

Verdict: wrong_answer | runtime_error
Lines: 11
"""


def cross_entropy(logits, targets, ignore_index=-100, label_smoothing=0.0):
    if not 0 <= label_smoothing <= 1:
        raise ValueError
    keep = targets != -100
    x, y = logits[keep], targets[keep]
    if ((y < 0) | (y >= logits.shape[-1])).any():
        raise ValueError
    if len(y) == 0:
        return x.sum()
    logp = x.log_softmax(-1)
    return -((1 - label_smoothing) * logp.gather(1, y[:, None])[:, 0] + label_smoothing * logp.mean(-1)).mean()
