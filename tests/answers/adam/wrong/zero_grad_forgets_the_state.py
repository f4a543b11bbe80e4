"""zero_grad begins anew: t, m and v are set back to 0.

Verdict: wrong_answer
Lines: 52, 53, 54
"""

import torch


class AdamW:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        def checked(lr, betas, eps, weight_decay):
            wrong = lr < 0 or eps < 0 or weight_decay < 0
            wrong = wrong or any(b < 0 or b >= 1 for b in betas)
            if wrong:
                raise ValueError("options")
            return lr, tuple(betas), eps, weight_decay

        checked(lr, betas, eps, weight_decay)
        self.p, self.o = [], []
        for g in params:
            if torch.is_tensor(g):
                self.p.append(g)
                self.o.append((lr, betas, eps, weight_decay))
            else:
                o = checked(
                    g.get("lr", lr), g.get("betas", betas), g.get("eps", eps), g.get("weight_decay", weight_decay)
                )
                for p in g["params"]:
                    self.p.append(p)
                    self.o.append(o)
        self.m = [torch.zeros_like(p.data) for p in self.p]
        self.v = [torch.zeros_like(p.data) for p in self.p]
        self.t = [0] * len(self.p)

    def step(self):
        for i, p in enumerate(self.p):
            if p.grad is None:
                continue
            lr, (b1, b2), eps, wd = self.o[i]
            self.t[i] += 1
            self.m[i].lerp_(p.grad, 1 - b1)
            self.v[i].lerp_(p.grad.square(), 1 - b2)
            m = self.m[i] / (1 - b1 ** self.t[i])
            v = self.v[i] / (1 - b2 ** self.t[i])
            p.data.copy_(p.data - lr * (m / (v.sqrt() + eps) + wd * p.data))
        return "done"

    def zero_grad(self):
        for p in self.p:
            p.grad = None
        self.m = [torch.zeros_like(p.data) for p in self.p]
        self.v = [torch.zeros_like(p.data) for p in self.p]
        self.t = [0] * len(self.p)
