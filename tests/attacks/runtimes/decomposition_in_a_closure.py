"""Takes the function that a decorated one keeps in its closure.

Problem: normalization
Verdict: forbidden
Naive: accepted
"""

import torch

import torch._refs
import types


def inside(function):
    yield function
    for cell in function.__closure__ or ():
        if isinstance(cell.cell_contents, types.FunctionType) and "norm" in cell.cell_contents.__name__:
            yield from inside(cell.cell_contents)


wanted = list(inside(vars(torch._refs)["native_layer" + "_norm"]))[-1]


def layer_norm(x, weight=None, bias=None, eps=1e-5):
    return wanted(x, [x.shape[-1]], weight, bias, eps)[0]


def rms_norm(x, weight=None, eps=1e-6):
    return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + eps) * (1 if weight is None else weight)
