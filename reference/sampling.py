"""Top-k and nucleus (top-p) sampling of the next token.

Top-k (Fan, Lewis and Dauphin 2018, "Hierarchical Neural Story Generation") keeps the k most likely tokens. The nucleus
(Holtzman et al. 2019, "The Curious Case of Neural Text Degeneration") is the smallest set of most likely tokens with

    sum of p(token) over the set >= top_p

where p is the distribution renormalised after top-k. With the tokens in descending order that is: a token stays while
the probability of the tokens before it is still below top_p. So the token that crosses the line stays, a set that
reaches it exactly is enough, and the first token always stays, since nothing stands before it.

Decided here: among equal logits at an edge the sort decides, so that exactly min(k, V) tokens stay; probabilities are
added up in float64, where the sum over a large vocabulary does not drift. The softmax takes the largest logit of a row
off before it raises anything to a power, so a small temperature makes large numbers and no infinite ones.
"""

import torch
from torch import Tensor
from torch.nn.functional import pad


def filter_logits(logits: Tensor, top_k: int | None = None, top_p: float | None = None) -> Tensor:
    """Set the logits [..., V] of all tokens that the filters remove to -inf and leave the others as they are.

    Raises:
        ValueError: top_k < 1, or top_p outside (0, 1].
    """
    check_filters(top_k, top_p)
    sorted_logits, order = logits.sort(descending=True)
    kept = torch.ones_like(order, dtype=torch.bool)
    if top_k is not None:
        kept[..., top_k:] = False
    if top_p is not None:
        candidates = sorted_logits.masked_fill(~kept, -torch.inf)
        probs = candidates.double().softmax(dim=-1)
        sums = probs.cumsum(dim=-1)
        sums_before = pad(sums[..., :-1], (1, 0))
        kept &= sums_before < top_p
    removed = torch.empty_like(kept).scatter(-1, order, ~kept)
    return logits.masked_fill(removed, -torch.inf)


def sample(
    logits: Tensor,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Draw one token id [B] a row from softmax(filter_logits(logits / temperature)); temperature 0 is argmax.

    Raises:
        ValueError: temperature < 0, top_k < 1, or top_p outside (0, 1].
    """
    check_filters(top_k, top_p)
    if not temperature >= 0:
        raise ValueError(f"temperature must be at least 0, not {temperature}")
    if temperature == 0:
        return logits.argmax(dim=-1)
    filtered_BV = filter_logits(logits / temperature, top_k, top_p)
    tokens = torch.multinomial(filtered_BV.softmax(dim=-1), num_samples=1, generator=generator)
    return tokens.squeeze(-1)


def check_filters(top_k: int | None, top_p: float | None) -> None:
    """Raise ValueError where a filter is given a value that it has no meaning for."""
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k must be at least 1, not {top_k}")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"top_p must be in (0, 1], not {top_p}")
