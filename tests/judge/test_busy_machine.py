"""A verdict does not depend on how busy the machine is."""

import os
import subprocess
import sys

import pytest

from judge.verdict import Kind
from tests.judge.answers import judge_answer, known_answers


@pytest.fixture
def busy():
    """Twice as many endless loops as there are processors."""
    loops = [
        subprocess.Popen([sys.executable, "-S", "-c", "while True: pass"]) for _ in range(2 * (os.cpu_count() or 1))
    ]
    yield
    for loop in loops:
        loop.kill()
        loop.wait()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("kv_cache.py", Kind.ACCEPTED),  # its cost is measured
        ("numpy_loop.py", Kind.ACCEPTED),  # likewise, and slow
        ("quadratic_comparison.py", Kind.TIME_LIMIT),
    ],
)
def test_verdict_is_the_same_with_every_processor_loaded(name, kind, busy, sandbox):
    answer = next(answer for answer in known_answers() if answer.path.name == name)
    assert judge_answer(answer, 5, sandbox).verdict is kind
