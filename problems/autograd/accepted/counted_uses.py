"""Kahn's way: first count how often each Value is used, then pass a Value's derivative on when all its uses have come."""

from collections import deque
from dataclasses import dataclass, field
from math import exp, tanh


@dataclass(eq=False)
class Value:
    data: float
    grad: float = 0.0
    edges: list = field(default_factory=list)

    def __post_init__(self):
        self.data = float(self.data)

    def __add__(self, other):
        other = lift(other)
        return Value(self.data + other.data, edges=[(self, lambda g: g), (other, lambda g: g)])

    def __mul__(self, other):
        other = lift(other)
        a, b = self.data, other.data
        return Value(a * b, edges=[(self, lambda g: g * b), (other, lambda g: g * a)])

    def __truediv__(self, other):
        other = lift(other)
        a, b = self.data, other.data
        return Value(a / b, edges=[(self, lambda g: g / b), (other, lambda g: -g * a / (b * b))])

    def __pow__(self, power):
        x = self.data
        if power == 0:
            return Value(1.0, edges=[(self, lambda g: 0.0)])
        return Value(x**power, edges=[(self, lambda g: g * power * x ** (power - 1))])

    def __neg__(self):
        return 0 - self

    def __sub__(self, other):
        other = lift(other)
        return Value(self.data - other.data, edges=[(self, lambda g: g), (other, lambda g: -g)])

    def __radd__(self, other):
        return lift(other) + self

    def __rmul__(self, other):
        return lift(other) * self

    def __rsub__(self, other):
        return lift(other) - self

    def __rtruediv__(self, other):
        return lift(other) / self

    def exp(self):
        y = exp(self.data)
        return Value(y, edges=[(self, lambda g: g * y)])

    def tanh(self):
        y = tanh(self.data)
        return Value(y, edges=[(self, lambda g: g * (1 - y * y))])

    def relu(self):
        x = self.data
        return Value(x if x > 0 else 0.0, edges=[(self, lambda g: g if x > 0 else 0.0)])

    def backward(self):
        uses, todo = {}, deque([self])
        while todo:
            for child, _ in todo.popleft().edges:
                if child not in uses:
                    uses[child] = 0
                    todo.append(child)
                uses[child] += 1
        arrived, ready = {self: 1.0}, [self]
        while ready:
            value = ready.pop()
            value.grad += arrived[value]
            for child, pull in value.edges:
                arrived[child] = arrived.get(child, 0.0) + pull(arrived[value])
                uses[child] -= 1
                if uses[child] == 0:
                    ready.append(child)


def lift(x):
    return x if isinstance(x, Value) else Value(x)
