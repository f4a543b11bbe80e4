"""Two buffers and addcdiv.

Lines: 34
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

    @torch.no_grad()
    def step(self):
        for group in self.groups:
            b1, b2 = group["betas"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                m, v = self.state.setdefault(p, (torch.zeros_like(p), torch.zeros_like(p)))
                m.mul_(b1).add_(p.grad, alpha=1 - b1)
                v.mul_(b2).addcmul_(p.grad, p.grad, value=1 - b2)
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.addcdiv_(m, v.sqrt().add_(group["eps"]), value=-group["lr"])

    def zero_grad(self):
        for group in self.groups:
            for p in group["params"]:
                p.grad = None
