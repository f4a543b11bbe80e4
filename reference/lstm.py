"""One layer of LSTM over a batch of sequences.

    i = σ(W_ii x + b_ii + W_hi h + b_hi)        input gate: what is written
    f = σ(W_if x + b_if + W_hf h + b_hf)        forget gate: what stays
    g = tanh(W_ig x + b_ig + W_hg h + b_hg)     what would be written
    o = σ(W_io x + b_io + W_ho h + b_ho)        output gate: what is shown
    c' = f c + i g
    h' = o tanh(c')

Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997; the forget gate is from Gers, Schmidhuber and Cummins,
"Learning to Forget", 2000. The gates stand below each other in the weights in the order of `torch.nn.LSTM`: i, f, g, o.

Decisions:
- What the inputs contribute does not depend on the state: it is computed for all steps in one product.
- Steps are taken apart by unbind. Indexing step t inside the loop is right too, but each index's backward pass
  fills a gradient of all T steps, which makes the whole quadratic in T.
- `torch.sigmoid` and `torch.tanh` saturate without overflow. 1 / (1 + exp(-z)) gives the right value as well, but its
  gradient is 0 · inf where exp overflows.
"""

from __future__ import annotations

import torch
from torch import Tensor


def lstm(
    x: Tensor, h0: Tensor, c0: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """Run the cell over every step, from the state (h0, c0).

    Args:
        x: inputs [B, T, I].
        h0: hidden state to begin with [B, H].
        c0: cell state to begin with [B, H].
        w_ih: weights from the input [4H, I].
        w_hh: weights from the hidden state [4H, H].
        b_ih: bias [4H].
        b_hh: a second bias, added to the first [4H].

    Returns:
        The hidden state after each step [B, T, H], and (h_n, c_n), both states after the last [B, H].
    """
    h_BH = h0
    c_BH = c0
    inputs_BTG = x @ w_ih.T + b_ih + b_hh
    outputs: list[Tensor] = []
    for input_BG in inputs_BTG.unbind(dim=1):
        gates_BG = input_BG + h_BH @ w_hh.T
        i_BH, f_BH, g_BH, o_BH = gates_BG.chunk(4, dim=1)
        i_BH = torch.sigmoid(i_BH)
        f_BH = torch.sigmoid(f_BH)
        g_BH = torch.tanh(g_BH)
        o_BH = torch.sigmoid(o_BH)
        c_BH = f_BH * c_BH + i_BH * g_BH
        h_BH = o_BH * torch.tanh(c_BH)
        outputs.append(h_BH)
    outputs_BTH = torch.stack(outputs, dim=1)
    return outputs_BTH, (h_BH, c_BH)
