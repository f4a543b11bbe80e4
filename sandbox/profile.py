"""The system calls of a container, as Docker and Podman read them: what a run may make, and what its keeper needs to start it.

The lists are those of `sandbox.guest.seccomp`. A run puts its own filter over this one, which takes the keeper's calls away again.
"""

from __future__ import annotations

import json
from typing import Any

from sandbox.guest import seccomp

# Of the engine's own first process, which becomes the keeper, and of the keeper until its run is sealed.
OF_THE_KEEPER = (
    "execve",
    "fork",
    "vfork",
    "setsid",
    "seccomp",
    "capset",
    "landlock_create_ruleset",
    "landlock_add_rule",
    "landlock_restrict_self",
)
# linux/prctl.h: PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS
PRCTL_OF_THE_KEEPER = (1, 4, 24, 38)
NAMESPACES = 0x7E020080  # linux/sched.h: every CLONE_NEW* flag
ARCHITECTURES = ("SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64")


def profile() -> str:
    """The profile as JSON."""
    plain = [*seccomp.ALLOWED, *seccomp.TO_ITSELF, *seccomp.TO_ITSELF_OR_ZERO, *OF_THE_KEEPER]
    rules: list[dict[str, Any]] = [_allowed(plain)]
    for name, (place, values) in seccomp.COMMANDS.items():
        more = PRCTL_OF_THE_KEEPER if name == "prctl" else ()
        rules += [_allowed([name], _where(place, value)) for value in (*values, *more)]
    rules.append(_allowed(["clone"], _where(0, NAMESPACES, 0, "SCMP_CMP_MASKED_EQ")))
    rules += [
        {"names": list(seccomp.NOT_BUILT_IN), "action": "SCMP_ACT_ERRNO", "errnoRet": seccomp.ENOSYS},
    ]
    return json.dumps(
        {
            "defaultAction": "SCMP_ACT_ERRNO",
            "defaultErrnoRet": seccomp.EPERM,
            "architectures": list(ARCHITECTURES),
            "syscalls": rules,
        }
    )


def _allowed(names: list[str], *arguments: dict[str, Any]) -> dict[str, Any]:
    return {"names": names, "action": "SCMP_ACT_ALLOW", "args": list(arguments)}


def _where(place: int, value: int, other: int = 0, comparison: str = "SCMP_CMP_EQ") -> dict[str, Any]:
    return {"index": place, "value": value, "valueTwo": other, "op": comparison}
