"""A problem, as its folder describes it: read from problem.toml, importing nothing heavy."""

from __future__ import annotations

import hashlib
import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec

from problems.frameworks import BUILT_IN, FILE, BrokenProblem, Framework, Values, framework_named


class Difficulty(StrEnum):
    """How hard it is for someone who prepares for an interview."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


class EntryPoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something the solution must define.

    Attributes:
        kind: "class" (in torch, a subclass of nn.Module), "object" (a class that need be none) or "function".
        name: its name in the user's file.
        signature: parameters as Python writes them, without self: "(d_model, num_heads)"; of a class, its constructor's.
        methods: of a class, each method's name and parameters.
    """

    kind: str
    name: str
    signature: str
    methods: dict[str, str] = {}


class LimitsTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a run may use; the defaults are those of every problem that says nothing else."""

    call_seconds: float = 10.0
    run_seconds: float = 60.0
    memory_mib: int = 2048
    output_kib: int = 1024


class ForbiddenTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a solution may not use.

    Attributes:
        packages: top-level packages that may not be imported.
        names: full dotted names in the library, with `*` for any run of letters within one part:
            "torch.nn.Transformer*", "torch.nn.functional.scaled_dot_product_attention".
        operators: dispatcher operators behind them, "aten::lstm", with `*`; every overload is meant.
    """

    packages: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()


ORDERING = re.compile(rb"^(asked|builds_on) = .*\n", re.MULTILINE)
"""Lines of problem.toml that no verdict depends on."""


class Problem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """problem.toml, and where it stands.

    Attributes:
        slug: the folder's name.
        folder: `problems/SLUG`.
        reference: `reference/SLUG.py`.
        pack: where it comes from; "" for this project's own.
        minutes: what an interview gives for it.
        asked: how often interviews ask it, from 5 (nearly every round about machine learning) to 1 (now and then): by how many
            collections of interview questions, exercises and courses have it. A judgement, not a statistic.
        builds_on: slugs of problems that come first in a study plan.
        frameworks: names of those that it can be solved in; the first is the default.
        brought: frameworks that its pack brings.
        oracle: a file in the folder that answers the problem by other means, however forbidden: the reference is compared with it.
    """

    title: str
    difficulty: Difficulty
    topics: tuple[str, ...]
    minutes: int
    frameworks: tuple[str, ...]
    entry: tuple[EntryPoint, ...]
    aliases: tuple[str, ...] = ()
    asked: Annotated[int, msgspec.Meta(ge=1, le=5)] = 1
    builds_on: tuple[str, ...] = ()
    oracle: str = ""
    limits: LimitsTable = LimitsTable()
    forbidden: ForbiddenTable = ForbiddenTable()
    slug: str = ""
    folder: Path = Path()
    reference: Path = Path()
    pack: str = ""
    brought: tuple[Framework, ...] = ()

    @property
    def name(self) -> str:
        """What it is remembered and reported by: the slug, with its pack before a slash where it comes from outside."""
        return f"{self.pack}/{self.slug}" if self.pack else self.slug

    @property
    def possible(self) -> tuple[Framework, ...]:
        """Every framework that it could name: this project's own and those of its pack."""
        return (*BUILT_IN, *self.brought)

    @property
    def offered(self) -> tuple[Framework, ...]:
        """What it can be solved in, the default first; without names that stand for no framework."""
        found = (framework_named(name, self.brought) for name in self.frameworks)
        return tuple(each for each in found if each is not None)

    def framework(self, name: str) -> Framework:
        """What a name in `frameworks` stands for.

        Raises:
            BrokenProblem: nothing.
        """
        found = framework_named(name, self.brought)
        if found is None:
            names = [each.name for each in self.possible]
            raise BrokenProblem(
                f"{self.folder / 'problem.toml'} names the framework {name!r}, which there is not: there are "
                f"{', '.join(names[:-1])} and {names[-1]}, and a pack brings more in {FILE}"
            )
        return found

    @property
    def model(self) -> Framework:
        """The framework that the reference is written in: one of tensors where one is offered.

        Raises:
            BrokenProblem: the first that it names is none.
        """
        tensors = (each for each in self.offered if each.values is Values.TENSOR)
        return next(tensors, None) or self.framework(self.frameworks[0])

    @property
    def plain(self) -> bool:
        """Whether it is solved without arrays: none goes in or comes back."""
        return bool(self.offered) and all(each.is_plain for each in self.offered)

    def not_offered(self, framework: str) -> str:
        """What is said where somebody asks for a framework in which it can't be solved."""
        return f"{self.name} is offered in {' and '.join(self.frameworks)}, not in {framework}."

    @property
    def digest(self) -> str:
        """Of what decides a verdict: problem.toml, the statement, the checks and what they import, the reference, the pack's frameworks."""
        content = hashlib.sha256()
        beside = [path for path in self.folder.glob("*.py") if not path.name.startswith("starter")]
        for path in [
            self.folder / "problem.toml",
            self.folder / "statement.md",
            *sorted(beside),
            self.reference,
            self.frameworks_file,
        ]:
            content.update(judged_bytes(path))
        return content.hexdigest()[:16]

    @property
    def frameworks_file(self) -> Path:
        """Where its pack may bring frameworks."""
        return self.folder.parent.parent / FILE

    @property
    def statement(self) -> str:
        """The text of statement.md."""
        return (self.folder / "statement.md").read_text(encoding="utf-8")

    @property
    def hints(self) -> tuple[str, ...]:
        """The hints of hints.md, from a nudge to nearly the answer: one under each level-2 heading."""
        text = (self.folder / "hints.md").read_text(encoding="utf-8")
        return tuple(part.split("\n", 1)[1].strip() for part in text.split("\n## ")[1:])

    def starter(self, framework: str) -> str:
        """What the user begins with, in the framework of this name."""
        found = next((each.starter for each in self.offered if each.name == framework), f"starter_{framework}.py")
        name = "starter.py" if framework == self.frameworks[0] else found
        return (self.folder / name).read_text(encoding="utf-8")

    @property
    def solution(self) -> str:
        """The source of the reference."""
        return self.reference.read_text(encoding="utf-8")


def judged_bytes(path: Path) -> bytes:
    """A file as far as verdicts depend on it: problem.toml without the lines that only order study plans. Empty where there is none."""
    data = path.read_bytes() if path.is_file() else b""
    return ORDERING.sub(b"", data) if path.name == "problem.toml" else data
