"""The files that are judged while processes are killed: right, wrong and hostile ones, each with the verdict that it must get.

Every one of them, the right ones as well, reaches for the machine while it is loaded: it starts a shell by a function that no audit hook is
told of. The shell leaves a mark in a folder and prints a secret. So a run without walls is seen from outside, whatever its verdict.
"""

from __future__ import annotations

import secrets
from pathlib import Path

import msgspec

from judge.verdict import Kind
from sandbox.battery import RAW
from sandbox.guest.numbers import machine

ROOT = Path(__file__).resolve().parents[2]
REACH = """
def _reach():
    import _posixsubprocess as starting, os
    gives, takes = os.pipe()
    ends = [-1] * 6 + [gives, takes]
    common = ([b"/bin/sh", b"-c", @SCRIPT@.encode()], [b"/bin/sh"], True, (takes,), None, None, *ends, True, False)
    for rest in ((-1, None, None, None, -1, None, False), (-1, None, None, None, -1, None), (None, None, None, -1, None)):
        try:
            starting.fork_exec(*common, *rest)
            break
        except TypeError:  # another version of Python has another number of arguments
            continue
        except OSError:
            break
    os.close(gives), os.close(takes)

_reach()
"""
IN_MACHINE_CODE = (
    RAW
    + """
file = raw(@OPENAT@, -100, at(@MARK@.encode() + b'\\0'), 0o101, 0o600, 0, 0)
file = raw(@OPENAT@, -100, at(@SECRET@.encode() + b'\\0'), 0, 0, 0, 0)
room = ctypes.create_string_buffer(100)
raw(@READ@, file, ctypes.addressof(room), 99, 0, 0, 0)
print(room.value)
"""
)
IN_PYTHON = """
try: open(@MARK@, "w")
except OSError: pass
try: print(open(@SECRET@).read())
except OSError: pass
"""
INSTEAD = "\ndef beam_search(log_probs, beam_width, max_length, eos, length_penalty=0.0):\n    "
SLOW = """
import time
time.sleep(0.2)
_quick = beam_search
""" + (f"{INSTEAD}time.sleep(0.01)\n    return _quick(log_probs, beam_width, max_length, eos, length_penalty)\n")
TAKES_MEMORY = f"{INSTEAD}kept = []\n    while True: kept.append(bytearray(1 << 20))\n"


class Reach(msgspec.Struct, frozen=True):
    """What the files reach for.

    Attributes:
        folder: everybody may write in it.
        secret: the text of the one file that is there.
    """

    folder: Path
    secret: str

    @property
    def mark(self) -> Path:
        """Is there once a file has run without walls."""
        return self.folder / "reached.txt"

    @property
    def secret_file(self) -> Path:
        """Holds the secret."""
        return self.folder / "secret.txt"

    def filled_in(self, source: str) -> str:
        """The source of a file, with what it reaches for."""
        here = 0 if machine() == "x86_64" else 1
        values: dict[str, object] = {
            "SCRIPT": f": > '{self.mark}'; cat '{self.secret_file}'",
            "MARK": str(self.mark),
            "SECRET": str(self.secret_file),
            "MACHINE": machine(),
            "OPENAT": (257, 56)[here],  # asm/unistd_64.h, asm-generic/unistd.h
            "READ": (0, 63)[here],
        }
        for name, value in values.items():
            source = source.replace(f"@{name}@", repr(value))
        return source


def reach_in(folder: Path) -> Reach:
    """Make it."""
    folder.mkdir()
    folder.chmod(0o777)
    reach = Reach(folder, secrets.token_hex(16))
    reach.secret_file.write_text(reach.secret)
    reach.secret_file.chmod(0o666)
    return reach


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A file to judge.

    Attributes:
        name: what it does.
        problem: that it answers.
        source: of it; what it reaches for is filled in later.
        fair: the verdicts that are right; more than one where that depends on what the rules refuse without running it.
    """

    name: str
    problem: str = "beam_search"
    source: str
    fair: tuple[Kind, ...]

    @property
    def right(self) -> bool:
        """Whether it answers the problem, and does no harm."""
        return self.fair == (Kind.ACCEPTED,)


def mix(reach: Reach) -> dict[str, File]:
    """All of them, by name."""
    right = (ROOT / "reference" / "beam_search.py").read_text()
    numpy = (ROOT / "problems" / "lstm" / "accepted" / "numpy_loop.py").read_text()
    gates = "i = sigmoid(gates[:, :hidden])", "f = sigmoid(gates[:, hidden : 2 * hidden])"
    assert all(each in numpy for each in gates)
    swapped = numpy.replace(gates[0], "f" + gates[0][1:]).replace(gates[1], "i" + gates[1][1:])
    wrong = ROOT / "tests" / "answers" / "beam_search" / "wrong"
    found = [
        File(name="right", source=right, fair=(Kind.ACCEPTED,)),
        File(name="right, slow", source=right + SLOW, fair=(Kind.ACCEPTED,)),
        File(name="right in NumPy", problem="lstm", source=numpy, fair=(Kind.ACCEPTED,)),
        File(name="wrong", source=(wrong / "scores_first.py").read_text(), fair=(Kind.WRONG_SHAPE,)),
        File(name="wrong sums", source=(wrong / "tied_scores_by_sum.py").read_text(), fair=(Kind.WRONG_ANSWER,)),
        File(name="wrong in NumPy", problem="lstm", source=swapped, fair=(Kind.WRONG_ANSWER,)),
        *_hostile(right),
    ]
    return {each.name: msgspec.structs.replace(each, source=reach.filled_in(each.source + REACH)) for each in found}


def _hostile(right: str) -> list[File]:
    """What ends its own process, takes too much, or reaches out. Some end as if they had been killed from outside."""
    killed = "import signal\n" + INSTEAD + "signal.raise_signal(signal.SIGKILL)\n"
    return [
        File(name="kills itself", source=killed, fair=(Kind.RUNTIME_ERROR,)),
        File(name="kills itself, loaded", source=f"{killed}\nbeam_search(0, 0, 0, 0)\n", fair=(Kind.LOAD_ERROR,)),
        File(name="exits", source=f"import os\n{INSTEAD}os._exit(0)\n", fair=(Kind.RUNTIME_ERROR,)),
        File(name="loops", source=f"{INSTEAD}while True: pass\n", fair=(Kind.TIME_LIMIT,)),
        File(name="takes memory", source=TAKES_MEMORY, fair=(Kind.MEMORY_LIMIT,)),
        File(name="reaches in machine code", source=right + IN_MACHINE_CODE, fair=(Kind.ACCEPTED, Kind.FORBIDDEN)),
        File(name="reaches in Python", source=right + IN_PYTHON, fair=(Kind.SANDBOX_VIOLATION,)),
    ]
