"""`judge verify`: proofs of problems, one or many, kept beside them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Annotated

import msgspec
from cyclopts import Parameter

from judge.commands.parameters import Flag, Injected, Number, Sandbox
from judge.console import Streams, shown_path
from judge.verdict import JudgeError, UsageError, counted
from problems import Problem

if TYPE_CHECKING:
    from judge.authoring.journal import Journal
    from judge.authoring.proof import Proof
    from judge.isolation import Sandbox as OpenSandbox

EXIT_GOOD = 0
EXIT_NOT_GOOD = 1
QUICK_SEEDS = 1
MOST_SEEDS = 1000
MOST_JOBS = 64
SAY_SECONDS = 30.0  # between two lines of progress where there is no terminal
LOOK_MS = 500  # how long a change is waited for before the files are looked at again


def verify(
    *names: str,
    all_: Annotated[bool, Parameter(name="--all", negative=(), show_default=False)] = False,
    stale: Flag = False,
    changed: Flag = False,
    seeds: Number = None,
    quick: Flag = False,
    record: Flag = False,
    anew: Flag = False,
    jobs: Number = 1,
    background: Flag = False,
    watch: Flag = False,
    json: Flag = False,
    sandbox: Sandbox = None,
    streams: Injected,
) -> int:
    """Prove problems good: right answers pass, mistakes and mutants are rejected, and mistakes are named.

    A proof that comes out well is kept beside its problem (proof.json). An interrupted proof goes on where it was.

    Exit status 1 where something is to be mended. Every report says what and where.

    Args:
        names: the problems, by name or alias, or by their folders.
        all_: every problem there is.
        stale: of these or of all, those whose proof does not hold for the files as they are.
        changed: of these or of all, those whose own files have changed since they were proved.
        seeds: how many are tried for each answer; 20, but 3 with --all, --stale and --changed where only shared files have changed.
        quick: one seed, and no look at how small counterexamples are; it settles a kept proof and writes none.
        record: of those that are good, write the cases that `judge watch` asks first (corpus.json).
        anew: take nothing over from an earlier proof of the same files.
        jobs: how many problems are proved at once.
        background: go on after this command has ended; its output goes to a file.
        watch: prove quickly now and after every change to the problem's files, until Ctrl-C.
        json: print one JSON object a problem and nothing else.
        sandbox: where answers run.
        streams: where to print.
    """
    if not (names or all_ or stale or changed):
        raise UsageError("Which problem? `judge verify NAME`, `judge verify --stale`, or `judge verify --all`.")
    require_number("--seeds", seeds, MOST_SEEDS)
    require_number("--jobs", jobs, MOST_JOBS)
    how = How(quick=quick, record=record, anew=anew, sandbox=sandbox)
    if watch:
        if background or json or all_ or stale or changed:
            raise UsageError("--watch shows one problem here, until Ctrl-C: `judge verify NAME --watch`.")
        return _watched(names, how, streams)
    chosen = _chosen(names, stale=stale, changed=changed, streams=streams)
    many = all_ or stale or changed
    wanted = [(problem, _seeds(problem, seeds, quick=quick, many=many)) for problem in chosen]
    if not wanted:
        streams.say("every proof holds: there is nothing to prove")
    elif background:
        return _in_background(wanted, jobs or 1, how, json=json, streams=streams)
    return _shown(_proofs(wanted, jobs or 1, how, streams), json=json, streams=streams)


class How(msgspec.Struct, frozen=True, kw_only=True):
    """How problems are proved: the options of `verify` of these names."""

    quick: bool
    record: bool
    anew: bool
    sandbox: str | None

    def words(self, seeds: int) -> list[str]:
        """The same on a command line."""
        flags = {"--quick": self.quick, "--record": self.record, "--anew": self.anew}
        found = [flag for flag, given in flags.items() if given]
        found += ["--sandbox", self.sandbox] if self.sandbox else []
        return found if self.quick else [*found, "--seeds", str(seeds)]


def require_number(name: str, number: int | None, most: int) -> None:
    """See that an option is a number that makes sense.

    Raises:
        UsageError: it is not.
    """
    if number is not None and not 1 <= number <= most:
        raise UsageError(f"{name} must be from 1 to {most}.")


def _shown(proofs: Iterator[Proof], *, json: bool, streams: Streams) -> int:
    """Print each proof once it is there."""
    from judge.reports.proof import render

    good = True
    for proof in proofs:
        good = good and proof.good
        if json:
            streams.write_json(proof)
        else:
            streams.write(render(proof, width=streams.width))
    return EXIT_GOOD if good else EXIT_NOT_GOOD


def _proofs(wanted: Sequence[tuple[Problem, int]], jobs: int, how: How, streams: Streams) -> Iterator[Proof]:
    if jobs > 1 and len(wanted) > 1:
        return _side_by_side(wanted, jobs, how, streams)
    return _one_by_one(wanted, how, streams)


def _chosen(names: Sequence[str], *, stale: bool, changed: bool, streams: Streams) -> list[Problem]:
    """The problems that are to be proved."""
    from judge.authoring.keeping import Standing, known

    catalogue = streams.catalogue
    problems = [catalogue.find(name) for name in names] if names else list(catalogue.problems)
    if not stale and not changed:
        return problems
    standings = [(problem, known(problem)) for problem in problems]
    for _, each in standings:
        if each.trouble:
            streams.say(each.trouble)
    if changed and not stale:
        return [problem for problem, each in standings if not each.standing.holds]
    return [problem for problem, each in standings if each.standing is not Standing.PROVED]


def _seeds(problem: Problem, seeds: int | None, *, quick: bool, many: bool) -> int:
    """With how many one is proved."""
    from judge.authoring.keeping import FULL_SEEDS, known, seeds_for

    if quick:
        return QUICK_SEEDS
    if seeds is not None:
        return seeds
    return seeds_for(known(problem)) if many else FULL_SEEDS


def _one_by_one(wanted: Sequence[tuple[Problem, int]], how: How, streams: Streams) -> Iterator[Proof]:
    """Prove each in this process.

    Raises:
        JudgeError: the sandbox can't be had.
    """
    from judge.isolation import open_sandbox
    from sandbox import SandboxUnavailable

    if not wanted:
        return
    kind = streams.configuration(sandbox=how.sandbox).sandbox
    try:
        with open_sandbox(kind) as place:
            for problem, seeds in wanted:
                journal = _journal(problem, streams, sandbox=kind, anew=how.anew)
                try:
                    proof = _proved(problem, place, seeds, streams, journal, quick=how.quick)
                    if how.record and proof.good:
                        proof = msgspec.structs.replace(proof, recorded=_record(problem, place, streams))
                finally:
                    if journal is not None:
                        journal.close()
                yield proof
    except SandboxUnavailable as error:
        raise JudgeError(str(error)) from error


def _proved(
    problem: Problem, place: OpenSandbox, seeds: int, streams: Streams, journal: Journal | None, *, quick: bool
) -> Proof:
    """Prove one, and keep the proof."""
    from judge.authoring.keeping import keep, own_digest
    from judge.authoring.verification import Verification

    own, known = own_digest(problem), journal.length if journal is not None else 0
    if known:
        words = f"{counted(known, 'result')} of an earlier proof of these files are taken over"
        streams.say(f"{problem.name}: {words} (not with --anew)")
    try:
        proof = Verification(
            problem,
            place,
            seeds=seeds,
            minimise=not quick,
            progress=_progress(problem.name, streams),
            begins=partial(_say_part, streams, problem.name),
            journal=journal,
        ).proof()
    except KeyboardInterrupt:
        streams.end_progress()
        streams.say(f"{problem.name}: interrupted. The same command goes on from here")
        raise
    finally:
        streams.end_progress()
    proof = msgspec.structs.replace(proof, taken_over=known)
    words = keep(problem, proof, own, seeds=seeds, quick=quick, now=streams.now())
    return msgspec.structs.replace(proof, kept=words)


def _journal(problem: Problem, streams: Streams, *, sandbox: str, anew: bool) -> Journal | None:
    """Where what is found is written; None where it can't be, which is said."""
    from judge.authoring.journal import Journal

    folder = streams.places.proofs_folder
    try:
        return Journal(problem, folder, sandbox=sandbox, anew=anew)
    except OSError as error:
        streams.say(f"{shown_path(folder)} can't be written ({error.strerror}): an interrupted proof would begin anew")
        return None


