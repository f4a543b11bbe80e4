"""Compiled by TorchScript, with the input's share computed before the loop."""

from typing import Tuple  # noqa: UP035

import torch
from torch import Tensor


@torch.jit.script
def _run(inputs: Tensor, h: Tensor, c: Tensor, w_hh: Tensor) -> Tuple[Tensor, Tensor, Tensor]:  # noqa: UP006
    hidden = h.size(1)
    outputs: list[Tensor] = []
    for t in range(inputs.size(0)):
        gates = inputs[t] + torch.mm(h, w_hh.t())
        sig = torch.sigmoid(gates)
        c = sig[:, hidden : 2 * hidden] * c + sig[:, :hidden] * torch.tanh(gates[:, 2 * hidden : 3 * hidden])
        h = sig[:, 3 * hidden :] * torch.tanh(c)
        outputs.append(h)
    return torch.stack(outputs, 1), h, c


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    inputs = torch.einsum("bti,gi->tbg", x, w_ih) + (b_ih + b_hh)
    outputs, h, c = _run(inputs, h0, c0, w_hh)
    return outputs, (h, c)
