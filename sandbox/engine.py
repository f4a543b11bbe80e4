"""A container engine, Docker or Podman, as the `docker` package reaches it; its failures are said in words."""

from __future__ import annotations

import contextlib
import socket
import sys
from collections.abc import Iterator
from typing import Any

from sandbox.errors import SandboxRefused, SandboxUnavailable

ANSWER_SECONDS = 20.0
USUAL_PLACE = "npipe:////./pipe/docker_engine" if sys.platform == "win32" else "unix:///var/run/docker.sock"
OURS = "ml-judge.owner"  # label of a container: whose it is (`sandbox.owner`)
GONE = 404
NOT_RUNNING = 409


class EngineFailed(SandboxUnavailable):
    """The engine refused something or does not answer any more."""


class Engine:
    """Talks with one engine.

    Args:
        client: docker.APIClient.
        place: where it listens.
        version: its name and version.

    Attributes:
        podman: it is Podman, which reads a profile of system calls from a file.
    """

    def __init__(self, client: Any, place: str, version: str) -> None:
        self.client = client
        self.place = place
        self.version = version
        self.podman = "podman" in version.lower()

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    def container(self, identity: str) -> dict[str, Any]:
        """What the engine knows of a container."""
        with _in_words("does not say what became of a container"):
            found: dict[str, Any] = self.client.inspect_container(identity)
        return found

    def kill(self, identity: str) -> None:
        """End a container at once; one that has ended or gone is left alone."""
        with _in_words("does not end a container", NOT_RUNNING, GONE):
            self.client.kill(identity, "SIGKILL")

    def remove(self, identity: str) -> None:
        """Take a container away, running or not."""
        with _in_words("does not remove a container", NOT_RUNNING, GONE):  # 409: its removal is under way
            self.client.remove_container(identity, v=True, force=True)

    def containers(self) -> list[dict[str, Any]]:
        """Every container of any judge, those that have ended included."""
        with _in_words("does not list its containers"):
            found: list[dict[str, Any]] = self.client.containers(all=True, filters={"label": OURS})
        return found

    def create(self, **settings: Any) -> str:
        """Make a container; its identity."""
        with _in_words("does not make a container"):
            identity: str = self.client.create_container(**settings)["Id"]
        return identity

    def attach(self, identity: str) -> Connection:
        """Connect to the container's standard streams."""
        streams = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
        with _in_words("does not connect to a container"):
            return Connection(self.client.attach_socket(identity, params=streams))

    def run_beside(self, identity: str, command: list[str], user: str) -> Connection:
        """Start one more process in a running container, and connect to its standard input and output."""
        with _in_words("does not start a process in a container"):
            made = self.client.exec_create(identity, command, stdin=True, stdout=True, stderr=False, user=user)
            return Connection(self.client.exec_start(made["Id"], socket=True))

    def start(self, identity: str) -> None:
        """Start a container."""
        with _in_words("does not start a container"):
            self.client.start(identity)

    def limit_memory(self, identity: str, size: int) -> None:
        """Give a running container another limit on memory, swap included."""
        with _in_words("does not limit a container's memory"):
            self.client.update_container(identity, mem_limit=size, memswap_limit=size)

    def image(self, name: str) -> dict[str, Any] | None:
        """What the engine knows of an image, or None."""
        from docker.errors import ImageNotFound

        try:
            with _in_words("does not say which images it has"):
                found: dict[str, Any] = self.client.inspect_image(name)
        except ImageNotFound:
            return None
        return found

    def images(self, label: str) -> list[dict[str, Any]]:
        """Every image with a label."""
        with _in_words("does not list its images"):
            found: list[dict[str, Any]] = self.client.images(filters={"label": label})
        return found

    def remove_image(self, name: str) -> None:
        """Take an image away."""
        with _in_words(f"does not remove the image {name}", GONE):
            self.client.remove_image(name)


