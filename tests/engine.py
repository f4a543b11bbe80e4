"""Runs a command beside a container engine that has this judge's image: `python -m tests.engine COMMAND...`.

Takes the engine that answers, if one does. Else, where this is root and apt is there, installs Debian's, starts one with folders of its own
below the user's cache (images stay there for the next time), and ends it after the command. The image is made on Debian's minimal system
(debootstrap), where no registry can be reached, and from wheels that pip downloads. Where no engine can be had it says why, in one line,
and exits with 0 (with --must, with 1): nothing was tried.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import platformdirs

from sandbox import SandboxUnavailable, image
from sandbox.engine import Engine, connect

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "sandbox"))

from conformance import ASKED  # noqa: E402

START_SECONDS = 60.0
STOP_SECONDS = 60.0
TOOLS = ("dockerd", "debootstrap")
DEBIAN = "bookworm"  # its Python is 3.11
BASE = f"judge-base:{DEBIAN}"


class NoEngine(Exception):
    """None can be had here; the message says why."""


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--must", action="store_true", help="exit with 1 where no engine can be had")
    parser.add_argument("--cache", type=Path, default=Path(platformdirs.user_cache_dir("judge-tests")))
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    try:
        with engine(given.cache):
            make_image(given.cache)
            environment = os.environ | {ASKED: "1"}
            return subprocess.run(given.command, env=environment, cwd=ROOT, check=False).returncode
    except (NoEngine, SandboxUnavailable) as error:
        print(f"SKIPPED: the docker sandbox is not tried: {error}", flush=True)
        return int(given.must)


@contextlib.contextmanager
def engine(cache: Path) -> Iterator[None]:
    """An engine that answers. One that was started is where DOCKER_HOST says, and is ended after.

    Raises:
        NoEngine: none can be had.
    """
    try:
        found = connect()
    except SandboxUnavailable as error:
        said = str(error)
    else:
        found.close()
        print(f"engine: {found.version} at {found.place}", flush=True)
        yield
        return
    require_tools(said)
    with tempfile.TemporaryDirectory(prefix="judge-engine-") as folder, started(cache, Path(folder)) as host:
        os.environ["DOCKER_HOST"] = host
        try:
            yield
            with contextlib.closing(connect()) as ours:
                clean_containers(ours)
        finally:
            del os.environ["DOCKER_HOST"]


def require_tools(said: str) -> None:
    """See that an engine can be started.

    Raises:
        NoEngine: it can't.
    """
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        raise NoEngine(f"{said}; only root on Linux can start one")
    if all(map(shutil.which, TOOLS)):
        return
    if not shutil.which("apt-get"):
        raise NoEngine(f"{said}; there is no apt-get to install one with")
    print("engine: installing docker.io and debootstrap", flush=True)
    for command in ("apt-get update", "apt-get install -y --no-install-recommends docker.io debootstrap"):
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(command.split(), capture_output=True, text=True, check=False, env=quiet)
        if done.returncode != 0:
            raise NoEngine(f"`{command}` failed: {(done.stderr or done.stdout).strip()[-300:]}")


@contextlib.contextmanager
def started(cache: Path, folder: Path) -> Iterator[str]:
    """A daemon of our own, without networks, that is ended by its process id.

    Raises:
        NoEngine: it does not start.
    """
    host = f"unix://{folder}/docker.sock"
    data = cache / "engine"
    data.mkdir(parents=True, exist_ok=True)
    command = [
        "dockerd",
        "--data-root",
        str(data),
        "--exec-root",
        str(folder / "exec"),
        "--pidfile",
        str(folder / "pid"),
    ]
    command += ["--host", host, "--bridge=none", "--iptables=false", "--ip6tables=false"]
    log = folder / "log"
    with log.open("wb") as said:
        daemon = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not answers(host):
            if daemon.poll() is not None or time.monotonic() > deadline:
                raise NoEngine(f"dockerd does not start here: {log.read_text(errors='replace').strip()[-400:]}")
            time.sleep(0.1)
        print(f"engine: started, process {daemon.pid}", flush=True)
        yield host
    finally:
        daemon.send_signal(signal.SIGTERM)
        try:
            daemon.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait()
        unmount_below(folder)


def answers(host: str) -> bool:
    """Whether an engine does."""
    os.environ["DOCKER_HOST"] = host
    try:
        connect().close()
    except SandboxUnavailable:
        return False
    finally:
        del os.environ["DOCKER_HOST"]
    return True


def unmount_below(folder: Path) -> None:
    """What the daemon has left mounted, so that its folder can go (proc(5), mountinfo)."""
    places = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    for place in reversed([place for place in places if place.startswith(f"{folder}/")]):
        subprocess.run(["umount", "--lazy", place], check=False)


def make_image(cache: Path) -> None:
    """This judge's image, where it is not there.

    Raises:
        NoEngine: its parts can't be had.
    """
    with contextlib.closing(connect()) as ours:
        try:
            image.require(ours)
            return
        except SandboxUnavailable:
            begun = time.monotonic()
        if ours.image(BASE) is None:
            make_base(ours)
        image.build(ours, base=BASE, wheels=download(cache), progress=lambda line: None)
        image.remove_nameless(ours)
        print(f"engine: image built in {time.monotonic() - begun:.0f} s", flush=True)


def make_base(ours: Engine) -> None:
    """Debian's minimal system with its Python, as an image."""
    with tempfile.TemporaryDirectory(prefix="judge-base-") as folder:
        command = ["debootstrap", "--variant=minbase", "--include=python3,python3-venv", DEBIAN, folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise NoEngine(f"debootstrap failed: {done.stdout.strip()[-300:]}")
        with tempfile.TemporaryFile() as packed:
            subprocess.run(["tar", "-C", folder, "-c", "."], stdout=packed, check=True)
            packed.seek(0)
            name, _, tag = BASE.partition(":")
            ours.client.import_image_from_data(packed, repository=name, tag=tag)


def download(cache: Path) -> Path:
    """A folder with the wheels of this judge's packages, for the base's Python."""
    folder = cache / "wheels" / "-".join(image.packages()).replace("==", "-")
    if not folder.is_dir():
        with tempfile.TemporaryDirectory(dir=ROOT / ".venv") as fresh:
            wanted = ["--dest", fresh, "--python-version", "3.11", "--only-binary=:all:", *image.packages()]
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", *wanted]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise NoEngine(f"the wheels can't be downloaded: {done.stderr.strip()[-300:]}")
            shutil.copytree(fresh, folder)
    return folder


def clean_containers(ours: Engine) -> None:
    """Nothing may be left of the tests; what is, is said."""
    left = ours.containers()
    for each in left:
        ours.remove(each["Id"])
    if left:
        raise SystemExit(f"engine: {len(left)} containers were left behind")


if __name__ == "__main__":
    sys.exit(main())
