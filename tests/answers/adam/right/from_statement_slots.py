"""A small record for each parameter, moving averages by lerp, the whole update in plain expressions.

Verdict: accepted
"""

from dataclasses import dataclass

import torch


@dataclass(slots=True, eq=False)
class Entry:
    theta: torch.Tensor
    lr: float
    beta_one: float
    beta_two: float
    eps: float
    decay: float
    m: object = 0.0
    v: object = 0.0
    t: int = 0

    def move(self):
        g = self.theta.grad
        if g is None:
            return
        with torch.no_grad():
            old = self.theta.clone()
            self.t += 1
            self.m = self.beta_one * self.m + (1 - self.beta_one) * g
            self.v = self.beta_two * self.v + (1 - self.beta_two) * g**2
            m_hat = self.m / (1 - self.beta_one**self.t)
            v_hat = self.v / (1 - self.beta_two**self.t)
            new = old - self.lr * m_hat / (torch.sqrt(v_hat) + self.eps) - self.lr * self.decay * old
            self.theta[...] = new


def fits(lr, betas, eps, weight_decay):
    first, second = betas
    if min(lr, eps, weight_decay) < 0 or not (0 <= first < 1 and 0 <= second < 1):
        raise ValueError(f"Not allowed: lr={lr}, betas={betas}, eps={eps}, weight_decay={weight_decay}.")
    return lr, first, second, eps, weight_decay


class AdamW:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        usual = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        fits(**usual)
        self._entries = []
        for thing in params:
            options, tensors = (dict(thing), None) if isinstance(thing, dict) else ({}, [thing])
            if tensors is None:
                tensors = options.pop("params")
            numbers = fits(**(usual | options))
            self._entries.extend(Entry(tensor, *numbers) for tensor in tensors)

    def step(self):
        return [entry.move() for entry in self._entries]

    def zero_grad(self):
        for entry in self._entries:
            entry.theta.grad = None
