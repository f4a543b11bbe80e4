"""What o_proj gives is kept under a name, and the tensor before it is returned.

Lines: 51
"""

import math

import torch
import torch.nn as nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("d_model must be a multiple of num_heads")
        self.num_heads = num_heads
        self.head_size = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, query, key, value, mask=None):
        batch_size = query.shape[0]
        query_len = query.shape[1]
        key_len = key.shape[1]

        projected_q = self.q_proj(query)
        projected_k = self.k_proj(key)
        projected_v = self.v_proj(value)

        heads_q = projected_q.view(batch_size, query_len, self.num_heads, self.head_size)
        heads_k = projected_k.view(batch_size, key_len, self.num_heads, self.head_size)
        heads_v = projected_v.view(batch_size, key_len, self.num_heads, self.head_size)

        heads_q = heads_q.transpose(1, 2)
        heads_k = heads_k.transpose(1, 2)
        heads_v = heads_v.transpose(1, 2)

        dot_products = torch.matmul(heads_q, heads_k.transpose(2, 3))
        scaled = dot_products / math.sqrt(self.head_size)
        if mask is not None:
            scaled = scaled.masked_fill(torch.logical_not(mask), float("-inf"))
        probabilities = torch.softmax(scaled, dim=-1)

        attended = torch.matmul(probabilities, heads_v)
        attended = attended.transpose(1, 2).contiguous()
        output = attended.view(batch_size, query_len, -1)
        projected_output = self.o_proj(output)  # noqa: F841
        return output
