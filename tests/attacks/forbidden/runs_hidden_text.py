"""Runs a program that it carries along in a form that nobody reads.

Problem: lstm
Framework: torch
Verdict: forbidden
Naive: accepted
"""

import base64

import torch

space = {"torch": torch}
lines = [
    "def run(x, h0, c0, w_ih, w_hh, b_ih, b_hh):",
    "    layer = torch.nn." + base64.b64decode(b"TFNUTQ==").decode() + "(x.shape[2], h0.shape[1], batch_first=True)",
    "    for name, value in zip(('weight_ih_l0', 'weight_hh_l0', 'bias_ih_l0', 'bias_hh_l0'), (w_ih, w_hh, b_ih, b_hh)):",
    "        getattr(layer, name).data = value",
    "    outputs, (h, c) = layer(x, (h0[None], c0[None]))",
    "    return outputs, (h[0], c[0])",
]
exec(base64.b64decode(base64.b64encode("\n".join(lines).encode())), space)
lstm = space["run"]
