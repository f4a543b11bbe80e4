"""The third wall: which system calls a run may make, as one table, and that table as a program for the kernel's filter.

What is not named is refused: with ENOSYS where the number is newer than this table (libraries then fall back), else with EPERM.
`ALLOWED` is what Python, NumPy and torch need on a CPU. No new process, no exec, no socket, no memfd, no shared memory, no
ptrace, io_uring, keyctl, bpf, userfaultfd, perf, mount or namespace is in it; neither is what changes a file.

Two runs of a submission read the same libraries, and what is in memory of these is the same for both. So nothing is in it that tells or
chooses which pages of a file are in memory (flags of preadv2, mincore, readahead, fadvise64, most of madvise, the counts of getrusage).
"""

from __future__ import annotations

import struct

from .numbers import NEWEST, number

_ALLOWED = """
    read write readv writev pread64 pwrite64 preadv pwritev close close_range fstat stat lstat newfstatat statx
    statfs fstatfs lseek open openat access faccessat faccessat2 readlink readlinkat getdents getdents64 getcwd chdir fchdir
    fsync fdatasync umask dup dup2 dup3
    mmap munmap mprotect mremap msync brk get_mempolicy membarrier
    pipe pipe2 poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd
    eventfd2 timerfd_create timerfd_settime timerfd_gettime signalfd4 futex futex_waitv wait4 waitid pause restart_syscall
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack
    alarm setitimer getitimer nanosleep clock_nanosleep
    clock_gettime clock_getres gettimeofday time times
    sysinfo uname getpid getppid gettid getuid geteuid getgid getegid getresuid getresgid getgroups getpgid getpgrp
    getsid capget getrlimit getpriority set_robust_list get_robust_list rseq set_tid_address exit exit_group arch_prctl
    sched_yield sched_getaffinity sched_getparam sched_getscheduler sched_getattr sched_get_priority_max
    sched_get_priority_min sched_rr_get_interval getcpu getrandom
"""
ALLOWED = tuple(_ALLOWED.split())

# Signals: the first argument is the process; and the place of the signal. SIGKILL is not among them: that it comes from outside alone
# tells a run that the system has ended from one that ended itself. For the same reason no run has timers of its own choice of signal
# (timer_create), nor sets a limit: the kernel sends SIGKILL to who is beyond the hard one on CPU time.
SIGNALS = {"kill": 1, "tgkill": 2, "rt_sigqueueinfo": 1, "rt_tgsigqueueinfo": 2}
SIGKILL = 9
TO_ITSELF = tuple(SIGNALS)
TO_ITSELF_OR_ZERO = ("prlimit64", "sched_setaffinity")
NULL = {"prlimit64": 2}  # the place of a pointer that must be NULL: limits are read and not set

# Of a few calls, some commands only: the place of the argument and its values.
COMMANDS: dict[str, tuple[int, tuple[int, ...]]] = {
    # linux/prctl.h: PR_GET_PDEATHSIG, PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME, PR_GET_SECCOMP, PR_CAPBSET_READ,
    # PR_GET_NO_NEW_PRIVS, PR_GET_THP_DISABLE, PR_SET_VMA
    "prctl": (0, (2, 3, 15, 16, 21, 23, 39, 42, 0x53564D41)),
    # asm-generic/ioctls.h: TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX
    "ioctl": (1, (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)),
    # asm-generic/fcntl.h, linux/fcntl.h: F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_GETOWN, F_DUPFD_CLOEXEC,
    # F_GETPIPE_SZ, F_GET_SEALS
    "fcntl": (1, (0, 1, 2, 3, 4, 5, 9, 1030, 1032, 1034)),
    # linux/fs.h: without a flag, as Python's os.preadv calls them; RWF_NOWAIT would say whether a page is in memory
    "preadv2": (5, (0,)),
    "pwritev2": (5, (0,)),
    # asm-generic/mman-common.h, what concerns a process's own memory alone: MADV_NORMAL, MADV_DONTNEED, MADV_FREE, MADV_HUGEPAGE,
    # MADV_NOHUGEPAGE, MADV_DONTDUMP, MADV_DODUMP, MADV_WIPEONFORK, MADV_KEEPONFORK
    "madvise": (2, (0, 4, 8, 14, 15, 16, 17, 18, 19)),
}
CLONE_THREAD = 0x00010000  # linux/sched.h: clone(2) is for threads only
NOT_BUILT_IN = ("clone3",)  # its flags lie in memory, where a filter can't see them: libraries fall back to clone

