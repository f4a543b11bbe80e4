"""One layer of a simple recurrent network over a batch of sequences.

    h_t = tanh(W_ih x_t + b_ih + W_hh h_(t-1) + b_hh)

Elman, "Finding Structure in Time", 1990; weights, biases and their names as in `torch.nn.RNN`.

Decisions:
- What the inputs contribute does not depend on the state: it is computed for all steps in one product.
- Where no state is given, the zeros to begin with take dtype and device of x.
- Steps are taken apart by unbind. Indexing step t inside the loop is right too, but each index's backward pass
  fills a gradient of all T steps, which makes the whole quadratic in T.
"""

from __future__ import annotations

import torch
from torch import Tensor


def rnn(
    x: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor, b_hh: Tensor, h0: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Run the cell over every step, from the state h0.

    Args:
        x: inputs [B, T, I].
        w_ih: weights from the input [H, I].
        w_hh: weights from the hidden state [H, H].
        b_ih: bias [H].
        b_hh: a second bias, added to the first [H].
        h0: hidden state to begin with [B, H]; None: zeros.

    Returns:
        The hidden state after each step [B, T, H], and after the last one [B, H].
    """
    h_BH = x.new_zeros(len(x), len(w_hh)) if h0 is None else h0
    inputs_BTH = x @ w_ih.T + b_ih + b_hh
    outputs: list[Tensor] = []
    for input_BH in inputs_BTH.unbind(dim=1):
        h_BH = torch.tanh(input_BH + h_BH @ w_hh.T)
        outputs.append(h_BH)
    outputs_BTH = torch.stack(outputs, dim=1)
    return outputs_BTH, h_BH
