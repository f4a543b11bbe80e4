"""What people begin with: the signature, and what goes in and comes out. It must fail."""

import torch


def __NAME__(x: torch.Tensor, temperature: float = 1.0) -> torch.Tensor:
    """Scores x [B, N] to probabilities [B, N]."""
    raise NotImplementedError
