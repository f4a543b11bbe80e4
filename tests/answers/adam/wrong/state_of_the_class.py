"""The state is a dict of the class: a new optimiser goes on where an old one over the same parameters stopped.

Verdict: wrong_answer
Lines: 11, 28
"""

import torch


class AdamW:
    state = {}

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        params = list(params)
        groups = params if isinstance(params[0], dict) else [{"params": params}]
        defaults = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        self.pairs = [(p, {**defaults, **group}) for group in groups for p in group["params"]]
        for _, o in self.pairs:
            if min(o["lr"], o["eps"], o["weight_decay"], *o["betas"]) < 0 or max(o["betas"]) >= 1:
                raise ValueError("an option is out of range")

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
