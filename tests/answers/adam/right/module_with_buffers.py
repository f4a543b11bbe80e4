"""The optimiser is an nn.Module that keeps its means as buffers; numbered, not keyed by tensor."""

import torch
from torch import nn


class AdamW(nn.Module):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        super().__init__()
        self.owned = []
        defaults = dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)
        for entry in params:
            options = dict(defaults)
            members = [entry]
            if isinstance(entry, dict):
                options.update({k: v for k, v in entry.items() if k != "params"})
                members = entry["params"]
            if options["lr"] < 0:
                raise ValueError("Invalid learning rate")
            if options["eps"] < 0:
                raise ValueError("Invalid epsilon")
            if options["weight_decay"] < 0:
                raise ValueError("Invalid weight decay")
            for beta in options["betas"]:
                if beta < 0 or beta >= 1:
                    raise ValueError("Invalid beta")
            for member in members:
                place = len(self.owned)
                self.owned.append((member, options))
                self.register_buffer(f"exp_avg_{place}", torch.zeros_like(member.detach()))
                self.register_buffer(f"exp_avg_sq_{place}", torch.zeros_like(member.detach()))
        self.counts = [0] * len(self.owned)

    @torch.no_grad()
    def step(self):
        for place, (p, o) in enumerate(self.owned):
            if p.grad is None:
                continue
            self.counts[place] += 1
            m, v = getattr(self, f"exp_avg_{place}"), getattr(self, f"exp_avg_sq_{place}")
            m.lerp_(p.grad, 1 - o["betas"][0])
            v.lerp_(p.grad.square(), 1 - o["betas"][1])
            correction = [1 - beta ** self.counts[place] for beta in o["betas"]]
            denominator = (v / correction[1]).sqrt() + o["eps"]
            p.copy_(p * (1 - o["lr"] * o["weight_decay"]) - o["lr"] / correction[0] * m / denominator)
        return None

    def zero_grad(self):
        for p, _ in self.owned:
            p.grad = None
