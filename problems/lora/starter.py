"""LoRA linear layer: a frozen linear layer plus a trainable update of low rank."""

from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, rank: int, alpha: float = 1.0, dropout: float = 0.0) -> None:
        super().__init__()

    def forward(self, x: Tensor) -> Tensor:
        """x [..., in] to [..., out]: base(x) + (alpha / rank) * dropout(x) Aᵀ Bᵀ."""
        raise NotImplementedError

    def merge(self) -> None:
        """Move the update into base.weight."""
        raise NotImplementedError

    def unmerge(self) -> None:
        """Take the update out of base.weight again."""
        raise NotImplementedError
