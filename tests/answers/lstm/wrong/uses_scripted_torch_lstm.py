"""torch.lstm inside of a scripted function.

Verdict: forbidden
"""

import torch
from torch import Tensor


@torch.jit.script
def run(x: Tensor, h: Tensor, c: Tensor, params: list[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
    return torch.lstm(x, (h, c), params, True, 1, 0.0, False, False, True)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    outputs, h, c = run(x, h0[None], c0[None], [w_ih, w_hh, b_ih, b_hh])
    return outputs, (h[0], c[0])
