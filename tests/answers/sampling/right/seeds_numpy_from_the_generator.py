"""One number from the generator seeds a second generator, which draws for all rows: two calls differ, states decide."""

import numpy as np
import torch


def filter_logits(logits, top_k=None, top_p=None):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p")
    if top_k is not None:
        kth = logits.topk(min(top_k, logits.size(-1))).values[..., -1:]
        logits = logits.masked_fill(logits < kth, -torch.inf)
    if top_p is not None:
        probs = logits.double().softmax(-1)
        falling = probs.sort(-1, descending=True).values
        short = falling.cumsum(-1) < top_p
        smallest = falling.gather(-1, short.sum(-1, keepdim=True).clamp(max=probs.size(-1) - 1))
        logits = logits.masked_fill(probs < smallest, -torch.inf)
    return logits


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    if temperature < 0:
        raise ValueError("temperature")
    if temperature == 0:
        filter_logits(logits, top_k, top_p)
        return logits.argmax(-1)
    cdf = filter_logits(logits.double() / temperature, top_k, top_p).softmax(-1).cumsum(-1)
    seed = torch.randint(2**62, (), generator=generator).item()
    uniform = torch.from_numpy(np.random.default_rng(seed).random((len(cdf), 1)))
    return torch.searchsorted(cdf / cdf[:, -1:], uniform, right=True).squeeze(-1)
