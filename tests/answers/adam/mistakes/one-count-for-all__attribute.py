"""A count on the object.

Lines: 27, 36
"""

import torch


class AdamW:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        params = list(params)
        if not isinstance(params[0], dict):
            params = [{"params": params}]
        self.groups = []
        for group in params:
            full = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, **group}
            full["params"] = list(group["params"])
            if min(full["lr"], full["eps"], full["weight_decay"], *full["betas"]) < 0 or max(full["betas"]) >= 1:
                raise ValueError("an option is out of range")
            self.groups.append(full)
        self.state = {}

    t = 0

    @torch.no_grad()
    def step(self):
        self.t += 1
        for group in self.groups:
            (b1, b2), lr = group["betas"], group["lr"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                m, v = self.state.setdefault(p, [torch.zeros_like(p), torch.zeros_like(p)])
                m.copy_(b1 * m + (1 - b1) * p.grad)
                v.copy_(b2 * v + (1 - b2) * p.grad * p.grad)
                step = (m / (1 - b1**self.t)) / ((v / (1 - b2**self.t)).sqrt() + group["eps"])
                p.copy_(p - lr * group["weight_decay"] * p - lr * step)

    def zero_grad(self):
        for group in self.groups:
            for p in group["params"]:
                p.grad = None
