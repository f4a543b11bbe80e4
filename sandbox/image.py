"""The image that containers start from: what is in it, whether it is this judge's, and how it is built."""

from __future__ import annotations

import contextlib
import hashlib
import io
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import IO, Any

import msgspec

from sandbox.engine import Engine, EngineFailed
from sandbox.errors import SandboxRefused, SandboxUnavailable

HERE = Path(__file__).resolve().parent
REPOSITORY = "judge-sandbox"
CONTENT = "ml-judge.content"  # label: a digest of Dockerfile, sandbox/guest and the packages
PACKAGES = "ml-judge.packages"  # label: the packages and their versions
IN_IMAGE = ("torch", "numpy", "einops")
BUILD = "`judge sandbox build`"
UNTAGGED = "<none>:<none>"
SHOWN_LINES = 15


class BuildFailed(SandboxUnavailable):
    """The image could not be built; the message holds the end of what the builder said."""


def version() -> str:
    """This judge's."""
    try:
        return metadata.version("ml-judge")
    except metadata.PackageNotFoundError:
        return "unknown"


def tag() -> str:
    """The name of this version's image."""
    return f"{REPOSITORY}:{version()}"


def packages() -> tuple[str, ...]:
    """What is installed into it: the versions that this judge computes the right answers with."""
    found = []
    for name in IN_IMAGE:
        try:
            found.append(f"{name}=={metadata.version(name).partition('+')[0]}")
        except metadata.PackageNotFoundError:
            continue
    return tuple(found)


def content() -> str:
    """A digest of all that makes the image, the base apart."""
    digest = hashlib.sha256(" ".join(packages()).encode())
    for path in (HERE / "Dockerfile", *_guest()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _guest() -> list[Path]:
    return sorted((HERE / "guest").glob("*.py"))


def require(engine: Engine) -> str:
    """The identity of this judge's image.

    Raises:
        SandboxRefused: there is none, or it is another judge's; the message says what to do.
    """
    found = engine.image(tag())
    if found is None:
        others = sorted(name for image in engine.images(CONTENT) for name in _names(image))
        there = f" (there is {', '.join(others)})" if others else ""
        raise SandboxRefused(f"there is no image {tag()}{there}: {BUILD} makes it")
    labels = (found.get("Config") or {}).get("Labels") or {}
    if labels.get(CONTENT) != content():
        raise SandboxRefused(
            f"the image {tag()} was built from another version of the judge or its packages: {BUILD} renews it"
        )
    identity: str = found["Id"]
    return identity


def build(engine: Engine, *, base: str | None, wheels: Path | None, progress: Callable[[str], None]) -> str:
    """Build this judge's image; its identity.

    Args:
        engine: where.
        base: an image with Python 3 and its venv module; by default the official one of this interpreter's version.
        wheels: a folder of wheels to install from, in place of the network.
        progress: told each line that the builder says.

    Raises:
        BuildFailed: it can't be built.
    """
    arguments = {
        "BASE": base or f"python:{sys.version_info.major}.{sys.version_info.minor}-slim",
        "PACKAGES": " ".join(packages()),
    }
    said: list[str] = []
    with tempfile.TemporaryFile() as context:
        _pack(context, wheels)
        context.seek(0)
        for event in _events(engine, context, arguments, offline=wheels is not None):
            text = str(event.get("error") or event.get("stream") or event.get("status") or "").strip()
            if text:
                said += text.splitlines()
                progress(said[-1])
            if "error" in event:
                raise BuildFailed(
                    f"the image could not be built from {arguments['BASE']}:\n" + "\n".join(said[-SHOWN_LINES:])
                )
    return require(engine)


def _events(
    engine: Engine, context: IO[bytes], arguments: dict[str, str], *, offline: bool
) -> Iterator[dict[str, Any]]:
    from docker.errors import APIError, DockerException
    from requests import RequestException

    try:
        yield from engine.client.build(
            fileobj=context,
            custom_context=True,
            tag=tag(),
            buildargs=arguments,
            labels={CONTENT: content(), PACKAGES: arguments["PACKAGES"]},
            network_mode="none" if offline else None,
            rm=True,
            forcerm=True,
            decode=True,
            timeout=None,
        )
    except APIError as error:
        raise BuildFailed(f"the image could not be built: {error.explanation or error}") from error
    except (DockerException, RequestException, OSError) as error:
        raise EngineFailed(
            f"the container engine went away while the image was built ({type(error).__name__})"
        ) from error


def _pack(into: IO[bytes], wheels: Path | None) -> None:
    """The builder's context: the Dockerfile, sandbox/guest, and the wheels."""
    with tarfile.open(fileobj=into, mode="w") as tar:
        tar.add(HERE / "Dockerfile", "Dockerfile")
        for path in _guest():
            tar.add(path, f"guest/{path.name}", filter=_plain)
        folder = tarfile.TarInfo("wheels")
        folder.type, folder.mode = tarfile.DIRTYPE, 0o755
        tar.addfile(folder)
        tar.addfile(tarfile.TarInfo("wheels/.keep"), io.BytesIO())
        for path in sorted(wheels.glob("*.whl")) if wheels else ():
            tar.add(path, f"wheels/{path.name}", filter=_plain)


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """A file that everybody may read and that is the same wherever it is packed."""
    entry.mode, entry.uid, entry.gid, entry.uname, entry.gname, entry.mtime = 0o644, 0, 0, "", "", 0
    return entry


def _names(image: dict[str, Any]) -> list[str]:
    """Repository and version; Podman puts a registry before it, the one of what was built here."""
    return [name.removeprefix("localhost/") for name in image.get("RepoTags") or () if name != UNTAGGED]


def remove_nameless(engine: Engine) -> None:
    """Remove images that a later build took the name from, as far as nothing uses them."""
    for each in engine.images(CONTENT):
        if not _names(each):
            with contextlib.suppress(EngineFailed):  # a container of a judge at work: the next build removes it
                engine.remove_image(str(each["Id"]))


class Image(msgspec.Struct, frozen=True):
    """An image of a judge.

    Attributes:
        name: repository and version; its identity where it has lost its name.
        identity: as the engine knows it.
        size_bytes: on disk.
        packages: what is installed in it.
        current: it is this judge's.
    """

    name: str
    identity: str
    size_bytes: int
    packages: str
    current: bool


def images(engine: Engine) -> list[Image]:
    """Every image of any judge."""
    found = []
    for each in engine.images(CONTENT):
        names = _names(each)
        labels = each.get("Labels") or {}
        found.append(
            Image(
                name=names[0] if names else str(each["Id"]).removeprefix("sha256:")[:12],
                identity=str(each["Id"]),
                size_bytes=int(each.get("Size") or 0),
                packages=str(labels.get(PACKAGES, "")),
                current=tag() in names and labels.get(CONTENT) == content(),
            )
        )
    return sorted(found, key=lambda image: image.name)
