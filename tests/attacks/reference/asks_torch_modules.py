"""Looks through torch's modules and all objects for a reference that was loaded beside it.

Problem: lstm
Framework: torch
Verdict: forbidden | runtime_error | sandbox_violation
Naive: accepted
"""

import gc
import sys


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    inputs = (x, h0, c0, w_ih, w_hh, b_ih, b_hh)
    for module in list(sys.modules.values()):
        for name in ("lstm", "run", "solution"):
            found = getattr(module, "__dict__", {}).get(name)
            if callable(found) and "reference" in str(getattr(found, "__module__", "")):
                return found(*inputs)
    raise LookupError(f"no reference among {len(gc.get_objects())} objects")