def _record(problem: Problem, place: OpenSandbox, streams: Streams) -> int:
    from judge.authoring.recording import record

    try:
        return len(record(problem, place, _progress(problem.name, streams)))
    finally:
        streams.end_progress()


def _progress(name: str, streams: Streams) -> Callable[[str], None]:
    """Shows what is being done: in place on a terminal, else in a line now and then, so that a log shows that it goes on."""
    if (shown := streams.progress()) is not None:
        return shown
    said = time.monotonic()

    def say(stage: str) -> None:
        nonlocal said
        if time.monotonic() - said >= SAY_SECONDS:
            said = time.monotonic()
            streams.say(f"{name}: {stage}")

    return say


def _say_part(streams: Streams, name: str, title: str) -> None:
    """Where no stage is shown in place, say in a line which part of a proof is begun: all of it may take minutes."""
    if streams.progress() is None:
        streams.say(f"{name}: {title}")


def _side_by_side(wanted: Sequence[tuple[Problem, int]], jobs: int, how: How, streams: Streams) -> Iterator[Proof]:
    """Prove several at once, each in a process of its own.

    Raises:
        JudgeError: one of them failed.
    """
    from judge.authoring.proof import Proof

    def run(problem: Problem, seeds: int) -> subprocess.CompletedProcess[bytes]:
        command = [*_command(), "verify", str(problem.folder), "--json", *how.words(seeds)]
        return subprocess.run(command, capture_output=True, env=dict(streams.environment), check=False)

    threads = ThreadPoolExecutor(jobs)
    try:
        running = [(problem, threads.submit(run, problem, seeds)) for problem, seeds in wanted]
        for problem, each in running:
            ended = each.result()
            if ended.returncode not in (EXIT_GOOD, EXIT_NOT_GOOD):
                said = ended.stderr.decode(errors="replace").strip().splitlines() or ["it said nothing"]
                raise JudgeError(f"proving {problem.name} failed: {said[-1].removeprefix('judge: ')}")
            yield msgspec.json.decode(ended.stdout, type=Proof)
    except KeyboardInterrupt:
        streams.say("interrupted. The same command goes on from here")
        raise
    finally:
        threads.shutdown(wait=False, cancel_futures=True)  # those that have not begun do not begin


