"""Has torch freeze and rewrite a module whose text it hides.

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
kept = []


def layer_norm(x, weight=None, bias=None, eps=1e-5):
    if not kept:
        kept.append(torch.jit.optimize_for_inference(scripted.eval()))
    return kept[0](x, weight, bias, eps)


def rms_norm(x, weight=None, eps=1e-6):
    return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + eps) * (1 if weight is None else weight)
