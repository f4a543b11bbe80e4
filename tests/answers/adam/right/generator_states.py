"""Each parameter has a coroutine that holds its state in local variables and is woken up once a step."""

import itertools

import torch


def train(p, lr, b1, b2, eps, decay):
    m = v = torch.zeros_like(p.detach())
    for t in itertools.count(1):
        g = p.grad.clone()
        m, v = torch.lerp(m, g, 1 - b1), torch.lerp(v, g * g, 1 - b2)
        with torch.inference_mode(False), torch.no_grad():
            shrunk = p - lr * decay * p
            p.copy_(shrunk - lr * torch.div(m / (1 - b1**t), torch.sqrt(v / (1 - b2**t)) + eps))
        yield


class AdamW:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        self.running = []
        for given in params:
            group = given if type(given) is dict else {"params": (given,)}
            values = [group.get("lr", lr), *group.get("betas", betas), group.get("eps", eps)]
            values.append(group.get("weight_decay", weight_decay))
            if any(value < 0 for value in values) or values[1] >= 1 or values[2] >= 1:
                raise ValueError(f"options out of range: {values}")
            self.running.extend((p, train(p, *values)) for p in group["params"])

    def step(self):
        for p, loop in self.running:
            if p.grad is not None:
                next(loop)

    def zero_grad(self):
        for p, _ in self.running:
            p.grad = None
