"""Ctrl-C while a command only starts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def ended(code: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stdout == ""
    return done.returncode, done.stderr


def test_a_command_that_has_not_begun_ends_with_a_word() -> None:
    code = (
        "import os; from judge.service.interruption import quiet_interruptions\n"
        "with quiet_interruptions():\n    os.kill(os.getpid(), 2)\n    print('goes on')"
    )
    assert ended(code) == (130, "judge: Interrupted.\n")


def test_afterwards_it_is_an_exception_as_usual() -> None:
    code = (
        "import os; from judge.service.interruption import quiet_interruptions\n"
        "with quiet_interruptions():\n    pass\n"
        "try:\n    os.kill(os.getpid(), 2)\nexcept KeyboardInterrupt:\n    raise SystemExit(5)"
    )
    assert ended(code) == (5, "")


def test_where_it_is_ignored_it_stays_ignored() -> None:
    code = (
        "import os, signal; from judge.service.interruption import quiet_interruptions\n"
        "signal.signal(2, signal.SIG_IGN)\n"
        "with quiet_interruptions():\n    os.kill(os.getpid(), 2)\n"
        "raise SystemExit(6 if signal.getsignal(2) is signal.SIG_IGN else 7)"
    )
    assert ended(code) == (6, "")


def test_the_command_is_imported_before_it_is_an_exception() -> None:
    """What is imported may turn an exception into another one."""
    code = (
        "import os, sys\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'judge.commands.catalogue': os.kill(os.getpid(), 2)\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "from judge.cli import main\n"
        "main(['list'])"
    )
    assert ended(code) == (130, "judge: Interrupted.\n")
