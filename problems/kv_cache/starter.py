from torch import Tensor, nn


class CachedSelfAttention(nn.Module):
    """Causal self-attention that continues from a cache, with biased projections q_proj, k_proj, v_proj and o_proj."""

    def __init__(self, d_model: int, num_heads: int) -> None:
        super().__init__()
        raise NotImplementedError("Write the constructor of CachedSelfAttention.")

    def forward(self, x: Tensor, cache: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Attend from the chunk x [B, T, D] to the cached positions and to the chunk up to each token.

        cache is None or (k, v), each [B, H, S, Dh]. Returns (out [B, T, D], (k, v)) with k, v [B, H, S+T, Dh].
        """
        raise NotImplementedError("Write forward of CachedSelfAttention.")
