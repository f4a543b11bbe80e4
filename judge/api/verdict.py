"""A verdict as the API gives it."""

from __future__ import annotations

import json
from typing import Any


class Verdict:
    """What was found out about a file.

    Attributes:
        data: the verdict as `judge run --json` prints it.
    """

    __slots__ = ("data",)

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data

    @property
    def kind(self) -> str:
        """ "accepted", "wrong_answer", "wrong_shape", "runtime_error", "load_error", "forbidden", "time_limit", "memory_limit",
        "sandbox_violation", or "internal_error", where nobody's answer was judged."""
        return str(self.data["verdict"])

    @property
    def accepted(self) -> bool:
        """Whether the file is right."""
        return self.kind == "accepted"

    @property
    def headline(self) -> str:
        """What was found, in a sentence."""
        return str(self.data.get("error") or self.data.get("headline") or "")

    @property
    def reward(self) -> float | None:
        """1.0 for a right file and 0.0 for a wrong one; None where the judge failed or ran out of time: that says nothing of the file."""
        if self.kind == "internal_error":
            return None
        return 1.0 if self.accepted else 0.0

    @property
    def problem(self) -> str | None:
        """The problem's name."""
        return self.data.get("problem")

    @property
    def framework(self) -> str | None:
        """Its name: "torch", "numpy", "python" or one that a pack brings."""
        return self.data.get("framework")

    @property
    def seed(self) -> int:
        """That the cases follow from: the same seed gives the same verdict."""
        return int(self.data["seed"])

    @property
    def mistake(self) -> str | None:
        """The mistake that explains it, where one was recognised: its name in the problem's catalogue, or "edit:" and a kind of edit."""
        diagnosis = self.data.get("diagnosis") or {}
        return diagnosis.get("mistake")

    def to_json(self) -> str:
        """The verdict as JSON, in one line."""
        return json.dumps(self.data, ensure_ascii=False, separators=(",", ":"))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Verdict) and self.data == other.data

    def __hash__(self) -> int:
        return hash(self.to_json())

    def __repr__(self) -> str:
        return f"<Verdict {self.kind}: {self.headline}>"
