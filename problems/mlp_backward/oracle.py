"""Every number a node of a graph that knows the derivative of each single operation: nothing of the formulas by hand is in it."""

import math

import numpy as np


class Node:
    """A number, and by how much it changes with each of those it is made of."""

    def __init__(self, value, parts=()):
        self.value, self.parts, self.gradient = value, parts, 0.0

    def __add__(self, other):
        return Node(self.value + other.value, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        return Node(self.value * other.value, ((self, other.value), (other, self.value)))

    def scaled(self, factor):
        """Times a constant."""
        return Node(self.value * factor, ((self, factor),))

    def shifted(self, number):
        """Plus a constant."""
        return Node(self.value + number, ((self, 1.0),))

    def relu(self):
        """max(v, 0), flat at 0."""
        return Node(max(self.value, 0.0), ((self, 1.0 if self.value > 0 else 0.0),))

    def exp(self):
        """e to the power of it."""
        return Node(math.exp(self.value), ((self, math.exp(self.value)),))

    def log(self):
        """Its natural logarithm."""
        return Node(math.log(self.value), ((self, 1 / self.value),))


def backward(last):
    """Gradients of everything that `last` is made of: each node after all that is made of it."""
    order, seen, waiting = [], set(), [(last, False)]
    while waiting:
        node, done = waiting.pop()
        if done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            waiting.append((node, True))
            waiting += [(part, False) for part, _ in node.parts]
    last.gradient = 1.0
    for node in reversed(order):
        for part, slope in node.parts:
            part.gradient += slope * node.gradient


def total(nodes):
    """Their sum."""
    found = nodes[0]
    for node in nodes[1:]:
        found = found + node
    return found


def mlp_backward(x, targets, w1, b1, w2, b2):
    """Forward in nodes, and backward through whatever they are."""
    if any(not 0 <= int(target) < len(b2) for target in targets):
        raise ValueError("a target is no class")
    given = [np.vectorize(lambda number: Node(float(number)), otypes=[object])(array) for array in (x, w1, b1, w2, b2)]
    nx, nw1, nb1, nw2, nb2 = given
    losses = []
    for row, target in zip(nx, targets, strict=True):
        hidden = [
            total([nb1[j], *[a * b for a, b in zip(row, nw1[:, j], strict=True)]]).relu() for j in range(len(nb1))
        ]
        scores = [total([nb2[o], *[a * b for a, b in zip(hidden, nw2[:, o], strict=True)]]) for o in range(len(nb2))]
        largest = max(score.value for score in scores)
        small = [score.shifted(-largest) for score in scores]
        losses.append(total([score.exp() for score in small]).log() + small[int(target)].scaled(-1.0))
    loss = total(losses).scaled(1 / len(x))
    backward(loss)
    gradients = [np.vectorize(lambda node: node.gradient, otypes=[x.dtype])(array) for array in given]
    return loss.value, tuple(gradients)
