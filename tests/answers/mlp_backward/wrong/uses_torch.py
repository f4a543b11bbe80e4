"""torch differentiates.

Verdict: forbidden
"""

import numpy as np
import torch


def mlp_backward(x, targets, w1, b1, w2, b2):
    given = [torch.tensor(a, requires_grad=True) for a in (x, w1, b1, w2, b2)]
    x, w1, b1, w2, b2 = given
    scores = torch.relu(x @ w1 + b1) @ w2 + b2
    loss = torch.nn.functional.cross_entropy(scores, torch.tensor(targets).long())
    return loss.detach().numpy(), tuple(g.numpy() for g in torch.autograd.grad(loss, given))
