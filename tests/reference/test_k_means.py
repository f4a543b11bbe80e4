"""The k-means reference against distances by torch and means by hand, and against what Lloyd's algorithm promises."""

import numpy as np
import pytest
import torch

from reference.k_means import assign, fit, update

SIZES = [(1, 1, 1), (5, 2, 3), (30, 4, 2), (6, 9, 5), (200, 7, 1)]
every_size = pytest.mark.parametrize("sizes", SIZES)


def drawn(n: int, k: int, d: int, seed: int = 0, dtype: str = "float64") -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng([seed, n, k, d])
    return random.standard_normal((n, d)).astype(dtype), random.standard_normal((k, d)).astype(dtype)


def spread(x: np.ndarray, centres: np.ndarray, labels: np.ndarray) -> float:
    return float(((x - centres[labels]) ** 2).sum())


@every_size
def test_labels_are_those_of_the_smallest_distance_by_torch(sizes: tuple[int, int, int]) -> None:
    x, centres = drawn(*sizes)
    distances = torch.cdist(torch.from_numpy(x), torch.from_numpy(centres))
    assert assign(x, centres).tolist() == distances.argmin(dim=1).tolist()


@every_size
def test_centres_are_means_or_stay(sizes: tuple[int, int, int]) -> None:
    x, centres = drawn(*sizes)
    labels = np.random.default_rng(1).integers(0, sizes[1], sizes[0])
    for k, moved in enumerate(update(x, labels, centres)):
        members = x[labels == k]
        np.testing.assert_allclose(moved, members.mean(axis=0) if len(members) else centres[k], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("seed", range(10))
def test_no_step_raises_the_sum_of_squares_and_the_end_is_a_fixed_point(seed: int) -> None:
    x, centres = drawn(60, 5, 2, seed)
    sums = [spread(x, *fit(x, centres, steps)) for steps in range(40)]
    assert sums == sorted(sums, reverse=True)
    found, labels = fit(x, centres, 100)
    again, same = fit(x, found, 1)
    assert again.tolist() == found.tolist()
    assert same.tolist() == labels.tolist()


def test_steps_follow_each_other() -> None:
    x, centres = drawn(40, 4, 3)
    first, labels = fit(x, centres, 2)
    assert labels.tolist() == assign(x, first).tolist()
    then, _ = fit(x, first, 3)
    assert then.tolist() == fit(x, centres, 5)[0].tolist()


def test_the_smallest_index_wins_a_tie() -> None:
    x = np.array([[0.0, 0.0], [2.0, 1.0]])
    centres = np.array([[3.0, 4.0], [-5.0, 0.0], [0.0, 5.0], [3.0, 4.0]])
    assert assign(x, centres).tolist() == [0, 0]
    assert assign(x, centres[1:]).tolist() == [0, 2]


def test_an_empty_cluster_stays_and_may_be_found_later() -> None:
    x = np.array([[0.0], [1.0], [2.0], [5.0], [10.0]])
    centres = np.array([[4.0], [0.0], [0.0]])
    found, labels = fit(x, centres, 1)
    np.testing.assert_allclose(found, [[17 / 3], [0.5], [0.0]])
    assert labels.tolist() == [2, 1, 1, 0, 0]


def test_no_step_at_all() -> None:
    x, centres = drawn(5, 3, 2)
    found, labels = fit(x, centres, 0)
    assert found.tolist() == centres.tolist()
    assert labels.tolist() == assign(x, centres).tolist()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_dtypes_and_inputs_that_are_left_alone(dtype: str) -> None:
    x, centres = drawn(20, 4, 3, dtype=dtype)
    before = x.copy(), centres.copy()
    found, labels = fit(x, centres, 4)
    assert (found.dtype, labels.dtype) == (np.dtype(dtype), np.dtype("int64"))
    assert (x == before[0]).all()
    assert (centres == before[1]).all()


@pytest.mark.parametrize(
    ("x", "centres"),
    [
        (np.zeros((3, 1)), np.zeros((2, 4))),
        (np.zeros((3, 4)), np.zeros((2, 1))),
        (np.zeros(3), np.zeros((2, 3))),
        (np.zeros((3, 2)), np.zeros(2)),
        (np.zeros(3), np.zeros(3)),
        (np.zeros((3, 2, 1)), np.zeros((2, 2, 1))),
        (np.zeros((3, 2)), np.zeros((0, 2))),
    ],
)
def test_shapes_that_do_not_fit_raise(x: np.ndarray, centres: np.ndarray) -> None:
    for call in (
        lambda: assign(x, centres),
        lambda: update(x, np.zeros(len(x), dtype=int), centres),
        lambda: fit(x, centres, 0),
    ):
        with pytest.raises(ValueError, match=r"must be|labels|argmin"):
            call()


@pytest.mark.parametrize("labels", [[0, 1], [0, 1, 2, 0], [[0], [1], [1]], [0, -1, 0], [0, 0, 2]])
def test_labels_that_do_not_fit_raise(labels: list[int]) -> None:
    with pytest.raises(ValueError, match="labels"):
        update(np.zeros((3, 2)), np.array(labels), np.zeros((2, 2)))


def test_fewer_than_no_steps_raise() -> None:
    with pytest.raises(ValueError, match="steps"):
        fit(np.zeros((3, 2)), np.zeros((2, 2)), -1)
