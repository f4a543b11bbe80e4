"""What came of a file: its verdict is right, or the judge says that it failed, or it is wrong."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from judge.verdict import Kind, SandboxUsed, Verdict, from_json, to_json
from tests.kills.files import File

VARIES = ("seconds", "measured", "cost")


class Came(StrEnum):
    """What came of a file that was given to a command."""

    RIGHT = "right"
    REFUSED = "refused"
    """The judge said that it failed itself."""
    NONE = "none"
    """The command was killed before it said anything."""
    WRONG = "wrong"


class Weighed(msgspec.Struct, frozen=True):
    """What came of a file, and in a sentence what is wrong with that; "" where nothing is."""

    came: Came
    fault: str = ""


class Weights:
    """Weighs verdicts.

    Args:
        files: by their names.
        measured: what each got where nothing was killed, as JSON; empty where that was not measured.
    """

    def __init__(self, files: dict[str, File], measured: dict[str, bytes]) -> None:
        self.files = files
        self._level = ""
        self._measured = {name: _steady(from_json(data)) for name, data in measured.items()}

    def weigh(self, file: File, verdict: Verdict) -> Weighed:
        """What a verdict is worth."""
        if verdict.verdict is Kind.INTERNAL_ERROR:
            if verdict.error:
                return Weighed(Came.REFUSED)
            return Weighed(Came.WRONG, f"{file.name}: internal_error, and nothing says why")
        if verdict.verdict not in file.fair:
            found = f"{verdict.verdict} ({verdict.headline})"
            return Weighed(Came.WRONG, f"{file.name}: {found} in place of {' or '.join(file.fair)}")
        if verdict.sandbox is not None and (weaker := self._weaker(verdict.sandbox)):
            return Weighed(Came.WRONG, f"{file.name}: {weaker}")
        return self._compared(file, verdict)

    def _weaker(self, used: SandboxUsed) -> str:
        """Why these are not the walls that there are here; "" where they are."""
        if used.kind != "linux":
            return f"it ran in {used.kind}"
        self._level = self._level or used.level
        return f"it ran at the level {used.level}, others at {self._level}" if used.level != self._level else ""

    def words(self, file: File, said: str) -> Weighed:
        """What a verdict is worth of which only the name is known, as it is shown to people."""
        if said in [kind.value.replace("_", " ") for kind in file.fair]:
            return Weighed(Came.RIGHT)
        return Weighed(Came.WRONG, f"{file.name}: {said} in place of {' or '.join(file.fair)}")

    def _compared(self, file: File, verdict: Verdict) -> Weighed:
        """The same file, seed and version give the same verdict, whatever was killed meanwhile."""
        usual = self._measured.get(file.name)
        found = _steady(verdict)
        if usual is None or (usual["seed"], usual["verdict"]) != (found["seed"], found["verdict"]):
            return Weighed(Came.RIGHT)
        other = sorted(name for name in usual if usual[name] != found[name])
        if other:
            told = "; ".join(f"{name} is {found[name]!r:.300} in place of {usual[name]!r:.300}" for name in other)
            return Weighed(Came.WRONG, f"{file.name}: the same kind of verdict with another content: {told}")
        return Weighed(Came.RIGHT)


def _steady(verdict: Verdict) -> dict[str, Any]:
    """What of a verdict is the same each time."""
    fields: dict[str, Any] = _without(msgspec.json.decode(to_json(verdict)))
    return fields


def _without(tree: Any) -> Any:
    match tree:
        case dict():
            return {name: _without(value) for name, value in tree.items() if name not in VARIES}
        case list():
            return [_without(value) for value in tree]
        case _:
            return tree


def worst(all_of_them: list[Weighed]) -> Came:
    """What came of several."""
    order = (Came.WRONG, Came.REFUSED, Came.RIGHT)
    return next((came for came in order if any(each.came is came for each in all_of_them)), Came.NONE)
