"""What a solution may import, and where it lies."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from problems.frameworks import NUMPY, PYTHON, TORCH
from sandbox import packages
from sandbox.packages import libraries


def test_numpy_solutions_do_not_get_torch() -> None:
    assert "torch" not in libraries(NUMPY).allowed
    assert not any(Path(place).name == "torch" for place in libraries(NUMPY).readable)


def test_solutions_in_plain_python_get_nothing_besides() -> None:
    found = libraries(PYTHON)
    assert (found.allowed, found.sites) == ((), ())
    assert set(found.readable) == set(libraries(NUMPY).readable) & set(found.readable)


def test_torch_solutions_get_both() -> None:
    assert {"torch", "numpy"} <= set(libraries(TORCH).allowed)


def test_places_exist_and_hold_the_packages() -> None:
    found = libraries(TORCH)
    assert all(os.path.exists(place) for place in found.readable)
    assert str(Path(np.__file__).parents[1]) in found.sites


def test_standard_library_is_the_interpreters_own() -> None:
    assert os.path.realpath(os.path.dirname(os.__file__)) in libraries(NUMPY).readable


def test_installed_packages_are_not_readable_as_a_whole() -> None:
    for framework in (NUMPY, TORCH):
        found = libraries(framework)
        assert not set(found.sites) & set(found.readable)
        assert not any(
            site.startswith(place + os.sep) for site in found.sites for place in found.readable if place != _stdlib()
        )
        assert sys.prefix not in found.readable


def _stdlib() -> str:
    return os.path.realpath(os.path.dirname(os.__file__))


def test_shared_libraries_are_found_by_the_distribution_that_a_package_comes_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    owners = {"sklearn": ["scikit-learn"], "PIL": ["pillow"]}
    monkeypatch.setattr(packages, "_owners", lambda: owners)
    assert packages._is_of("numpy", ["numpy"])
    assert packages._is_of("scikit_learn", ["numpy", "sklearn"])
    assert not packages._is_of("scikit_learn", ["numpy", "PIL"])
    assert not packages._is_of("numpy", ["PIL"])
