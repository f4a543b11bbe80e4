"""Each Value keeps a function that sends its gradient on; a backward collects in a field of its own."""

import math


class Value:
    def __init__(self, data, children=()):
        self.data = float(data)
        self.grad = 0.0
        self._children = children
        self._send = lambda: None
        self._flow = 0.0

    @staticmethod
    def wrap(x):
        return x if isinstance(x, Value) else Value(x)

    def __add__(self, other):
        other = Value.wrap(other)
        out = Value(self.data + other.data, (self, other))

        def send():
            self._flow += out._flow
            other._flow += out._flow

        out._send = send
        return out

    def __mul__(self, other):
        other = Value.wrap(other)
        out = Value(self.data * other.data, (self, other))

        def send():
            self._flow += other.data * out._flow
            other._flow += self.data * out._flow

        out._send = send
        return out

    def __pow__(self, n):
        out = Value(self.data**n, (self,))

        def send():
            if n != 0:
                self._flow += n * self.data ** (n - 1) * out._flow

        out._send = send
        return out

    def _unary(self, result, slope):
        out = Value(result, (self,))

        def send():
            self._flow += slope * out._flow

        out._send = send
        return out

    def exp(self):
        e = math.exp(self.data)
        return self._unary(e, e)

    def tanh(self):
        t = math.tanh(self.data)
        return self._unary(t, 1.0 - t**2)

    def relu(self):
        return self._unary(max(0.0, self.data), 1.0 if self.data > 0 else 0.0)

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-Value.wrap(other))

    def __truediv__(self, other):
        return self * Value.wrap(other) ** -1

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other):
        return Value.wrap(other) - self

    def __rtruediv__(self, other):
        return Value.wrap(other) / self

    def backward(self):
        order, visited, stack = [], set(), [(self, iter(self._children))]
        visited.add(id(self))
        while stack:
            node, children = stack[-1]
            for child in children:
                if id(child) not in visited:
                    visited.add(id(child))
                    stack.append((child, iter(child._children)))
                    break
            else:
                order.append(node)
                stack.pop()
        self._flow = 1.0
        for node in reversed(order):
            node._send()
        for node in order:
            node.grad += node._flow
            node._flow = 0.0
