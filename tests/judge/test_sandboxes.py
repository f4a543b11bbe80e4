"""Which sandbox is taken: the strongest that works, never a weaker one in silence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import pytest

from judge.isolation import proven, sandboxes
from judge.isolation.proven import Isolation, Proven
from judge.isolation.sandboxes import AutoSandbox, look_again, open_sandbox, warning
from problems.frameworks import TORCH
from sandbox import Limits, SandboxRefused, SandboxUnavailable


class Kind:
    """A sandbox that says what was done with it, and opens runs or raises."""

    def __init__(self, kind: str, level: str, said: list[str], error: type[SandboxUnavailable] | None = None) -> None:
        self.kind = kind
        self.level = level
        self.why_not_full = ""
        self._said = said
        self._error = error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._said.append(f"{self.kind} closed")

    def prepare(self, framework: str) -> None:
        self._said.append(f"{self.kind} prepared")

    def open(self, framework: str, limits: Limits, torch: Any) -> Any:
        if self._error is not None:
            raise self._error(f"{self.kind} does not start")
        return Run(f"a run in {self.kind}")

    def spec(self, framework: str) -> dict[str, Any]:
        return {"kind": self.kind}


class Run(str):
    """A run, by its name."""

    def close(self) -> None:
        pass


STATES = {"refused": SandboxRefused, "killed": SandboxUnavailable}
Kinds = Callable[..., list[str]]


@pytest.fixture(autouse=True)
def remembered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Proven:
    """What has worked here is kept in a folder of this test's."""
    monkeypatch.setattr(proven, "own_folder", lambda: tmp_path)
    return Proven()


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> Kinds:
    """Replaces the kinds: "no" is refused at once, "refused" when a run is opened, "killed" fails then, a level opens."""

    def replace(**states: str) -> list[str]:
        said: list[str] = []

        def made(name: str, state: str) -> Callable[[], Any]:
            def make() -> Any:
                if state in ("no", "gone"):
                    raise (SandboxRefused if state == "no" else SandboxUnavailable)(f"{name}: there is none here")
                return Kind(name, state, said, STATES.get(state))

            return make

        monkeypatch.setattr(sandboxes, "KINDS", {name: made(name, state) for name, state in states.items()})
        return said

    return replace


def test_the_first_that_opens_is_taken(kinds: Kinds) -> None:
    kinds(linux="full", docker="full", process="none")
    with open_sandbox("auto") as sandbox:
        assert sandbox.open(TORCH, Limits(), None) == "a run in linux"
        assert (sandbox.kind, sandbox.level) == ("linux", "full")
        assert sandbox.spec(TORCH) == {"kind": "linux"}


def test_one_that_is_refused_when_a_run_is_opened_is_closed_and_the_next_is_taken(kinds: Kinds) -> None:
    said = kinds(linux="refused", docker="no", process="none")
    with open_sandbox("auto") as sandbox:
        sandbox.prepare(TORCH)
        assert sandbox.open(TORCH, Limits(), None) == "a run in process"
        assert (sandbox.kind, sandbox.level) == ("process", "none")
    assert said == ["linux prepared", "linux closed", "process closed"]


@pytest.mark.parametrize("broken", [{"linux": "killed"}, {"linux": "gone"}, {"docker": "gone"}, {"docker": "killed"}])
def test_what_fails_without_being_refused_is_never_replaced_by_something_weaker(
    kinds: Kinds, broken: dict[str, str]
) -> None:
    kinds(**({"linux": "refused", "docker": "no", "process": "none"} | broken))
    with open_sandbox("auto") as sandbox:
        for _ in range(3):  # the failure stays the next one to be tried
            with pytest.raises(SandboxUnavailable) as failed:
                sandbox.open(TORCH, Limits(), None)
            assert not isinstance(failed.value, SandboxRefused)
            assert sandbox.kind != "process"


def test_where_walls_have_worked_nothing_runs_without_them(kinds: Kinds) -> None:
    kinds(linux="full", docker="no", process="none")
    with open_sandbox("auto") as sandbox:
        sandbox.open(TORCH, Limits(), None)
    kinds(linux="refused", docker="no", process="none")
    for _ in range(2):
        with (
            open_sandbox("auto") as sandbox,
            pytest.raises(SandboxUnavailable, match="has worked here at the level full") as refused,
        ):
            sandbox.open(TORCH, Limits(), None)
        assert "--sandbox process" in str(refused.value)
        assert "linux does not start" in str(refused.value)
    with open_sandbox("process") as sandbox:
        assert sandbox.open(TORCH, Limits(), None) == "a run in process"


def test_a_level_below_the_one_that_has_worked_is_not_taken_by_auto(kinds: Kinds) -> None:
    kinds(linux="full", docker="no", process="none")
    with open_sandbox("auto") as sandbox:
        sandbox.open(TORCH, Limits(), None)
    kinds(linux="reduced", docker="no", process="none")
    with open_sandbox("auto") as sandbox, pytest.raises(SandboxUnavailable, match="linux has the level reduced now"):
        sandbox.open(TORCH, Limits(), None)
    kinds(linux="reduced", docker="full", process="none")
    with open_sandbox("auto") as sandbox:
        assert sandbox.open(TORCH, Limits(), None) == "a run in docker"


def test_a_refusal_is_not_remembered(kinds: Kinds) -> None:
    kinds(linux="refused", docker="no", process="none")
    with open_sandbox("auto") as sandbox:
        assert sandbox.open(TORCH, Limits(), None) == "a run in process"
        look_again(sandbox)
        assert sandbox.open(TORCH, Limits(), None) == "a run in process"
        kinds(linux="reduced", docker="no", process="none")
        assert sandbox.open(TORCH, Limits(), None) == "a run in process"  # within one judging it stays what it is
        look_again(sandbox)
        assert sandbox.open(TORCH, Limits(), None) == "a run in linux"


@pytest.mark.parametrize("kept", [b"", b"{", b'{"kind": "linux", "level": "fully"}', b"\xff" * 9])
def test_a_record_that_is_not_whole_is_none(remembered: Proven, kept: bytes) -> None:
    remembered.keep(Isolation("linux", "reduced"))
    path = remembered._path()
    assert path is not None
    assert remembered.best() == Isolation("linux", "reduced")
    path.write_bytes(kept)
    assert remembered.best() is None
    remembered.keep(Isolation("linux", "full"))
    remembered.keep(Isolation("linux", "reduced"))
    remembered.keep(Isolation("process", "none"))
    assert remembered.best() == Isolation("linux", "full")
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_each_boot_user_and_container_has_a_record_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    here = proven.place()
    assert proven.place() == here
    boot = tmp_path / "boot"
    boot.write_text("another")
    monkeypatch.setattr(proven, "BOOT", boot)
    assert proven.place() != here
    boot.unlink()
    assert Proven(tmp_path)._path() is None  # a machine that does not tell its boots


def test_code_of_others_is_refused_where_nothing_isolates_it(kinds: Kinds) -> None:
    kinds(linux="refused", docker="no", process="none")
    with open_sandbox("auto", own_code=False) as sandbox, pytest.raises(SandboxRefused) as refused:
        sandbox.open(TORCH, Limits(), None)
    assert "linux does not start; docker: there is none here" in str(refused.value)
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
