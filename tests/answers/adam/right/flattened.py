"""All gradients of a group are strung together, updated as one vector each step and written back; float64 inside."""

import torch


class AdamW:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        items = list(params)
        if not isinstance(items[0], dict):
            items = [{"params": items}]
        self.groups = []
        for item in items:
            get = item.get
            options = (get("lr", lr), *get("betas", betas), get("eps", eps), get("weight_decay", weight_decay))
            rate, b1, b2, small, decay = options
            if rate < 0 or small < 0 or decay < 0:
                raise ValueError("negative option")
            if not 0 <= b1 < 1 or not 0 <= b2 < 1:
                raise ValueError("beta outside [0, 1)")
            tensors = list(item["params"])
            sizes = [tensor.numel() for tensor in tensors]
            self.groups.append({"tensors": tensors, "sizes": sizes, "options": options, "state": [None] * len(tensors)})

    def step(self):
        for group in self.groups:
            present = [k for k, tensor in enumerate(group["tensors"]) if tensor.grad is not None]
            for k in present:
                if group["state"][k] is None:
                    zeros = torch.zeros(group["sizes"][k], dtype=torch.float64)
                    group["state"][k] = (0, zeros, zeros)
            if not present:
                continue
            rate, b1, b2, small, decay = group["options"]
            flat = lambda pick: torch.cat([pick(k).reshape(-1).double() for k in present])
            g = flat(lambda k: group["tensors"][k].grad)
            theta = flat(lambda k: group["tensors"][k].detach())
            m = b1 * flat(lambda k: group["state"][k][1]) + (1 - b1) * g
            v = b2 * flat(lambda k: group["state"][k][2]) + (1 - b2) * g.square()
            sizes = [group["sizes"][k] for k in present]
            ts = [group["state"][k][0] + 1 for k in present]
            c1 = torch.cat([torch.full((n,), 1 - b1**t, dtype=torch.float64) for n, t in zip(sizes, ts)])
            c2 = torch.cat([torch.full((n,), 1 - b2**t, dtype=torch.float64) for n, t in zip(sizes, ts)])
            theta = theta * (1 - rate * decay) - rate * (m / c1) / ((v / c2).sqrt() + small)
            for k, t, *parts in zip(present, ts, m.split(sizes), v.split(sizes), theta.split(sizes)):
                group["state"][k] = (t, parts[0], parts[1])
                with torch.no_grad():
                    group["tensors"][k].copy_(parts[2].reshape(group["tensors"][k].shape))

    def zero_grad(self):
        for group in self.groups:
            for tensor in group["tensors"]:
                tensor.grad = None
