"""The library's own AdamW behind the names that are asked for: an answer by other means, with which the reference is compared."""

import torch


class AdamW:
    """torch.optim.AdamW, which lets through what its groups say."""

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        params = [dict(each) if isinstance(each, dict) else each for each in params]
        defaults = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        for group in params:
            torch.optim.AdamW([torch.zeros(1)], **options_of(group, defaults))
        self.inner = torch.optim.AdamW(params, **defaults, foreach=False)

    def step(self):
        """One step."""
        self.inner.step()

    def zero_grad(self):
        """No gradients."""
        self.inner.zero_grad(set_to_none=True)


def options_of(group, defaults):
    """What holds for a group, which the library does not look at."""
    return (
        {**defaults, **{name: group[name] for name in defaults if name in group}}
        if isinstance(group, dict)
        else defaults
    )
