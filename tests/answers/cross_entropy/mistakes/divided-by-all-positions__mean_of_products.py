"""Zeros at the ignored positions, then mean.

Lines: 16
"""


def cross_entropy(logits, targets, ignore_index=-100, label_smoothing=0.0):
    if not 0 <= label_smoothing <= 1:
        raise ValueError
    valid = targets != ignore_index
    safe = targets.masked_fill(~valid, 0)
    if ((safe < 0) | (safe >= logits.shape[-1])).any():
        raise ValueError
    logp = logits.log_softmax(-1)
    loss = -(1 - label_smoothing) * logp.gather(-1, safe[..., None])[..., 0] - label_smoothing * logp.mean(-1)
    return (loss * valid).mean()
