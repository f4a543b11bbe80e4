"""Which sandbox is taken: the strongest that works, never a weaker one in silence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

import pytest

from judge import sandboxes
from judge.sandboxes import AutoSandbox, open_sandbox, warning
from sandbox import Limits, SandboxUnavailable


class Kind:
    """A sandbox that says what was done with it."""

    def __init__(self, kind: str, level: str, said: list[str], *, opens: bool = True) -> None:
        self.kind = kind
        self.level = level
        self._said = said
        self._opens = opens

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._said.append(f"{self.kind} closed")

    def prepare(self, framework: str) -> None:
        self._said.append(f"{self.kind} prepared")

    def open(self, framework: str, limits: Limits, torch: Any) -> Any:
        if not self._opens:
            raise SandboxUnavailable(f"{self.kind} does not start")
        return f"a run in {self.kind}"

    def spec(self, framework: str) -> dict[str, Any]:
        return {"kind": self.kind}


def refuse() -> Any:
    raise SandboxUnavailable("there is none here")


Kinds = Callable[..., list[str]]


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> Kinds:
    """Replaces the kinds: "no" is refused at once, "late" when a run is opened, a level opens."""

    def replace(**states: str) -> list[str]:
        said: list[str] = []
        made = {
            name: refuse if state == "no" else lambda n=name, s=state: Kind(n, s, said, opens=s != "late")
            for name, state in states.items()
        }
        monkeypatch.setattr(sandboxes, "KINDS", made)
        return said

    return replace


def test_the_first_that_opens_is_taken(kinds: Kinds) -> None:
    kinds(linux="full", docker="full", process="none")
    with open_sandbox("auto") as sandbox:
        assert sandbox.open("torch", Limits(), None) == "a run in linux"
        assert (sandbox.kind, sandbox.level) == ("linux", "full")
        assert sandbox.spec("torch") == {"kind": "linux"}


def test_one_that_fails_when_a_run_is_opened_is_closed_and_the_next_is_taken(kinds: Kinds) -> None:
    said = kinds(linux="late", docker="no", process="none")
    with open_sandbox("auto") as sandbox:
        sandbox.prepare("torch")
        assert sandbox.open("torch", Limits(), None) == "a run in process"
        assert (sandbox.kind, sandbox.level) == ("process", "none")
    assert said == ["linux prepared", "linux closed", "process closed"]


def test_code_of_others_is_refused_where_nothing_isolates_it(kinds: Kinds) -> None:
    kinds(linux="late", docker="no", process="none")
    with open_sandbox("auto", own_code=False) as sandbox, pytest.raises(SandboxUnavailable) as refused:
        sandbox.open("torch", Limits(), None)
    assert "linux does not start; there is none here" in str(refused.value)
    assert "judge doctor" in str(refused.value)
    assert "--sandbox process" in str(refused.value)


def test_a_kind_that_was_named_is_taken_or_refused(kinds: Kinds) -> None:
    kinds(linux="no", process="none")
    with pytest.raises(SandboxUnavailable, match="there is none here"):
        open_sandbox("linux")
    with open_sandbox("process") as sandbox:
        assert sandbox.kind == "process"


def test_nothing_is_open_before_it_is_asked_for(kinds: Kinds) -> None:
    said = kinds(linux="full")
    with AutoSandbox() as sandbox:
        assert (sandbox.kind, sandbox.level) == ("", "")
    assert said == []


def test_a_weaker_sandbox_is_said() -> None:
    assert warning("linux", "full") == ""
    assert "reduced level" in warning("linux", "reduced")
    assert "does not isolate" in warning("process", "none")
    assert all("judge doctor" in warning(*which) for which in (("linux", "reduced"), ("process", "none")))
