import torch


def filter_logits(logits, top_k=None, top_p=None):
    if top_k is not None and top_k < 1:
        raise ValueError
    if top_p is not None and (top_p <= 0 or top_p > 1):
        raise ValueError
    if top_k is None and top_p is None:
        return logits
    V = logits.size(-1)
    values, index = torch.topk(logits, min(top_k or V, V), dim=-1)
    if top_p is not None:
        sums = torch.cumsum(torch.softmax(values, -1, dtype=torch.float64), -1)
        late = torch.zeros_like(sums, dtype=torch.bool)
        late[..., 1:] = sums[..., :-1] >= top_p
        values = values.masked_fill(late, -float("inf"))
    result = torch.full(logits.shape, -float("inf"), dtype=logits.dtype)
    return result.scatter_(-1, index, values)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    if temperature < 0:
        raise ValueError
    greedy = temperature == 0
    filtered = filter_logits(logits if greedy else logits / temperature, top_k, top_p)
    tokens = torch.empty(logits.size(0), dtype=torch.long)
    for b in range(logits.size(0)):
        if greedy:
            tokens[b] = filtered[b].argmax()
        else:
            tokens[b] = torch.multinomial(filtered[b].softmax(0), 1, generator=generator)
    return tokens
