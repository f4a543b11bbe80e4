import torch
def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    if stride < 1 or dilation < 1 or groups < 1 or padding < 0: raise ValueError("options")
    O, c, Kh, Kw = weight.shape
    if c * groups != x.shape[1] or O % groups or (bias is not None and len(bias) != O): raise ValueError("groups")
    p = torch.nn.functional.pad(x, (padding,) * 4)
    if p.shape[2] <= dilation * (Kh - 1) or p.shape[3] <= dilation * (Kw - 1): raise ValueError("kernel")
    def one(image, kernel):
        w = image.unfold(1, dilation * (Kh - 1) + 1, stride).unfold(2, dilation * (Kw - 1) + 1, stride)[..., ::dilation, ::dilation]
        return (w * kernel[:, None, None]).sum((0, 3, 4))
    per_kernel = torch.vmap(one, (None, 0)); per_group = torch.vmap(per_kernel); per_image = torch.vmap(per_group, (0, None))
    y = per_image(p.unflatten(1, (groups, c)), weight.unflatten(0, (groups, O // groups))).flatten(1, 2)
    return y if bias is None else y + bias[:, None, None]
