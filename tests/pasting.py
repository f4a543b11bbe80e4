"""Runs the program of every counterexample by itself: `python -m tests.pasting [PROBLEM ...] [--seed 0] [--jobs 2] [--most-wrong N]`.

Each wrong answer is judged; the program that its counterexample holds is run in a fresh interpreter, in a folder that has nothing but the
answer's file, and must fail as the report says. Exempt are verdicts of cost and of resources, files that do not load, what is forbidden,
and results that are random. Prints what did not repeat, and how many did, by kind; exit status 1 where one did not.
"""

from __future__ import annotations

import argparse
import atexit
import collections
import contextlib
import io
import json
import math
import os
import re
import shutil
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from judge.cases import load_checks
from judge.isolation import Sandbox, open_sandbox
from judge.verdict import CheckResult, Kind, Verdict
from problems import find_problem
from tests.judge.answers import KnownAnswer, judge_answer, known_answers, some_answers

SECONDS = 60.0
TYPES = {"NumPy array": "ndarray", "returned None": "NoneType", "sparse tensor": "sparse"}
EXEMPT = {
    Kind.TIME_LIMIT: "cost",
    Kind.MEMORY_LIMIT: "memory",
    Kind.LOAD_ERROR: "not loaded",
    Kind.FORBIDDEN: "forbidden",
    Kind.SANDBOX_VIOLATION: "forbidden",
}
_sandboxes: dict[str, Sandbox] = {}


def repeated(path: Path, verdict: Verdict) -> str:
    """Run a verdict's program beside the answer: "repeats", "exempt: WHY", or what came out instead."""
    check = verdict.failed()
    if verdict.verdict in EXEMPT or check is None or check.counterexample is None:
        return f"exempt: {EXEMPT.get(verdict.verdict, 'no counterexample')}"
    known = {each.name: each for each in load_checks(find_problem(verdict.problem))}
    if known[check.name].timed or "SandboxViolation" in verdict.headline:
        return f"exempt: {'cost' if known[check.name].timed else 'forbidden'}"
    if known[check.name].stochastic or "gives different results for the same calls" in verdict.headline:
        return "exempt: random"
    context = get_context("forkserver")
    context.set_forkserver_preload(["numpy", "torch"])
    mine, theirs = context.Pipe(duplex=False)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(path, folder)
        process = context.Process(target=_run, args=(folder, check, verdict.headline, theirs))
        process.start()
        theirs.close()
        said = "it did not end"
        with contextlib.suppress(EOFError):
            said = mine.recv() if mine.poll(SECONDS) else said
        process.join(1)
        ended = (
            "exited" in verdict.headline
            or "crashed" in verdict.headline
            or "exited" in verdict.headline
            or "process ended" in verdict.headline
        )
        said = "repeats" if ended and process.exitcode is not None and said == "it did not end" else said
        process.kill()
        process.join()
    return said


def _run(folder: str, check: CheckResult, headline: str, told: Connection) -> None:
    """In a fresh process: run the program, and say whether it failed as the report says."""
    os.chdir(folder)
    sys.path.insert(0, folder)
    assert check.counterexample is not None
    names: dict[str, Any] = {"__name__": "__main__"}
    raised = None
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            exec(compile(check.counterexample.call, "pasted.py", "exec"), names)
        except BaseException as error:  # noqa: BLE001 - what it is, is what is asked
            raised = error
    told.send(_came_out(check, headline, names, raised))


def _came_out(check: CheckResult, headline: str, names: dict[str, Any], raised: BaseException | None) -> str:
    """ "repeats", or what came out."""
    example = check.counterexample
    assert example is not None
    if raised is not None:
        said = f"{type(raised).__name__}: {raised}"
        if type(raised) is AttributeError and re.search(r"not a parameter|which has no|has no `", headline):
            return "repeats"  # what the judge looked at is not there
        if isinstance(raised, RuntimeError) and "doesn't match the broadcast shape" in said and "has shape" in headline:
            return "repeats"  # weights are loaded into a parameter of another shape
        if (
            type(raised).__name__ in check.message
            or "no gradient reaches" in headline
            or "can't be differentiated" in headline
        ):
            return "repeats"
        return f"raised {said}"
    if "must raise" in headline:
        return "repeats"
    found = names.get("found")
    if "changed its input" in headline:
        return "repeats" if not _same(names["before"], found) else "the input is as it was"
    if " is not None" in headline or " is no tensor" in headline:
        return "repeats" if (found is None) == (" is no tensor" in headline) else f"it is {found}"
    if isinstance(found, dict) and ("trainable" in headline or "require a gradient" in headline):
        return "repeats"
    if counted := re.search(r"was called (\d+) times", headline):
        return "repeats" if int(counted[1]) in names["log_probs"].__dict__.values() else "another count"
    if "no gradient reaches" in headline:
        return "repeats" if found is None else f"there is a gradient: {found}"
    if "is a plain tensor" in headline:
        return "repeats" if type(found).__name__ != "Parameter" else "it is a parameter"
    leaves = list(_leaves(found))
    if example.actual is not None and example.actual.values is None and type(found).__name__ == example.actual.dtype:
        return "repeats"
    if example.actual is not None:
        # What is wrong may be a part of what came out, or a row of it.
        right = any(_is(each, example.actual, example.expected) for each in leaves)
        right = right or any(_is(row, example.actual, example.expected) for each in leaves for row in _rows(each))
        return "repeats" if right else f"other numbers: {str(found)[:300]} for {str(example.actual.values)[:200]}"
    kinds = {str(getattr(each, "dtype", type(each).__name__)).removeprefix("torch.") for each in leaves}
    kinds |= {type(found).__name__}
    kinds |= {str(list(each.shape)) for each in leaves if hasattr(each, "shape")}
    kinds |= {words for words, name in TYPES.items() if name in kinds or name in str(found)}
    if any(kind in check.message for kind in kinds):
        return "repeats"
    return f"not shown: {headline}"


