"""The attacks as they are filed: one file each, whose docstring says what it tries and how it may end.

    Reads the user's secret file by its path.        one sentence

    Problem: lstm                                    a problem's slug
    Framework: torch                                 left out: numpy where the problem is offered in it
    Verdict: sandbox_violation | runtime_error       every verdict that is fair
    Naive: leaks                                     what it achieves against a naive judge: words of `effects.py`
    Compare: difference                              how the naive judge compares; left out: allclose
    Needs: walls                                     it goes around Python's own functions: only a sandbox with walls holds it
    Asks: root, ipv6, readline                       it can be tried only as root, where there is IPv6, where a module is there
    Open: one sentence                               it is not met yet, and why

In the text, `"@NAME@"` stands for a value of the scene (`scene.py`), and a line `# @include NAME` for a file of `parts/`.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib.util
import os
import re
import socket
from pathlib import Path

from judge.verdict import Kind
from problems import find_problem

FOLDER = Path(__file__).resolve().parent
CLASSES = (
    "files",
    "secrets",
    "reference",
    "network",
    "signals",
    "debugging",
    "bombs",
    "memory",
    "disk",
    "descriptors",
    "output",
    "frames",
    "ends",
    "time",
    "patches",
    "lies",
    "lazy",
    "caches",
    "inputs",
    "forbidden",
    "runtimes",
    "heap",
    "hooks",
    "threads",
    "finalisers",
    "pages",
)
FIELD = re.compile(r"^(Problem|Framework|Verdict|Naive|Compare|Needs|Asks|Open): (.+)$", re.MULTILINE)
INCLUDE = re.compile(r"^# @include (\w+)$", re.MULTILINE)
PLACE = re.compile(r"@([A-Z][A-Z0-9_]*)@")


@dataclasses.dataclass(frozen=True)
class Attack:
    """A filed attack; the fields are those of its header."""

    name: str
    source: str
    sentence: str
    problem: str
    framework: str
    fair: tuple[Kind, ...]
    effects: tuple[str, ...]
    comparison: str = "allclose"
    needs_walls: bool = False
    asks: tuple[str, ...] = ()
    open: str = ""

    @property
    def group(self) -> str:
        """The class of attacks it is filed under."""
        return self.name.split("/")[0]

    @property
    def places(self) -> set[str]:
        """The values of the scene that it names."""
        return set(PLACE.findall(self.source))

    def text(self, values: dict[str, str]) -> str:
        """The file with the scene's values in it."""
        return PLACE.sub(lambda found: values[found[1]], self.source)

    def why_not(self) -> str:
        """Why it can't be tried on this machine, "" where it can."""
        for what in self.asks:
            if what == "root":
                there = os.geteuid() == 0
            elif what == "ipv6":
                there = _has_ipv6()
            else:
                there = importlib.util.find_spec(what) is not None
            if not there:
                return f"it asks for {what}"
        return ""


def all_attacks() -> list[Attack]:
    """Every file of every class, in order."""
    return [read_attack(path) for group in CLASSES for path in sorted((FOLDER / group).glob("*.py"))]


def read_attack(path: Path) -> Attack:
    """One file.

    Raises:
        ValueError: its header is not complete.
    """
    written = path.read_text()
    header = ast.get_docstring(ast.parse(written)) or ""
    fields = dict(FIELD.findall(header))
    sentence = header.split("\n\n")[0].replace("\n", " ")
    if not sentence.endswith(".") or not {"Problem", "Verdict", "Naive"} <= fields.keys():
        raise ValueError(f"{path}: the header lacks a sentence, or one of Problem, Verdict and Naive")
    frameworks = find_problem(fields["Problem"]).frameworks
    return Attack(
        name=f"{path.parent.name}/{path.stem}",
        source=INCLUDE.sub(lambda found: (FOLDER / "parts" / f"{found[1]}.py").read_text(), written),
        sentence=sentence,
        problem=fields["Problem"],
        framework=fields.get("Framework", "numpy" if "numpy" in frameworks else "torch"),
        fair=tuple(Kind(word.strip()) for word in fields["Verdict"].split("|")),
        effects=tuple(word.strip() for word in fields["Naive"].split(",")),
        comparison=fields.get("Compare", "allclose"),
        needs_walls=fields.get("Needs") == "walls",
        asks=tuple(word.strip() for word in fields["Asks"].split(",")) if "Asks" in fields else (),
        open=fields.get("Open", ""),
    )


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
