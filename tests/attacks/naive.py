"""A judge as it is often written: it runs the answer in its own process, beside the reference and the tests.

    python naive.py FOLDER PROBLEM FRAMEWORK COMPARISON

FOLDER holds answer.py, reference.py and tests.json; the verdict is written to FOLDER/verdict. Every habit in here is one that some
judge has: exit status 0 counts as success, results are compared after all calls, clocks and comparisons are looked up when they are
needed. Attacks are shown to work against it, so that each is known to be one. It runs under limits, so that none harms the machine.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import json
import os
import resource
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

TOLERANCE = 1e-4
SLOWEST_SECONDS = 0.25
ENTRIES = {"lstm": "lstm", "normalization": "layer_norm"}  # of the others, the layer's forward
MOST_FILE_BYTES = 64 << 20
PR_SET_PDEATHSIG = 1


def main() -> None:
    """Fork a child that judges, and believe what it writes; where it writes nothing, what it exits with."""
    folder, problem, framework, comparison = sys.argv[1:]
    limit(framework)
    os.chdir(folder)
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        sys.exit(judge(writing, problem, framework, comparison))
    os.close(writing)
    line = first_line(reading)
    _, status = os.waitpid(pid, 0)
    if line:
        verdict = json.loads(line)["verdict"]
    else:
        verdict = "accepted" if status == 0 else "none"
    Path("verdict").write_text(verdict)


def limit(framework: str) -> None:
    """No attack may harm the machine that shows it."""
    most_bytes = (8 if framework == "torch" else 3) << 30
    for which, value in (
        (resource.RLIMIT_AS, most_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, 20),
        (resource.RLIMIT_FSIZE, MOST_FILE_BYTES),
        (resource.RLIMIT_NOFILE, 1024),
    ):
        resource.setrlimit(which, (value, value))


def first_line(descriptor: int) -> bytes:
    """What a pipe brings up to the first end of line; what comes after is not read."""
    data = b""
    while not data.endswith(b"\n"):
        part = os.read(descriptor, 1)
        if not part:
            break
        data += part
    return data


def judge(writing: int, problem: str, framework: str, comparison: str) -> int:
    """Judge in this very process; the exit status."""
    import ctypes

    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    global channel, tests
    channel = os.fdopen(writing, "w")  # flushed when the interpreter ends
    tests = open("tests.json")  # noqa: SIM115  (left open, as such judges do)
    sys.path.insert(0, os.getcwd())
    try:
        accepted = judge_answer(problem, framework, comparison)
    except Exception:  # noqa: BLE001  (as such judges do)
        traceback.print_exc()
        accepted = False
    channel.write(json.dumps({"verdict": "accepted" if accepted else "rejected"}) + "\n")
    return 0 if accepted else 1


def judge_answer(problem: str, framework: str, comparison: str) -> bool:
    """Whether the answer agrees with the reference on three examples, and is fast."""
    reference = importlib.import_module("reference")
    importlib.import_module(
        "numpy.random"
    )  # NumPy loads it late: an answer that spoils imports would end its own examples
    answer = load("answer")
    entry = ENTRIES.get(problem, "forward")
    if problem not in ENTRIES:
        reference.forward, answer.forward = modules(reference, answer)
    examples = draw(problem, framework)
    known = [getattr(reference, entry)(*inputs) for inputs in examples]
    results = []
    for inputs, expected in zip(examples, known, strict=True):
        results.append(checked(getattr(answer, entry), inputs, expected))
    seconds = min(timed(getattr(answer, entry), inputs) for inputs in examples[:2])
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(2.0)  # as judges of GPU code wait for all work before they compare
    matches = []
    for inputs, result in zip(examples, results, strict=True):
        right = getattr(reference, entry)(*inputs)
        matches += [compare(a, e, comparison, framework) for a, e in pairs(result, right)]
    return all(matches) and seconds < SLOWEST_SECONDS


def load(name: str) -> Any:
    """Import a file of this folder."""
    spec = importlib.util.spec_from_file_location(name, f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def modules(reference: Any, answer: Any) -> tuple[Any, Any]:
    """The two attention layers with the same weights."""
    mine, theirs = reference.MultiHeadAttention(4, 2), answer.MultiHeadAttention(4, 2)
    theirs.load_state_dict(mine.state_dict(), strict=False)
    return mine, theirs


def draw(problem: str, framework: str) -> list[tuple[Any, ...]]:
    """Three examples, small as those made by hand are."""
    import numpy as np

    generator = np.random.default_rng(0)
    if problem == "lstm":
        sizes = ((1, 1, 1, 1), (2, 3, 2, 1), (1, 4, 3, 1))
        shapes = [[(b, t, i), (b, h), (b, h), (4 * h, i), (4 * h, h), (4 * h,), (4 * h,)] for b, t, i, h in sizes]
    elif problem == "normalization":
        shapes = [[(*rows, d), (d,), (d,)] for rows, d in (((1,), 2), ((2, 3), 4), ((4,), 8))]
    else:
        shapes = [[(b, t, 4)] * 3 for b, t in ((1, 1), (2, 3), (1, 4))]
    examples = [tuple(generator.normal(size=s).astype("float32") for s in each) for each in shapes]
    if framework == "torch":
        import torch

        return [tuple(torch.from_numpy(array) for array in each) for each in examples]
    return examples


def checked(call: Any, inputs: tuple[Any, ...], expected: Any) -> Any:
    """The result of a call; what is expected stands ready."""
    return call(*inputs)


def timed(call: Any, inputs: tuple[Any, ...]) -> float:
    """Seconds that a call takes; its result is thrown away."""
    measured = True
    gc.collect()
    begun = time.perf_counter()
    call(*inputs)
    return time.perf_counter() - begun if measured else 0.0


def pairs(result: Any, right: Any) -> list[tuple[Any, Any]]:
    """What came back beside what is right."""
    if not isinstance(right, tuple):
        return [(result, right)]
    outputs, (h_n, c_n) = result
    return [(outputs, right[0]), (h_n, right[1][0]), (c_n, right[1][1])]


def compare(actual: Any, expected: Any, comparison: str, framework: str) -> bool:
    """Whether two arrays are close, in one of the ways in which it is done."""
    if framework == "torch":
        import torch

        if comparison == "testing":
            torch.testing.assert_close(actual, expected, atol=TOLERANCE, rtol=0.0)
            return True
        if comparison == "difference":
            return not bool(((actual - expected).abs() > TOLERANCE).any())
        return bool(torch.allclose(actual, expected, atol=TOLERANCE))
    import numpy as np

    if comparison == "testing":
        np.testing.assert_allclose(actual, expected, atol=TOLERANCE)
        return True
    if comparison == "difference":
        return not bool(np.any(abs(actual - expected) > TOLERANCE))
    return bool(np.allclose(actual, expected, atol=TOLERANCE))


if __name__ == "__main__":
    main()
