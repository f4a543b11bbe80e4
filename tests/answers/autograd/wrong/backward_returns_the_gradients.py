"""backward returns a dict of gradients; it is to return nothing.

Verdict: wrong_shape
Lines: 111
"""

from math import exp, tanh


def lift(method):
    def wrapped(self, other):
        if not isinstance(other, (Value, int, float)):
            return NotImplemented
        return method(self, other if isinstance(other, Value) else Value(other))

    return wrapped


class Value(object):
    def __init__(self, data):
        self.data = 1.0 * data
        self.grad = 0.0
        self.parents = []
        self.slopes = None

    def node(self, data, *parents):
        result = type(self)(data)
        result.parents = list(parents)
        return result

    @lift
    def __add__(self, other):
        y = self.node(self.data + other.data, self, other)
        y.slopes = lambda: (1.0, 1.0)
        return y

    @lift
    def __sub__(self, other):
        y = self.node(self.data - other.data, self, other)
        y.slopes = lambda: (1.0, -1.0)
        return y

    @lift
    def __mul__(self, other):
        y = self.node(self.data * other.data, self, other)
        y.slopes = lambda: (other.data, self.data)
        return y

    @lift
    def __truediv__(self, other):
        y = self.node(self.data / other.data, self, other)
        y.slopes = lambda: (1 / other.data, -y.data / other.data)
        return y

    def __radd__(self, other):
        return Value(other) + self

    def __rsub__(self, other):
        return Value(other) - self

    def __rmul__(self, other):
        return Value(other) * self

    def __rtruediv__(self, other):
        return Value(other) / self

    def __neg__(self):
        return -1 * self

    def __pow__(self, n):
        y = self.node(self.data**n, self)
        y.slopes = lambda: (0.0 if n == 0 else n * self.data ** (n - 1),)
        return y

    def exp(self):
        y = self.node(exp(self.data), self)
        y.slopes = lambda: (y.data,)
        return y

    def tanh(self):
        y = self.node(tanh(self.data), self)
        y.slopes = lambda: ((1 - y.data) * (1 + y.data),)
        return y

    def relu(self):
        y = self.node(self.data if self.data > 0 else 0.0, self)
        y.slopes = lambda: (1.0 if self.data > 0 else 0.0,)
        return y

    def backward(self):
        uses, stack = {self: 0}, [self]
        while stack:
            for parent in stack.pop().parents:
                if parent not in uses:
                    uses[parent] = 0
                    stack.append(parent)
                uses[parent] += 1
        own = dict.fromkeys(uses, 0.0)
        own[self] = 1.0
        ready = [self]
        while ready:
            value = ready.pop()
            value.grad = value.grad + own[value]
            if value.slopes is None:
                continue
            for parent, slope in zip(value.parents, value.slopes()):
                own[parent] += own[value] * slope
                uses[parent] -= 1
                if not uses[parent]:
                    ready.append(parent)
        return own
