"""Driven as a person would, in tmux, with the real judge."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from problems import all_problems, find_problem

TMUX = shutil.which("tmux")
ROOT = Path(__file__).parents[3]
SECONDS = 90
LSTM = find_problem("lstm").solution
SWAPPED = LSTM.replace("i_BH, f_BH, g_BH, o_BH = gates", "f_BH, i_BH, g_BH, o_BH = gates")
LORA = find_problem("lora").solution

pytestmark = pytest.mark.skipif(
    TMUX is None, reason="NOT TESTED: sessions in a real terminal, since tmux is not installed (apt-get install tmux)"
)


class Terminal:
    """A terminal in tmux, 100 columns wide."""

    def __init__(self, folder: Path) -> None:
        self.work = folder / "work"
        self.work.mkdir()
        self._name = f"judge-{uuid.uuid4().hex[:12]}"
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("JUDGE_", "TMUX"))},
            "JUDGE_HOME": str(folder / "home"),
            "TERM": "xterm-256color",  # whatever the tests themselves run in
            "NO_COLOR": "1",
            "PS1": "$ ",
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
        }
        for name in ("EDITOR", "VISUAL"):
            environment.pop(name, None)
        size = ["-x", "100", "-y", "60"]
        shell = [
            "env",
            "-i",
            *[f"{name}={value}" for name, value in environment.items()],
            "bash",
            "--norc",
            "--noprofile",
        ]
        self._tmux("-f", "/dev/null", "new-session", "-d", "-c", str(self.work), *size, *shell)
        self.until("$")  # what is typed before the shell reads stands on the screen twice

    def _tmux(self, *words: str) -> str:
        assert TMUX is not None
        done = subprocess.run([TMUX, "-L", self._name, *words], capture_output=True, text=True, check=True)
        return done.stdout

    def judge(self, *words: str) -> None:
        self.type(f"{sys.executable} -P -m judge {' '.join(words)}")
        self.press("Enter")

    def type(self, text: str) -> None:
        self._tmux("send-keys", "-l", text)

    def press(self, key: str) -> None:
        self._tmux("send-keys", key)

    def save(self, name: str, source: str) -> None:
        (self.work / name).write_text(source)

    def screen(self) -> str:
        """What stands there and what has gone by, without the spaces at line ends."""
        text = self._tmux("capture-pane", "-p", "-S", "-500")
        return "\n".join(line.rstrip() for line in text.split("\n")).rstrip("\n")

    def until(self, words: str) -> str:
        """The screen once the words stand on it."""
        deadline = time.monotonic() + SECONDS
        while words not in (found := self.screen()):
            assert time.monotonic() < deadline, f"{words!r} does not come:\n{found}"
            time.sleep(0.05)
        return found

    def judge_process(self) -> int:
        """The process that runs in the shell."""
        shell = self._tmux("display-message", "-p", "#{pane_pid}").strip()
        return int(Path(f"/proc/{shell}/task/{shell}/children").read_text().split()[0])

    def close(self) -> None:
        self._tmux("kill-server")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path)
    yield made
    made.close()


def settled(text: str, begin: str, end: str = "") -> str:
    """From one line to another, with what differs from run to run taken out."""
    lines = text.split("\n")
    first = next(place for place, line in enumerate(lines) if begin in line)
    last = (
        next((place for place, line in enumerate(lines) if place > first and end in line), len(lines))
        if end
        else len(lines)
    )
    found = "\n".join(lines[first : last + 1])
    for pattern, word in (
        (r"\d?\d:\d\d(?= |\n|,|\))", "MM:SS"),
        (r"--seed \d+", "--seed N"),
        (r"\d+\.\d s.*", "N s"),
        (r"/\S+/work/", "WORK/"),
        (r"until \d\d:\d\d", "until HH:MM"),
        (r"on \w+day \d+ \w+", "on DAY"),
        (r"-{10,}", "----------"),
    ):
        found = re.sub(pattern, word, found)
    return found


def test_lesson_with_a_wrong_save_a_right_save_and_a_rating(terminal: Terminal):
    terminal.judge("practice", "lstm", "--seed", "7")
    opened = terminal.until("[h] hint")
    assert settled(opened, "Learn: lstm") == snapshot("""\
Learn: lstm, 25 minutes

  Write WORK/lstm.py
  Every save is judged. The clock shows where you stand; it ends nothing.
────────────────────────────────────────────────────────────────────────────────────────────────────
 MM:SS of MM:SS   learn: lstm, lstm.py

 [h] hint [t] statement [e] edit [s] submit [g] give up, see the solution
 [q] quit, resume later\
""")
    assert (terminal.work / "lstm.py").read_text() == find_problem("lstm").starter("torch")
    terminal.save("lstm.py", SWAPPED)
    wrong = terminal.until("Repeat    ")
    assert "wrong answer in " in wrong
    assert "lstm.py: wrong answer — " in wrong
    assert "Think     " in wrong
    terminal.press("h")
    terminal.until("Hint 1 of 3")
    terminal.save("lstm.py", LSTM)
    right = terminal.until("How did it feel?")
    assert "That one is fixed: " in right
    assert "lstm.py: accepted — " in right
    assert settled(right, "the end ---", "How did it feel?") == snapshot("""\
--- MM:SS the end ----------
lstm: solved after MM:SS (an interview gives 25 minutes)

  Judged      2 times, 1 hint
  Mistakes    Input and forget gate swapped
  Progress      MM:SS  ###.................  2 of 14 checks
                MM:SS  ####################  14 of 14 checks, accepted
  Passed at     MM:SS  shape-and-dtype, inputs-not-modified
                MM:SS  agrees-with-reference, larger-sizes, saturated-gates, long-sequences,
                       called-by-name, in-every-mode, nothing-kept-between-calls,
                       right-in-any-order, rows-are-independent, gradients, gradients-through-time,
                       cost-grows-linearly
