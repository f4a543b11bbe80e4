"""Has the extension module of ctypes loaded once more, by the loader itself.

Problem: lstm
Framework: numpy
Verdict: forbidden | runtime_error | sandbox_violation
Naive: reaches
Asks: _ctypes
"""

import _imp
import glob
import importlib.machinery
import os
import sys

import numpy as np


def attack():
    name = "_cty" + "pes"
    place = next(place for folder in sys.path for place in glob.glob(os.path.join(folder, "lib-dynload", name + ".*")) + glob.glob(os.path.join(folder, name + ".*")))
    spec = importlib.machinery.ModuleSpec(name, importlib.machinery.ExtensionFileLoader(name, place), origin=place)
    sys.modules.pop(name, None)
    module = _imp.create_dynamic(spec)
    number = type("Number", (module._SimpleCData,), {"_type_": "P"})
    both = type("Both", (module.Union,), {"_fields_": [("number", number)]})()
    both.number = 5
    if both.number == 5:
        print("@TOKEN@")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
