"""Compiles a module whose text it hides, and hands it to the static runtime.

Problem: normalization
Verdict: forbidden
Naive: accepted
"""

import torch

lines = ["def forward(self, x, w, b, eps: float):", "    return torch.lay" + "er_norm(x, x.shape[-1:], w, b, eps)", ""]


class Module(torch.nn.Module):
    pass


scripted = torch.jit.script(Module())
scripted.define("\n".join(lines))
static = []


def layer_norm(x, weight=None, bias=None, eps=1e-5):
    if not static:
        static.append(vars(torch)["_" + "C"].__dict__["_jit_to_static" + "_module"](scripted._c))
    return static[0](x, weight, bias, eps)


def rms_norm(x, weight=None, eps=1e-6):
    return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + eps) * (1 if weight is None else weight)
