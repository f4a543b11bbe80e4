"""What stands around user code on Linux: entered by the template before it imports anything, and by each run before it has seen any.

Level "full": user, mount, network, IPC, UTS and cgroup namespaces and a root of its own for the template, and for each run a
fresh set of those and of the pid namespace. Level "reduced", where the system allows no user namespaces: without all that. At both:
an unprivileged user, no capabilities, no new privileges, resource limits, Landlock, seccomp.
"""

from __future__ import annotations

import contextlib
import glob
import os
import resource
import signal
import sys
from collections.abc import Iterable
from functools import partial
from typing import Any

from . import landlock, seccomp, system
from .numbers import MACHINES, machine
from .reopened import Reopened
from .trying import REFUSALS, Attempt, NoWalls, Unreachable, WallsFailed, attempt

DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
LOADER_FILES = ("/etc/ld.so.cache",)
PROCESSOR_FILES = ("/proc/cpuinfo", "/sys/devices/system/cpu")  # torch asks them which kernels will do, at first use
EMPTY_FOLDERS = ("/tmp",)  # libraries look whether it is there
NOT_LIBRARIES = frozenset({"site-packages", "dist-packages"})
NEW_ROOT = "/proc"  # a folder that every Linux has; in this mount namespace, until it becomes the root
ROOT_OPTIONS = "size=512k,nr_inodes=4096,mode=755"
MOST_THREADS = 256
MOST_THREADS_BESIDE = 512
OF_TEMPLATE = (
    system.CLONE_NEWUSER
    | system.CLONE_NEWNS
    | system.CLONE_NEWNET
    | system.CLONE_NEWIPC
    | system.CLONE_NEWUTS
    | system.CLONE_NEWCGROUP
)
READ_ONLY = system.MOUNT_ATTR_RDONLY | system.MOUNT_ATTR_NOSUID
OF_RUN = OF_TEMPLATE | system.CLONE_NEWPID


class Identity:
    """Who runs are.

    Attributes:
        uid: the user, as a run at the full level sees it.
        gid: the group.
        outer_uid: the user, as this process's namespace sees it, which is what a run at the reduced level sees as well.
        outer_gid: the group.
    """

    def __init__(self, uid: int, gid: int, outer_uid: int, outer_gid: int) -> None:
        self.uid = uid
        self.gid = gid
        self.outer_uid = outer_uid
        self.outer_gid = outer_gid


class Walls:
    """What was entered.

    Attributes:
        level: "full" or "reduced".
        why: why it is not a higher one.
        ruleset: descriptor of the Landlock ruleset that runs are held to.
        kept: further descriptors that runs need (`reopened`).
    """

    def __init__(self, level: str, why: str, ruleset: int, kept: tuple[int, ...] = ()) -> None:
        self.level = level
        self.why = why
        self.ruleset = ruleset
        self.kept = kept

    def most_processes(self) -> int:
        """How many this user may have at once, threads counted in (RLIMIT_NPROC), for a run that begins now.

        Within a user namespace of its own a run's are counted alone; without, all of the user's are.
        """
        return MOST_THREADS if self.level == "full" else _threads_of_user() + MOST_THREADS_BESIDE

    @property
    def namespaces(self) -> int:
        """Flags for clone(2) of a run."""
        return OF_RUN if self.level == "full" else 0


def enter(plan: dict[str, Any]) -> Walls:
    """Take this process behind the best walls of the plan that hold here.

    Args:
        plan: "levels" that may be taken, best first; "readable" files and folders; "uid" and "gid" to run as; "whys": why better
            levels were refused before.

    Raises:
        NoWalls: the system refuses every level. `Unreachable` where the last of them lacks nothing but a way to the interpreter.
        WallsFailed: whether a level holds could not be found out.
    """
    whys: list[str] = list(plan.get("whys", ()))
    if machine() not in MACHINES:
        raise NoWalls(f"it knows the system calls of {' and '.join(MACHINES)}, not of {machine()}")
    identity = choose_identity(plan["uid"], plan["gid"])
    found = Attempt()
    for level in plan["levels"]:
        found = attempt(partial(_enter, level, plan, identity))
        if not found.why:
            kept = Reopened(plan.get("reopened", {})).descriptors
            return Walls(level, "; ".join(whys), _entered(level, plan, identity), kept)
        if not found.refused:
            raise WallsFailed(found.why)
        whys.append(found.why)
    if found.unreachable:
        unreachable = Unreachable(found.why)
        unreachable.whys = tuple(whys[:-1])
        raise unreachable
    raise NoWalls("; ".join(dict.fromkeys(whys)))


