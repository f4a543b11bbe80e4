"""Nodes with a pointer to the one before, spelled out when they are asked for; ends early where nothing live can win."""

import math


def beam_search(log_probs, beam_width, max_length, eos, length_penalty=0.0):
    if beam_width <= 0 or max_length <= 0:
        raise ValueError("both must be at least 1")

    def spell(node):
        tokens = []
        while node is not None:
            node, token = node
            tokens.append(token)
        return tokens[::-1]

    beam, ended = [(0.0, None, [])], []
    for step in range(1, max_length + 1):
        rows = [log_probs(tokens) for _, _, tokens in beam]
        scored = []
        for (total, node, _), row in zip(beam, rows, strict=True):
            for token, value in enumerate(row):
                scored.append((math.fsum((total, value)), (node, token)))
        ended += [(total, spell(node)) for total, node in scored if node[1] == eos]
        going = [(total, node, spell(node)) for total, node in scored if node[1] != eos]
        going.sort(key=lambda entry: entry[2])
        going.sort(key=lambda entry: entry[0], reverse=True)
        beam = going[:beam_width]
        if length_penalty == 0 and beam:
            better = [total for total, _ in ended if total > beam[0][0]]
            if len(better) >= beam_width and step < max_length:
                break
    every = [(total / len(tokens) ** length_penalty, tokens) for total, tokens in ended]
    every += [(total / len(tokens) ** length_penalty, tokens) for total, _, tokens in beam]
    every.sort(key=lambda entry: (-entry[0], entry[1]))
    return [(tokens, score) for score, tokens in every[:beam_width]]
