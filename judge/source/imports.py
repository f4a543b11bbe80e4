"""What a file imports at its top, and which of that lies beside it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

IMPORT = re.compile(rb"^[ \t]*(?:from|import)[ \t]+([A-Za-z_]\w*)", re.MULTILINE)


def imported_at_top(tree: ast.Module | None) -> frozenset[str]:
    """The packages whose import is a statement of the file itself: not inside `try`, a function or a class."""
    return frozenset() if tree is None else frozenset(_packages(tree.body))


def _packages(statements: Sequence[ast.stmt]) -> Iterator[str]:
    for statement in statements:
        match statement:
            case ast.Import():
                yield from (each.name.partition(".")[0] for each in statement.names)
            case ast.ImportFrom(level=0, module=str(name)):
                yield name.partition(".")[0]
            case ast.If() | ast.For() | ast.While():
                yield from _packages([*statement.body, *statement.orelse])
            case ast.With():
                yield from _packages(statement.body)
            case _:
                pass


def siblings_of(path: Path, data: bytes) -> tuple[str, ...]:
    """What a file seems to import that lies beside it, as a file or as a folder: a solution is one file.

    Args:
        path: of the file.
        data: what it holds.
    """
    names = {name.decode() for name in IMPORT.findall(data)} - {path.stem}
    return tuple(
        sorted(each for each in names if path.with_name(f"{each}.py").is_file() or path.with_name(each).is_dir())
    )
