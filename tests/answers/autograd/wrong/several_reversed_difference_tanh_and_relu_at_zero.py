"""A number minus a Value has the wrong sign, the derivative of tanh lacks the square,
and that of relu at 0 is 1.

Verdict: wrong_answer
Lines: 49, 63, 66
Mistakes: 3
"""

import math


class Value:
    def __init__(self, data, parents=(), push=None):
        self.data = float(data)
        self.grad = 0.0
        self._parents = parents
        self._push = push

    @staticmethod
    def _lift(x):
        return x if isinstance(x, Value) else Value(x)

    def __add__(self, other):
        other = Value._lift(other)
        return Value(self.data + other.data, (self, other), lambda g: (g, g))

    def __mul__(self, other):
        other = Value._lift(other)
        return Value(self.data * other.data, (self, other), lambda g: (g * other.data, g * self.data))

    def __truediv__(self, other):
        other = Value._lift(other)
        a, b = self.data, other.data
        return Value(a / b, (self, other), lambda g: (g / b, -g * a / b / b))

    def __pow__(self, n):
        x = self.data
        slope = 0.0 if n == 0 else n * x ** (n - 1)
        return Value(x**n, (self,), lambda g: (g * slope,))

    def __neg__(self):
        return Value(-self.data, (self,), lambda g: (-g,))

    def __sub__(self, other):
        other = Value._lift(other)
        return Value(self.data - other.data, (self, other), lambda g: (g, -g))

    def __rsub__(self, other):
        return self - other

    def __rtruediv__(self, other):
        return Value(other) / self

    __radd__ = __add__
    __rmul__ = __mul__

    def exp(self):
        e = math.exp(self.data)
        return Value(e, (self,), lambda g: (g * e,))

    def tanh(self):
        t = math.tanh(self.data)
        return Value(t, (self,), lambda g: (g * (1 - t),))

    def relu(self):
        on = 1.0 if self.data >= 0 else 0.0
        return Value(max(self.data, 0.0), (self,), lambda g: (g * on,))

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                stack.append((node, True))
                stack.extend((p, False) for p in node._parents)
        flow = {id(self): 1.0}
        for node in reversed(order):
            g = flow[id(node)]
            node.grad += g
            if node._push:
                for parent, share in zip(node._parents, node._push(g)):
                    flow[id(parent)] = flow.get(id(parent), 0.0) + share
