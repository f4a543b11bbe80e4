"""NumPy arrays that are views of the parameters, written into; the state is a list as long as the list of parameters."""

import numpy as np


class AdamW:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        self.tensors, self.options = [], []
        for entry in list(params):
            group = dict(entry) if isinstance(entry, dict) else {"params": [entry]}
            tensors = list(group.pop("params"))
            own = (
                group.get("lr", lr),
                group.get("betas", betas),
                group.get("eps", eps),
                group.get("weight_decay", weight_decay),
            )
            if np.any(np.array([own[0], own[2], own[3]]) < 0):
                raise ValueError("lr, eps and weight_decay are not negative")
            if np.any(np.array(own[1]) < 0) or np.any(np.array(own[1]) >= 1):
                raise ValueError("betas lie in [0, 1)")
            self.tensors += tensors
            self.options += [own] * len(tensors)
        self.state = [None] * len(self.tensors)

    def step(self):
        for n, (tensor, (lr, (b1, b2), eps, decay)) in enumerate(zip(self.tensors, self.options, strict=True)):
            if tensor.grad is None:
                continue
            theta, g = tensor.detach().numpy(), tensor.grad.numpy()
            t, m, v = self.state[n] or (0, np.zeros_like(g), np.zeros_like(g))
            t, m, v = t + 1, b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * np.square(g)
            self.state[n] = (t, m, v)
            direction = m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + eps)
            theta[...] = theta - lr * (direction + decay * theta)

    def zero_grad(self):
        for tensor in self.tensors:
            tensor.grad = None