def connect() -> Engine:
    """The engine of DOCKER_HOST, else of the current Docker context, else at the usual place.

    Raises:
        SandboxRefused: nobody listens there, or not to this user.
        SandboxUnavailable: it does not answer as an engine does.
    """
    import docker
    from docker.errors import DockerException
    from docker.utils import kwargs_from_env

    try:
        settings = kwargs_from_env()
    except DockerException as error:
        raise SandboxRefused(f"the settings of DOCKER_HOST are not possible: {error}") from error
    if "base_url" not in settings and (host := _host_of_context()):
        settings["base_url"] = host
    place = settings.get("base_url") or USUAL_PLACE
    if settings.get("tls"):
        raise SandboxRefused(
            "the docker sandbox does not speak TLS: use an engine on this machine, or a tunnel (`ssh -L`) to its socket"
        )
    try:
        _reach(place)
        client = docker.APIClient(version="auto", timeout=ANSWER_SECONDS, **settings)
        version = client.version()
    except (DockerException, OSError, ValueError) as error:
        raise (SandboxRefused if _nobody_listens(error) else SandboxUnavailable)(
            _why_no_engine(str(place), error)
        ) from error
    parts = version.get("Components") or [{"Name": "Docker"}]
    name = str(parts[0].get("Name", "Docker")).replace("Engine", "").strip() or "Docker"
    return Engine(client, str(place), f"{name} {version.get('Version', '')}".strip())


def _host_of_context() -> str | None:
    """Where the `docker` command would look (docker context); Docker Desktop has its engine at a place of its own."""
    from docker.context import ContextAPI
    from docker.errors import DockerException

    try:
        context = ContextAPI.get_current_context()
    except (DockerException, OSError, ValueError, KeyError):
        return None
    host: str | None = context.Host if context else None
    return host or None


def _reach(place: str) -> None:
    """See that somebody listens at a socket in the file system: its own error says best why not."""
    path = place.removeprefix("unix://")
    if path != place:
        with socket.socket(socket.AF_UNIX) as tried:
            tried.connect(path)


def _nobody_listens(error: BaseException | None) -> bool:
    """Whether the system's answer is that there is no engine, or none for this user; the package wraps its errors several times."""
    if error is None or isinstance(error, (FileNotFoundError, PermissionError, ConnectionRefusedError)):
        return error is not None
    inner = next((each for each in error.args if isinstance(each, BaseException)), None)
    return _nobody_listens(inner or error.__cause__ or error.__context__)


def _why_no_engine(place: str, error: Exception) -> str:
    if isinstance(error, PermissionError):
        return (
            f"you may not use the container engine at {place}: `sudo usermod -aG docker $USER` and a new login "
            "mend that (who may use Docker is as good as root)"
        )
    start = {
        "darwin": "start Docker Desktop",
        "win32": "start Docker Desktop",
    }.get(sys.platform, "install Docker and start it (`sudo systemctl start docker`)")
    return f"no container engine answers at {place}: {start}, or set DOCKER_HOST to where one is"


class Connection:
    """A socket to a container's standard streams, out of what the package hands out for it, and without its timeout.

    Args:
        attached: of `APIClient.attach_socket`: a file on a socket, or a socket, by the kind of connection.
    """

    def __init__(self, attached: Any) -> None:
        self._attached = attached
        self._socket = getattr(attached, "_sock", attached)
        self.recv = self._socket.recv
        self.sendall = self._socket.sendall
        self.answers_within(None)  # a run may say nothing for long

    def answers_within(self, seconds: float | None) -> None:
        """How long reading and writing may take."""
        if hasattr(self._socket, "settimeout"):
            self._socket.settimeout(seconds)

    def shutdown(self, how: int) -> None:
        """Close one direction or both, where this kind of connection can; the other side may have been first."""
        with contextlib.suppress(OSError, AttributeError):  # Windows' named pipes can't
            self._socket.shutdown(how)

    def close(self) -> None:
        """Close it, and all that the package holds of it."""
        for part in (getattr(self._attached, "_response", None), self._attached, self._socket):
            if part is not None:
                with contextlib.suppress(OSError, ValueError):  # ValueError: what lies below it is closed already
                    part.close()


@contextlib.contextmanager
def _in_words(what: str, *harmless: int) -> Iterator[None]:
    """Failures of the engine as one sentence; answers of `harmless` codes are none."""
    from docker.errors import APIError, DockerException, ImageNotFound
    from requests import RequestException
    from urllib3.exceptions import HTTPError

    try:
        yield
    except ImageNotFound:
        raise
    except APIError as error:
        if error.status_code not in harmless:
            words = error.explanation or error
            raise EngineFailed(f"the container engine {what}: {words}") from error
    except (DockerException, RequestException, HTTPError, OSError) as error:
        raise EngineFailed(
            f"the container engine {what}: it went away or does not answer ({type(error).__name__})"
        ) from error


__all__ = ["OURS", "Connection", "Engine", "EngineFailed", "connect"]
