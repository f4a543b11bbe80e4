"""Values are numbered as they are made: the way back takes them by falling number, from a heap."""

import heapq
import itertools
import math

_numbers = itertools.count()


class Value:
    __slots__ = ("data", "grad", "inputs", "number")

    def __init__(self, data, *inputs):
        self.data = float(data)
        self.grad = 0.0
        self.number = next(_numbers)
        self.inputs = inputs

    def __add__(self, other):
        if isinstance(other, Value):
            return Value(self.data + other.data, (self, 1.0), (other, 1.0))
        return Value(self.data + other, (self, 1.0))

    def __radd__(self, other):
        return Value(other + self.data, (self, 1.0))

    def __sub__(self, other):
        if isinstance(other, Value):
            return Value(self.data - other.data, (self, 1.0), (other, -1.0))
        return Value(self.data - other, (self, 1.0))

    def __rsub__(self, other):
        return Value(other - self.data, (self, -1.0))

    def __mul__(self, other):
        if isinstance(other, Value):
            return Value(self.data * other.data, (self, other.data), (other, self.data))
        return Value(self.data * other, (self, float(other)))

    def __rmul__(self, other):
        return Value(other * self.data, (self, float(other)))

    def __truediv__(self, other):
        if isinstance(other, Value):
            return Value(self.data / other.data, (self, 1 / other.data), (other, -self.data / other.data**2))
        return Value(self.data / other, (self, 1 / other))

    def __rtruediv__(self, other):
        return Value(other / self.data, (self, -other / self.data**2))

    def __pow__(self, n):
        return Value(self.data**n, (self, n * self.data ** (n - 1) if n else 0.0))

    def __neg__(self):
        return Value(-self.data, (self, -1.0))

    def exp(self):
        return Value(math.exp(self.data), (self, math.exp(self.data)))

    def tanh(self):
        t = math.tanh(self.data)
        return Value(t, (self, (1 - t) * (1 + t)))

    def relu(self):
        positive = self.data > 0
        return Value(self.data if positive else 0.0, (self, float(positive)))

    def backward(self):
        found = {self.number: 1.0}
        heap = [(-self.number, self)]
        while heap:
            number, value = heapq.heappop(heap)
            slope = found.pop(-number)
            value.grad += slope
            for used, local in value.inputs:
                if used.number not in found:
                    found[used.number] = 0.0
                    heapq.heappush(heap, (-used.number, used))
                found[used.number] += slope * local