# linux/seccomp.h, linux/audit.h, linux/bpf_common.h
KILL, ERRNO, ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
EPERM, ENOSYS = 1, 38
_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32 = 0x40000000  # the bit of x86-64's other ABI
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data


def program(pid: int, architecture: str) -> bytes:
    """The filter as struct sock_filter (linux/filter.h), for a process that knows itself by this number.

    Args:
        pid: as the process itself sees it.
        architecture: "x86_64" or "aarch64".
    """
    lines = [
        _line(_LOAD, _ARCH),
        _line(_EQUAL, _ARCHITECTURE[architecture], then=1),
        _line(_RETURN, KILL),
        _line(_LOAD, _NUMBER),
    ]
    if architecture == "x86_64":
        lines += [_line(_AT_LEAST, _X32, otherwise=1), _line(_RETURN, KILL)]
    for name, place in SIGNALS.items():
        lines += _signal(name, architecture, place, pid)
    for name in TO_ITSELF_OR_ZERO:
        lines += _of_itself(name, architecture, pid)
    for name, (place, values) in COMMANDS.items():
        lines += _where(name, architecture, place, values)
    lines += _case("clone", architecture, [_line(_LOAD, _ARGUMENTS), _line(_ANY_BIT, CLONE_THREAD, otherwise=1)])
    for name in NOT_BUILT_IN:
        lines += _answer(name, architecture, ERRNO | ENOSYS)
    for name in ALLOWED:
        lines += _answer(name, architecture, ALLOW)
    lines += [_line(_AT_LEAST, NEWEST, otherwise=1), _line(_RETURN, ERRNO | ENOSYS), _line(_RETURN, ERRNO | EPERM)]
    return b"".join(lines)


def _answer(name: str, architecture: str, answer: int) -> list[bytes]:
    """Where the call is this one: the same answer always."""
    which = number(name, architecture)
    return [] if which is None else [_line(_EQUAL, which, otherwise=1), _line(_RETURN, answer)]


def _where(name: str, architecture: str, place: int, values: tuple[int, ...]) -> list[bytes]:
    """Allowed where an argument is one of the values, else refused. Numbers and commands are 32 bits wide in the kernel."""
    tests = [
        _line(_EQUAL, value & 0xFFFFFFFF, then=len(values) - 1 - at, otherwise=int(at == len(values) - 1))
        for at, value in enumerate(values)
    ]
    return _case(name, architecture, [_line(_LOAD, _ARGUMENTS + 8 * place), *tests])


def _of_itself(name: str, architecture: str, pid: int) -> list[bytes]:
    """Allowed where the first argument is 0 or this process, and the pointer that `NULL` names is none, in both halves of it."""
    halves = [_ARGUMENTS + 8 * NULL[name] + half for half in (0, 4)] if name in NULL else []
    tests = [_line(_LOAD, _ARGUMENTS), _line(_EQUAL, 0, then=1)]
    tests.append(_line(_EQUAL, pid & 0xFFFFFFFF, otherwise=2 * len(halves) + 1))
    for left, half in zip(range(len(halves) - 1, -1, -1), halves, strict=True):
        tests += [_line(_LOAD, half), _line(_EQUAL, 0, otherwise=2 * left + 1)]
    return _case(name, architecture, tests)


def _signal(name: str, architecture: str, place: int, pid: int) -> list[bytes]:
    """A signal to this process, any but SIGKILL."""
    tests = [
        _line(_LOAD, _ARGUMENTS),
        _line(_EQUAL, pid & 0xFFFFFFFF, otherwise=3),
        _line(_LOAD, _ARGUMENTS + 8 * place),
        _line(_EQUAL, SIGKILL, then=1),
    ]
    return _case(name, architecture, tests)


def _case(name: str, architecture: str, tests: list[bytes]) -> list[bytes]:
    """Where the call is this one: the tests, whose last falls through to "allow" or skips it."""
    which = number(name, architecture)
    if which is None:
        return []
    body = [*tests, _line(_RETURN, ALLOW), _line(_RETURN, ERRNO | EPERM)]
    return [_line(_EQUAL, which, otherwise=len(body)), *body]


def _line(code: int, value: int, *, then: int = 0, otherwise: int = 0) -> bytes:
    """One instruction: code, how many to skip where a test holds, how many where not, operand."""
    return struct.pack("=HBBI", code, then, otherwise, value)
