import torch
from einops import einsum, rearrange


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    W = rearrange(w_ih, "(gate h) i -> gate h i", gate=4)
    U = rearrange(w_hh, "(gate h) j -> gate h j", gate=4)
    b = rearrange(b_ih + b_hh, "(gate h) -> gate 1 h", gate=4)
    from_x = einsum(x, W, "b t i, gate h i -> t gate b h") + b.unsqueeze(0)
    h, c = h0, c0
    hs = []
    for z in from_x:
        i, f, g, o = z + einsum(h, U, "b j, gate h j -> gate b h")
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        hs.append(h)
    return rearrange(hs, "t b h -> b t h"), (h, c)
