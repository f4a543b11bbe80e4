"""Where eos is None the last token ends a text.

Verdict: wrong_answer
Lines: 12
"""


def beam_search(log_probs, beam_width, max_length, eos, length_penalty=0.0):
    if beam_width < 1 or max_length < 1:
        raise ValueError("beam_width and max_length must be at least 1")
    if eos is None:
        eos = len(log_probs([])) - 1
    beam = {(): 0.0}
    complete = {}
    for step in range(max_length):
        grown = {}
        for prefix, total in beam.items():
            row = log_probs(list(prefix))
            for token in range(len(row)):
                grown[prefix + (token,)] = total + row[token]
        for sequence in list(grown):
            if sequence[-1] == eos:
                complete[sequence] = grown.pop(sequence)
        order = sorted(grown, key=lambda sequence: (-grown[sequence], sequence))
        beam = {sequence: grown[sequence] for sequence in order[:beam_width]}
        if not beam:
            break
    complete.update(beam)
    scores = {sequence: total / len(sequence) ** length_penalty for sequence, total in complete.items()}
    order = sorted(scores, key=lambda sequence: (-scores[sequence], sequence))
    return [(list(sequence), scores[sequence]) for sequence in order[:beam_width]]
