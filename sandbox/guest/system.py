"""The system calls that confine a process, by ctypes: each function names its manual page, each constant its header.

All raise `SystemCallFailed`, which names the call. Nothing here decides anything: that is `walls`, `landlock` and `seccomp`.
"""

from __future__ import annotations

import ctypes
import errno
import os
import signal

from .numbers import machine, number

# linux/sched.h, clone(2)
CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

# linux/mount.h, mount(2), mount_setattr(2), open_tree(2), move_mount(2)
MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_REC = 16384
MS_PRIVATE = 1 << 18
MNT_DETACH = 2
MOUNT_ATTR_RDONLY = 1
MOUNT_ATTR_NOSUID = 2
MOUNT_ATTR_NODEV = 4
OPEN_TREE_CLONE = 1
OPEN_TREE_CLOEXEC = os.O_CLOEXEC if hasattr(os, "O_CLOEXEC") else 0
MOVE_MOUNT_F_EMPTY_PATH = 4

# linux/fcntl.h
AT_FDCWD = -100
AT_EMPTY_PATH = 0x1000
AT_RECURSIVE = 0x8000

# linux/prctl.h, prctl(2)
PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_KEEPCAPS = 8
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38

_CAPABILITY_VERSION_3 = 0x20080522  # linux/capability.h, capset(2)
_SECCOMP_SET_MODE_FILTER = 1  # linux/seccomp.h, seccomp(2)
_LANDLOCK_VERSION = 1  # LANDLOCK_CREATE_RULESET_VERSION, linux/landlock.h
_LANDLOCK_RULE_PATH_BENEATH = 1


class SystemCallFailed(OSError):
    """A system call answered with an error; the message names the call."""

    def __init__(self, call: str, number: int) -> None:
        super().__init__(number, os.strerror(number))
        self.call = call

    def __str__(self) -> str:
        return f"{self.call}: {self.strerror} ({errno.errorcode.get(self.errno or 0, self.errno)})"


_libc: ctypes.PyDLL | None = None


def _call(name: str, *args: int | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
    """syscall(2). The interpreter's lock is kept: after `clone` nobody could give it back."""
    global _libc
    if _libc is None:
        _libc = ctypes.PyDLL(None, use_errno=True)
        _libc.syscall.restype = ctypes.c_long
    which = number(name, machine())
    if which is None:
        raise SystemCallFailed(name, errno.ENOSYS)
    words = [ctypes.c_long(arg) if isinstance(arg, int) else arg for arg in args]
    result: int = _libc.syscall(ctypes.c_long(which), *words)
    if result < 0:
        raise SystemCallFailed(name, ctypes.get_errno())
    return result


def clone(flags: int) -> int:
    """Fork into new namespaces: clone(2) without a stack of its own. 0 in the child, the child's number in the parent.

    The hooks of os.fork are run (C API, PyOS_BeforeFork); those of the C library (pthread_atfork) are not.
    """
    ctypes.pythonapi.PyOS_BeforeFork()
    try:
        pid = _call("clone", flags | signal.SIGCHLD, 0, 0, 0, 0)
    except BaseException:
        ctypes.pythonapi.PyOS_AfterFork_Parent()
        raise
    if pid == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
    else:
        ctypes.pythonapi.PyOS_AfterFork_Parent()
    return pid


def unshare(flags: int) -> None:
    """Move this process into new namespaces: unshare(2)."""
    _call("unshare", flags)


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    """mount(2)."""
    _call("mount", source.encode(), os.fsencode(target), kind.encode(), flags, data.encode())


def unmount(target: str, flags: int) -> None:
    """umount2(2)."""
    _call("umount2", os.fsencode(target), flags)


def open_tree(path: str) -> int:
    """A copy of what is mounted at a path and below, not yet anywhere: open_tree(2). Returns a descriptor."""
    flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE
    return _call("open_tree", AT_FDCWD, os.fsencode(path), flags)


def move_mount(tree: int, target: str) -> None:
    """Put a copy from `open_tree` into its place: move_mount(2)."""
    _call("move_mount", tree, b"", AT_FDCWD, os.fsencode(target), MOVE_MOUNT_F_EMPTY_PATH)


def set_mount_attributes(tree: int | str, attributes: int) -> None:
    """Give a mount and all below it attributes (MOUNT_ATTR_*), by descriptor or by path: mount_setattr(2)."""
    given = ctypes.create_string_buffer(attributes.to_bytes(8, "little") + bytes(24), 32)  # struct mount_attr
    if isinstance(tree, str):
        _call("mount_setattr", AT_FDCWD, os.fsencode(tree), AT_RECURSIVE, given, 32)
    else:
        _call("mount_setattr", tree, b"", AT_RECURSIVE | AT_EMPTY_PATH, given, 32)


def pivot_root(new: str, old: str) -> None:
    """Change the root of this mount namespace: pivot_root(2)."""
    _call("pivot_root", os.fsencode(new), os.fsencode(old))


def process_control(option: int, value: int = 0) -> None:
    """prctl(2)."""
    _call("prctl", option, value, 0, 0, 0)


def end_with_parent() -> None:
    """Be killed when the parent ends: prctl(2), by the C library, which knows the call on every architecture."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def drop_capabilities() -> None:
    """Give up every capability for good, those that an exec could bring included: capset(2), capabilities(7)."""
    for capability in range(64):
        try:
            process_control(PR_CAPBSET_DROP, capability)
        except SystemCallFailed as error:
            if error.errno not in (errno.EINVAL, errno.EPERM):  # EINVAL: beyond the last; EPERM: there was none to drop
                raise
            if error.errno == errno.EINVAL:
                break
    header = ctypes.create_string_buffer(_CAPABILITY_VERSION_3.to_bytes(4, "little") + bytes(4), 8)
    _call("capset", header, ctypes.create_string_buffer(24))


def install_filter(program: bytes) -> None:
    """Filter this process's system calls from now on: seccomp(2). `program` is of struct sock_filter (linux/filter.h)."""
    code = ctypes.create_string_buffer(program, len(program))
    address = ctypes.addressof(code)
    header = ctypes.create_string_buffer(
        (len(program) // 8).to_bytes(2, "little") + bytes(6) + address.to_bytes(8, "little"), 16
    )
    _call("seccomp", _SECCOMP_SET_MODE_FILTER, 0, header)


def landlock_version() -> int:
    """The kernel's Landlock ABI, 1 or more: landlock_create_ruleset(2).

    Raises:
        SystemCallFailed: ENOSYS, not built in; EOPNOTSUPP, switched off.
    """
    return _call("landlock_create_ruleset", None, 0, _LANDLOCK_VERSION)


def landlock_ruleset(files: int, network: int, scoped: int, size: int) -> int:
    """A ruleset that handles these accesses (struct landlock_ruleset_attr, of which the kernel knows `size` bytes)."""
    fields = b"".join(word.to_bytes(8, "little") for word in (files, network, scoped))
    return _call("landlock_create_ruleset", ctypes.create_string_buffer(fields[:size], size), size, 0)


def landlock_allow(ruleset: int, place: int, access: int) -> None:
    """Allow accesses to a file, or to a folder and all below it: landlock_add_rule(2), struct landlock_path_beneath_attr."""
    rule = ctypes.create_string_buffer(access.to_bytes(8, "little") + place.to_bytes(4, "little"), 12)
    _call("landlock_add_rule", ruleset, _LANDLOCK_RULE_PATH_BENEATH, rule, 0)


def landlock_restrict(ruleset: int) -> None:
    """Hold this process and its children to a ruleset for good: landlock_restrict_self(2)."""
    _call("landlock_restrict_self", ruleset, 0)
