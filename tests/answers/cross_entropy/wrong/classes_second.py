"""Takes the second dimension for the classes, as the library does.

Verdict: wrong_answer | runtime_error | wrong_shape
Lines: 11
"""


def cross_entropy(logits, targets, ignore_index=-100, label_smoothing=0.0):
    if not 0 <= label_smoothing <= 1:
        raise ValueError
    dim = 1 if logits.dim() > 1 else 0
    valid = targets != ignore_index
    safe = targets.masked_fill(~valid, 0)
    if ((safe < 0) | (safe >= logits.shape[dim])).any():
        raise ValueError
    logp = logits.log_softmax(dim)
    hard = -logp.gather(dim, safe.unsqueeze(dim)).squeeze(dim)
    loss = (1 - label_smoothing) * hard - label_smoothing * logp.mean(dim)
    return (loss * valid).sum() / valid.sum().clamp(min=1)
