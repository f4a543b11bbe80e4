"""Of equal scores the larger tokens come first, a max_length below 1 is not refused,
and one step too few is made.

Verdict: wrong_answer
Lines: 11, 17, 32
Mistakes: 3
"""


def beam_search(log_probs, beam_width, max_length, eos, length_penalty=0.0):
    if beam_width < 1:
        raise ValueError("beam search needs a width and a length of at least 1")

    done = []
    beam = [([], 0.0)]
    step = 0
    while beam and step < max_length - 1:
        step += 1
        grown = []
        for prefix, total in beam:
            scores = log_probs(prefix[:])
            for token in range(len(scores)):
                entry = (prefix + [token], total + scores[token])
                if token == eos:
                    done.append(entry)
                else:
                    grown.append(entry)
        grown.sort(key=lambda entry: (-entry[1], entry[0]))
        beam = grown[:beam_width]

    ranked = [(tokens, total / max(len(tokens), 1) ** length_penalty) for tokens, total in done + beam]
    ranked.sort(key=lambda entry: (entry[1], entry[0]), reverse=True)
    return ranked[:beam_width]
