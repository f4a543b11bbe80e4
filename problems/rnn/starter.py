"""Simple recurrent network over a batch of sequences."""

import torch


def rnn(
    x: torch.Tensor,
    w_ih: torch.Tensor,
    w_hh: torch.Tensor,
    b_ih: torch.Tensor,
    b_hh: torch.Tensor,
    h0: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """x [B, T, I], h0 [B, H] or None to outputs [B, T, H] and h_n [B, H]."""
    raise NotImplementedError
