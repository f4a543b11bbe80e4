"""Each command as a person uses it, while something of it is killed, and what it must have said in the end."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import msgspec

from judge.verdict import Kind, from_json
from tests.kills import plans
from tests.kills.answers import Came
from tests.kills.files import File
from tests.kills.running import Running
from tests.kills.trial import SEED, Trial

STATUS = {Kind.ACCEPTED: 0, Kind.INTERNAL_ERROR: 3}  # of `judge run`; 1 for every other verdict
FAILED = 3
NOT_JUDGED = re.compile(r"can't be judged|Not judged\.")
FEELING = "How did it feel?"
MOST_SAVES = 3


def run(trial: Trial) -> None:
    """`judge run`, alone, or beside a resident judge that begins or is there."""
    words = ["run", str(trial.save(trial.file)), "--json"]
    if not trial.plan.seedless:
        words += ["--seed", str(SEED)]
    if trial.plan.command == plans.RUN:
        words.append("--no-server")
    if trial.plan.command == plans.WARM and trial.room.begin_resident(trial.file) is None:
        trial.faults.append("the resident judge does not become ready")
    running = trial.start(*words, apart=True)
    status = running.ended()
    _weigh_run(trial, running, status)
    trial.settle()
    if trial.plan.command != plans.RUN and trial.plan.templates:
        trial.room.ready()  # its templates start later than the command ends
    trial.spare()


def _weigh_run(trial: Trial, running: Running, status: int) -> None:
    trial.faults += trial.room.told(running.text + running.errors)
    if trial.cut_off and not running.text:
        return
    verdict = trial.read(running.text)
    if verdict is None:
        return
    trial.weigh(trial.file, verdict)
    if not trial.cut_off and status != (wanted := STATUS.get(verdict.verdict or Kind.INTERNAL_ERROR, 1)):
        trial.faults.append(f"exit status {status} in place of {wanted}: {running.errors[-300:]!r}")


def watch(trial: Trial) -> None:
    """`judge watch`: a file, a mended one, and one more once nothing is killed any more."""
    path = trial.save(trial.file)
    running = trial.start("watch", str(path), "--seed", str(SEED))
    page = Page(trial, running, path.name)
    if page.answer(trial.file) is Came.NONE:
        return _ended_early(trial, running)
    if trial.plan.patient:
        trial.settle()
    trial.save(trial.remedy)
    if page.answer(trial.remedy) is Came.NONE:
        return _ended_early(trial, running)
    trial.settle()
    trial.spare()
    trial.save(trial.remedy)
    if (came := page.answer(trial.remedy)) is Came.NONE:
        return _ended_early(trial, running)
    trial.must_be_right(came, "watched on, once nothing was killed any more")
    running.interrupt()
    if (status := running.ended()) != 0:
        trial.faults.append(f"exit status {status} after Ctrl-C: {running.text[-300:]!r}")
    return None


def _ended_early(trial: Trial, running: Running) -> None:
    """The command has ended without an answer: it was killed, or it has said that the judge failed."""
    status = running.ended()
    if trial.cut_off:
        return
    if status == FAILED and re.search(r"^judge: .", running.text, re.MULTILINE):
        trial.refuse()
    else:
        trial.faults.append(f"it ended with exit status {status}: {running.text[-300:]!r}")


class Page:
    """What a command says of one file from save to save.

    Args:
        trial: that it belongs to.
        running: the command.
        name: of the file.

    Attributes:
        accepted: what was said last.
    """

    def __init__(self, trial: Trial, running: Running, name: str) -> None:
        self._trial = trial
        self._running = running
        self._verdict = re.compile(rf"{re.escape(name)}: ([a-z]+(?: [a-z]+)?) — ")
        self._ahead = re.compile(rf"(?:{re.escape(name)}: |^)([a-z]+ [a-z]+) in [a-z-]+: ", re.MULTILINE)
        self._begin = 0
        self.accepted = False

    def answer(self, file: File) -> Came:
        """Wait for what comes of the save that was just made; `NONE` where the command has ended."""
        begin = self._begin
        answered = self._running.until(lambda text: self._verdict.search(text, begin) or NOT_JUDGED.search(text, begin))
        text = self._running.text
        self._trial.faults.extend(self._trial.room.told(text))
        if not answered:
            return Came.NONE
        verdict, refused = self._verdict.search(text, begin), NOT_JUDGED.search(text, begin)
        found = min(filter(None, (verdict, refused)), key=lambda each: each.start())
        self._begin = found.end()
        for said in self._ahead.findall(text, begin, found.start()):
            self._trial.weigh_words(file, said)
        if found is not verdict:
            return self._trial.refuse()
        self.accepted = found[1] == Kind.ACCEPTED
        return self._trial.weigh_words(file, found[1])


def lesson(trial: Trial) -> None:
    """`judge practice`: a file is saved, and then a right one, until the session is over."""
    at_a_terminal = trial.plan.command == plans.TERMINAL
    running = trial.start(*_practice(trial, "learn"), terminal=at_a_terminal)
    if running.until(lambda text: "Every save is judged." in text):
        _practised(trial, running, submitted="")
    else:
        _ended_early(trial, running)


def interview(trial: Trial) -> None:
    """The same as an interview: what is saved is judged once it is handed in."""
    running = trial.start(*_practice(trial, "interview"), "--submissions", "9", "--minutes", "30")
    if running.until(lambda text: "until you submit." in text):
        _practised(trial, running, submitted="s\n")
    else:
        _ended_early(trial, running)


def _practice(trial: Trial, mode: str) -> list[str]:
    words = ["practice", trial.file.problem, "--mode", mode, "--seed", str(SEED), "--fresh", "--dest", str(trial.work)]
    return [*words, "--framework", "numpy"] if trial.file.problem == "lstm" else words


def _practised(trial: Trial, running: Running, *, submitted: str) -> None:
    page = Page(trial, running, f"{trial.file.problem}.py")
    for number, file in enumerate((trial.file, *[trial.remedy] * MOST_SAVES)):
        if number == 1 and trial.plan.patient:
            trial.settle()
        if number == MOST_SAVES:
            trial.spare()
        trial.save(file)
        running.type(submitted)
        came = page.answer(file)
        if came is Came.NONE:
            return _ended_early(trial, running)
        if page.accepted:
            return _rated(trial, running)
    trial.must_be_right(came, "practised on, once nothing was killed any more")
    return None


def _rated(trial: Trial, running: Running) -> None:
    """The session's last question is answered, and it ends."""
    if trial.plan.patient:
        trial.settle()
    if not running.until(lambda text: FEELING in text):
        return _ended_early(trial, running)
    running.type("1\n")
    if not running.until(lambda text: "comes back" in text):
        return _ended_early(trial, running)
    if (status := running.ended()) != 0 and not trial.cut_off:
        trial.faults.append(f"exit status {status} at the end of a session: {running.text[-300:]!r}")
    return None


