"""What comes back to a Value from its last use replaces what came from the others,
and data is kept as the int that came in.

Verdict: wrong_shape | wrong_answer
Lines: 14, 93
Mistake: uses-not-summed+data-as-given
Mistakes: 2
"""

import math


class Value:
    def __init__(self, data):
        self.data = data
        self.grad = 0.0
        self.edges = []

    def _make(self, data, *edges):
        out = Value(data)
        out.edges = list(edges)
        return out

    def __add__(self, other):
        if isinstance(other, Value):
            return self._make(self.data + other.data, (self, 1.0), (other, 1.0))
        return self._make(self.data + other, (self, 1.0))

    def __radd__(self, other):
        return self + other

    def __neg__(self):
        return self._make(-self.data, (self, -1.0))

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return (-self) + other

    def __mul__(self, other):
        if isinstance(other, Value):
            return self._make(self.data * other.data, (self, other.data), (other, self.data))
        return self._make(self.data * other, (self, other))

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        if isinstance(other, Value):
            q = self.data / other.data
            return self._make(q, (self, 1 / other.data), (other, -q / other.data))
        return self._make(self.data / other, (self, 1 / other))

    def __rtruediv__(self, other):
        q = other / self.data
        return self._make(q, (self, -q / self.data))

    def __pow__(self, n):
        return self._make(self.data**n, (self, n * self.data ** (n - 1) if n else 0.0))

    def exp(self):
        e = math.exp(self.data)
        return self._make(e, (self, e))

    def tanh(self):
        t = math.tanh(self.data)
        return self._make(t, (self, 1 - t**2))

    def relu(self):
        if self.data > 0:
            return self._make(self.data, (self, 1.0))
        return self._make(0.0, (self, 0.0))

    def _uses(self):
        counts, todo = {self: 0}, [self]
        while todo:
            for parent, _ in todo.pop().edges:
                if parent not in counts:
                    counts[parent] = 0
                    todo.append(parent)
                counts[parent] += 1
        return counts

    def backward(self):
        uses = self._uses()
        adjoint = dict.fromkeys(uses, 0.0)
        adjoint[self] = 1.0
        ready = [self]
        while ready:
            node = ready.pop()
            node.grad += adjoint[node]
            for parent, slope in node.edges:
                adjoint[parent] = slope * adjoint[node]
                uses[parent] -= 1
                if uses[parent] == 0:
                    ready.append(parent)
