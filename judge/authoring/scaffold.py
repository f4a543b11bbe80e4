"""A new problem: a complete folder and reference, written from a template that is itself a small problem and passes its own proof."""

from __future__ import annotations

import keyword
import re
from pathlib import Path

from judge.verdict import UsageError

TEMPLATE = Path(__file__).resolve().parent / "template"
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def write_problem(name: str, home: Path) -> tuple[Path, ...]:
    """Write `problems/NAME/` and `reference/NAME.py` below a folder.

    Args:
        name: of the problem, and of the function that it asks for.
        home: the folder of the pack; made where it is missing.

    Returns:
        What was written, in the order in which an author reads it.

    Raises:
        UsageError: the name can't be one, something stands there already, or it can't be written. Nothing is left half written.
    """
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise UsageError(
            f"{name!r} can't be the name of a problem: it is also the name of a function, so it takes small letters, digits and "
            "`_`, begins with a letter, and is no word of Python's own."
        )
    folder, reference = home / "problems" / name, home / "reference" / f"{name}.py"
    for place in (folder, reference):
        if place.exists():
            raise UsageError(f"{place} is there already and is left as it is. Choose another name, or another --dest.")
    texts = {_place(path, folder, reference): path.read_text(encoding="utf-8") for path in _files()}
    written: list[Path] = []
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                written.append(path)
                file.write(_filled(text, name))
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise UsageError(f"{error.filename or home} can't be written: {error.strerror}. Nothing was kept.") from error
    return tuple(texts)


def _files() -> list[Path]:
    order = (
        "problem.toml",
        "statement.md",
        "reference.py",
        "checks.py",
        "mistakes.toml",
        "mutants.toml",
        "starter.py",
        "hints.md",
    )
    return [*(TEMPLATE / name for name in order), *sorted((TEMPLATE / "accepted").glob("*.py"))]


def _place(path: Path, folder: Path, reference: Path) -> Path:
    return reference if path.name == "reference.py" else folder / path.relative_to(TEMPLATE)


def _filled(text: str, name: str) -> str:
    return text.replace("__NAME__", name).replace("__TITLE__", name.replace("_", " ").capitalize())
