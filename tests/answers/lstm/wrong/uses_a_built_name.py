"""The name is built from characters.

Verdict: forbidden
"""

import torch

NAME = "".join(map(chr, (108, 115, 116, 109)))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    outputs, h, c = vars(torch)[NAME](x, (h0[None], c0[None]), [w_ih, w_hh, b_ih, b_hh], True, 1, 0.0, False, False, True)
    return outputs, (h[0], c[0])
