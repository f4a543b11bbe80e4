"""An object for each parameter that remembers its own t, m and v; the data is exchanged, not changed in place."""


class Moments:
    def __init__(self, tensor, options):
        self.tensor, self.options = tensor, options
        self.t, self.m, self.v = 0, 0.0, 0.0

    def advance(self):
        lr, (b1, b2), eps, decay = (self.options[key] for key in ("lr", "betas", "eps", "weight_decay"))
        g = self.tensor.grad.detach()
        self.t += 1
        self.m = self.m * b1 + g * (1 - b1)
        self.v = self.v * b2 + g.pow(2) * (1 - b2)
        direction = (self.m / (1 - b1**self.t)) / ((self.v / (1 - b2**self.t)) ** 0.5 + eps)
        theta = self.tensor.detach()
        self.tensor.data = theta - lr * direction - lr * decay * theta


class AdamW:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        self.moments = []
        for entry in params:
            group = entry if isinstance(entry, dict) else {"params": [entry]}
            options = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay} | group
            for name in ("lr", "eps", "weight_decay"):
                if not options[name] >= 0:
                    raise ValueError(f"invalid {name}: {options[name]}")
            b1, b2 = options["betas"]
            if not (0 <= b1 < 1 and 0 <= b2 < 1):
                raise ValueError(f"invalid betas: {options['betas']}")
            self.moments += [Moments(tensor, options) for tensor in group["params"]]

    def step(self):
        for each in self.moments:
            if each.tensor.grad is not None:
                each.advance()

    def zero_grad(self):
        for each in self.moments:
            each.tensor.grad = None
