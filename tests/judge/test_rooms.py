"""The house: rooms in `judge/`, what they are, and how many arrows lead from one to another."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.rooms import look

JUDGE = Path(__file__).parents[2] / "judge"
ROOMS = sorted(path.parent for path in JUDGE.glob("*/__init__.py"))


def test_rooms_floors_and_arrows_are_few() -> None:
    house = look()
    assert len(house.rooms) <= 24
    assert len(house.floors) <= 12
    assert len(house.arrows) < 100
    assert house.mutual == []


def test_nothing_lies_beside_the_rooms() -> None:
    assert sorted(path.name for path in JUDGE.glob("*.py")) == ["__init__.py", "__main__.py", "cli.py"]


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_room_says_what_it_is_and_names_its_face(room: Path) -> None:
    tree = ast.parse((room / "__init__.py").read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    faces = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["__all__"]
    ]
    (face,) = faces
    names = set(ast.literal_eval(face))
    imported = {alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    modules = {path.stem for path in room.glob("*.py")} | {path.parent.name for path in room.glob("*/__init__.py")}
    assert names
    assert names <= imported | modules
