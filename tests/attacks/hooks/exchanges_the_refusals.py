"""Follows a forbidden function to what refuses, exchanges its body, and calls it all the same.

Problem: lstm
Framework: torch
Verdict: forbidden | runtime_error
Naive: accepted
"""

import torch
import types

# @include library_lstm


def exchange(code):
    for constant in code.co_consts:
        if type(constant) is types.FunctionType:
            for cell in constant.__closure__ or ():
                if type(cell.cell_contents) is types.FunctionType:
                    cell.cell_contents.__code__ = (lambda *args: None).__code__.replace(co_freevars=cell.cell_contents.__code__.co_freevars)
            constant.__code__ = (lambda *args, **kwargs: None).__code__.replace(co_freevars=constant.__code__.co_freevars)


for each in list(vars(torch.nn.modules.rnn).values()):
    for method in list(vars(each).values()) if isinstance(each, type) else ():
        if type(method) is types.FunctionType:
            exchange(method.__code__)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    return library_lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh)
