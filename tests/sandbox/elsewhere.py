"""Runs a command as another user, or where user namespaces are denied: `python elsewhere.py [--user UID] [--denied] COMMAND...`.

Needs root. All that it changes, it changes in a mount namespace of its own: folders that other users may not enter are covered, and what
the command needs of them (the interpreter, this repository) put back.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from sandbox.inside import system  # noqa: E402

ALL_USERS = f"0 0 {2**32 - 1}"


def main() -> None:
    """Change what is asked for and become the command."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--user", type=int, default=0)
    parser.add_argument("--denied", action="store_true", help="no user namespaces: user.max_user_namespaces = 0")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    if given.denied:
        deny_namespaces()
    else:
        system.unshare(system.CLONE_NEWNS)
    system.mount("none", "/", "none", system.MS_REC | system.MS_PRIVATE)
    for needed in (sys.base_prefix, sys.prefix, str(ROOT)):
        show(needed)
    if given.user:
        os.setgroups([])
        os.setresgid(given.user, given.user, given.user)
        os.setresuid(given.user, given.user, given.user)
    os.execv(given.command[0], given.command)


def deny_namespaces() -> None:
    """Into a user namespace with all users in it, which may have none below it (namespaces(7))."""
    parent = os.getpid()
    reading, writing = os.pipe()
    helper = os.fork()
    if helper == 0:
        os.close(writing)
        os.read(reading, 1)
        for name in ("uid_map", "gid_map"):
            Path(f"/proc/{parent}/{name}").write_text(ALL_USERS)
        os._exit(0)
    system.unshare(system.CLONE_NEWUSER | system.CLONE_NEWNS)
    os.close(writing)
    if os.waitpid(helper, 0)[1] != 0:
        sys.exit("the users could not be mapped")
    Path("/proc/sys/user/max_user_namespaces").write_text("0")


def show(path: str) -> None:
    """Where others may not enter a folder above a path, cover it by one that holds nothing else."""
    place = Path(path)
    for folder in reversed(place.parents):
        if folder.exists() and not folder.stat().st_mode & 0o001:
            tree = system.open_tree(path)
            system.mount("cover", str(folder), "tmpfs", 0, "mode=755")
            place.mkdir(parents=True)
            system.move_mount(tree, path)
            os.close(tree)
            return


if __name__ == "__main__":
    main()
