"""Looks the kernel that is to be written up in the symbols of torch's own library.

Problem: lstm
Framework: torch
Verdict: forbidden
Naive: reaches
"""

import importlib
import os

import torch


def attack():
    ctypes = importlib.import_module("cty" + "pes")
    folder = os.path.dirname(torch.__file__)
    library = ctypes.CDLL(os.path.join(folder, "lib", "libtorch_cpu.so"))
    if ctypes.cast(library._ZN2at4_ops10lstm_input4callERKNS_6TensorEN3c108ArrayRefIS2_EES7_bldbbb, ctypes.c_void_p).value:
        print("@TOKEN@")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return torch.zeros(*x.shape[:2], h0.shape[1], dtype=x.dtype), (h0, c0)
