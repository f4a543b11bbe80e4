"""An autograd.Function with the gradient by hand."""

import torch
from torch.autograd import Function


class _RNN(Function):
    @staticmethod
    def forward(ctx, x, w_ih, w_hh, b_ih, b_hh, h0):
        h, states = h0, [h0]
        for t in range(x.shape[1]):
            h = torch.tanh(x[:, t] @ w_ih.T + h @ w_hh.T + b_ih + b_hh)
            states.append(h)
        ctx.save_for_backward(x, w_ih, w_hh, *states)
        return torch.stack(states[1:], 1), h.clone()

    @staticmethod
    def backward(ctx, d_out, d_h):
        x, w_ih, w_hh, *states = ctx.saved_tensors
        d_x, d_w_ih, d_w_hh = torch.empty_like(x), torch.zeros_like(w_ih), torch.zeros_like(w_hh)
        d_b = x.new_zeros(len(w_ih))
        for t in reversed(range(x.shape[1])):
            d_z = (d_h + d_out[:, t]) * (1 - states[t + 1] ** 2)
            d_x[:, t] = d_z @ w_ih
            d_w_ih += d_z.T @ x[:, t]
            d_w_hh += d_z.T @ states[t]
            d_b += d_z.sum(0)
            d_h = d_z @ w_hh
        return d_x, d_w_ih, d_w_hh, d_b, d_b.clone(), d_h


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    if h0 is None:
        h0 = torch.zeros(x.shape[0], w_hh.shape[0], dtype=x.dtype)
    return _RNN.apply(x, w_ih, w_hh, b_ih, b_hh, h0)
