"""An autograd.Function with the gradient by hand: everything is kept on the way forward."""

import torch
from torch.autograd import Function


class _LSTM(Function):
    @staticmethod
    def forward(ctx, x, h0, c0, w_ih, w_hh, b_ih, b_hh):
        h, c = h0, c0
        kept, out = [], []
        for t in range(x.shape[1]):
            z = x[:, t] @ w_ih.T + h @ w_hh.T + b_ih + b_hh
            i, f, g, o = z.chunk(4, 1)
            i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
            before = (h, c)
            c = f * c + i * g
            tc = c.tanh()
            h = o * tc
            kept.append((*before, i, f, g, o, tc))
            out.append(h)
        ctx.save_for_backward(x, w_ih, w_hh, *[s for step in kept for s in step])
        return torch.stack(out, 1), h.clone(), c.clone()

    @staticmethod
    def backward(ctx, d_out, d_h, d_c):
        x, w_ih, w_hh, *flat = ctx.saved_tensors
        d_x = torch.empty_like(x)
        d_w_ih, d_w_hh = torch.zeros_like(w_ih), torch.zeros_like(w_hh)
        d_b = x.new_zeros(len(w_ih))
        for t in reversed(range(x.shape[1])):
            h, c, i, f, g, o, tc = flat[7 * t : 7 * t + 7]
            d_h = d_h + d_out[:, t]
            d_c = d_c + d_h * o * (1 - tc * tc)
            d_z = torch.cat(
                [d_c * g * i * (1 - i), d_c * c * f * (1 - f), d_c * i * (1 - g * g), d_h * tc * o * (1 - o)], 1
            )
            d_x[:, t] = d_z @ w_ih
            d_w_ih += d_z.T @ x[:, t]
            d_w_hh += d_z.T @ h
            d_b += d_z.sum(0)
            d_h = d_z @ w_hh
            d_c = d_c * f
        return d_x, d_h, d_c, d_w_ih, d_w_hh, d_b, d_b.clone()


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    outputs, h, c = _LSTM.apply(x, h0, c0, w_ih, w_hh, b_ih, b_hh)
    return outputs, (h, c)
