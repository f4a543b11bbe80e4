"""The best are kept in a list of beam_width places, into which each candidate is inserted."""

from bisect import insort


def beam_search(log_probs, beam_width, max_length, eos, length_penalty=0.0):
    if beam_width < 1:
        raise ValueError("a beam has at least one place")
    if max_length < 1:
        raise ValueError("a text has at least one token")

    def keep(best, entry):
        insort(best, entry)
        if len(best) > beam_width:
            best.pop()

    ranking = []

    def rank(negative, tokens):
        keep(ranking, (negative / len(tokens) ** length_penalty, tokens))

    live = [(0.0, [])]
    for _ in range(max_length):
        following = []
        for negative, tokens in live:
            for token, value in enumerate(log_probs(tokens)):
                entry = negative - value, [*tokens, token]
                if token == eos:
                    rank(*entry)
                else:
                    keep(following, entry)
        live = following
    for entry in live:
        rank(*entry)
    return [(tokens, -score) for score, tokens in ranking]
