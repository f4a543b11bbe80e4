import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    """Loops over batch rows: each sequence by itself, with matrix-vector products."""
    hidden = h0.shape[-1]
    rows, last_h, last_c = [], [], []
    for b in range(x.shape[0]):
        h, c = h0[b], c0[b]
        row = []
        for t in range(x.shape[1]):
            z = torch.mv(w_ih, x[b, t]) + b_ih + torch.mv(w_hh, h) + b_hh
            i, f, g, o = (z[k * hidden : (k + 1) * hidden] for k in range(4))
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            row.append(h)
        rows.append(torch.stack(row))
        last_h.append(h)
        last_c.append(c)
    return torch.stack(rows), (torch.stack(last_h), torch.stack(last_c))
