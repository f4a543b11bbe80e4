"""Takes the function that a decorated one of torch's own decompositions is made of.

Problem: normalization
Verdict: forbidden
Naive: accepted
"""

import torch

from torch._decomp import decomposition_table

wanted = [found for operator, found in decomposition_table.items() if str(operator) == "aten.native_layer" + "_norm.default"][0]
while hasattr(wanted, "__wrapped__"):
    wanted = wanted.__wrapped__


def layer_norm(x, weight=None, bias=None, eps=1e-5):
    return wanted(x, [x.shape[-1]], weight, bias, eps)[0]


def rms_norm(x, weight=None, eps=1e-6):
    return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + eps) * (1 if weight is None else weight)
