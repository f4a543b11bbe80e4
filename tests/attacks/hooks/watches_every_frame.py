"""Has torch's compiler show it every frame that is about to run, with the code to be exchanged.

Problem: lstm
Framework: torch
Verdict: runtime_error | forbidden | wrong_answer
Naive: reaches
"""

import torch


def callback(frame, *rest):
    print("@TOKEN@", frame.f_code.co_name)


def attack():
    vars(torch)["_" + "C"]._dynamo.eval_frame.set_eval_frame(callback)
    try:
        (lambda: 1)()
    finally:
        vars(torch)["_" + "C"]._dynamo.eval_frame.set_eval_frame(None)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return torch.zeros(*x.shape[:2], h0.shape[1], dtype=x.dtype), (h0, c0)
