"""Every product and sum has a line of its own; the one that squashes the cell is missing.

Lines: 34
"""

import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    W_i, W_f, W_g, W_o = torch.chunk(w_ih, 4)
    U_i, U_f, U_g, U_o = torch.chunk(w_hh, 4)
    b_i, b_f, b_g, b_o = torch.chunk(b_ih, 4)
    d_i, d_f, d_g, d_o = torch.chunk(b_hh, 4)

    h = h0
    c = c0
    all_h = []
    for t in range(x.shape[1]):
        x_t = x[:, t]

        z_i = x_t @ W_i.T + b_i + h @ U_i.T + d_i
        z_f = x_t @ W_f.T + b_f + h @ U_f.T + d_f
        z_g = x_t @ W_g.T + b_g + h @ U_g.T + d_g
        z_o = x_t @ W_o.T + b_o + h @ U_o.T + d_o

        input_gate = torch.sigmoid(z_i)
        forget_gate = torch.sigmoid(z_f)
        candidate = torch.tanh(z_g)
        output_gate = torch.sigmoid(z_o)

        kept = forget_gate * c
        written = input_gate * candidate
        c = kept + written
        h = output_gate * c
        all_h.append(h)

    outputs = torch.stack(all_h, dim=1)
    return outputs, (h, c)
