"""Proofs that are kept: `proof.json` beside a problem says what was proved of it, and of which files.

Two digests say whether it still holds. The own one is of the problem's folder and its reference: where these have changed, nothing is
proved of them. The shared one is of what all problems stand on (shared checks, dealing, comparison, oracle, interpreter, mutants): where
only that has changed, the problem is most likely as good as it was, and a proof with few seeds settles it.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path

import msgspec

from judge.authoring.proof import Proof
from judge.verdict import versions
from problems import Problem
from problems.problem import judged_bytes

FILE = "proof.json"
WRITTEN = (FILE, "corpus.json", "opening.json")  # by a proof itself
FULL_SEEDS = 20  # for a problem whose own files have changed
FEWER_SEEDS = 3  # where only what it shares with others has
_HOME = Path(__file__).resolve().parents[2]
_PROVING = (
    *("answers", "arrays", "changing", "equivalents", "mutants", "operators", "plain_operators", "prohibitions"),
    *("selection", "shared_run", "verification"),
)
SHARED = (
    "problems/*.py",
    "problems/properties/*.py",
    "problems/requirements/*.py",
    *(f"judge/authoring/{name}.py" for name in _PROVING),
    "judge/cases/*.py",
    "judge/oracle/*.py",
    "judge/program/*.py",
    "judge/running/*.py",
    "judge/explain/*.py",
    "judge/judging/*.py",
    "sandbox/guest/*.py",
)
"""What decides of every problem whether its proof comes out well."""


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """A proof with fewer seeds, after what is shared had changed."""

    shared: str
    seeds: int
    date: str


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What a proof took, and of what.

    Attributes:
        seconds: of wall time.
        cpu_seconds: of the judge and of the runs that ended with it.
        cases: of all checks together.
        taken_over: how many verdicts came from an earlier proof of the same files, and took no time in this one.
    """

    seconds: float
    cpu_seconds: float
    cases: int
    taken_over: int = 0


class KeptProof(msgspec.Struct, frozen=True, kw_only=True):
    """proof.json.

    Attributes:
        format: of this file.
        own, shared: digests, see the module.
        seeds: with how many it was proved.
        date: when.
        versions: of judge, python, torch, numpy and hypothesis.
        figures: what it took.
        checks: the number of cases of each.
        mistakes: which checks rejected each, under the first seed.
        rejected: the mutants that were, by line and change.
        equivalent: those that are marked as no mistake.
        settled: the last proof with fewer seeds after it.
    """

    format: int = 1
    own: str
    shared: str
    seeds: int
    date: str
    versions: dict[str, str]
    figures: Figures
    checks: dict[str, int]
    mistakes: dict[str, tuple[str, ...]]
    rejected: tuple[str, ...]
    equivalent: tuple[str, ...] = ()
    settled: Settled | None = None


class Standing(StrEnum):
    """What is known of a problem."""

    PROVED = "proved"
    FEW_SEEDS = "proved with few seeds"
    SHARED_CHANGED = "to be settled"
    CHANGED = "changed since its proof"
    NEVER = "not proved"

    @property
    def holds(self) -> bool:
        """Whether its own files are those that were proved."""
        return self not in (Standing.CHANGED, Standing.NEVER)


class Known(msgspec.Struct, frozen=True):
    """A problem's standing, and its proof where it has one that can be read."""

    standing: Standing
    proof: KeptProof | None = None
    trouble: str = ""


def own_digest(problem: Problem) -> str:
    """Of the problem's folder, its reference and the frameworks of its pack."""
    files = {path.relative_to(problem.folder).as_posix(): path for path in problem.folder.rglob("*") if _counts(path)}
    files |= {"reference": problem.reference, "frameworks": problem.frameworks_file}
    return _digest(sorted(files.items()))


def _counts(path: Path) -> bool:
    return path.is_file() and path.name not in WRITTEN and "__pycache__" not in path.parts and path.name[:1] != "."


@cache
def shared_digest() -> str:
    """Of what all problems stand on."""
    return _digest((path.relative_to(_HOME).as_posix(), path) for path in _shared_files())


