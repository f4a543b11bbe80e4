"""An object for each kind of operation, as a subclass of Value; results are of these classes."""

import math


class Value:
    def __init__(self, data):
        self.data = float(data)
        self.grad = 0.0
        self.parents = ()

    def pull(self, g):
        return ()

    def __add__(self, other):
        return Sum(self, value(other))

    def __radd__(self, other):
        return Sum(value(other), self)

    def __sub__(self, other):
        return Sum(self, Product(Value(-1), value(other)))

    def __rsub__(self, other):
        return Sum(value(other), -self)

    def __neg__(self):
        return Product(Value(-1), self)

    def __mul__(self, other):
        return Product(self, value(other))

    def __rmul__(self, other):
        return Product(value(other), self)

    def __truediv__(self, other):
        return Quotient(self, value(other))

    def __rtruediv__(self, other):
        return Quotient(value(other), self)

    def __pow__(self, n):
        return Power(self, n)

    def exp(self):
        return Exp(self)

    def tanh(self):
        return Tanh(self)

    def relu(self):
        return Relu(self)

    def backward(self):
        order = []
        state = {}
        stack = [self]
        while stack:
            node = stack.pop()
            if node is None:
                order.append(stack.pop())
            elif id(node) not in state:
                state[id(node)] = 0.0
                stack += [node, None]
                stack += node.parents
        state[id(self)] = 1.0
        for node in order[::-1]:
            g = state[id(node)]
            node.grad = node.grad + g
            for parent, part in zip(node.parents, node.pull(g)):
                state[id(parent)] += part


def value(x):
    return x if isinstance(x, Value) else Value(x)


class Sum(Value):
    def __init__(self, a, b):
        super().__init__(a.data + b.data)
        self.parents = (a, b)

    def pull(self, g):
        return g, g


class Product(Value):
    def __init__(self, a, b):
        super().__init__(a.data * b.data)
        self.parents = (a, b)

    def pull(self, g):
        a, b = self.parents
        return g * b.data, g * a.data


class Quotient(Value):
    def __init__(self, a, b):
        super().__init__(a.data / b.data)
        self.parents = (a, b)

    def pull(self, g):
        a, b = self.parents
        return g / b.data, -g * self.data / b.data


class Power(Value):
    def __init__(self, a, n):
        super().__init__(math.pow(a.data, n))
        self.parents, self.n = (a,), n

    def pull(self, g):
        return (g * self.n * math.pow(self.parents[0].data, self.n - 1) if self.n else 0.0,)


class Exp(Value):
    def __init__(self, a):
        super().__init__(math.exp(a.data))
        self.parents = (a,)

    def pull(self, g):
        return (g * self.data,)


class Tanh(Value):
    def __init__(self, a):
        super().__init__(math.tanh(a.data))
        self.parents = (a,)

    def pull(self, g):
        return (g / math.cosh(self.parents[0].data) ** 2 if abs(self.parents[0].data) < 300 else 0.0,)


class Relu(Value):
    def __init__(self, a):
        super().__init__(a.data if a.data > 0 else 0)
        self.parents = (a,)

    def pull(self, g):
        return (g if self.data > 0 else 0.0,)
