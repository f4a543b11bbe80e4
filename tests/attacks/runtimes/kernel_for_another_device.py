"""Calls the kernel that an operator has for a device that is not there.

Problem: normalization
Verdict: forbidden
Naive: accepted
"""

import torch

def layer_norm(x, weight=None, bias=None, eps=1e-5):
    operator = getattr(torch.ops.aten, "native_layer" + "_norm").default
    keys = vars(torch)["_" + "C"].DispatchKeySet(vars(torch)["_" + "C"].DispatchKey.NestedTensorHPU)
    rows = torch.nested.nested_tensor([x.reshape(-1, x.shape[-1])])
    return operator.redispatch(keys, rows, [x.shape[-1]], weight, bias, eps)[0].unbind()[0].reshape(x.shape)


def rms_norm(x, weight=None, eps=1e-6):
    return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + eps) * (1 if weight is None else weight)
