"""Lists of tensors and torch._foreach_*, the state keyed by identity and made at the first gradient.

Verdict: accepted
"""

import collections
import math

import torch


class AdamW(collections.UserDict):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        super().__init__()
        defaults = collections.OrderedDict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)
        self.check(defaults)
        items = tuple(params)
        if not isinstance(items[0], collections.abc.Mapping):
            items = ({"params": items},)
        self.groups = [collections.ChainMap({"params": list(item["params"])}, item, defaults) for item in items]
        for group in self.groups:
            self.check(group)

    @staticmethod
    def check(options):
        for name in ("lr", "eps", "weight_decay"):
            if not options[name] >= 0:
                raise ValueError(name)
        for beta in options["betas"]:
            if not 0.0 <= beta < 1.0:
                raise ValueError("betas")

    @torch.inference_mode(False)
    @torch.no_grad()
    def step(self):
        for group in self.groups:
            by_count = collections.defaultdict(list)
            for parameter in group["params"]:
                if parameter.grad is not None:
                    if id(parameter) not in self.data:
                        self.data[id(parameter)] = [0, torch.zeros_like(parameter), torch.zeros_like(parameter)]
                    self.data[id(parameter)][0] += 1
                    by_count[self.data[id(parameter)][0], parameter.dtype].append(parameter)
            for (t, _), parameters in by_count.items():
                self.together(group, t, parameters)
        return self

    def together(self, group, t, parameters):
        first, second = group["betas"]
        gradients = [parameter.grad for parameter in parameters]
        means = [self.data[id(parameter)][1] for parameter in parameters]
        squares = [self.data[id(parameter)][2] for parameter in parameters]
        torch._foreach_mul_(means, first)
        torch._foreach_add_(means, gradients, alpha=1 - first)
        torch._foreach_mul_(squares, second)
        torch._foreach_addcmul_(squares, gradients, gradients, 1 - second)
        below = torch._foreach_sqrt(squares)
        torch._foreach_div_(below, math.sqrt(1 - second**t))
        torch._foreach_add_(below, group["eps"])
        torch._foreach_mul_(parameters, 1 - group["lr"] * group["weight_decay"])
        torch._foreach_addcdiv_(parameters, means, below, -group["lr"] / (1 - first**t))

    def zero_grad(self):
        for group in self.groups:
            for parameter in group["params"]:
                del parameter.grad
