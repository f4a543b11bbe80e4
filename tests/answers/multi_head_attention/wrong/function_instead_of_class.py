"""A function stands where a class should.

Verdict: load_error|runtime_error|wrong_shape|wrong_answer
"""

from torch import nn


def MultiHeadAttention(d_model, num_heads):
    raise ValueError("write me")


layer = nn.Linear