def _shared_files() -> Iterator[Path]:
    for pattern in SHARED:
        yield from sorted(_HOME.glob(pattern))


def _digest(files: Iterable[tuple[str, Path]]) -> str:
    content = hashlib.sha256()
    for name, path in files:
        data = judged_bytes(path)
        content.update(f"{name}\0{len(data)}\0".encode() + data)
    return content.hexdigest()[:16]


def known(problem: Problem) -> Known:
    """What its proof.json says of the files as they are."""
    path = problem.folder / FILE
    try:
        proof = msgspec.json.decode(path.read_bytes(), type=KeptProof)
    except FileNotFoundError:
        return Known(Standing.NEVER)
    except (OSError, msgspec.DecodeError) as error:
        return Known(
            Standing.NEVER, trouble=f"{path} can't be read ({error}): `judge verify {problem.slug}` writes it anew"
        )
    if proof.own != own_digest(problem):
        return Known(Standing.CHANGED, proof)
    shared = shared_digest()
    if shared in (proof.shared, proof.settled.shared if proof.settled else ""):
        return Known(Standing.PROVED if proof.seeds >= FULL_SEEDS else Standing.FEW_SEEDS, proof)
    return Known(Standing.SHARED_CHANGED, proof)


def seeds_for(found: Known) -> int:
    """How many seeds prove or settle it: few where it was proved with many, and its own files are still those."""
    many = found.standing.holds and found.proof is not None and found.proof.seeds >= FULL_SEEDS
    return FEWER_SEEDS if many else FULL_SEEDS


def keep(problem: Problem, proof: Proof, own: str, *, seeds: int, quick: bool, now: datetime.datetime) -> str:
    """Write down a proof that came out well, where it says more than what is written already.

    Args:
        problem: it.
        proof: of it.
        own: the digest of its files before they were proved.
        seeds: with how many.
        quick: without a look at how small counterexamples are: it settles, and is no proof of its own.
        now: the time.

    Returns:
        What was done, a sentence for people.
    """
    if not proof.good:
        return ""
    if own != own_digest(problem):
        return f"the proof of {problem.name} is not kept: its files have changed meanwhile. Prove it again"
    before, date = known(problem), now.date().isoformat()
    if before.proof is not None and before.standing.holds and (quick or seeds < before.proof.seeds):
        if before.standing is not Standing.SHARED_CHANGED:
            return ""
        settled = Settled(shared=shared_digest(), seeds=seeds, date=date)
        return _written(problem, msgspec.structs.replace(before.proof, settled=settled), "settled in")
    if quick:
        why = "has no proof" if before.proof is None else "has changed since its proof"
        return f"{problem.name} {why}, and --quick keeps none. Without --quick, the proof is kept in {FILE}"
    kept = KeptProof(
        own=own,
        shared=shared_digest(),
        seeds=seeds,
        date=date,
        versions=versions(),
        figures=Figures(
            seconds=round(proof.seconds, 1),
            cpu_seconds=round(proof.cpu_seconds, 1),
            cases=sum(proof.case_counts.values()),
            taken_over=proof.taken_over,
        ),
        checks=proof.case_counts,
        mistakes={each.mistake: each.checks for each in proof.table},
        rejected=proof.rejected,
        equivalent=proof.equivalent,
    )
    return _written(problem, kept, "kept in")


def _written(problem: Problem, kept: KeptProof, words: str) -> str:
    """Write it so that a kill at any moment leaves the old file or the new one."""
    path = problem.folder / FILE
    try:
        with tempfile.NamedTemporaryFile("wb", dir=problem.folder, prefix=".proof-", delete=False) as file:
            file.write(msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).chmod(0o644)
        os.replace(file.name, path)
    except OSError as error:
        with contextlib.suppress(OSError, UnboundLocalError):
            Path(file.name).unlink()
        return f"the proof of {problem.name} is not kept: {path} can't be written ({error.strerror})"
    return f"{problem.name}: the proof is {words} {path}"
