"""Beam search over a model that is given as a function, in plain Python."""


def beam_search(log_probs, beam_width: int, max_length: int, eos, length_penalty: float = 0.0):
    """log_probs(tokens) is a list of V floats; the result is a list of (tokens, score), the best first."""
    raise NotImplementedError
