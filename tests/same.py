"""Do two checkouts give the same verdicts? `python -m tests.same OTHER [--every N] [--seed S] [--problem NAME]`.

Every known answer (or every so many-th) is judged by `judge batch` of this checkout and of the other one, with one seed. Verdict,
counterexample, diagnosis and all else must be the same, but for times and for fields that only one of them has.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from problems import all_problems
from tests.judge.answers import known_answers

ROOT = Path(__file__).resolve().parents[1]


def judged(checkout: Path, files: list[Path], problem: str, seed: int, folder: Path) -> dict[str, dict[str, Any]]:
    """The verdicts of one checkout, by file."""
    out = folder / f"{len(list(folder.iterdir()))}.jsonl"
    command = [sys.executable, "-P", "-m", "judge", "batch", *map(str, files), "--problem", problem]
    environment = {**os.environ, "PYTHONPATH": str(checkout), "JUDGE_HOME": str(folder / "home"), "CI": "true"}
    command += ["--seed", str(seed), "--out", str(out), "--jobs", "1"]
    done = subprocess.run(command, env=environment, cwd=checkout, capture_output=True, text=True, check=False)
    if not out.exists():
        raise SystemExit(f"{checkout}: {done.stderr}")
    return {line["id"]: line["verdict"] for line in map(json.loads, out.read_text().splitlines())}


def lasting(found: Any) -> Any:
    """Without what differs from run to run, and without the versions, which are those of the checkout."""
    if isinstance(found, dict):
        return {
            name: lasting(value)
            for name, value in found.items()
            if name not in ("seconds", "cost", "measured", "versions")
        }
    return [lasting(each) for each in found] if isinstance(found, list) else found


def difference(one: Any, other: Any) -> str:
    """Where two verdicts differ; "" where they don't. A field that one of them lacks is no difference."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in one.keys() & other.keys():
            if words := difference(one[name], other[name]):
                return f"{name}: {words}"
        return ""
    return "" if one == other else f"{json.dumps(one)[:200]} and {json.dumps(other)[:200]}"


def main() -> int:
    """Compare, and say what differs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("other", type=Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--problem")
    given = parser.parse_args()
    count = wrong = 0
    for problem in all_problems():
        if given.problem not in (None, problem.slug):
            continue
        files = sorted(answer.path for answer in known_answers() if answer.problem == problem.slug)[:: given.every]
        with tempfile.TemporaryDirectory() as name:
            found = [
                judged(each, files, problem.slug, given.seed, Path(name)) for each in (ROOT, given.other.resolve())
            ]
        differing = {id_: difference(lasting(found[0][id_]), lasting(found[1].get(id_))) for id_ in found[0]}
        differing = {id_: words for id_, words in differing.items() if words}
        count, wrong = count + len(found[0]), wrong + len(differing)
        print(f"{problem.slug}: {len(found[0])} answers, {len(differing)} differ", flush=True)
        for id_, words in differing.items():
            print(f"  {id_}: {words}")
    print(f"{count} answers, {wrong} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
