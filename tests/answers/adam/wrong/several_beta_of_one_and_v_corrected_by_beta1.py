"""v is corrected with the power of the first beta, and a beta of exactly 1 is let through by the check.

Verdict: wrong_answer
Lines: 31, 50
Mistakes: 2
"""

import torch


class AdamW:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        defaults = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        self._check(defaults)
        items = list(params)
        if not isinstance(items[0], dict):
            items = [{"params": items}]
        self.groups = []
        for item in items:
            group = {**defaults, **item, "params": list(item["params"])}
            self._check(group)
            self.groups.append(group)
        self.memory = {}

    @staticmethod
    def _check(options):
        for name in ("lr", "eps", "weight_decay"):
            if options[name] < 0:
                raise ValueError(f"{name} must not be negative")
        for beta in options["betas"]:
            if beta < 0 or beta > 1:
                raise ValueError("betas must lie in [0, 1)")

    @torch.no_grad()
    def step(self):
        for group in self.groups:
            for p in group["params"]:
                if p.grad is not None:
                    self._update(p, group)

    def _update(self, p, group):
        if p not in self.memory:
            self.memory[p] = {"t": 0, "m": torch.zeros_like(p), "v": torch.zeros_like(p)}
        state = self.memory[p]
        state["t"] += 1
        beta1, beta2 = group["betas"]
        state["m"] = beta1 * state["m"] + (1 - beta1) * p.grad
        state["v"] = beta2 * state["v"] + (1 - beta2) * p.grad**2
        m_hat = state["m"] / (1 - beta1 ** state["t"])
        v_hat = state["v"] / (1 - beta1 ** state["t"])
        step = m_hat / (v_hat.sqrt() + group["eps"]) + group["weight_decay"] * p
        p.sub_(group["lr"] * step)

    def zero_grad(self):
        for group in self.groups:
            for p in group["params"]:
                p.grad = None
