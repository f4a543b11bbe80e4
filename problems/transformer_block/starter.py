from torch import Tensor, nn


class TransformerBlock(nn.Module):
    """A pre-norm decoder block: norm1, q_proj, k_proj, v_proj, o_proj, norm2, up_proj and down_proj."""

    def __init__(self, d_model: int, num_heads: int, d_ff: int) -> None:
        super().__init__()
        raise NotImplementedError("Write the constructor of TransformerBlock.")

    def forward(self, x: Tensor) -> Tensor:
        """x [B, T, D] to [B, T, D]."""
        raise NotImplementedError("Write forward of TransformerBlock.")