def _leaves(value: Any) -> Any:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (tuple, list)):
        yield value
        for each in value:
            yield from _leaves(each)
    else:
        yield value


def _plain(value: Any) -> Any:
    """With lists and tuples for what comes from them, as the judge gets it."""
    if isinstance(value, (tuple, list)):
        return (tuple if isinstance(value, tuple) else list)(_plain(each) for each in value)
    return value


def _rows(value: Any) -> list[Any]:
    return list(value) if getattr(value, "ndim", 0) > 0 and len(value) <= 1000 else []


def _numbers(value: Any) -> list[Any]:
    """All numbers of nested lists."""
    if isinstance(value, list):
        return [number for each in value for number in _numbers(each)]
    return [float(value) if isinstance(value, str) else value]


def _is(mine: Any, actual: Any, expected: Any) -> bool:
    """Whether this is the wrong value that the report shows, but for rounding."""
    if not hasattr(mine, "tolist"):
        if isinstance(mine, str):
            return actual.dtype == "str" and actual.values in (mine, repr(mine))
        if isinstance(mine, float) and actual.dtype == "float":
            return _near(mine, float(actual.values), _gap(actual, expected))
        if actual.values is None:
            return type(mine).__name__ == actual.dtype
        shown, cut = repr(_plain(mine)), str(actual.values)
        return shown == cut or (cut.endswith("...") and shown.startswith(cut[:-3]))
    if tuple(mine.shape) != actual.shape or str(mine.dtype).removeprefix("torch.") != actual.dtype:
        return False
    if actual.values is None:
        return True
    gap = _gap(actual, expected)
    mine = mine.detach().double() if actual.dtype == "bfloat16" else mine.detach() if hasattr(mine, "detach") else mine
    return all(_near(a, b, gap) for a, b in zip(_numbers(mine.tolist()), _numbers(actual.values), strict=True))


def _gap(actual: Any, expected: Any) -> float:
    """By how much what is shown is off: what repeats is much nearer to it."""
    if expected is None or expected.values is None or expected.shape != actual.shape:
        return 0.0
    try:
        pairs = zip(_numbers(actual.values), _numbers(expected.values), strict=True)
        return max((abs(a - b) for a, b in pairs if math.isfinite(a) and math.isfinite(b)), default=0.0)
    except (TypeError, ValueError):
        return 0.0


def _near(mine: float, shown: float, gap: float) -> bool:
    if isinstance(mine, float) and math.isnan(mine):
        return math.isnan(shown)
    return mine == shown or abs(mine - shown) <= max(0.01 * gap, 1e-6 * abs(shown))


def _same(one: Any, other: Any) -> bool:
    if hasattr(one, "tolist"):
        return str(one.tolist()) == str(other.tolist())
    if isinstance(one, (tuple, list)):
        return len(one) == len(other) and all(_same(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == other)


def judge_and_repeat(answer: KnownAnswer, seed: int) -> tuple[KnownAnswer, str, str]:
    """Judge an answer in full and run its program. Runs in a worker."""
    if "auto" not in _sandboxes:
        _sandboxes["auto"] = open_sandbox("auto")
        atexit.register(_sandboxes["auto"].__exit__)
    verdict = judge_answer(answer, seed, _sandboxes["auto"], full=True)
    check = verdict.failed()
    text = check.counterexample.call if check is not None and check.counterexample is not None else ""
    return answer, repeated(answer.path, verdict), f"{verdict.headline}\n{text}"


def main() -> int:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("problems", nargs="*")
    parser.add_argument("--only", help="a file with the names of the answers to run, one a line")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--most-wrong", type=int, help="of each problem's wrong answers, only so many")
    parser.add_argument("--show", action="store_true", help="print the programs that do not repeat")
    parser.add_argument("--out", type=Path, help="a file for all headlines and programs, a JSON object a line")
    options = parser.parse_args()
    every = known_answers() if options.most_wrong is None else some_answers(options.most_wrong)
    answers = [a for a in every if not a.right and (not options.problems or a.problem in options.problems)]
    if options.only:
        only = set(Path(options.only).read_text().split())
        answers = [answer for answer in answers if answer.name in only]
    counts: collections.Counter[str] = collections.Counter()
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        running = [pool.submit(judge_and_repeat, answer, options.seed) for answer in answers]
        for done in as_completed(running):
            answer, said, text = done.result()
            if options.out is not None:
                with options.out.open("a") as stream:
                    stream.write(json.dumps({"answer": answer.name, "said": said, "text": text}) + "\n")
            kind = said if said == "repeats" or said.startswith("exempt") else "does not repeat"
            counts[kind] += 1
            if kind == "does not repeat":
                print(f"{answer.name}: {said}", flush=True)
                print(text if options.show else text.split("\n")[0], flush=True)
    print(f"{len(answers)} wrong answers: {', '.join(f'{count} {kind}' for kind, count in counts.most_common())}")
    return int(counts["does not repeat"] > 0)


if __name__ == "__main__":
    sys.exit(main())