def _command() -> list[str]:
    """How this program is started again."""
    return [sys.executable, "-P", "-m", "judge"]


def _in_background(wanted: Sequence[tuple[Problem, int]], jobs: int, how: How, *, json: bool, streams: Streams) -> int:
    """The same in processes that outlive this one: one for all problems that are proved with as many seeds."""
    folder = streams.places.proofs_folder
    log = folder / "background.log"
    started = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as out:
            for count in sorted({seeds for _, seeds in wanted}):
                paths = [str(problem.folder) for problem, seeds in wanted if seeds == count]
                more = ["--jobs", str(jobs), *(["--json"] if json else [])]
                process = subprocess.Popen(
                    [*_command(), "verify", *paths, *how.words(count), *more],
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=out,
                    env=dict(streams.environment),
                    start_new_session=True,
                )
                started.append(process.pid)
                if hasattr(os, "setpriority"):
                    os.setpriority(os.PRIO_PROCESS, process.pid, 10)
    except OSError as error:
        raise UsageError(f"{shown_path(log)} can't be written: {error.strerror}.") from error
    are = "are" if len(wanted) > 1 else "is"
    streams.write(
        f"{counted(len(wanted), 'problem')} {are} being proved in the background, in process {' and '.join(map(str, started))}.\n"
        f"Its output goes to {shown_path(log)}.\n"
        "`judge list --proved` shows what is proved. If the process ends early, the same\ncommand goes on from there.\n"
    )
    return EXIT_GOOD


def _watched(names: Sequence[str], how: How, streams: Streams) -> int:
    """Prove quickly, again and again: each time in a process of its own, which reads every file anew."""
    if len(names) != 1:
        raise UsageError("Which problem is to be watched? `judge verify NAME --watch`.")
    from judge.authoring.keeping import own_digest

    problem = streams.catalogue.find(names[0])
    quick = msgspec.structs.replace(how, quick=True, record=False)
    command = [*_command(), "verify", str(problem.folder), *quick.words(QUICK_SEEDS)]
    try:
        while True:
            before = own_digest(problem)
            subprocess.run(command, env=dict(streams.environment), check=False)
            places = f"{shown_path(problem.folder)} or {shown_path(problem.reference)}"
            streams.say(f"waiting for a change in {places}; Ctrl-C ends")
            _wait_for_change(problem, before)
    except KeyboardInterrupt:
        streams.say("no longer watching")
        return EXIT_GOOD


def _wait_for_change(problem: Problem, before: str) -> None:
    """Until a file changes. The digest is looked at twice a second, and at once where the system tells of an event."""
    from watchfiles import watch

    from judge.authoring.keeping import own_digest

    folders = (problem.folder, problem.reference.parent)
    for _ in watch(*folders, rust_timeout=LOOK_MS, yield_on_timeout=True, raise_interrupt=True):
        if own_digest(problem) != before:
            return
