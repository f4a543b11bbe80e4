"""t counts on where there is no gradient, the weight decay is not multiplied by the rate,
and zero_grad fills the gradients with zeros.

Verdict: wrong_answer
Lines: 52, 61, 67
Mistakes: 3
"""

import torch


def _valid(lr, betas, eps, weight_decay):
    return lr >= 0 and eps >= 0 and weight_decay >= 0 and all(0 <= b < 1 for b in betas)


class Slot:
    def __init__(self, parameter, lr, betas, eps, weight_decay):
        self.parameter = parameter
        self.lr = lr
        self.betas = betas
        self.eps = eps
        self.weight_decay = weight_decay
        self.t = 0
        self.m = torch.zeros_like(parameter, requires_grad=False)
        self.v = torch.zeros_like(parameter, requires_grad=False)


class AdamW:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        if not _valid(lr, betas, eps, weight_decay):
            raise ValueError("an option is out of range")
        self.slots = []
        loose = []
        for entry in params:
            if isinstance(entry, dict):
                options = (
                    entry.get("lr", lr),
                    entry.get("betas", betas),
                    entry.get("eps", eps),
                    entry.get("weight_decay", weight_decay),
                )
                if not _valid(*options):
                    raise ValueError("an option of a group is out of range")
                self.slots += [Slot(p, *options) for p in entry["params"]]
            else:
                loose.append(entry)
        self.slots += [Slot(p, lr, betas, eps, weight_decay) for p in loose]

    def step(self):
        with torch.no_grad():
            for s in self.slots:
                s.t += 1
                g = s.parameter.grad
                if g is None:
                    continue
                b1, b2 = s.betas
                s.m.lerp_(g, 1 - b1)
                s.v.mul_(b2).addcmul_(g, g, value=1 - b2)
                m_hat = s.m / (1 - b1**s.t)
                v_hat = s.v / (1 - b2**s.t)
                decay = s.weight_decay * s.parameter
                s.parameter -= s.lr * m_hat / (v_hat.sqrt() + s.eps) + decay

    def zero_grad(self):
        for s in self.slots:
            if s.parameter.grad is not None:
                s.parameter.grad.zero_()
