"""The operator by its name as a string, from the dispatcher.

Verdict: forbidden
"""

import torch

kernel = torch._C._jit_get_operation("aten::" + "lstm")[0]


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    outputs, h, c = kernel(x, (h0[None], c0[None]), [w_ih, w_hh, b_ih, b_hh], True, 1, 0.0, False, False, True)
    return outputs, (h[0], c[0])
