"""Looks at the arguments only: a group may say what it likes.

Verdict: wrong_answer
"""

import torch


class AdamW:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        if lr < 0 or eps < 0 or weight_decay < 0 or not all(0 <= beta < 1 for beta in betas):
            raise ValueError("an option is out of range")
        params = list(params)
        groups = params if isinstance(params[0], dict) else [{"params": params}]
        defaults = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        self.pairs = [(p, {**defaults, **group}) for group in groups for p in group["params"]]
        self.state = {}

    @torch.no_grad()
    def step(self):
        for p, o in self.pairs:
            if p.grad is None:
                continue
            b1, b2 = o["betas"]
            t, m, v = self.state.get(p, (0, 0.0, 0.0))
            t, m, v = t + 1, b1 * m + (1 - b1) * p.grad, b2 * v + (1 - b2) * p.grad**2
            self.state[p] = t, m, v
            p.mul_(1 - o["lr"] * o["weight_decay"])
            p.sub_(o["lr"] * (m / (1 - b1**t)) / ((v / (1 - b2**t)).sqrt() + o["eps"]))

    def zero_grad(self):
        for p, _ in self.pairs:
            p.grad = None
