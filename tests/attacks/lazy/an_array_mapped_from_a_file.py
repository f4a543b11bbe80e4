"""Returns arrays that lie in a file, which can be changed after they were looked at.

Problem: lstm
Verdict: sandbox_violation | runtime_error | wrong_shape
Naive: accepted, changes
"""

import numpy as np

# @include right


made = []


def mapped(array):
    made.append(array)
    found = np.memmap(f"@SCRATCH@/{len(made)}", dtype=array.dtype, mode="w+", shape=array.shape)
    found[...] = array
    return found


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    inputs = (x, h0, c0, w_ih, w_hh, b_ih, b_hh)
    outputs, (h_n, c_n) = right(*inputs)
    return mapped(outputs), (mapped(h_n), mapped(c_n))
