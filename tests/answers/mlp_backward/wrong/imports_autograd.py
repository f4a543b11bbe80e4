"""A package that differentiates does the work.

Verdict: forbidden
"""

import autograd.numpy as np
from autograd import grad


def mlp_backward(x, targets, w1, b1, w2, b2):
    def loss(x, w1, b1, w2, b2):
        s = np.dot(np.maximum(np.dot(x, w1) + b1, 0), w2) + b2
        return np.mean(np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(len(s)), targets])

    given = (x, w1, b1, w2, b2)
    return loss(*given), tuple(grad(loss, k)(*given) for k in range(5))
