"""`judge sandbox`: what it prints, and what it says where there is no engine."""

from __future__ import annotations

from pathlib import Path

import pytest
from inline_snapshot import snapshot

from judge.cli import main
from judge.reports.sandbox import built, cleaned, render, size
from sandbox import SandboxUnavailable, engine
from sandbox.engine import Engine, EngineFailed
from sandbox.housekeeping import Found, Removed, clean, look
from sandbox.image import CONTENT, PACKAGES, Image, content, tag
from sandbox.owner import Owner

OURS = Image("judge-sandbox:0.2.0", "sha256:1", 1_245_167_472, "torch==2.13.0 numpy==2.4.6", current=True)
OLD = Image("judge-sandbox:0.1.0", "sha256:0", 999_000_000, "torch==2.12.0 numpy==2.4.6", current=False)


def test_what_there_is() -> None:
    found = Found("Docker 28.2.2", "unix:///var/run/docker.sock", (OLD, OURS), 2, ("a", "b", "c"))
    assert render(found) == snapshot("""\
The docker sandbox is ready.

  Engine      Docker 28.2.2 at unix:///var/run/docker.sock
  Images      judge-sandbox:0.1.0  999.0 MB  of another version  torch==2.12.0 numpy==2.4.6
              judge-sandbox:0.2.0  1.2 GB  in use  torch==2.13.0 numpy==2.4.6
  Containers  2 of judges at work, 3 left behind

`judge sandbox clean` removes what was left behind, and images of other versions.
""")


def test_what_there_is_not() -> None:
    assert render(Found("Podman 5.4.0", "its usual place", (), 0, ())) == snapshot("""\
The docker sandbox has no image of this version: `judge sandbox build` makes it.

  Engine      Podman 5.4.0 at its usual place
  Images      none
  Containers  none
""")


def test_what_was_built_and_removed() -> None:
    assert built(OURS) == snapshot("""\
judge-sandbox:0.2.0 is built: 1.2 GB, with torch 2.13.0, numpy 2.4.6.
`judge run FILE --sandbox docker` runs a file in it; `judge doctor` attacks it.
""")
    kept = ("the container engine does not remove the image judge-sandbox:0.1.0: it is in use",)
    assert cleaned(Removed(3, (OLD,), ())) + cleaned(Removed(0, (), kept)) == snapshot("""\
Removed: 3 containers, 1 image.
  judge-sandbox:0.1.0  999.0 MB
Removed: no containers, no images.
the container engine does not remove the image judge-sandbox:0.1.0: it is in use
""")


def test_sizes_are_in_words() -> None:
    assert [size(count) for count in (0, 999, 1000, 1_245_167_472, 5e12)] == [
        "0 bytes",
        "999 bytes",
        "1 kB",
        "1.2 GB",
        "5.0 TB",
    ]


@pytest.mark.usefixtures("no_engine")
@pytest.mark.parametrize("command", [["status"], ["status", "--json"], ["build"], ["clean"]])
def test_a_missing_engine_is_one_sentence(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sandbox", *command]) == 3
    assert "No container engine answers at unix:///nowhere/docker.sock: " in "".join(capsys.readouterr())


@pytest.mark.usefixtures("no_engine")
def test_a_folder_without_wheels_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sandbox", "build", "--wheels", str(tmp_path)]) == 2
    assert f"pip download -d {tmp_path} torch==" in capsys.readouterr().err


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing answers."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")


class Client:
    """An engine's client with two images and some containers."""

    def __init__(self, owners: list[str], *, in_use: bool) -> None:
        self.boxes = [{"Id": f"c{number}", "Labels": {"ml-judge.owner": name}} for number, name in enumerate(owners)]
        self.removed: list[str] = []
        self._in_use = in_use

    def containers(self, **_: object) -> list[dict[str, object]]:
        return [box for box in self.boxes if box["Id"] not in self.removed]

    def images(self, **_: object) -> list[dict[str, object]]:
        new = {"Id": "new", "RepoTags": [tag()], "Size": 5, "Labels": {CONTENT: content(), PACKAGES: "torch==1"}}
        return [new, {"Id": "old", "RepoTags": ["<none>:<none>"], "Size": 5, "Labels": {CONTENT: "other"}}]

    def remove_container(self, identity: str, **_: object) -> None:
        self.removed.append(identity)

    def remove_image(self, name: str) -> None:
        if self._in_use:
            raise EngineFailed("it is in use")
        self.removed.append(name)


@pytest.mark.parametrize(("everything", "gone"), [(False, ["c1", "old"]), (True, ["c0", "c1", "c2", "new", "old"])])
def test_only_what_nobody_uses_is_removed_unless_all_is_asked_for(everything: bool, gone: list[str]) -> None:
    at_work, ended = Owner(), Owner()
    ended.close()
    client = Client([at_work.name, ended.name, "of-another-machine"], in_use=False)
    where = Engine(client, "here", "Docker 1")
    found = look(where)
    assert (found.ready, found.running, found.left) == (True, 2, ("c1",))
    removed = clean(where, everything=everything)
    at_work.close()
    assert sorted(client.removed) == sorted(gone)
    assert (removed.containers, len(removed.images), removed.kept) == (
        3 if everything else 1,
        2 if everything else 1,
        (),
    )


def test_an_image_in_use_is_said_and_kept() -> None:
    removed = clean(Engine(Client([], in_use=True), "here", "Docker 1"), everything=False)
    assert (removed.images, removed.kept) == ((), ("it is in use",))


def test_who_may_not_use_the_engine_is_told_how_to(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(place: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(engine, "_reach", refused)
    with pytest.raises(SandboxUnavailable, match="usermod -aG docker"):
        engine.connect()
