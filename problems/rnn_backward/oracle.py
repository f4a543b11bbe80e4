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

    def tanh(self):
        """Its hyperbolic tangent; the slope from the exponential, so that nothing cancels."""
        small = math.exp(-2 * abs(self.value))
        return Node(math.tanh(self.value), ((self, 4 * small / (1 + small) ** 2),))


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


def rnn_backward(x, w_ih, w_hh, b_ih, b_hh, h0, d_outputs, d_h_n):
    """Forward in nodes, the loss as results times what comes from above, and backward through whatever they are."""
    given = [
        np.vectorize(lambda number: Node(float(number)), otypes=[object])(a) for a in (x, w_ih, w_hh, b_ih, b_hh, h0)
    ]
    nx, nw_ih, nw_hh, nb_ih, nb_hh, nh0 = given
    parts = []
    for row in range(len(x)):
        h = list(nh0[row])
        for t in range(x.shape[1]):
            h = [
                total(
                    [
                        nb_ih[j] + nb_hh[j],
                        *[w * v for w, v in zip(nw_ih[j], nx[row, t], strict=True)],
                        *[w * v for w, v in zip(nw_hh[j], h, strict=True)],
                    ]
                ).tanh()
                for j in range(len(b_ih))
            ]
            parts += [h[j].scaled(float(d_outputs[row, t, j])) for j in range(len(h))]
        parts += [h[j].scaled(float(d_h_n[row, j])) for j in range(len(h))]
    backward(total(parts))
    return tuple(np.vectorize(lambda node: node.gradient, otypes=[x.dtype])(array) for array in given)
