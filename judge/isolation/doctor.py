"""What this machine can do to isolate code: tried, not guessed, and then attacked."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from judge.isolation.sandboxes import KINDS
from problems.frameworks import NUMPY, TORCH
from sandbox import Limits, SandboxUnavailable
from sandbox.battery import Result, run_battery
from sandbox.linux import Layer, tried_layers

APPARMOR_SWITCH = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
CLONE_SWITCH = Path("/proc/sys/kernel/unprivileged_userns_clone")
NAMESPACES = Path("/proc/sys/user/max_user_namespaces")
USERS = Path("/proc/self/uid_map")  # user_namespaces(7): first inside, first outside, how many
ALL_USERS = 2**32 - 1
OF_NAMESPACES = ("user namespace", "a root of its own, read-only", "namespaces for each run")


class Found(msgspec.Struct, frozen=True):
    """A kind of sandbox on this machine.

    Attributes:
        kind: its name.
        level: "full", "reduced" or "none"; "" where it can't be had.
        why: why it is not full.
        attacks: what became of each.
    """

    kind: str
    level: str
    why: str
    attacks: tuple[Result, ...] = ()

    @property
    def escaped(self) -> bool:
        """Whether an attack got through."""
        return any(not attack.held for attack in self.attacks)


class Report(msgspec.Struct, frozen=True):
    """Everything that was found.

    Attributes:
        machine: system, kernel, processor, Python, user.
        layers: those of the linux sandbox.
        kinds: strongest first.
        advice: what would raise the level, paragraph by paragraph.
    """

    machine: str
    layers: tuple[Layer, ...]
    kinds: tuple[Found, ...]
    advice: tuple[str, ...]

    @property
    def chosen(self) -> Found | None:
        """What `auto` takes."""
        return next((found for found in self.kinds if found.level), None)

    @property
    def escaped(self) -> bool:
        """Whether an attack got through anywhere."""
        return any(found.escaped for found in self.kinds)


def examine(progress: Callable[[str], None]) -> Report:
    """Try each layer, open each kind, attack each that opens.

    Args:
        progress: told in a few words what is being done.
    """
    progress("trying the layers")
    try:
        layers = tuple(tried_layers(TORCH))
    except SandboxUnavailable:
        layers = ()
    kinds = tuple(_found(name, progress) for name in KINDS)
    best = next((found.level for found in kinds if found.level), "")
    return Report(_machine(), layers, kinds, () if best == "full" else tuple(_advice(layers)))


def _found(name: str, progress: Callable[[str], None]) -> Found:
    progress(f"opening {name}")
    try:
        with KINDS[name]() as sandbox:
            sandbox.open(NUMPY, Limits(), None).close()
            level = sandbox.level
            why = str(getattr(sandbox, "why_not_full", "")) or ("it isolates nothing" if level == "none" else "")
            attacks = []
            for attack in run_battery(sandbox, NUMPY, walls=level != "none"):
                attacks.append(attack)
                progress(f"attacking {name}: it {attack.name}")
            return Found(name, level, why, tuple(attacks))
    except SandboxUnavailable as error:
        return Found(name, "", str(error))


def _machine() -> str:
    python = f"Python {platform.python_version()}"
    return f"{platform.system()} {platform.release()} on {platform.machine()}, {python}{_user()}{_where()}"


def _user() -> str:
    if not hasattr(os, "geteuid"):
        return ""
    return ", as root" if os.geteuid() == 0 else ", as an ordinary user"


def _where() -> str:
    """In a container, or in a user namespace with few users: both decide which walls can be had."""
    said = ", in a container" if _in_container() else ""
    mapped = [line.split() for line in _switch(USERS).splitlines()]
    if mapped and mapped != [["0", "0", str(ALL_USERS)]]:
        count = sum(int(line[2]) for line in mapped)
        said += f", in a user namespace with {'one user' if count == 1 else f'{count:,} users'}"
    return said


def _advice(layers: tuple[Layer, ...]) -> Iterator[str]:
    """What would raise the level, from what failed and what the kernel's switches say."""
    if not sys.platform.startswith("linux"):
        yield (
            "The linux sandbox needs Linux. With Docker Desktop (or another engine of Linux containers) `judge sandbox build` makes the "
            "image of the docker sandbox; `auto` takes it from then on."
        )
        return
    failed = {layer.name: layer.why for layer in layers if layer.why}
    if any(name in failed for name in OF_NAMESPACES):
        yield from _for_namespaces()
    if "Landlock" in failed:
        yield (
            "Landlock: Linux 5.13 or newer is needed, built with CONFIG_SECURITY_LANDLOCK, and `landlock` among the modules in "
            "/sys/kernel/security/lsm; the boot parameter lsm=landlock,... puts it there."
        )
    if name := next((name for name in failed if name.startswith("an unprivileged user")), ""):
        yield _for_a_user(failed[name])


def _for_a_user(why: str) -> str:
    """What gives root an unprivileged user for the reduced level."""
    if "can't be read" in why:
        return (
            f"As root, code runs as an unprivileged user, and {why}: the files themselves are closed to others. `chmod -R go+rX "
            f"{os.path.realpath(sys.prefix)} {os.path.realpath(sys.base_prefix)}` opens them; or run the judge as an ordinary user."
        )
    return (
        f"As root, code runs as an unprivileged user, and there is none: {why}. Run the judge as an ordinary user; or in a container, keep "
        "CAP_SETUID and CAP_SETGID (`docker run --cap-add SETUID --cap-add SETGID`), as Docker does unless it is told otherwise."
    )


def _for_namespaces() -> Iterator[str]:
    if _switch(APPARMOR_SWITCH) == "1":
        yield (
            "User namespaces are restricted by AppArmor (Ubuntu 23.10 and newer). A profile that allows them to this Python alone, as "
            "root:\n"
            + apparmor_profile(os.path.realpath(sys.executable))
            + "\nIt holds for every program that this interpreter runs; "
            "`python3 -m venv --copies` makes one that only the judge uses."
        )
    if _switch(CLONE_SWITCH) == "0":
        yield "User namespaces are switched off for users. As root: sysctl -w kernel.unprivileged_userns_clone=1"
    if _switch(NAMESPACES) == "0":
        yield "User namespaces are switched off. As root: sysctl -w user.max_user_namespaces=15000"
    if "0" not in (_switch(CLONE_SWITCH), _switch(NAMESPACES)) and _in_container():
        yield (
            "This is a container, and its engine forbids namespaces within it. With Docker or Podman they are allowed by: "
            "docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined ..."
        )


def apparmor_profile(python: str) -> str:
    """The commands that install an AppArmor profile (apparmor.d(5)) which lets an interpreter make user namespaces."""
    return f"""\
    cat > /etc/apparmor.d/judge-python <<'END'
    abi <abi/4.0>,
    include <tunables/global>

    profile judge-python {python} flags=(unconfined) {{
      userns,
      include if exists <local/judge-python>
    }}
    END
    apparmor_parser --replace /etc/apparmor.d/judge-python"""


def _switch(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def _in_container() -> bool:
    return any(Path(mark).exists() for mark in ("/.dockerenv", "/run/.containerenv"))
