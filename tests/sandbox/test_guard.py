"""Which files the audit hook lets through."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.inside.guard import Places


@pytest.fixture
def places(tmp_path: Path) -> Places:
    library = tmp_path / "lib" / "python3"
    (library / "site-packages" / "numpy").mkdir(parents=True)
    (library / "site-packages" / "judge").mkdir()
    (tmp_path / "lib" / "link").symlink_to(library)
    hidden = {str(library / "site-packages" / "numpy" / "hidden.py")}
    return Places([str(tmp_path / "lib" / "link"), str(library / "site-packages" / "numpy")], hidden)


@pytest.mark.parametrize(
    ("path", "readable"),
    [
        ("lib/link/json/__init__.py", True),
        ("lib/python3/json/__init__.py", True),
        ("lib/link", True),
        ("lib/python3/site-packages/numpy/core.py", True),
        ("lib/python3/site-packages/numpy/hidden.py", False),
        ("lib/link/site-packages/numpy/hidden.py", False),
        ("lib/python3/site-packages/numpy/../judge/cli.py", False),
        ("lib/python3/site-packages/judge/cli.py", False),
        ("lib/python3/site-packages/numpy_of_mine.py", False),
        ("lib/python3/dist-packages/x.py", False),
        ("lib/python3/../secret", False),
        ("lib/python3extra/x.py", False),
        ("secret", False),
    ],
)
def test_libraries_are_readable_and_nothing_beside_them(
    places: Places, tmp_path: Path, path: str, readable: bool
) -> None:
    assert places.open(str(tmp_path / path)) is readable
