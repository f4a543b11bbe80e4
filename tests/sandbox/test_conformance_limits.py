"""Time, memory and output: what a run may use is all it gets, and the judge is told which limit it was."""

from __future__ import annotations

import time

import numpy as np
import pytest
import torch
from conformance import Room, Run, call

from sandbox import Asking, EndKind, Limits

SECOND = Limits(call_seconds=1.0, run_seconds=20.0, memory_bytes=256 << 20, output_bytes=1 << 16)
SMALL = Limits(call_seconds=10.0, run_seconds=20.0, memory_bytes=256 << 20)
SLACK_SECONDS = 6.0  # the limit leaves out what a busy machine keeps it waiting; alone it is within a fifth of a second
SLACK_OF_CONTAINERS = (
    24.0  # all of them together get no more of a busy machine than one process of others does (cgroups(7))
)

HANGS = {
    "loop": "while True: pass",
    "sleep": "import time; time.sleep(1000)",
    "C code that holds the lock": "import re; re.match(r'(a+)+$', 'a' * 64 + 'b')",
    "a stop signal to itself": "import signal; signal.raise_signal(signal.SIGSTOP)",
    "waiting for itself": "import threading; lock = threading.Lock(); lock.acquire(); lock.acquire()",
    "every signal ignored": (
        "import signal; [signal.signal(n, signal.SIG_IGN) for n in signal.valid_signals() - {9, 19, 32, 33}]\n"
        "    while True: pass"
    ),
    "every exception caught": "while True:\n        try:\n            while True: pass\n        except BaseException: pass",
}


def slack(room: Room) -> float:
    """How late an end may come."""
    return SLACK_OF_CONTAINERS if room.kind.name == "docker" else SLACK_SECONDS


@pytest.mark.parametrize("name", HANGS)
def test_a_call_that_hangs_is_ended(room: Room, name: str) -> None:
    run = room.run(
        f"def f(x):\n    if x == 0: return 0\n    {HANGS[name]}\n", [call("f", 0)], [call("f", 1)], limits=SECOND
    )
    assert run.replies[0][0].fields["value"] == 0
    assert run.end is not None
    assert (run.end.kind, run.end.program) == (EndKind.TIME_LIMIT, 1)
    assert run.end.message == "a call took more than 1 seconds"
    assert 1 <= run.seconds < 1 + slack(room)


def test_a_file_that_hangs_while_it_is_loaded_is_ended(room: Room) -> None:
    run = room.run("print('so far')\nwhile True: pass\n", limits=SECOND)
    assert run.ended is EndKind.TIME_LIMIT
    assert run.loaded.end == run.end
    assert run.seconds < 1 + slack(room)
    assert run.output == "so far\n"


def test_a_message_that_can_not_be_shown_in_time_is_ended(room: Room) -> None:
    source = "class E(Exception):\n    def __str__(self):\n        while True: pass\ndef f(): raise E\n"
    run = room.run(source, limits=SECOND)
    assert run.ended is EndKind.TIME_LIMIT
    assert run.seconds < 1 + slack(room)


def test_each_call_is_timed_by_itself_and_the_run_as_a_whole(room: Room) -> None:
    source = "import time\ndef f():\n    time.sleep(0.3)\n"
    calls = [[call()] for _ in range(4)]
    limits = Limits(call_seconds=0.9, run_seconds=5.0)
    assert room.run(source, *calls, limits=limits).end is None
    limits = Limits(call_seconds=0.9, run_seconds=0.75)
    run = room.run(source, *calls, limits=limits)
    assert run.ended is EndKind.TIME_LIMIT
    assert run.end is not None
    assert run.end.message == "the calls took more than 0.75 seconds in all"
    assert run.end.program in (1, 2)


def test_an_answer_that_comes_too_late_is_none_though_nobody_waited_for_it(room: Room) -> None:
    source = "import time\ndef f(seconds):\n    time.sleep(seconds)\n    return seconds\n"
    for seconds, in_time in ((0.1, True), (1.6, False)):
        with room.door(limits=SECOND) as door:
            assert door.load(room.spec(source)).end is None
            door.post(Asking.of([[call("f", 0.0)], [call("f", seconds)]], None))
            time.sleep(seconds + 1.0)  # the judge has something else to do meanwhile
            replies = door.collect()
            assert [len(each) for each in replies] == [1, int(in_time)]
            assert (door.end is None) == in_time
            if door.end is not None:
                assert (door.end.kind, door.end.program) == (EndKind.TIME_LIMIT, 1)


