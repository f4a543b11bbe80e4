"""What an attack finds around it: a secret, files, listeners and a process, all made for it and watched from outside."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WIDEST = 0o777

# Lets anybody trace it, so that what a system grants by default decides nothing (prctl(2), PR_SET_PTRACER), says so and sleeps.
DECOY = """
import ctypes, time
ctypes.CDLL(None).prctl(0x59616d61, ctypes.c_ulong(-1), 0, 0, 0)
print(flush=True)
time.sleep(300)
"""


class Scene:
    """The surroundings of one attack.

    Args:
        secret: what must never come out.
        places: names of the values that the attack's text asks for; only what they need is made.
    """

    def __init__(self, secret: str, places: set[str]) -> None:
        self.secret = secret
        self.folder = Path(tempfile.mkdtemp(prefix="attacks-"))
        self.token = f"token-{os.urandom(6).hex()}"
        self.home = self.folder / "home"
        self.scratch = self.folder / "scratch"
        self.judging = self.folder / "judging"
        for folder in (self.folder, self.home, self.scratch, self.judging):
            folder.mkdir(exist_ok=True)
            folder.chmod(WIDEST)  # nothing but the sandbox keeps an attack out
        (self.home / "secret.txt").write_text(f"{secret}\n")
        (self.scratch / "kept.txt").write_text("to be kept\n")
        (self.scratch / "kept.txt").chmod(0o666)
        self.decoy: subprocess.Popen[bytes] | None = None
        self._listeners: list[socket.socket] = []
        self._received = b""
        self.values = {
            "SECRET_FILE": str(self.home / "secret.txt"),
            "HOME": str(self.home),
            "SCRATCH": str(self.scratch),
            "TOKEN": self.token,
            "ROOT": str(ROOT),
            "GROUP": str(os.getpgrp()),
        }
        self._listen(places)
        if "DECOY_PID" in places:
            self._start_decoy()
        self._before = self._snapshot()

    def _listen(self, places: set[str]) -> None:
        families = {
            "PORT": (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            "PORT6": (socket.AF_INET6, socket.SOCK_STREAM, ("::1", 0)),
            "UDP_PORT": (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            "SOCKET_PATH": (socket.AF_UNIX, socket.SOCK_STREAM, str(self.folder / "listener")),
            "ABSTRACT": (socket.AF_UNIX, socket.SOCK_STREAM, f"\0{self.token}"),
        }
        for place in sorted(places & families.keys()):
            family, kind, address = families[place]
            listener = socket.socket(family, kind)
            self._listeners.append(listener)
            listener.bind(address)
            if kind == socket.SOCK_STREAM:
                listener.listen(64)
            if place == "SOCKET_PATH":
                os.chmod(str(address), WIDEST)
            listener.setblocking(False)
            own = {"SOCKET_PATH": str(address), "ABSTRACT": self.token}
            self.values[place] = own[place] if place in own else str(listener.getsockname()[1])

    def _start_decoy(self) -> None:
        self.decoy = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", DECOY, self.secret],
            env={"JUDGE_SECRET": self.secret},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self.decoy.stdout is not None
        self.decoy.stdout.read(1)
        self.decoy.stdout.close()
        self.values["DECOY_PID"] = str(self.decoy.pid)

    def received(self) -> bytes | None:
        """All that reached a listener so far, b"" for a mere connection; None where nobody has come."""
        come = False
        for listener in self._listeners:
            with contextlib.suppress(BlockingIOError):
                if listener.type == socket.SOCK_DGRAM:
                    self._received += listener.recv(1 << 16)
                else:
                    connection, _ = listener.accept()
                    with connection:
                        connection.settimeout(0.2)
                        with contextlib.suppress(OSError):
                            self._received += connection.recv(1 << 16)
                come = True
        return self._received if come or self._received else None

    def changed(self) -> list[str]:
        """Paths that were made, changed or removed, wherever an attack may have put them."""
        after = self._snapshot()
        return sorted(path for path in after.keys() | self._before.keys() if after.get(path) != self._before.get(path))

    def decoy_hurt(self) -> bool:
        """Whether the process was ended, stopped or traced."""
        if self.decoy is None:
            return False
        if self.decoy.poll() is not None:
            return True
        status = Path(f"/proc/{self.decoy.pid}/status").read_text()
        fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        return fields["State"][0] in "Tt" or fields["TracerPid"] != "0"

    def _snapshot(self) -> dict[str, str]:
        paths = [path for folder in (self.home, self.scratch) for path in (folder, *folder.rglob("*"))]
        for public in {tempfile.gettempdir(), "/tmp", "/dev/shm", "/dev/mqueue"}:
            with contextlib.suppress(OSError):
                paths += [Path(public, name) for name in os.listdir(public) if self.token in name]
        return {str(path): _looks(path) for path in paths}

    def close(self) -> None:
        """Take all of it away again."""
        for path in self.changed():
            if self.token in path and not path.startswith(str(self.folder)):
                with contextlib.suppress(OSError):
                    os.unlink(path)
        for listener in self._listeners:
            listener.close()
        if self.decoy is not None:
            self.decoy.kill()
            self.decoy.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def _looks(path: Path) -> str:
    """Mode, time and contents of a file, as one text."""
    found = path.lstat()
    contents = ""
    if path.is_symlink():
        contents = os.readlink(path)
    elif path.is_file():
        contents = hashlib.sha256(path.read_bytes()).hexdigest() if found.st_size < 1 << 20 else str(found.st_size)
    times = "" if path.is_dir() else found.st_mtime_ns
    return f"{found.st_mode:o} {times} {contents}"
