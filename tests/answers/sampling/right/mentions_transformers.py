"""What TopKLogitsWarper and TopPLogitsWarper of transformers do, written out.

from transformers import TopKLogitsWarper would be the short way.
"""

import torch

# import transformers  <- not allowed here
REPLACES = "transformers.generation.logits_process.TopPLogitsWarper"


class TopKLogitsWarper:
    def __init__(self, top_k):
        if top_k < 1:
            raise ValueError("top_k")
        self.top_k = top_k

    def __call__(self, scores):
        k = min(self.top_k, scores.size(-1))
        return scores.masked_fill(scores < torch.topk(scores, k)[0][..., -1:], -float("inf"))


class TopPLogitsWarper:
    """Sums from the least likely token up, and removes while the sum is at most 1 - top_p."""

    def __init__(self, top_p):
        if not 0 < top_p <= 1:
            raise ValueError("top_p")
        self.top_p = top_p

    def __call__(self, scores):
        ascending, index = torch.sort(scores, descending=False)
        remove = ascending.double().softmax(dim=-1).cumsum(dim=-1) <= (1 - self.top_p)
        remove[..., -1:] = False
        return scores.masked_fill(remove.scatter(-1, index, remove), -float("inf"))


def warpers(top_k, top_p):
    made = []
    if top_k is not None:
        made.append(TopKLogitsWarper(top_k))
    if top_p is not None:
        made.append(TopPLogitsWarper(top_p))
    return made


def filter_logits(logits, top_k=None, top_p=None):
    for warper in warpers(top_k, top_p):
        logits = warper(logits)
    return logits


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    steps = warpers(top_k, top_p)
    if temperature < 0:
        raise ValueError("temperature")
    if temperature == 0:
        return torch.argmax(logits, dim=-1)
    scores = logits / temperature
    for step in steps:
        scores = step(scores)
    return torch.multinomial(torch.softmax(scores, dim=-1), 1, generator=generator).squeeze(1)


if __name__ == "__main__":
    import transformers

    print(transformers.TopKLogitsWarper(3)(None, torch.randn(2, 5)))
