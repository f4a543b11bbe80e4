"""Computes in float32 and casts back.

Verdict: wrong_answer
Lines: 12
"""


def cross_entropy(logits, targets, ignore_index=-100, label_smoothing=0.0):
    if not 0 <= label_smoothing <= 1:
        raise ValueError
    keep = targets != ignore_index
    x, y = logits[keep].float(), targets[keep]
    if ((y < 0) | (y >= logits.shape[-1])).any():
        raise ValueError
    if len(y) == 0:
        return x.sum().to(logits.dtype)
    logp = x.log_softmax(-1)
    loss = -((1 - label_smoothing) * logp.gather(1, y[:, None])[:, 0] + label_smoothing * logp.mean(-1))
    return loss.mean().to(logits.dtype)
