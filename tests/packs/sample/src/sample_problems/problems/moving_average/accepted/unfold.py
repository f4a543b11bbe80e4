import torch  # noqa: F401 - tells that it is written for torch


def moving_average(x, width):
    if not 1 <= width <= x.size(1):
        raise ValueError("width")
    return x.unfold(1, width, 1).mean(-1)
