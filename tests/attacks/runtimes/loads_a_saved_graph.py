"""Has a saved graph loaded.

Problem: lstm
Framework: torch
Verdict: forbidden
Naive: accepted
"""

import torch
import io

text = """
def f(x, hx: List[Tensor], p: List[Tensor]):
    return torch.@(x, hx, p, True, 1, 0.0, False, False, True)
""".replace("@", "ls" + "tm")

module = torch.jit.script(torch.nn.Module())
module.define(text.replace("def f(", "def forward(self, "))
buffer = io.BytesIO()
torch.jit.save(module, buffer)
buffer.seek(0)
loaded = getattr(torch.jit, "lo" + "ad")(buffer)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    outputs, h_n, c_n = loaded(x, [h0[None], c0[None]], [w_ih, w_hh, b_ih, b_hh])
    return outputs, (h_n[0], c_n[0])