def _entered(level: str, plan: dict[str, Any], identity: Identity) -> int:
    """Enter a level that was tried: what fails now is no refusal."""
    try:
        return _enter(level, plan, identity)
    except (NoWalls, OSError) as error:
        raise WallsFailed(f"{error}") from error


def choose_identity(uid: int, gid: int) -> Identity:
    """Who runs are to be: this user, or else the one we are, where no other can be had.

    Root can become nobody else in a user namespace in which one user is mapped (user_namespaces(7)), or without CAP_SETUID. Its own
    id is kept then; `require_limited_threads` sees to it that it is held to the limits of an ordinary user.

    Raises:
        WallsFailed: whether this user can be had could not be found out.
    """
    own = (os.geteuid(), os.getegid())
    found = Attempt() if own == (uid, gid) else attempt(lambda: become(uid, gid))
    if not found.why:
        return Identity(uid, gid, uid, gid)
    if not found.refused:
        raise WallsFailed(found.why)
    return Identity(uid, gid, *own)


def _enter(level: str, plan: dict[str, Any], identity: Identity) -> int:
    """Enter a level; a descriptor of the Landlock ruleset."""
    leave_groups()
    readable = readable_places(plan)
    if level == "full":
        enter_namespaces(identity)
        build_root(readable, identity)
        try_run()
    else:
        readable += LOADER_FILES
        become(identity.outer_uid, identity.outer_gid)
        require_readable(plan)
    system.process_control(system.PR_SET_DUMPABLE, 0)
    system.drop_capabilities()
    system.process_control(system.PR_SET_NO_NEW_PRIVS, 1)
    require_limited_threads()
    return ruleset([*readable, *PROCESSOR_FILES])


def leave_groups() -> None:
    """Belong to no further groups, where this process may say so; in a namespace of one user nobody may (user_namespaces(7))."""
    if os.geteuid() == 0 and os.getgroups():
        with contextlib.suppress(PermissionError):
            os.setgroups([])


def require_limited_threads() -> None:
    """See that the number of this user's processes can be limited. The machine's own root has no such limit (setrlimit(2), RLIMIT_NPROC).

    Raises:
        NoWalls: it can't.
        WallsFailed: that could not be found out.
    """
    found = attempt(_start_one_too_many)
    if found.why and not found.refused:
        raise WallsFailed(found.why)
    if found.why:
        raise NoWalls(found.why)


def _start_one_too_many() -> None:
    _start_one()  # where even that is refused, another limit was met, and says nothing of this one
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    try:
        _start_one()
    except BlockingIOError:
        return
    raise NoWalls(
        "the code would run as the machine's root, whose threads can't be limited: there is no other user here that it could run as "
        "(no CAP_SETUID, or a user namespace in which root alone is mapped)"
    )


def _start_one() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def fork(walls: Walls) -> int:
    """Fork, into the namespaces of a run where the level has them."""
    return system.clone(walls.namespaces) if walls.namespaces else os.fork()


def readable_places(plan: dict[str, Any]) -> list[str]:
    """Files and folders that solutions may read: those of the plan, and what this interpreter needs to import more."""
    return list(dict.fromkeys([*plan["readable"], *filter(os.path.isdir, sys.path), *_system_libraries()]))


def require_readable(plan: dict[str, Any]) -> None:
    """See that this user can read the places of the plan.

    Raises:
        Unreachable: it can't.
    """
    unreadable = next((path for path in plan["readable"] if not os.access(path, os.R_OK)), None)
    if unreadable:
        shown = Reopened(plan.get("reopened", {})).real(unreadable)
        raise Unreachable(f"{shown} can't be read by the unprivileged user {os.getuid()}")


