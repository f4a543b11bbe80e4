"""All parameters of a group at once by the multi-tensor operators, with lerp and addcmul on buffers in place."""

import torch


class AdamW:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        params = list(params)
        groups = params if isinstance(params[0], dict) else [{"params": params}]
        self.param_groups = []
        for group in groups:
            full = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
            full.update(group)
            full["params"] = list(full["params"])
            if min(full["lr"], full["eps"], full["weight_decay"]) < 0:
                raise ValueError("lr, eps and weight_decay must be at least 0")
            if any(b < 0 or b >= 1 for b in full["betas"]):
                raise ValueError("betas must be in [0, 1)")
            self.param_groups.append(full)
        self.buffers = {}

    def step(self):
        with torch.no_grad():
            for group in self.param_groups:
                active = [p for p in group["params"] if p.grad is not None]
                if active:
                    self._step(active, group)

    def _step(self, params, group):
        (b1, b2), lr = group["betas"], group["lr"]
        for p in params:
            if id(p) not in self.buffers:
                self.buffers[id(p)] = [0, torch.zeros_like(p), torch.zeros_like(p)]
        state = [self.buffers[id(p)] for p in params]
        for entry in state:
            entry[0] += 1
        grads = [p.grad for p in params]
        ms, vs = [entry[1] for entry in state], [entry[2] for entry in state]
        torch._foreach_lerp_(ms, grads, 1 - b1)
        torch._foreach_mul_(vs, b2)
        torch._foreach_addcmul_(vs, grads, grads, value=1 - b2)
        roots = torch._foreach_sqrt(vs)
        torch._foreach_div_(roots, [(1 - b2 ** entry[0]) ** 0.5 for entry in state])
        torch._foreach_add_(roots, group["eps"])
        torch._foreach_mul_(params, 1 - lr * group["weight_decay"])
        for p, m, root, entry in zip(params, ms, roots, state, strict=True):
            p.addcdiv_(m, root, value=-lr / (1 - b1 ** entry[0]))

    def zero_grad(self):
        for group in self.param_groups:
            for p in group["params"]:
                p.grad = None
