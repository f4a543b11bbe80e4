"""Which files the audit hook lets through."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.guest.guard import Look, looker


@pytest.fixture
def look(tmp_path: Path) -> Look:
    library = tmp_path / "lib" / "python3"
    (library / "site-packages" / "numpy").mkdir(parents=True)
    (library / "site-packages" / "judge").mkdir()
    (tmp_path / "lib" / "link").symlink_to(library)
    hidden = [str(library / "site-packages" / "numpy" / "hidden.py")]
    unloaded = {str(library / "site-packages" / "numpy" / "unloaded.py"): "numpy.unloaded"}
    libraries = [str(tmp_path / "lib" / "link"), str(library / "site-packages" / "numpy")]
    return looker(libraries, [], hidden, unloaded, "mine.py")


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
def test_libraries_are_readable_and_nothing_beside_them(look: Look, tmp_path: Path, path: str, readable: bool) -> None:
    assert (look("open", (str(tmp_path / path), "r", 0)) is None) is readable


def test_a_module_that_is_forbidden_and_not_loaded_can_not_be_read(look: Look, tmp_path: Path) -> None:
    file = tmp_path / "lib" / "link" / "site-packages" / "numpy" / "unloaded.py"
    assert look("open", (str(file), "rb", 0)) == ("rule", "import numpy.unloaded", True)


@pytest.mark.parametrize("name", ["mine.py", "/proc/self/status", "/etc/passwd"])
def test_what_tracebacks_and_libraries_look_for_is_no_offence(look: Look, name: str) -> None:
    found = look("open", (name, "r", 0))
    assert found is not None
    assert not found[2]


class Liar(str):
    """A path that says something else to whoever asks it."""

    def __hash__(self) -> int:
        raise AssertionError("asked")

    def __eq__(self, other: object) -> bool:
        raise AssertionError("asked")

    def __str__(self) -> str:
        return "/dev/null"

    def startswith(self, *args: object) -> bool:  # type: ignore[override]
        """Agree."""
        return True


def test_a_path_that_lies_is_taken_at_its_letters(look: Look, tmp_path: Path) -> None:
    found = look("open", (Liar(tmp_path / "secret"), "r", 0))
    assert found == ("violation", f"reading the file {str(tmp_path / 'secret')!r}", True)
    assert look("os.listdir", (Liar(tmp_path),)) is not None


def test_what_is_no_path_is_not_asked_for_one(look: Look) -> None:
    with pytest.raises(TypeError):
        look("os.listdir", (Path("/"),))
