"""Many submissions to one resident judge, most of them hostile, and nothing may be left: `python -m tests.soak_resident`.

Starts a resident judge of its own, as `judge run` does, in a folder of its own, asks it through the client of `judge run`, and kills every
now and then a whole `judge run` in the middle. After each sort of submission has been there once, and every so many from then on, it
looks at what there is; at the end it kills the process that judges, and then stops the resident judge. Exit status 1 and a sentence
for each where something is left over, where memory grows, or where a verdict is not the one it must be.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import msgspec

from judge.service.ready_sets import READY, TAKEN
from judge.service.requests import Judged, Request, Settings, chosen
from judge.service.resident_judge import ResidentJudge, ask_status, ask_stop
from judge.service.resident_messages import Status
from judge.service.waiting import final_event
from judge.settings import read_places
from judge.verdict import Kind
from problems import all_problems, find_problem
from tests import leftovers
from tests.hostile import HOSTILE, LEAVING
from tests.judge.service.hands import NoJudge

ROOT = Path(__file__).resolve().parent.parent
LIMITS = {"call_seconds": 0.2, "run_seconds": 2.0, "memory_mib": 128, "output_kib": 16}
SEEDLESS = 3  # one in so many is handed in without a seed
MOST_GROWTH_BYTES = 8 << 20
MOST_GROWTH_SHARE = 0.05
SECONDS = 120.0
ENTRY = "def beam_search(log_probs, beam_width, max_length, eos, length_penalty=0.0):\n    return "
SLOW = "\n".join(  # is right, and can be killed at any moment: while it is loaded, once or twice, and in a call
    [
        (ROOT / "reference" / "beam_search.py").read_text(),
        "import time",
        "time.sleep(0.3)",
        "quick = beam_search",
        f"{ENTRY}time.sleep(0.02) or quick(log_probs, beam_width, max_length, eos, length_penalty)",
    ]
)
REJECTED = tuple(kind for kind in Kind if kind not in (Kind.ACCEPTED, Kind.INTERNAL_ERROR))


class Sort(msgspec.Struct, frozen=True, kw_only=True):
    """A sort of submission.

    Attributes:
        name: what it does.
        share: how often it comes, beside the others.
        problem: that it answers.
        source: the file; it gets another last line each time.
        fair: verdicts that are right.
        hasty: it is judged within `LIMITS`, not the problem's own.
        killed: it is handed in by a whole `judge run`, which is killed while it is judged.
    """

    name: str
    share: int
    problem: str = "beam_search"
    source: str
    fair: tuple[Kind, ...] = REJECTED
    hasty: bool = False
    killed: bool = False


def sorts() -> list[Sort]:
    """All there are: right, wrong, refused without being run, hostile while it is loaded, hostile in a call, and killed clients."""
    found = [_filed(name, share) for name, share in RIGHT.items()]
    found += [_filed(name, share, REJECTED) for name, share in WRONG.items()]
    found.append(Sort(name="does not parse", share=20, source="def beam_search(:\n", fair=(Kind.LOAD_ERROR,)))
    for name, source in (HOSTILE | LEAVING).items():
        share = 2 if name in COSTLY else 5
        found.append(Sort(name=f"{name}, loaded", share=share, source=f"{source}\nf(0)\n{ENTRY}[]\n", hasty=True))
    for name in IN_A_CALL:
        found.append(Sort(name=name, share=2, source=f"{(HOSTILE | LEAVING)[name]}\n{ENTRY}f(0)\n", hasty=True))
    found.append(Sort(name="client killed", share=1, source=SLOW, killed=True))
    return found


RIGHT = {
    "reference/beam_search.py": 4,
    "problems/bpe/accepted/strings_of_tokens.py": 1,
    "problems/classification_metrics/accepted/loops.py": 1,
    "problems/lstm/accepted/one_matrix.py": 1,
}
WRONG = {
    "tests/answers/beam_search/wrong/with_numpy.py": 20,
    "tests/answers/beam_search/wrong/lists_of_two.py": 4,
    "tests/answers/beam_search/wrong/model_asked_twice.py": 1,
    "tests/answers/bpe/wrong/decodes_to_bytes.py": 4,
    "tests/answers/classification_metrics/wrong/matrix_of_floats.py": 4,
    "problems/lstm/starter.py": 2,
}
COSTLY = ("loops", "sleeps", "takes memory", "forks", "floods", "stops itself")
IN_A_CALL = ("takes memory", "crashes", "exits", "forges", "opens descriptors")


def _filed(name: str, share: int, fair: tuple[Kind, ...] = (Kind.ACCEPTED,)) -> Sort:
    path = ROOT / name
    parts = Path(name).parts
    problem = path.stem if parts[0] == "reference" else parts[1] if parts[0] == "problems" else parts[2]
    return Sort(name=name, share=share, problem=problem, source=path.read_text(), fair=fair)


def in_turn(found: Sequence[Sort], count: int) -> Iterator[tuple[int, Sort]]:
    """Each sort once, then all of them for ever, each as often as its share says, spread evenly; `count` with their numbers."""
    places = [((n + 0.5) / each.share, order, each) for order, each in enumerate(found) for n in range(each.share)]
    cycle = [each for _, _, each in sorted(places, key=lambda place: place[:2])]
    for number in range(count):
        yield number, found[number] if number < len(found) else cycle[(number - len(found)) % len(cycle)]


class Looked(msgspec.Struct, frozen=True):
    """What a look found: after how many submissions, what was left over, and resident and anonymous memory by process."""

    number: int
    left: Counter[str]
    resident: dict[str, int]
    anonymous: dict[str, int]


class Soak:
    """One resident judge, and what comes of the submissions that it is given.

    Args:
        folder: where it lives; holds its home and its temporary files, and nothing else.
        sandbox: the kind that it judges in.

    Attributes:
        wrong: what did not end as it had to, a sentence each.
        looks: after each sort was there once, and later.
    """

    def __init__(self, folder: Path, sandbox: str) -> None:
        self.wrong: list[str] = []
        self.looks: list[Looked] = []
        self._folder = folder
        self._sandbox = sandbox
        kept = {name: value for name, value in os.environ.items() if name != "CI" and not name.startswith("JUDGE_")}
        self._environment = kept | {"JUDGE_HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp")}
        self._places = read_places(self._environment)
        (folder / "tmp").mkdir()
        self._slow, self._next = folder / "slow.py", folder / "next.py"
        self._slow.write_text(SLOW)
        self._next.write_text(f"{ENTRY}1\n")
        self._empty = leftovers.look(os.getpid(), [folder / "tmp"])
        self._before: Counter[str] = Counter()
        self._pids: tuple[int, int] = (0, 0)
        self._killed = 0

    def begin(self) -> None:
        """Start the resident judge, as the first `judge run` does."""
        self._asked().start(Settings(sandbox=self._sandbox))
        self._pids = _pids(self._status(lambda status: status.ready))

    def submit(self, number: int, sort: Sort, seed: int | None) -> None:
        """Hand one file in; without a seed the resident judge draws cases for the next one ahead."""
        if sort.killed:
            self._kill_client(number)
            return
        asked = self._asked()
        settings = Settings(sandbox=self._sandbox, **(LIMITS if sort.hasty else {}))
        final = final_event(asked, _request(sort, number, seed, settings))
        if not isinstance(final, Judged):
            self.wrong.append(f"submission {number}, {sort.name}: it was not judged there: {asked.note}")
        elif (verdict := final.verdict).verdict not in sort.fair:
            self.wrong.append(f"submission {number}, {sort.name}: {verdict.verdict}: {verdict.headline}")

    def look(self, number: int) -> Looked:
        """Look at what there is, once all templates live and nothing is asked for."""
        left = self._left(number)
        memory = {name: found for name, pid in self._lasting() if (found := leftovers.memory(pid)) is not None}
        resident = {name: found.resident for name, found in memory.items()}
        anonymous = {name: found.anonymous for name, found in memory.items() if found.anonymous is not None}
        self.looks.append(Looked(number, left, resident, anonymous))
        now = _pids(self._status(lambda status: True))
        if now != self._pids:
            self.wrong.append(f"before submission {number} a process of the resident judge was replaced")
            self._pids = now
        return self.looks[-1]

    def kill_worker(self, number: int) -> Counter[str]:
        """Kill the process that judges in the middle; another one takes its place. What there is more of then."""
        with self._running() as client:
            os.kill(self._status(lambda status: status.busy).worker_pid, signal.SIGKILL)
            self._status(lambda status: not status.busy)
            client.kill()  # it judges by itself meanwhile
        self._pids = _pids(self._status(lambda status: status.ready and not status.busy))
        self._go_on(number)
        return self._left(number)

    def end(self) -> Counter[str]:
        """Stop the resident judge; what there is more of than before it began."""
        ask_stop(self._places.server_folder, seconds=SECONDS)
        left = leftovers.settled(partial(leftovers.look, os.getpid(), [self._folder / "tmp"]), self._empty)
        with contextlib.suppress(
            ChildProcessError
        ):  # of those that this process adopted, too, it is told what they used
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        return left

    def _left(self, number: int) -> Counter[str]:
        """What there is more of than the first time, once every template lives and nothing is asked for."""
        for sort in resting():
            self.submit(number, sort, seed=number)
        if not self._before:
            self._before = leftovers.at_rest(self._everything)
        return leftovers.settled(self._everything, self._before)

    def _kill_client(self, number: int) -> None:
        """Kill a `judge run` while its file is judged, later each time, and another one while the sandbox of the first is replaced."""
        for seconds in (0.15 * (self._killed % 8), 0.0):
            with self._running() as client:
                self._status(lambda status: status.busy)
                time.sleep(seconds)
                client.kill()
            self._status(lambda status: not status.busy)
        self._killed += 1
        self._go_on(number)

    def _go_on(self, number: int) -> None:
        """The next `judge run` goes on as if nothing had been, and clears away what SQLite keeps beside a database that is open."""
        done = subprocess.run(self._command(self._next), env=self._environment, capture_output=True, check=False)
        if done.returncode != 1:
            self.wrong.append(f"submission {number}, after a client that was killed: exit status {done.returncode}")

    def _running(self) -> subprocess.Popen[bytes]:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen(self._command(self._slow), env=self._environment, **quiet)

    def _command(self, file: Path) -> list[str]:
        command = [sys.executable, "-P", "-m", "judge", "run", str(file), "--problem", "beam_search"]
        return [*command, "--sandbox", self._sandbox]

    def _asked(self) -> ResidentJudge:
        return ResidentJudge(self._places, self._environment, NoJudge())

    def _status(self, good: Callable[[Status], bool]) -> Status:
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            status = ask_status(self._places.server_folder, seconds=SECONDS)
            if status is not None and good(status):
                return status
            time.sleep(0.02)
        raise TimeoutError(f"the resident judge did not come to that: {status}")

    def _everything(self) -> Counter[str]:
        found = leftovers.look(os.getpid(), [self._folder])
        # Case sets are meant to stay, a few of each problem; one of them is mapped for the next request.
        kept = [what for what in found if f"{os.sep}home{os.sep}cache" in what]
        files = [what for what in kept if what.endswith((".ready", ".taken"))]
        assert len(files) <= len(all_problems()) * (READY + TAKEN + 1), files
        return Counter({what: count for what, count in found.items() if what not in kept})

    def _lasting(self) -> list[tuple[str, int]]:
        """The processes that outlive a submission: the two of the resident judge, and the templates."""
        listener, worker = self._pids
        found = [each for each in leftovers.tree(worker) if each.parent == worker and not each.ended]
        return [("listener", listener), ("worker", worker), *sorted((each.name, each.pid) for each in found)]


def resting() -> list[Sort]:
    """A file for each framework that is quickly judged: then every template lives, and what came before is over."""
    numpy = "import numpy\ndef lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):\n    return x\n"
    return [
        Sort(name="python at rest", share=1, source=f"{ENTRY}1\n"),
        Sort(name="numpy at rest", share=1, problem="lstm", source=numpy),
        Sort(name="torch at rest", share=1, problem="lstm", source=numpy.replace("numpy", "torch")),
    ]


def _request(sort: Sort, number: int, seed: int | None, settings: Settings) -> Request:
    source = f"{sort.source}\n# {number}\n".encode()
    problem = find_problem(sort.problem)
    return Request(
        source=source,
        filename=f"{sort.problem}.py",
        problem=chosen(problem),
        framework=None,
        seed=seed,
        settings=settings,
    )


def _pids(status: Status) -> tuple[int, int]:
    return status.pid, status.worker_pid


def grown(looks: Sequence[Looked]) -> list[tuple[str, leftovers.Growth]]:
    """How the memory of each process that lasts went, by its name and what was counted."""
    found = []
    for what in ("resident", "anonymous"):
        for name in getattr(looks[0], what):
            sizes = [(each.number, getattr(each, what)[name]) for each in looks if name in getattr(each, what)]
            found.append((f"{name}, {what}", leftovers.growth(*zip(*sizes, strict=True))))
    return found


def faults(wrong: Sequence[str], looks: Sequence[Looked]) -> list[str]:
    """What must not be, a sentence each."""
    found = list(wrong)
    most: Counter[str] = Counter()
    first: dict[str, int] = {}
    for each in looks:
        most |= each.left
        first = dict.fromkeys(each.left, each.number) | first
    for name, number in sorted(first.items()):
        found += [f"from {number} submissions on: {line}" for line in leftovers.sentences({name: most[name]})]
    for name, growth in grown(looks):
        if growth.size > MOST_GROWTH_BYTES + MOST_GROWTH_SHARE * growth.first:
            found.append(f"memory of {name}, grew by {growth.size / (1 << 20):.1f} MiB")
    return found


def main() -> int:
    """Soak a resident judge, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=5000)
    parser.add_argument("--every", type=int, default=0, help="look after so many; a twentieth of all, 50 at least")
    parser.add_argument("--sandbox", default="linux")
    given = parser.parse_args()
    every = given.every or max(50, given.submissions // 20)
    if given.submissions <= len(sorts()):
        parser.error(f"each of the {len(sorts())} sorts comes once before the first look: hand more in")
    leftovers.adopt_orphans()
    with tempfile.TemporaryDirectory(prefix="judge-soak-") as folder:
        soak = Soak(Path(folder), given.sandbox)
        try:
            soak.begin()
            _run(soak, given.submissions, every)
            killed = soak.kill_worker(given.submissions)
        finally:
            ended = soak.end()
    for name, growth in grown(soak.looks):
        print(
            f"memory of {name:30} {growth.first / (1 << 20):6.1f} MiB, at the end {growth.size / (1 << 20):+6.1f} MiB,"
            f" {growth.slope * 1000 / (1 << 20):+7.2f} MiB a thousand submissions"
        )
    print(f"all processes together used {sum(os.times()[:4]):.0f} seconds of the processor")
    found = faults(soak.wrong, soak.looks)
    found += [f"after the process that judges was killed: {line}" for line in leftovers.sentences(killed)]
    found += [f"after the resident judge has ended: {line}" for line in leftovers.sentences(ended)]
    print("\n".join(found) or "nothing was left over")
    return int(bool(found))


def _run(soak: Soak, count: int, every: int) -> None:
    found = sorts()
    spent: dict[str, list[float]] = {each.name: [] for each in found}
    begun = time.monotonic()
    for number, sort in in_turn(found, count):
        if number == len(found) or (number > len(found) and number % every == 0):
            _tell(soak.look(number), time.monotonic() - begun)
        before = time.monotonic()
        soak.submit(number, sort, seed=None if number % SEEDLESS == 0 else number)
        spent[sort.name].append(time.monotonic() - before)
    _tell(soak.look(count), time.monotonic() - begun)
    print(f"{count} submissions, {(time.monotonic() - begun) / count:.2f} seconds each")
    for name, seconds in sorted(spent.items(), key=lambda each: -sum(each[1])):
        print(f"    {sum(seconds):7.1f} s for {len(seconds):4} x {name}")


def _tell(looked: Looked, seconds: float) -> None:
    sizes = ", ".join(f"{name} {size / (1 << 20):.1f}" for name, size in looked.resident.items())
    print(
        f"{looked.number:5} after {seconds:5.0f} s, left over: {looked.left.total()}; resident MiB: {sizes}", flush=True
    )


if __name__ == "__main__":
    sys.exit(main())
