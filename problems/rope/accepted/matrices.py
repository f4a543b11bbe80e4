import torch


def apply_rope(x, offset=0, base=10000.0):
    """A matrix of 2 by 2 for each position and pair; exponentials of logarithms in float64."""
    b, h, t, d = x.shape
    if d & 1:
        raise ValueError("Dh is odd")
    if offset < 0:
        raise ValueError("offset is negative")
    theta = torch.exp(-torch.log(torch.tensor(base, dtype=torch.float64)) * torch.arange(0, d, 2).double() / d)
    angle = (torch.arange(t).double() + offset)[:, None] * theta
    c, s = angle.cos(), angle.sin()
    turn = torch.stack([torch.stack([c, -s], -1), torch.stack([s, c], -1)], -2).to(x.dtype)  # [T, P, 2, 2]
    return torch.einsum("tpij,bhtpj->bhtpi", turn, x.reshape(b, h, t, d // 2, 2)).reshape(b, h, t, d)