def resumed(trial: Trial) -> None:
    """`judge resume` goes on with a session that was cut off, to its end."""
    handed_in = trial.plan.command == plans.INTERVIEW
    for _ in range(trial.room.unfinished()):
        running = trial.call("resume")
        try:
            if not running.until(lambda text: "goes on" in text):
                return trial.faults.append(f"a session can't be resumed: {running.text[-300:]!r}")
            if FEELING not in running.text:
                trial.save(trial.remedy)
                running.type("s\n" if handed_in else "")
            if not running.until(lambda text: FEELING in text):
                return trial.faults.append(f"a resumed session does not end: {running.text[-600:]!r}")
            running.type("1\n")
            if running.ended() not in (0, 1):
                return trial.faults.append(f"a resumed session ends with {running.process.returncode}")
        finally:
            running.close()
    if left := trial.room.unfinished():
        trial.faults.append(f"{left} sessions that were resumed and ended are not over")
    return None


class _Line(msgspec.Struct, frozen=True):
    """What a line of results begins with."""

    id: str


def batch(trial: Trial) -> None:
    """`judge batch` over a few files, and once more with `--resume` where it did not come to its end."""
    files = {}
    for number, name in enumerate(trial.plan.files):
        file = trial.room.files[name]
        folder = trial.work / "class" / str(number)
        folder.mkdir(parents=True)
        files[str(trial.save(file, folder / f"{file.problem}.py"))] = file
    out = trial.work / "results.jsonl"
    words = ["batch", str(trial.work / "class"), "--out", str(out), "--seed", str(SEED), "--jobs", str(len(files) // 2)]
    running = trial.start(*words)
    status = running.ended()
    trial.settle()
    trial.spare()
    results = _results(out)
    failed = any(from_json(line).verdict is Kind.INTERNAL_ERROR for line in results.values())
    if not trial.cut_off and status != (FAILED if failed or len(results) < len(files) else 0):
        trial.faults.append(f"batch ended with {status} and {len(results)} results: {running.text[-300:]!r}")
    if status != 0:
        if not trial.cut_off and len(results) < len(files):
            trial.refuse()
        again = trial.room.done(*words, "--resume")
        if again.returncode != (FAILED if failed else 0):
            trial.faults.append(f"batch --resume ended with {again.returncode}: {again.stderr[-300:]!r}")
        results = _results(out)
    if len(results) < len(files):
        trial.faults.append(f"{len(files) - len(results)} files of a batch have no result")
    for name, line in results.items():
        trial.faults += trial.room.told(line.decode())
        trial.weigh(files[name], from_json(line))


def _results(out: Path) -> dict[str, bytes]:
    """The whole lines that are there, by the file."""
    lines = out.read_bytes().split(b"\n")[:-1] if out.exists() else []
    return {msgspec.json.decode(line, type=_Line).id: line for line in lines}


SCENES: dict[str, Callable[[Trial], None]] = {
    plans.RUN: run,
    plans.BEGINS: run,
    plans.WARM: run,
    plans.WATCH: watch,
    plans.BATCH: batch,
    plans.LESSON: lesson,
    plans.INTERVIEW: interview,
    plans.TERMINAL: lesson,
}
