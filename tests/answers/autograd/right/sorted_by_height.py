"""Each Value knows its height above the leaves: the way back goes from the highest down, by sorting."""

import math


class Value:
    def __init__(self, data):
        self.data = float(data)
        self.grad = 0.0
        self.serial = 0
        self.sources = []

    def made(self, data, *sources):
        result = Value(data)
        result.sources = [pair for pair in sources if isinstance(pair[0], Value)]
        result.serial = 1 + max(source.serial for source, _ in result.sources)
        return result

    def __add__(self, o):
        return self.made(self.data + number(o), (self, 1.0), (o, 1.0))

    __radd__ = __add__

    def __mul__(self, o):
        return self.made(self.data * number(o), (self, number(o)), (o, self.data))

    __rmul__ = __mul__

    def __neg__(self):
        return self.made(-self.data, (self, -1.0))

    def __sub__(self, o):
        return self.made(self.data - number(o), (self, 1.0), (o, -1.0))

    def __rsub__(self, o):
        return (-self) + o

    def __truediv__(self, o):
        return self.made(self.data / number(o), (self, 1 / number(o)), (o, -self.data / number(o) ** 2))

    def __rtruediv__(self, o):
        return self.made(o / self.data, (self, -o / self.data**2))

    def __pow__(self, n):
        if n == 0:
            return self.made(1.0, (self, 0.0))
        return self.made(self.data**n, (self, n * self.data ** (n - 1)))

    def exp(self):
        return self.made(math.exp(self.data), (self, math.exp(self.data)))

    def tanh(self):
        return self.made(math.tanh(self.data), (self, 1 - math.tanh(self.data) ** 2))

    def relu(self):
        return self.made(self.data * (self.data > 0), (self, 1.0 if self.data > 0 else 0.0))

    def backward(self):
        met, todo = {self}, [self]
        while todo:
            for source, _ in todo.pop().sources:
                if source not in met:
                    met.add(source)
                    todo.append(source)
        flow = dict.fromkeys(met, 0.0)
        flow[self] = 1.0
        # The longest way to a leaf is longer than that of all it was made from.
        for value in sorted(met, key=lambda value: -value.serial):
            value.grad += flow[value]
            for source, local in value.sources:
                flow[source] += local * flow[value]


def number(o):
    return o.data if isinstance(o, Value) else float(o)
