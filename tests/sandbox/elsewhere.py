"""Runs a command in another place: `python elsewhere.py [--user UID] [--denied] [--container] [--lone] [--hidden] COMMAND...`.

Needs root. All that it changes, it changes in namespaces of its own. Folders that other users may not enter are covered, and what the
command needs of them (the interpreter, this repository) put back; `--hidden` leaves the interpreter where only root can reach it.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from sandbox.guest import seccomp, system  # noqa: E402
from sandbox.guest.numbers import machine, number  # noqa: E402

ALL_USERS = f"0 0 {2**32 - 1}"
# What Docker leaves to root in a container (docs.docker.com/engine/security): CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID,
# SETPCAP, NET_BIND_SERVICE, NET_RAW, SYS_CHROOT, MKNOD, AUDIT_WRITE and SETFCAP, by their numbers in linux/capability.h.
OF_A_CONTAINER = (0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31)
# Of the calls that the sandbox makes, those that Docker's own filter refuses to a container without CAP_SYS_ADMIN.
REFUSED_IN_A_CONTAINER = ("unshare", "mount", "umount2", "pivot_root", "open_tree", "move_mount", "mount_setattr")
CAPABILITIES = 41  # of Linux 5.9 and newer
CAPABILITY_VERSION_3 = 0x20080522
NAMESPACES = 0x7E020000  # linux/sched.h: every CLONE_NEW* flag but CLONE_NEWTIME


def main() -> None:
    """Change what is asked for and become the command."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--user", type=int, default=0)
    parser.add_argument("--denied", action="store_true", help="no user namespaces: user.max_user_namespaces = 0")
    parser.add_argument(
        "--container", action="store_true", help="root as in a container of Docker: its rights and its filter"
    )
    parser.add_argument(
        "--lone", action="store_true", help="a user namespace in which this user alone is mapped, as its root"
    )
    parser.add_argument("--hidden", action="store_true", help="the interpreter lies where root alone may go")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    if given.denied:
        deny_namespaces()
    else:
        system.unshare(system.CLONE_NEWNS)
    system.mount("none", "/", "none", system.MS_REC | system.MS_PRIVATE)
    if not given.hidden:
        for needed in (sys.base_prefix, sys.prefix, str(ROOT)):
            show(needed)
    if given.user:
        os.setgroups([])
        os.setresgid(given.user, given.user, given.user)
        os.setresuid(given.user, given.user, given.user)
    if given.lone:
        be_alone()
    if given.container:
        be_in_a_container()
    os.execv(given.command[0], given.command)


def deny_namespaces() -> None:
    """Into a user namespace with all users in it, which may have none below it (namespaces(7))."""
    into_namespaces(ALL_USERS, ALL_USERS, system.CLONE_NEWUSER | system.CLONE_NEWNS)
    Path("/proc/sys/user/max_user_namespaces").write_text("0")


def be_alone() -> None:
    """Into a user namespace in which nobody but this user is mapped, as `unshare --map-root-user` makes it."""
    into_namespaces(f"0 {os.geteuid()} 1", f"0 {os.getegid()} 1", system.CLONE_NEWUSER | system.CLONE_NEWNS)


def into_namespaces(users: str, groups: str, flags: int) -> None:
    """Into namespaces, with these users and groups mapped by a child that stays behind."""
    system.process_control(
        system.PR_SET_DUMPABLE, 1
    )  # a change of user took it away, and the maps can't be written without
    parent = os.getpid()
    reading, writing = os.pipe()
    helper = os.fork()
    if helper == 0:
        os.close(writing)
        os.read(reading, 1)
        if users != ALL_USERS:
            Path(f"/proc/{parent}/setgroups").write_text("deny")
        Path(f"/proc/{parent}/uid_map").write_text(users)
        Path(f"/proc/{parent}/gid_map").write_text(groups)
        os._exit(0)
    system.unshare(flags)
    os.close(writing)
    if os.waitpid(helper, 0)[1] != 0:
        sys.exit("the users could not be mapped")


def be_in_a_container() -> None:
    """Put a filter over this process that refuses what Docker's does, and keep the rights that Docker leaves to root."""
    system.install_filter(
        filter_of_a_container()
    )  # first: without CAP_SYS_ADMIN it would cost the right to gain rights by an exec
    for capability in range(CAPABILITIES):
        if capability not in OF_A_CONTAINER:
            system.process_control(system.PR_CAPBSET_DROP, capability)
    keep_capabilities(sum(1 << capability for capability in OF_A_CONTAINER))


def keep_capabilities(kept: int) -> None:
    """Have these capabilities, permitted and in force, and no others: capset(2), struct __user_cap_data_struct twice."""
    low, high = (kept & 0xFFFFFFFF).to_bytes(4, "little"), (kept >> 32).to_bytes(4, "little")
    header = ctypes.create_string_buffer(CAPABILITY_VERSION_3.to_bytes(4, "little") + bytes(4), 8)
    system._call("capset", header, ctypes.create_string_buffer(low * 2 + bytes(4) + high * 2 + bytes(4), 24))


def filter_of_a_container() -> bytes:
    """The filter: everything but the calls above, and but clone(2) into namespaces."""
    architecture = machine()
    lines = [seccomp._line(seccomp._LOAD, seccomp._NUMBER)]
    for name in REFUSED_IN_A_CONTAINER:
        lines += seccomp._answer(name, architecture, seccomp.ERRNO | seccomp.EPERM)
    lines += seccomp._answer("clone3", architecture, seccomp.ERRNO | seccomp.ENOSYS)
    lines += [
        seccomp._line(seccomp._EQUAL, number("clone", architecture) or 0, otherwise=3),
        seccomp._line(seccomp._LOAD, seccomp._ARGUMENTS),
        seccomp._line(seccomp._ANY_BIT, NAMESPACES, otherwise=1),
        seccomp._line(seccomp._RETURN, seccomp.ERRNO | seccomp.EPERM),
        seccomp._line(seccomp._RETURN, seccomp.ALLOW),
    ]
    return b"".join(lines)


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
