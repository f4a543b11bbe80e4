"""A loop over the sorted tokens ends when its number, which starts at 0, is above top_k.

Lines: 15
"""

import torch


def kept(row, top_k, top_p):
    """The tokens of one row that stay."""
    tokens = sorted(range(len(row)), key=row.__getitem__, reverse=True)
    if top_k is not None:
        first = []
        for number, token in enumerate(tokens):
            if number > top_k:
                break
            first.append(token)
        tokens = first
    if top_p is not None:
        probs = torch.tensor([row[token] for token in tokens], dtype=torch.float64).softmax(0).tolist()
        held, nucleus = 0.0, []
        for token, prob in zip(tokens, probs):
            nucleus.append(token)
            held += prob
            if held >= top_p:
                break
        tokens = nucleus
    return tokens


def filter_logits(logits, top_k=None, top_p=None):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k should not be below 1")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p should be above 0 and up to 1")
    V = logits.shape[-1]
    flat = logits.reshape(-1, V)
    removed = torch.ones(flat.shape, dtype=torch.bool)
    for number, row in enumerate(flat.tolist()):
        removed[number, kept(row, top_k, top_p)] = False
    return logits.masked_fill(removed.reshape(logits.shape), -torch.inf)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    if temperature < 0:
        raise ValueError("temperature should not be below 0")
    if temperature == 0:
        filter_logits(logits[:1], top_k, top_p)
        return logits.argmax(dim=-1)
    rows, which = torch.unique(logits / temperature, dim=0, return_inverse=True)
    probs = filter_logits(rows, top_k, top_p).softmax(dim=-1)[which]
    return torch.multinomial(probs, 1, generator=generator).squeeze(-1)
