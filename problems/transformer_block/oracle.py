"""The library's own encoder layer with a causal mask and its normalizations first: an answer by other means."""

import torch
from torch import nn


class TransformerBlock(nn.Module):
    """nn.TransformerEncoderLayer, called with the parameters of the block under its own names."""

    def __init__(self, d_model, num_heads, d_ff):
        super().__init__()
        if d_model % num_heads:
            raise ValueError("d_model must be a multiple of num_heads")
        self.sizes = (d_model, num_heads, d_ff)
        self.norm1, self.norm2 = nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = (nn.Linear(d_model, d_model) for _ in range(4))
        self.up_proj, self.down_proj = nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model)

    def forward(self, x):
        """Call the library's layer."""
        width, heads, inner = self.sizes
        layer = nn.TransformerEncoderLayer(
            width, heads, inner, dropout=0.0, activation="gelu", batch_first=True, norm_first=True, dtype=x.dtype
        )
        state = {}
        for part in ("weight", "bias"):
            three = [getattr(linear, part) for linear in (self.q_proj, self.k_proj, self.v_proj)]
            state[f"self_attn.in_proj_{part}"] = torch.cat(three)
            for name, own in (
                ("self_attn.out_proj", self.o_proj),
                ("linear1", self.up_proj),
                ("linear2", self.down_proj),
                ("norm1", self.norm1),
                ("norm2", self.norm2),
            ):
                state[f"{name}.{part}"] = getattr(own, part)
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1], dtype=x.dtype)
        return torch.func.functional_call(layer, state, (x,), {"src_mask": mask})