def confine(walls: Walls) -> None:
    """In the first process of a run: what can be done before it is known what it may use. Children inherit it."""
    system.drop_capabilities()
    system.process_control(system.PR_SET_NO_NEW_PRIVS, 1)
    system.process_control(system.PR_SET_DUMPABLE, 0)
    system.landlock_restrict(walls.ruleset)


def seal() -> None:
    """In the run itself, last of all: from here on few system calls are left."""
    system.install_filter(seccomp.program(os.getpid(), machine()))


def try_run() -> None:
    """Whether a run's namespaces can be had: some systems allow a few, or none within others."""
    pid = system.clone(OF_RUN)
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def enter_namespaces(identity: Identity) -> None:
    """Into namespaces of one's own, in which there is nobody but this user.

    The maps are written from outside, by a child that stays behind: a process may map itself to its own user only
    (user_namespaces(7)).
    """
    parent = os.getpid()
    ready_read, ready_write = os.pipe()
    failure_read, failure_write = os.pipe()
    helper = os.fork()
    if helper == 0:
        os.close(ready_write)
        try:
            if os.read(ready_read, 1):
                _write_maps(parent, identity)
        except OSError as error:
            os.write(failure_write, f"{error.errno} writing {error.filename}: {error.strerror}".encode())
        os._exit(0)
    os.close(failure_write)
    os.close(ready_read)
    try:
        system.unshare(OF_TEMPLATE)
        with contextlib.suppress(BrokenPipeError):  # the helper was killed: its status says so
            os.write(ready_write, b"+")
    finally:
        os.close(ready_write)
        _, status = os.waitpid(helper, 0)
        failure = os.read(failure_read, 4000).decode()
        os.close(failure_read)
    if failure:
        number, _, words = failure.partition(" ")
        raise NoWalls(words) if int(number) in REFUSALS else WallsFailed(words)
    if status != 0:
        raise WallsFailed(f"the process that maps users ended early (status {status})")


def _write_maps(pid: int, identity: Identity) -> None:
    users = f"{identity.uid} {identity.outer_uid} 1"
    groups = f"{identity.gid} {identity.outer_gid} 1"
    for name, text in (("setgroups", "deny"), ("uid_map", users), ("gid_map", groups)):
        path = f"/proc/{pid}/{name}"
        try:
            with open(path, "w") as file:
                file.write(text)
        except OSError as error:
            raise OSError(error.errno, error.strerror, path) from None


def become(uid: int, gid: int) -> None:
    """Be this user from now on, and never another."""
    system.process_control(system.PR_SET_KEEPCAPS, 1)
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


def build_root(readable: list[str], identity: Identity) -> None:
    """A root that holds nothing but what may be read, each at its own path, and change into it. All of it is read-only.

    Places are looked up first, as the user who started us: later ones may lie where the unprivileged user can't go.
    """
    system.mount("none", "/", "none", system.MS_REC | system.MS_PRIVATE)
    packages = [path for path in readable if _is_package(path)]
    libraries = _outermost(path for path in readable if not _is_package(path))
    covers = [cover for path in libraries for cover in _not_libraries(path)]
    first = [_tree(path) for path in (*libraries, *LOADER_FILES, *PROCESSOR_FILES, *DEVICES) if os.path.exists(path)]
    then = [_tree(path) for path in packages]
    links = [(path, os.readlink(path)) for path in ("/lib", "/lib32", "/lib64") if os.path.islink(path)]
    become(identity.uid, identity.gid)
    flags = system.MS_NOSUID | system.MS_NODEV | system.MS_NOEXEC
    system.mount("root", NEW_ROOT, "tmpfs", flags, ROOT_OPTIONS)
    for tree in first:
        _put(*tree)
    for path in covers:
        system.mount("cover", NEW_ROOT + path, "tmpfs", flags, ROOT_OPTIONS)
    for tree in then:
        _put(*tree)
    for path in EMPTY_FOLDERS:
        os.makedirs(NEW_ROOT + path, exist_ok=True)
    for path, target in links:
        os.symlink(target, NEW_ROOT + path)
    os.chdir(NEW_ROOT)
    system.pivot_root(".", ".")
    system.unmount(".", system.MNT_DETACH)
    os.chdir("/")
    system.set_mount_attributes("/", READ_ONLY)


