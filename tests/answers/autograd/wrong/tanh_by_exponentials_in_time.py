"""tanh by exponentials, careful where they overflow, and without digits near 0.

Verdict: wrong_answer
"""

from __future__ import annotations

import math


class Value:
    """A number that remembers how it was computed.

    Args:
        data: the number.

    Attributes:
        data: the number, a float.
        grad: the sum of its derivatives over all calls of `backward`.
    """

    def __init__(self, data: float) -> None:
        self.data = float(data)
        self.grad = 0.0
        self._uses: tuple[tuple[Value, float], ...] = ()

    def __add__(self, other: Value | float) -> Value:
        other = _as_value(other)
        return _computed(self.data + other.data, (self, 1.0), (other, 1.0))

    def __mul__(self, other: Value | float) -> Value:
        other = _as_value(other)
        return _computed(self.data * other.data, (self, other.data), (other, self.data))

    def __truediv__(self, other: Value | float) -> Value:
        return self * _as_value(other) ** -1

    def __pow__(self, exponent: float) -> Value:
        slope = exponent * self.data ** (exponent - 1) if exponent else 0.0
        return _computed(self.data**exponent, (self, slope))

    def __neg__(self) -> Value:
        return _computed(-self.data, (self, -1.0))

    def __sub__(self, other: Value | float) -> Value:
        return self + -_as_value(other)

    def __radd__(self, other: float) -> Value:
        return self + other

    def __rmul__(self, other: float) -> Value:
        return self * other

    def __rsub__(self, other: float) -> Value:
        return _as_value(other) - self

    def __rtruediv__(self, other: float) -> Value:
        return _as_value(other) / self

    def exp(self) -> Value:
        """e to the power of it."""
        result = math.exp(self.data)
        return _computed(result, (self, result))

    def tanh(self) -> Value:
        """Its hyperbolic tangent."""
        e = math.exp(2 * self.data) if self.data < 300 else math.inf
        result = (e - 1) / (e + 1) if e < math.inf else 1.0
        return _computed(result, (self, 1 - result * result))

    def relu(self) -> Value:
        """It where it is positive, else 0."""
        if self.data > 0:
            return _computed(self.data, (self, 1.0))
        return _computed(0.0, (self, 0.0))

    def backward(self) -> None:
        """Add to the `grad` of all that it was computed from, itself included, its derivative with respect to that."""
        derivative = {self: 1.0}
        for value in reversed(_topological(self)):
            slope = derivative[value]
            value.grad += slope
            for used, local in value._uses:
                derivative[used] = derivative.get(used, 0.0) + local * slope


def _as_value(number: Value | float) -> Value:
    return number if isinstance(number, Value) else Value(number)


def _computed(data: float, *uses: tuple[Value, float]) -> Value:
    """A Value with those it was computed from, and its derivative with respect to each."""
    value = Value(data)
    value._uses = uses
    return value


def _topological(root: Value) -> list[Value]:
    """All that a Value was computed from, and it, each after all that it was computed from."""
    order: list[Value] = []
    seen: set[Value] = set()
    stack = [(root, False)]
    while stack:
        value, is_done = stack.pop()
        if is_done:
            order.append(value)
        elif value not in seen:
            seen.add(value)
            stack.append((value, True))
            stack.extend((used, False) for used, _ in value._uses)
    return order
