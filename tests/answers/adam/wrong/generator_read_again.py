"""Keeps the generator it was given: the second step finds nothing in it.

Verdict: wrong_answer
Lines: 12, 22
"""

import torch


class AdamW:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        self.params, self.state = params, {}
        self.defaults = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        options = [self.defaults]
        if isinstance(params, (list, tuple)) and isinstance(params[0], dict):
            options = [{**self.defaults, **group} for group in params]
        for o in options:
            if min(o["lr"], o["eps"], o["weight_decay"], *o["betas"]) < 0 or max(o["betas"]) >= 1:
                raise ValueError("an option is out of range")

    def each(self):
        for item in self.params:
            if isinstance(item, dict):
                for p in item["params"]:
                    yield p, {**self.defaults, **item}
            else:
                yield item, self.defaults

    @torch.no_grad()
    def step(self):
        for p, o in self.each():
            if p.grad is None:
                continue
            b1, b2 = o["betas"]
            t, m, v = self.state.get(p, (0, 0.0, 0.0))
            t, m, v = t + 1, b1 * m + (1 - b1) * p.grad, b2 * v + (1 - b2) * p.grad**2
            self.state[p] = t, m, v
            p.mul_(1 - o["lr"] * o["weight_decay"])
            p.sub_(o["lr"] * (m / (1 - b1**t)) / ((v / (1 - b2**t)).sqrt() + o["eps"]))

    def zero_grad(self):
        for p, _ in self.each():
            p.grad = None
