"""The correction folded into the step size and eps, as the paper's last remark on efficiency has it; state as attributes of lists."""

import math
from collections import defaultdict

import torch


def checked(group):
    for key in ("lr", "eps", "weight_decay"):
        if group[key] < 0.0:
            raise ValueError(f"{key} is negative")
    for beta in group["betas"]:
        if not 0.0 <= beta < 1.0:
            raise ValueError("a beta is outside [0, 1)")
    return group


class AdamW:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        params = list(params)
        if isinstance(params[0], torch.Tensor):
            params = [{"params": params}]
        base = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        self.groups = [checked({**base, **group, "params": tuple(group["params"])}) for group in params]
        self.state = defaultdict(dict)

    @torch.no_grad()
    def step(self):
        for group in self.groups:
            b1, b2 = group["betas"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                s = self.state[p]
                if not s:
                    s.update(t=0, m=torch.zeros_like(p), v=torch.zeros_like(p))
                s["t"] += 1
                s["m"].mul_(b1).add_(p.grad, alpha=1 - b1)
                s["v"].mul_(b2).addcmul_(p.grad, p.grad, value=1 - b2)
                root = math.sqrt(1 - b2 ** s["t"])
                size = group["lr"] * root / (1 - b1 ** s["t"])
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.addcdiv_(s["m"], s["v"].sqrt().add_(group["eps"] * root), value=-size)

    def zero_grad(self):
        for p in (p for group in self.groups for p in group["params"]):
            p.grad = None
