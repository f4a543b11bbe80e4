"""Points and centres whose labels no rounding decides.

What an assignment looks at first is exact: coordinates are whole multiples of a power of two, with so few digits that squares, products
and all sums of them are exact in the case's precision, and that roots of different distances are different numbers. So ties are ties in
every right answer, and near ties are none. Centres that `fit` has moved are means and need not be exact: there, every nearest centre is
nearer than the others by a margin (`settled`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import torch

from problems.cases import Case, Values, cases, relaid
from problems.checks import Subject
from problems.comparison import Layout
from problems.properties import Given

Change = Callable[[Case, dict[str, Any]], dict[str, Any]]
"""Of what a function is given."""

PARTS = {"float32": 8, "float64": 2**16}  # of 1, of which coordinates are multiples
FAR = 2.0**17  # from the origin; in float64 alone, and with the digits of float32
OUTLIERS = 2.0**15, 2.0**13  # from the others, and from their own centre
FARTHEST = 4.0  # coordinate; a mirrored one may be three times as far
SCALES = {"huge": 2.0**20, "tiny": 2.0**-30}
APART = 4.0  # between blobs, in every coordinate
MARGIN = 64  # eps of the largest squared length, a dimension: |x|² - 2 x·c + |c|² is off by less than a tenth of that
MOST_EQUAL = 40  # points: more of them, each divided before they are added one by one, drift off by more than the bound
TRIES, MORE_TRIES = 40, 150
SPACE = cases(
    {"N": (1, 2, 3, 4, 6, 9, 16, 25, 40), "K": (1, 2, 3, 4, 6, 8, 12), "D": (1, 2, 3, 5, 8, 16, 33)},
    kinds=("small integers", "ordinary", "huge", "tiny"),
    options={
        "centres": ("own", "points", "copies", "mirrored", "blobs"),
        "labels": ("all", "some", "one"),
        "steps": (1, 0, 2, 3, 5, 12),
    },
)


def exact(values: Values, case: Case, *shape: int) -> torch.Tensor:
    """Coordinates of few digits."""
    plain = case.kind if case.kind in ("zero", "equal", "small integers") else "ordinary"
    parts = PARTS["float32" if case.kind == "far" else case.dtype]
    return (values.plain(*shape, kind=plain).clamp(-FARTHEST, FARTHEST) * parts).round() / parts


def drawn(case: Case, option: str, salt: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Points and centres. "mirrored": pairs as far from some point as each other, or by one digit farther; "blobs": one each.

    Kind "far": far from the origin, and the last centre far from the others, with two points on either side of it.
    """
    values, (n, k, d) = Values(case, salt=salt), (case.sizes[letter] for letter in "NKD")
    rows = 1 if case.layout == "expanded" and n <= MOST_EQUAL else n
    x, centres = exact(values, case, rows, d), exact(values, case, k, d)
    digit = 1.0 if case.kind == "small integers" else 1 / PARTS[case.dtype]
    if option == "blobs":
        x, centres = (values.plain(each, d, kind="small integers") / 8 for each in (rows, k))
        x += APART * torch.tensor([[values.choice(k) - k // 2] for _ in range(rows)])
        centres += APART * (torch.arange(k)[:, None] - k // 2)
    for place in range(k):
        if option == "points":
            centres[place] = x[values.choice(rows)]
        elif option == "copies" and place and values.choice(2):
            centres[place] = centres[values.choice(place)]
        elif option == "mirrored" and place % 2:
            point, axis = x[values.choice(rows)], values.choice(d)
            centres[place - 1, axis] = point[axis]  # beside it, one digit is the least that a distance can grow by
            centres[place] = 2 * point - centres[place - 1]
            centres[place - values.choice(2), axis] += digit * values.choice(2)
    if case.kind == "far" and k > 1 and rows > 2:
        centres[-1, 0] += OUTLIERS[0]
        for place in range(2):
            x[place] = centres[-1]
            x[place, 0] += OUTLIERS[1] * (-1) ** place
    scale, moved = SCALES.get(case.kind, 1.0), FAR if case.kind == "far" else 0.0
    x, centres = (scale * x + moved).expand(n, d), relaid(scale * centres + moved, case.layout)
    return x if rows < n else relaid(x.contiguous(), case.layout), centres


def settled(x: torch.Tensor, centres: torch.Tensor, steps: int) -> list[np.ndarray] | None:
    """The labels in each step; None where after some update a point has two centres that are nearly as near."""
    points, places = x.double().numpy(), centres.double().numpy()
    longest = max(float((each**2).sum(axis=1).max()) for each in (points, places))
    margin = MARGIN * torch.finfo(x.dtype).eps * (2 + x.shape[1]) * longest
    found: list[np.ndarray] = []
    for step in range(steps + 1):
        distances = ((points[:, None] - places) ** 2).sum(axis=2)
        labels = distances.argmin(axis=1)
        nearest = np.sort(distances, axis=1)[:, :2]
        if step and nearest.shape[1] > 1 and bool((nearest[:, 1] - nearest[:, 0] <= margin).any()):
            return None
        found.append(labels)
        groups = [points[labels == number] for number in range(len(places))]
        means = [group.mean(axis=0) if len(group) else place for group, place in zip(groups, places, strict=True)]
        if step and np.array_equal(means, places):
            break
        places = np.stack(means)
    return found


def points(case: Case) -> dict[str, Any]:
    """x and centres for one assignment."""
    x, centres = drawn(case, case.options["centres"])
    return {"x": x, "centres": centres}


def labelled(case: Case) -> dict[str, Any]:
    """x, labels and centres: labels of all clusters, of half of them, or of one."""
    given, values, k = points(case), Values(case, salt=3), case.sizes["K"]
    some = {"all": range(k), "some": [values.choice(k) for _ in range((k + 1) // 2)], "one": [values.choice(k)]}
    chosen = some[case.options["labels"]]
    labels = torch.tensor([chosen[values.choice(len(chosen))] for _ in range(case.sizes["N"])])
    return {"x": given["x"], "labels": relaid(labels, case.layout), "centres": given["centres"]}


def beginning(case: Case) -> dict[str, Any]:
    """x, centres and steps that are settled: the first of some that are drawn, or else blobs."""
    steps = case.options["steps"]
    every = (drawn(case, case.options["centres"], salt) for salt in range(TRIES))
    x, centres = next((each for each in every if settled(*each, steps)), None) or drawn(case, "blobs")
    return {"x": x, "centres": centres, "steps": steps}


def loses(before: np.ndarray, after: np.ndarray) -> bool:
    """Whether a cluster that had points has none any more."""
    return bool(set(before.tolist()) - set(after.tolist()))


def exchanges(before: np.ndarray, after: np.ndarray) -> bool:
    """Whether clusters have other points, and as many as before."""
    return not np.array_equal(before, after) and np.array_equal(np.bincount(before), np.bincount(after))


def where(happens: Callable[[np.ndarray, np.ndarray], bool]) -> Change:
    """Settled ones in which this happens from one step to the next, and another update follows: the first of many that are drawn."""

    def search(case: Case, given: dict[str, Any]) -> dict[str, Any]:
        for salt in range(MORE_TRIES):
            x, centres = drawn(case, "own", salt)
            labels = settled(x, centres, given["steps"]) or []
            if any(happens(*each) for each in pairwise(labels[:-1])):
                return {**given, "x": x, "centres": centres}
        return given

    return search


def crowded(case: Case, given: dict[str, Any]) -> dict[str, Any]:
    """Coordinates with all digits, one cluster of many points and others of two, and centres that come from far away."""
    values, (n, k, d) = Values(case, salt=5), (case.sizes[letter] for letter in "NKD")
    most, others = (k - 1) * values.choice(2), 2 * (k - 1)
    labels = torch.tensor([most] * (n - others) + [label for label in range(k) if label != most] * 2)
    labels = labels[torch.randperm(n, generator=torch.Generator().manual_seed(case.seed))]
    x = values.plain(n, d) + 2 * (labels == most)[:, None]
    return {"x": relaid(x, case.layout), "labels": labels, "centres": given["centres"] * SCALES["huge"]}


LABELS, CENTRES = Layout("labels", "N"), Layout("centres", "K D")
FIT = Subject(draw=SPACE, inputs=beginning, target="fit", result=(CENTRES, LABELS))
ALL_KINDS = ("small integers", "ordinary", "zero", "equal", "huge", "tiny")
ASSIGN = Subject(
    draw=SPACE.but(kinds=ALL_KINDS, labels=("all",), steps=(1,)),
    inputs=points,
    target="assign",
    result=Layout("result", "N"),
    rows=("x",),
    batch="N",
)
UPDATE = Subject(
    draw=SPACE.but(kinds=ALL_KINDS, steps=(1,)), inputs=labelled, target="update", result=Layout("result", "K D")
)
CROWDED = UPDATE.on(
    N=(300, 1000), K=(2, 3, 4), D=(1, 2, 3), kinds=("ordinary",), layouts=("contiguous", "transposed", "sliced")
).given(crowded)
SEARCHED = {"D": (2, 3), "kinds": ("ordinary",), "layouts": ("contiguous",), "centres": ("own",)}
LOSING = FIT.on(N=(6, 9), K=(4, 6), steps=(2, 3, 5), **SEARCHED).given(where(loses))
EXCHANGING = FIT.on(N=(16, 25), K=(2, 3), steps=(3, 5, 12), **SEARCHED).given(where(exchanges))
EVERY = (ASSIGN, UPDATE, FIT)


def wrong(subject: Subject) -> Callable[[Case], Iterator[Given]]:
    """Points and centres that do not fit, no centre, labels out of range or too few, and fewer than no steps."""

    def changes(case: Case) -> Iterator[Given]:
        given, k, place = subject.inputs(case), case.sizes["K"], case.seed % case.sizes["N"]
        for name in ("x", "centres"):
            yield from ({name: given[name][part]} for part in (0, None, (..., slice(1))))
        yield {"centres": given["centres"][:0]}
        yield from ({name: given[name][part] for name in ("x", "centres")} for part in ((..., 0), (..., None)))
        if "labels" in given:
            for bad in (-1, k, -k, k + 3):
                labels = given["labels"].clone()
                labels[place] = bad
                yield {"labels": labels}
            yield from ({"labels": given["labels"][part]} for part in (slice(1), slice(-1), (..., None)))
            yield {"labels": torch.cat([given["labels"]] * 2)}
        if "steps" in given:
            yield from ({"steps": bad} for bad in (-1, -7))

    return changes
