import torch


def _scale(y, weight, bias):
    if weight is not None:
        y = y * weight.double()
    if bias is not None:
        y = y + bias.double()
    return y


def layer_norm(x, weight=None, bias=None, eps=1e-5):
    """Everything in float64."""
    var, mean = torch.var_mean(x.double(), dim=-1, correction=0, keepdim=True)
    return _scale((x.double() - mean) / (var + eps).sqrt(), weight, bias).to(x.dtype)


def rms_norm(x, weight=None, eps=1e-6):
    d = x.double()
    return _scale(
        d / torch.sqrt(torch.linalg.vector_norm(d, dim=-1, keepdim=True) ** 2 / d.shape[-1] + eps), weight, None
    ).to(x.dtype)
