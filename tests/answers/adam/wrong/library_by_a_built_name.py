"""Reaches the library by a name that is put together while the file runs.

Verdict: forbidden
"""

import torch


class AdamW:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        library = vars(torch)["".join(reversed("mitpo"))]
        self.inner = vars(library)["Adam" + chr(87)](params, lr, betas, eps, weight_decay)

    def step(self):
        self.inner.step()

    def zero_grad(self):
        self.inner.zero_grad()
