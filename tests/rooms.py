"""What the rooms of `judge/` import from each other: `python -m tests.rooms` prints floors, rooms and arrows, and what is long."""

from __future__ import annotations

import ast
from pathlib import Path

import grimp
import msgspec

ROOT = Path(__file__).parents[1]
PACKAGES = ("judge", "problems", "reference", "sandbox")


class House(msgspec.Struct, frozen=True):
    """The rooms, and the arrows between them.

    Attributes:
        rooms: with `cli` and `__main__`.
        floors: the rooms on each, from the lowest; one stands above all that it imports.
        arrows: from which room to which.
        mutual: pairs of rooms that import each other.
    """

    rooms: list[str]
    floors: list[list[str]]
    arrows: set[tuple[str, str]]
    mutual: list[tuple[str, str]]


def look() -> House:
    """The house as it is; imports for type checking count too."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    arrows = set()
    rooms = {_room(module) for module in graph.modules if module.startswith("judge.")}
    for module in graph.modules:
        for imported in graph.find_modules_directly_imported_by(module):
            pair = _room(module), _room(imported)
            if module.startswith("judge.") and imported.startswith("judge.") and pair[0] != pair[1]:
                arrows.add(pair)
    floors: list[list[str]] = []
    left = set(rooms)
    while left:
        below = {room for room in left if not any(a == room and b in left for a, b in arrows)}
        floors.append(sorted(below or left))
        left -= below or left
    mutual = sorted(pair for pair in arrows if pair[::-1] in arrows and pair < pair[::-1])
    return House(sorted(rooms), floors, arrows, mutual)


def _room(module: str) -> str:
    return ".".join(module.split(".")[1:2])


def longest(count: int) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """The longest modules and functions, in lines."""
    modules, functions = [], []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            name = str(path.relative_to(ROOT))
            modules.append((text.count("\n"), name))
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    functions.append((node.end_lineno - node.lineno + 1, f"{name}:{node.name}"))
    return sorted(modules, reverse=True)[:count], sorted(functions, reverse=True)[:count]


def main() -> None:
    """Print it."""
    house = look()
    print(f"{len(house.rooms)} rooms on {len(house.floors)} floors, {len(house.arrows)} arrows")
    for number, floor in reversed(list(enumerate(house.floors))):
        print(f"{number:3}  {'  '.join(floor)}")
    for what, found in zip(("modules", "functions"), longest(5), strict=True):
        print(f"longest {what}: " + ", ".join(f"{name} ({lines})" for lines, name in found))


if __name__ == "__main__":
    main()
