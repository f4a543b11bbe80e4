"""relu asks its result whether it is negative, which it never is: every derivative goes through.

Verdict: wrong_answer
Lines: 57
"""

import math


class Value:
    def __init__(self, data, _children=(), _op=""):
        self.data = float(data)
        self.grad = 0.0
        self._prev = tuple(_children)
        self._op = _op
        self._backward = lambda flow, add: None

    def __repr__(self):
        return f"Value(data={self.data}, grad={self.grad})"

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), "+")

        def _backward(flow, add):
            add(self, flow)
            add(other, flow)

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), "*")

        def _backward(flow, add):
            add(self, other.data * flow)
            add(other, self.data * flow)

        out._backward = _backward
        return out

    def __pow__(self, other):
        assert isinstance(other, (int, float)), "only int and float powers"
        out = Value(self.data**other, (self,), f"**{other}")

        def _backward(flow, add):
            add(self, 0.0 if other == 0 else other * self.data ** (other - 1) * flow)

        out._backward = _backward
        return out

    def relu(self):
        out = Value(0 if self.data < 0 else self.data, (self,), "relu")

        def _backward(flow, add):
            add(self, (out.data >= 0) * flow)

        out._backward = _backward
        return out

    def tanh(self):
        out = Value(math.tanh(self.data), (self,), "tanh")

        def _backward(flow, add):
            add(self, (1 - out.data**2) * flow)

        out._backward = _backward
        return out

    def exp(self):
        out = Value(math.e**self.data, (self,), "exp")

        def _backward(flow, add):
            add(self, out.data * flow)

        out._backward = _backward
        return out

    def backward(self):
        topo, visited = [], set()
        pending = [self]
        while pending:
            v = pending[-1]
            if v in visited:
                pending.pop()
                continue
            waiting = [child for child in v._prev if child not in visited]
            if waiting:
                pending.extend(waiting)
            else:
                visited.add(v)
                topo.append(v)
                pending.pop()
        flows = {v: 0.0 for v in topo}
        flows[self] = 1.0

        def add(v, amount):
            flows[v] += amount

        for v in reversed(topo):
            v.grad += flows[v]
            v._backward(flows[v], add)

    def __neg__(self):
        return self * -1

    def __radd__(self, other):
        return self + other

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return other + (-self)

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        return self * other**-1

    def __rtruediv__(self, other):
        return other * self**-1
