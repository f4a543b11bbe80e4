"""Scores are rounded to six digits before they are ranked.

Verdict: wrong_answer
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

Hypothesis = tuple[list[int], float]


def beam_search(
    log_probs: Callable[[Sequence[int]], list[float]],
    beam_width: int,
    max_length: int,
    eos: int | None,
    length_penalty: float = 0.0,
) -> list[Hypothesis]:
    """The best texts that a beam of this width finds.

    Args:
        log_probs: of each token to come next, after these.
        beam_width: how many beginnings are kept.
        max_length: of a text, in tokens.
        eos: the token that ends a text, or None.
        length_penalty: the power of the length by which a sum is divided.

    Returns:
        Tokens and score of the best hypotheses, the best first.

    Raises:
        ValueError: beam_width or max_length is below 1.
    """
    if beam_width < 1:
        raise ValueError(f"beam_width is {beam_width}; it must be at least 1")
    if max_length < 1:
        raise ValueError(f"max_length is {max_length}; it must be at least 1")
    live: list[Hypothesis] = [([], 0.0)]
    finished: list[Hypothesis] = []
    for _ in range(max_length):
        extended: list[Hypothesis] = []
        for tokens, total in live:
            for token, log_prob in enumerate(log_probs(tokens)):
                longer = ([*tokens, token], total + log_prob)
                (finished if token == eos else extended).append(longer)
        live = _best(extended, beam_width)
    scored = [(tokens, total / len(tokens) ** length_penalty) for tokens, total in finished + live]
    return _best(scored, beam_width)


def _best(hypotheses: list[Hypothesis], count: int) -> list[Hypothesis]:
    """Those with the largest numbers, the largest first; of equal ones the smaller tokens."""
    return sorted(hypotheses, key=lambda each: (-round(each[1], 6), each[0]))[:count]
