"""Has a saved graph loaded by the interpreter for small devices.

Problem: lstm
Framework: torch
Verdict: forbidden
Naive: accepted
"""

import torch

text = """
def f(x, hx: List[Tensor], p: List[Tensor]):
    return torch.@(x, hx, p, True, 1, 0.0, False, False, True)
""".replace("@", "ls" + "tm")


def internal(name):
    return vars(torch)["_" + "C"].__dict__[name]

module = torch.jit.script(torch.nn.Module())
module.define(text.replace("def f(", "def forward(self, "))
loaded = internal("_load_for_lite_interpreter_from" + "_buffer")(module._save_to_buffer_for_lite_interpreter(), torch.device("cpu"))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    outputs, h_n, c_n = loaded.forward((x, [h0[None], c0[None]], [w_ih, w_hh, b_ih, b_hh]))
    return outputs, (h_n[0], c_n[0])
