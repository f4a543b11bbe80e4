import torch


def _row_layer(row, eps):
    d = row.numel()
    mean = sum(row) / d
    centred = [value - mean for value in row]
    variance = sum(value * value for value in centred) / d
    return torch.stack(centred) / (variance + eps) ** 0.5


def _row_rms(row, eps):
    return row / (row.square().sum() / row.numel() + eps).pow(0.5)


def _each_row(function, x, weight, bias, eps):
    wide = torch.promote_types(x.dtype, torch.float32)
    table = torch.stack([function(row, eps) for row in x.reshape(-1, x.shape[-1]).to(wide)]).reshape(x.shape)
    if weight is not None:
        table = table * weight.to(wide)
    if bias is not None:
        table = table + bias.to(wide)
    return table.to(x.dtype)


def layer_norm(x, weight=None, bias=None, eps=1e-5):
    """One row after the other, one number after the other."""
    return _each_row(_row_layer, x, weight, bias, eps)


def rms_norm(x, weight=None, eps=1e-6):
    return _each_row(_row_rms, x, weight, None, eps)
