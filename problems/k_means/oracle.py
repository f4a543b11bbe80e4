"""Point by point, in fractions: an answer by other means, in which nothing is rounded before the end."""

from fractions import Fraction

import numpy as np


def rows(array):
    """The rows as lists of fractions.

    Raises:
        ValueError: it is no array of rows.
    """
    if array.ndim != 2 or not len(array):
        raise ValueError("rows")
    return [list(map(Fraction, row)) for row in array.tolist()]


def both(x, centres):
    """Points and centres, of one width."""
    points, places = rows(x), rows(centres)
    if len(points[0]) != len(places[0]):
        raise ValueError("widths")
    return points, places


def nearest(point, places):
    """The first of the nearest places."""
    distances = [sum((a - b) ** 2 for a, b in zip(point, place, strict=True)) for place in places]
    return distances.index(min(distances))


def means(points, labels, places):
    """Means of the groups, places of the empty ones."""
    found = []
    for number, place in enumerate(places):
        group = [point for point, label in zip(points, labels, strict=True) if label == number]
        found.append([sum(column) / len(group) for column in zip(*group, strict=True)] if group else place)
    return found


def as_array(places, dtype):
    return np.array([[float(value) for value in place] for place in places], dtype=dtype)


def assign(x, centres):
    points, places = both(x, centres)
    return np.array([nearest(point, places) for point in points], dtype=np.int64)


def update(x, labels, centres):
    points, places = both(x, centres)
    if labels.shape != (len(points),) or not set(labels.tolist()) <= set(range(len(places))):
        raise ValueError("labels")
    return as_array(means(points, labels.tolist(), places), x.dtype)


def fit(x, centres, steps):
    points, places = both(x, centres)
    if steps < 0:
        raise ValueError("steps")
    labels = [nearest(point, places) for point in points]
    for _ in range(steps):
        moved = means(points, labels, places)
        if moved == places:
            break
        places = moved
        labels = [nearest(point, places) for point in points]
    return as_array(places, x.dtype), np.array(labels, dtype=np.int64)
