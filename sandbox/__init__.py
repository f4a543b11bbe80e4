"""Where user code runs, and the only door to it. Imports nothing of judge, problems and reference."""

from sandbox.answers import End, EndKind, EntryFault, Limits, Loaded, PartFault, Raised, Reply
from sandbox.asking import Asking, EncodedProgram, Recogniser, encoded, step_by_step
from sandbox.docker import DockerSandbox
from sandbox.door import Door
from sandbox.errors import SandboxRefused, SandboxUnavailable
from sandbox.linux import LinuxSandbox
from sandbox.process import ProcessSandbox
from sandbox.trace_log import Several, TraceEvent, TraceLog

__all__ = [
    "Asking",
    "DockerSandbox",
    "Door",
    "EncodedProgram",
    "End",
    "EndKind",
    "EntryFault",
    "Limits",
    "LinuxSandbox",
    "Loaded",
    "PartFault",
    "ProcessSandbox",
    "Raised",
    "Recogniser",
    "Reply",
    "SandboxRefused",
    "SandboxUnavailable",
    "Several",
    "TraceEvent",
    "TraceLog",
    "encoded",
    "step_by_step",
]
