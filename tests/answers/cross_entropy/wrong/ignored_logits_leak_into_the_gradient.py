"""The smoothed part is taken over all positions, ignored ones too.

Verdict: wrong_answer
Lines: 19
"""


def cross_entropy(logits, targets, ignore_index=-100, label_smoothing=0.0):
    if not 0 <= label_smoothing <= 1:
        raise ValueError
    valid = targets != ignore_index
    safe = targets.masked_fill(~valid, 0)
    if ((safe < 0) | (safe >= logits.shape[-1])).any():
        raise ValueError
    logp = logits.log_softmax(-1)
    hard = -(logp.gather(-1, safe[..., None])[..., 0] * valid).sum() / valid.sum().clamp(min=1)
    if not valid.any():
        return hard
    return (1 - label_smoothing) * hard - label_smoothing * logp.mean()
