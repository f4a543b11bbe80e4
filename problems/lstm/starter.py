"""LSTM over a batch of sequences; the gates stand in the order i, f, g, o."""

import torch


def lstm(
    x: torch.Tensor,
    h0: torch.Tensor,
    c0: torch.Tensor,
    w_ih: torch.Tensor,
    w_hh: torch.Tensor,
    b_ih: torch.Tensor,
    b_hh: torch.Tensor,
) -> tuple[torch.Tensor, tuple[torch.Tensor, torch.Tensor]]:
    """x [B, T, I], h0 and c0 [B, H] to outputs [B, T, H] and (h_n, c_n), each [B, H]."""
    raise NotImplementedError