def _tree(path: str) -> tuple[str, int, bool]:
    """A read-only copy of what is mounted at a path: the path, a descriptor, whether it is a folder."""
    tree = system.open_tree(path)
    system.set_mount_attributes(tree, READ_ONLY | (0 if path in DEVICES else system.MOUNT_ATTR_NODEV))
    return path, tree, os.path.isdir(path)


def _put(path: str, tree: int, folder: bool) -> None:
    """Mount a copy at its own path below the new root."""
    place = NEW_ROOT + path
    os.makedirs(place if folder else os.path.dirname(place), exist_ok=True)
    if not folder:
        with open(place, "a"):
            pass
    system.move_mount(tree, place)
    os.close(tree)


def _is_package(path: str) -> bool:
    return not NOT_LIBRARIES.isdisjoint(path.split("/"))


def _outermost(paths: Iterable[str]) -> list[str]:
    """Those that do not lie in another one."""
    every = sorted(set(paths))
    return [path for path in every if not any(path.startswith(other + "/") for other in every)]


def ruleset(readable: list[str]) -> int:
    """Places that may be read, for Landlock, which can allow but not take out: folders that hold packages are allowed child by child."""
    whole: list[str] = []
    listed: list[str] = []
    for path in readable:
        if os.path.exists(path):
            _divide(path, [] if _is_package(path) else _not_libraries(path), whole, listed)
    rules = landlock.rules(whole, filter(os.path.exists, DEVICES))
    for folder in listed:
        landlock.allow_listing(rules, folder)
    return rules


def _divide(path: str, closed: list[str], whole: list[str], listed: list[str]) -> None:
    if not any(each.startswith(path + "/") for each in closed):
        whole.append(path)
        return
    listed.append(path)
    for name in os.listdir(path):
        child = os.path.join(path, name)
        if child not in closed:
            _divide(child, closed, whole, listed)


def _not_libraries(folder: str) -> list[str]:
    """Folders of installed packages within a folder of libraries, outermost only."""
    found = [p for depth in ("*", "*/*") for p in glob.glob(f"{glob.escape(folder)}/{depth}") if _holds_packages(p)]
    return sorted(found)


def _holds_packages(path: str) -> bool:
    return os.path.basename(path) in NOT_LIBRARIES and os.path.isdir(path)


def _system_libraries() -> list[str]:
    """Folders of the shared libraries that this interpreter uses: its modules may load others from there."""
    folders: dict[str, None] = {}
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
        for line in maps:
            path = line.rstrip("\n").partition("/")[2]
            if ".so" in os.path.basename(path):
                folders[os.path.realpath("/" + os.path.dirname(path))] = None
    return [path for path in folders if os.path.isdir(path)]


def _threads_of_user() -> int:
    """Threads of this user's processes now (proc(5))."""
    threads = 0
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):  # it ended meanwhile
            if os.stat(f"/proc/{name}").st_uid == os.getuid():
                threads += len(os.listdir(f"/proc/{name}/task"))
    return threads


def die_with_parent() -> None:
    """Be killed when the process that forked this one ends: prctl(2). What gives up rights may lose it: set after that."""
    system.process_control(system.PR_SET_PDEATHSIG, signal.SIGKILL)


def close_all_but(kept: Iterable[int]) -> None:
    """Close every descriptor but these."""
    wanted = sorted(set(kept))
    for low, high in zip([-1, *wanted], [*wanted, os.sysconf("SC_OPEN_MAX")], strict=True):
        if low + 1 < high:  # an empty range that starts at 0 would be taken for all there are
            os.closerange(low + 1, high)
