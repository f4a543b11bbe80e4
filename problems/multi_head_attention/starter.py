from torch import Tensor, nn


class MultiHeadAttention(nn.Module):
    """Multi-head attention with biased projections q_proj, k_proj, v_proj and o_proj."""

    def __init__(self, d_model: int, num_heads: int) -> None:
        super().__init__()
        raise NotImplementedError("Write the constructor of MultiHeadAttention.")

    def forward(self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
        """Attend from query [B, Tq, D] to key and value [B, Tk, D].

        mask is boolean, True where a query may attend: [Tq, Tk], or 4 dimensions that broadcast to [B, H, Tq, Tk].
        Returns [B, Tq, D].
        """
        raise NotImplementedError("Write forward of MultiHeadAttention.")
