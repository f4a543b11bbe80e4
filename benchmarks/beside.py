"""A class judged by `judge batch`, by pytest, and by torch-judge: submissions a minute, and the cases that each one ran.

`python benchmarks/beside.py --count 40 --torch-judge FOLDER`. The submissions are right answers to multi-head attention, each with another
source. pytest runs twelve tests of the usual kind, in a fresh interpreter for each submission, as a script that grades a class does;
torch-judge (PyPI; `pip install --no-deps --target FOLDER torch-judge`) its own six tests of the same task, likewise. Neither isolates
what it runs; `judge batch` does.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from judge.cases import load_checks
from problems import find_problem

RIGHT = Path(__file__).resolve().parent.parent / "examples" / "attention_corrected.py"
TESTS = """
import pytest
import torch
from torch import nn
from solution import MultiHeadAttention


def pair(d_model, num_heads):
    mine, theirs = MultiHeadAttention(d_model, num_heads), nn.MultiheadAttention(d_model, num_heads, batch_first=True)
    with torch.no_grad():
        parts = zip((mine.q_proj, mine.k_proj, mine.v_proj), theirs.in_proj_weight.chunk(3), theirs.in_proj_bias.chunk(3))
        for layer, weight, bias in parts:
            layer.weight.copy_(weight)
            layer.bias.copy_(bias)
        mine.o_proj.weight.copy_(theirs.out_proj.weight)
        mine.o_proj.bias.copy_(theirs.out_proj.bias)
    return mine, theirs


@pytest.mark.parametrize("heads", [1, 2, 4])
@pytest.mark.parametrize("lengths", [(1, 1), (4, 4), (3, 7)])
def test_agrees(heads, lengths):
    torch.manual_seed(0)
    mine, theirs = pair(8, heads)
    query, key = torch.randn(2, lengths[0], 8), torch.randn(2, lengths[1], 8)
    torch.testing.assert_close(mine(query, key, key), theirs(query, key, key)[0])


def test_follows_the_mask():
    torch.manual_seed(0)
    mine, theirs = pair(8, 2)
    x, mask = torch.randn(2, 5, 8), torch.ones(5, 5, dtype=torch.bool).tril()
    torch.testing.assert_close(mine(x, x, x, mask), theirs(x, x, x, attn_mask=~mask)[0])


def test_carries_gradients():
    mine, _ = pair(8, 2)
    x = torch.randn(1, 4, 8, requires_grad=True)
    mine(x, x, x).sum().backward()
    assert x.grad is not None and mine.q_proj.weight.grad is not None


def test_refuses_widths_that_do_not_divide():
    with pytest.raises(ValueError):
        MultiHeadAttention(8, 3)
"""
TESTS_OF_PYTEST = 12
TESTS_OF_TORCH_JUDGE = 6
CHECK = "from solution import MultiHeadAttention\nfrom torch_judge import check\ncheck('mha')\n"


def sources(count: int) -> list[str]:
    """So many right answers, no two alike."""
    return [f"{RIGHT.read_text()}\n# {number}\n" for number in range(count)]


def a_minute(count: int, seconds: float) -> float:
    """Submissions a minute."""
    return 60 * count / seconds


def batch(folder: Path, count: int, jobs: int) -> float:
    """`judge batch`, as a person starts it."""
    out = folder / f"{jobs}.jsonl"
    command = [sys.executable, "-m", "judge", "batch", str(folder / "class"), "--problem", "attention"]
    environment = {**os.environ, "JUDGE_HOME": str(folder / "home"), "CI": "1"}
    begun = time.perf_counter()
    done = subprocess.run(
        [*command, "--jobs", str(jobs), "--out", str(out)], env=environment, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - begun
    assert out.read_text().count('"accepted"') == count, done.stderr
    return a_minute(count, seconds)


def alone(folder: Path, texts: list[str], command: list[str], said: str, path: str = "") -> float:
    """One interpreter after the other."""
    environment = {**os.environ, "PYTHONPATH": path, "HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    begun = time.perf_counter()
    for text in texts:
        (folder / "solution.py").write_text(text)
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert said in done.stdout, done.stdout + done.stderr
    return a_minute(len(texts), time.perf_counter() - begun)


def row(name: str, rate: float, cases: int, beside: float) -> None:
    """Print one way."""
    print(f"{name:32} {rate:8.1f} a minute   {cases:5} cases each   {rate / beside:6.1f} x pytest", flush=True)


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100, help="submissions of the batch")
    parser.add_argument("--alone", type=int, default=15, help="submissions of the others")
    parser.add_argument("--torch-judge", type=Path, help="folder that holds the package torch_judge")
    given = parser.parse_args()
    cases = sum(check.cases for check in load_checks(find_problem("multi_head_attention")))
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "class").mkdir()
        for number, text in enumerate(sources(given.count)):
            (folder / "class" / f"attention_{number:04}.py").write_text(text)
        (folder / "test_solution.py").write_text(TESTS)
        (folder / "run.py").write_text(CHECK)
        texts = sources(given.alone)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_solution.py"]
        beside = alone(folder, texts, command, f"{TESTS_OF_PYTEST} passed")
        row("pytest, a fresh interpreter each", beside, TESTS_OF_PYTEST, beside)
        for jobs in (1, 2):
            row(f"judge batch --jobs {jobs}", batch(folder, given.count, jobs), cases, beside)
        if given.torch_judge is None:
            print("torch-judge is not tried: --torch-judge FOLDER says where the package lies")
            return
        names = {"q_proj": "W_q", "k_proj": "W_k", "v_proj": "W_v", "o_proj": "W_o"}
        for mine, theirs in names.items():
            texts = [text.replace(mine, theirs) for text in texts]
        rate = alone(folder, texts, [sys.executable, "run.py"], "All 6 tests passed", str(given.torch_judge))
        row("torch-judge, likewise", rate, TESTS_OF_TORCH_JUDGE, beside)


if __name__ == "__main__":
    main()