How did it feel?   1 aced it   2 took time   3 didn't get it   4 just saw it somewhere   (Enter: not\
""")
    terminal.press("2")
    rated = terminal.until("comes back")
    assert "Noted: took time. lstm comes back tomorrow." in rated
    terminal.judge("list")
    assert "25 min  solved, due in 1 day" in terminal.until(f"1 of {len(all_problems())} solved")


def test_interview_that_runs_out_of_time(terminal: Terminal):
    terminal.judge("practice", "lstm", "--mode", "interview", "--minutes", "0.25", "--seed", "7")
    opened = terminal.until("[s] submit")
    assert settled(opened, "Interview: lstm") == snapshot("""\
Interview: lstm, 0.25 minutes

  Write WORK/lstm.py
  Nothing is judged until you submit. It is judged once, and as it stands when the time is up.
────────────────────────────────────────────────────────────────────────────────────────────────────
 MM:SS left, until MM:SS   interview: lstm, lstm.py
 1 submission left.
 [t] statement [e] edit [s] submit [q] quit, resume later\
""")
    terminal.save("lstm.py", SWAPPED)
    saved = terminal.until("Saved at ")
    assert "lstm.py: " not in saved
    done = terminal.until("How did it feel?")
    assert "lstm.py: wrong answer — " in done
    assert "Time is up. What you have not submitted is judged as it stands.\n--- 00:" in done
    assert " as it stood when the time was up ---" in done
    assert settled(done, "the end ---", "Progress") == snapshot("""\
--- MM:SS the end ----------
lstm: not solved when the time was up after MM:SS (an interview gives 25 minutes)

  Judged      1 time
  Mistakes    Input and forget gate swapped
  Progress      MM:SS  ###.................  2 of 14 checks\
""")
    terminal.press("3")
    terminal.until("lstm comes back tomorrow.")


def test_lesson_goes_on_after_a_kill(terminal: Terminal):
    terminal.judge("practice", "lstm", "--seed", "7")
    terminal.until("[h] hint")
    terminal.save("lstm.py", SWAPPED)
    terminal.until("Last: wrong answer")
    os.kill(terminal.judge_process(), signal.SIGKILL)
    terminal.until("Killed")
    terminal.type("stty sane")
    terminal.press("Enter")
    terminal.judge("resume")
    terminal.until("lstm goes on after ")
    terminal.save("lstm.py", LSTM)
    done = terminal.until("How did it feel?")
    assert "That one is fixed: " in done
    assert "  Judged      2 times, no hints" in done
    terminal.press("1")
    terminal.until("comes back")
    terminal.judge("resume")
    terminal.until("There is no session to go on with")


def test_mock_interview_of_two_problems(terminal: Terminal):
    terminal.judge("practice", "--mode", "interview", "--problems", "lstm,lora", "--minutes", "50", "--seed", "7")
    terminal.until("lstm (1 of 2), lstm.py")
    terminal.save("lstm.py", LSTM)
    terminal.until("Saved at ")
    terminal.press("s")
    terminal.until("Press s again to submit")
    terminal.press("s")
    terminal.until("lora (2 of 2), lora.py")
    terminal.save("lora.py", LORA.replace("alpha / rank", "alpha"))
    terminal.until("Saved at ")
    terminal.press("s")
    terminal.press("s")
    done = terminal.until("How did lstm feel?")
    assert settled(done, "1 of 2 solved", "How did lstm") == snapshot("""\
1 of 2 solved in MM:SS of 50 minutes

  lstm  MM:SS  solved, 14 of 14 checks, accepted
  lora  MM:SS  not solved, 4 of 17 checks
  Mistakes    Update scaled by alpha alone
How did lstm feel?   1 aced it   2 took time   3 didn't get it   4 just saw it somewhere   (Enter:\
""")
    terminal.press("1")
    terminal.until("How did lora feel?")
    terminal.press("2")
    terminal.until("lora comes back tomorrow.")


def test_terminal_is_as_it_was_after_leaving(terminal: Terminal):
    terminal.type("stty -g > before")
    terminal.press("Enter")
    terminal.judge("practice", "lstm", "--seed", "7")
    terminal.until("[h] hint")
    terminal.press("C-c")
    terminal.until("`judge resume` goes on.")
    terminal.type("stty -g > after; echo done $?")
    terminal.press("Enter")
    terminal.until("done 0")
    assert (terminal.work / "after").read_text() == (terminal.work / "before").read_text()


EDITING = """
import sys
from judge.terminal.front import Screen
from judge.practice.view import View

view = View(clock="04:55 left", hurry=False, task="interview: lora", news="", keys=(("t", "statement"), ("q", "quit")))
with Screen(sys.stdout, sys.stdin, colour=False, width=lambda: 100) as screen:
    screen.say("first\\n" + "long " * 25 + "end\\nlast")
    screen.status(view)
    screen.release()
    screen.say("said meanwhile")
    print("the editor")
    screen.reclaim()
    screen.status(view)
print("done")
"""


def test_what_was_said_stays_when_an_editor_comes_and_goes(terminal: Terminal):
    (terminal.work / "editing.py").write_text(EDITING)
    terminal.type(f"{sys.executable} editing.py")
    terminal.press("Enter")
    lines = terminal.until("\ndone").split("\n")[1:]
    assert [line.rstrip() for line in lines if line.strip() and line != "$"] == [
        "first",
        ("long " * 20).rstrip(),
        "long long long long long end",
        *("last", "the editor", "said meanwhile", "done"),
    ]
