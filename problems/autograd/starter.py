"""Scalar reverse-mode automatic differentiation, in plain Python."""


class Value:
    """A number that remembers how it was computed: data and grad are floats."""

    def __init__(self, data: float) -> None:
        self.data = float(data)
        self.grad = 0.0

    def __add__(self, other: "Value | float") -> "Value":
        raise NotImplementedError

    def exp(self) -> "Value":
        raise NotImplementedError

    def tanh(self) -> "Value":
        raise NotImplementedError

    def relu(self) -> "Value":
        raise NotImplementedError

    def backward(self) -> None:
        raise NotImplementedError
