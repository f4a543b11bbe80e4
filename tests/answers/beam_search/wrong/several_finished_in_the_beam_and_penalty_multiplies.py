"""Extensions by eos take places in the beam, and the sum is multiplied by the power of the length.

Verdict: wrong_answer
Lines: 30, 35
Mistakes: 2
"""


def _extensions(live, log_probs):
    for total, tokens in live:
        for token, value in enumerate(log_probs(list(tokens))):
            yield total + value, tokens + [token]


def _ends(pair, eos):
    return eos is not None and pair[1][-1] == eos


def _by_rank(pair):
    return -pair[0], pair[1]


def beam_search(log_probs, beam_width, max_length, eos, length_penalty=0.0):
    if beam_width < 1 or max_length < 1:
        raise ValueError("beam_width and max_length must be at least 1")
    live, finished = [(0.0, [])], []
    for _ in range(max_length):
        if not live:
            break
        candidates = sorted(_extensions(live, log_probs), key=_by_rank)[:beam_width]
        finished += [c for c in candidates if _ends(c, eos)]
        live = [c for c in candidates if not _ends(c, eos)][:beam_width]
    scored = []
    for total, tokens in finished + live:
        scored.append((total * len(tokens) ** length_penalty, tokens))
    return [(tokens, score) for score, tokens in sorted(scored, key=_by_rank)[:beam_width]]