def test_threads_that_are_left_running_do_not_outlive_the_run(room: Room) -> None:
    source = """
import threading, time
def work():
    while True: time.sleep(0.01)
for _ in range(20): threading.Thread(target=work).start()
def f(): return threading.active_count()
"""
    assert room.run(source).value == 21


MEMORY = {
    "one array": "import numpy as np; return np.ones(1 << 33)",
    "small arrays": "import numpy as np; kept = []\n    while True: kept.append(np.ones(10_000))",
    "bytearrays": "kept = []\n    while True: kept.append(bytearray(100_000))",
    "objects": "kept = []\n    while True: kept.append([object() for _ in range(1000)])",
    "one text": "return 'a' * (1 << 36)",
    "a number": "return 1 << (1 << 36)",
    "a shared mapping": "import mmap; m = mmap.mmap(-1, 1 << 33); [m.write(b'x' * (1 << 20)) for _ in range(1 << 13)]",
    "many mappings": "import mmap; kept = []\n    while True: kept.append(mmap.mmap(-1, 1 << 20)); kept[-1].write(b'x' * (1 << 20))",
    "an array that is caught and kept": (
        "import numpy as np; kept = []\n"
        "    try:\n        while True: kept.append(np.ones(100_000))\n    except MemoryError: return np.ones(10_000_000)"
    ),
    "an answer that does not fit": "import numpy as np; return [np.ones(10_000_000) for _ in range(3)]",
}


def refused(run: Run) -> bool:
    """Whether memory was the reason: as an exception that says so, or as the end of the run."""
    return run.ended is EndKind.MEMORY_LIMIT if run.end else run.raised is not None and run.raised.memory


@pytest.mark.parametrize("name", MEMORY)
def test_memory_beyond_the_limit_is_refused(room: Room, name: str) -> None:
    assert refused(room.run(f"def f():\n    {MEMORY[name]}\n", limits=SMALL))


def test_tensors_beyond_the_limit_are_refused(room: Room) -> None:
    source = """
import torch
def once(): return torch.ones(1 << 34)
def pieces():
    kept = []
    while True: kept.append(torch.zeros(100_000))
def graph():
    x = torch.ones(1000, requires_grad=True)
    while True: x = torch.cat([x * 2, x])
"""
    steps = [call("once", may_raise=True), call("pieces", may_raise=True), call("graph", may_raise=True), call("once")]
    run = room.run(source, steps, framework="torch", limits=SMALL)
    raised = [reply.raised is not None and reply.raised.memory for reply in run.replies[0]]
    assert run.ended is EndKind.MEMORY_LIMIT or raised == [True] * 4


def test_memory_within_the_limit_is_granted(room: Room) -> None:
    source = "import numpy as np\ndef f(): return float(np.ones(20_000_000).sum())\n"
    assert room.run(source, limits=SMALL).value == 2e7


def test_a_message_that_does_not_fit_into_what_is_left_is_a_memory_limit_or_an_end(room: Room) -> None:
    source = "kept = []\ndef f(x):\n    try:\n        while True: kept.append(bytearray(1000))\n    except MemoryError: return 1\n"
    with room.door(limits=SMALL) as door:
        door.load(room.spec(source))
        first = door.ask([[call("f", 0)]])
        second = door.ask([[call("f", np.ones(5_000_000))]])
        last = (second or first)[0]
    kinds = {EndKind.MEMORY_LIMIT, EndKind.EXITED}
    assert door.end.kind in kinds if door.end else last[-1].raised is None or last[-1].raised.memory


def test_an_array_larger_than_an_answer_is_described_not_sent(room: Room) -> None:
    source = """
import numpy as np, torch
def wide(): return np.broadcast_to(np.float32(1), (1 << 20, 1 << 20))
def expanded(): return torch.ones(1).expand(1 << 20, 1 << 20)
def large(): return bytes(300 << 20)
"""
    run = room.run(source, *[[call(name)] for name in ("wide", "expanded", "large")], framework="torch")
    wide, expanded, large = (each[0].fields["value"] for each in run.replies)
    assert (wide.type_name, wide.shape, wide.dtype) == ("ndarray", (1 << 20, 1 << 20), "float32")
    assert (expanded.type_name, expanded.shape, expanded.dtype) == ("Tensor", (1 << 20, 1 << 20), "float32")
    assert large.why == "bytes too long to be sent"


def test_expanded_inputs_cost_what_they_hold(room: Room) -> None:
    x = torch.ones(1, 1).expand(1000, 1000)
    with room.door("torch") as door:
        door.load(room.spec("def f(x): return x.stride()\n", "torch"))
        assert door.ask([[call("f", x)]])[0][0].fields["value"] == (0, 0)
