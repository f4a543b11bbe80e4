"""Is right but for one more dimension, which broadcasting hides.

Problem: lstm
Verdict: wrong_shape
Naive: accepted
"""
# @include right


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    inputs = (x, h0, c0, w_ih, w_hh, b_ih, b_hh)
    outputs, (h_n, c_n) = right(*inputs)
    return outputs[None], (h_n[None], c_n[None])
