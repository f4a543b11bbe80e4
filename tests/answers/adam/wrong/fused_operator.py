"""The operator behind the library's class; groups of parameters, which are dicts, it does not take.

Verdict: forbidden | runtime_error
"""

import torch


class AdamW:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        self.params = list(params)
        self.options = {"lr": lr, "beta1": betas[0], "beta2": betas[1], "eps": eps, "weight_decay": weight_decay}
        self.m = [torch.zeros_like(p) for p in self.params]
        self.v = [torch.zeros_like(p) for p in self.params]
        self.t = [torch.zeros(()) for _ in self.params]

    @torch.no_grad()
    def step(self):
        for t in self.t:
            t += 1
        grads = [p.grad for p in self.params]
        operator = getattr(torch.ops.aten, "_fused_" + "adamw_")
        operator(self.params, grads, self.m, self.v, [], self.t, amsgrad=False, maximize=False, **self.options)

    def zero_grad(self):
        for p in self.params:
            p.grad = None
