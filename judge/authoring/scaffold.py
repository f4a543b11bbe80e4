"""A new problem: a complete folder and reference, from a template that is itself a small problem, or from another problem."""

from __future__ import annotations

import keyword
import re
from pathlib import Path

from judge.verdict import UsageError
from problems import Problem

TEMPLATE = Path(__file__).resolve().parent / "template"
LEFT_OUT = ("corpus.json", "opening.json")  # what is written by a proof
ORDER = (
    "problem.toml",
    "statement.md",
    "reference.py",
    "checks.py",
    "mistakes.toml",
    "mutants.toml",
    "starter.py",
    "hints.md",
)
"""In which an author reads and changes the files."""
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def write_problem(name: str, home: Path, origin: Problem | None = None) -> tuple[Path, ...]:
    """Write `problems/NAME/` and `reference/NAME.py` below a folder.

    Args:
        name: of the problem, and of the function that it asks for.
        home: the folder of the pack; made where it is missing.
        origin: a problem to begin from; it keeps its entry points, and loses its aliases. None: the template.

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
    texts = (
        _from_template(folder, reference, name) if origin is None else _from_problem(origin, folder, reference, name)
    )
    written: list[Path] = []
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                written.append(path)
                file.write(text)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise UsageError(f"{error.filename or home} can't be written: {error.strerror}. Nothing was kept.") from error
    return tuple(texts)


def _from_template(folder: Path, reference: Path, name: str) -> dict[Path, str]:
    files = [*(TEMPLATE / each for each in ORDER), *sorted((TEMPLATE / "accepted").glob("*.py"))]
    places = [reference if path.name == "reference.py" else folder / path.relative_to(TEMPLATE) for path in files]
    return {place: _filled(path.read_text(encoding="utf-8"), name) for place, path in zip(places, files, strict=True)}


def _filled(text: str, name: str) -> str:
    return text.replace("__NAME__", name).replace("__TITLE__", name.replace("_", " ").capitalize())


def _from_problem(origin: Problem, folder: Path, reference: Path, name: str) -> dict[Path, str]:
    """The files of a problem under another name.

    Raises:
        UsageError: it is solved in a framework that its own pack brings.
    """
    if brought := [each for each in origin.frameworks if each in {other.name for other in origin.brought}]:
        raise UsageError(
            f"{origin.name} is solved in {brought[0]}, which its pack brings: copy "
            f"{origin.frameworks_file} and both of its folders by hand."
        )
    files = {path.relative_to(origin.folder).as_posix(): path for path in origin.folder.rglob("*") if _is_kept(path)}
    files["reference.py"] = origin.reference
    ordered = sorted(files, key=lambda each: (ORDER.index(each) if each in ORDER else len(ORDER), each))
    texts = {each: files[each].read_text(encoding="utf-8") for each in ordered}
    table = re.sub(r"(?m)^aliases = .*\n", "", texts["problem.toml"])
    texts["problem.toml"] = re.sub(r"(?m)^title = .*$", f'title = "{name.replace("_", " ").capitalize()}"', table)
    return {reference if each == "reference.py" else folder / each: text for each, text in texts.items()}


def _is_kept(path: Path) -> bool:
    return path.is_file() and path.name not in LEFT_OUT and "__pycache__" not in path.parts
