from torch import Tensor, nn


class GroupedQueryAttention(nn.Module):
    """Self-attention in which query heads share heads of keys and values; q_proj, k_proj, v_proj and o_proj have biases."""

    def __init__(self, d_model: int, num_heads: int, num_kv_heads: int) -> None:
        super().__init__()
        raise NotImplementedError("Write the constructor of GroupedQueryAttention.")

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """Attend within x [B, T, D].

        mask is boolean, True where a query may attend: [T, T], or 4 dimensions that broadcast to [B, H, T, T].
        Returns [B, T, D].
        """
        raise NotImplementedError("Write forward of GroupedQueryAttention.")
