"""`judge verify --quick` finds nothing to mend in what this change touched and in a sixth of the other problems.

That is one seed, and no look at how small counterexamples are; the proofs with twenty seeds are kept beside the problems
(test_kept_proofs.py). What was touched is told by git: the problems with a file that has changed since the commit that this one was
made from. The sixth follows from the commit, so that the next one proves others. Without git, the files decide. `make verify` proves
all of them.
"""

import hashlib
import subprocess
from pathlib import Path

import pytest

from judge.authoring.verification import Verification
from problems import all_problems, find_problem

ROOT = Path(__file__).parents[2]
SHARE = 6
MOST_TOUCHED = 5  # a change that touches all must not take an hour


def git(*words: str) -> str:
    """What git says; nothing where there is none."""
    try:
        return subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""


def salt() -> bytes:
    """The commit; where there is none, all files."""
    if commit := git("rev-parse", "HEAD").strip():
        return commit.encode()
    content = hashlib.sha256()
    for folder in ("judge", "problems", "reference", "sandbox"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            content.update(path.read_bytes())
    return content.digest()


def touched() -> set[str]:
    """The problems of which a file has changed since the last commit that another branch has, or else since the one before."""
    base = git("merge-base", "HEAD", "origin/HEAD").strip() or git("rev-parse", "HEAD~1").strip()
    names = git("diff", "--name-only", base).splitlines() if base else []
    paths = [Path(name).parts for name in names if not name.endswith((".md", "proof.json", "corpus.json"))]
    of_problems = {parts[1] for parts in paths if parts[0] == "problems" and len(parts) > 2}
    return of_problems | {Path(parts[1]).stem for parts in paths if parts[0] == "reference" and len(parts) == 2}


def chosen() -> list[str]:
    """The same for both workers of pytest."""
    seed = salt()
    slugs = [problem.slug for problem in all_problems()]
    slugs.sort(key=lambda slug: hashlib.sha256(seed + slug.encode()).digest())
    first = [slug for slug in slugs if slug in touched()][:MOST_TOUCHED]
    others = [slug for slug in slugs if slug not in first]
    return first + others[: -(-len(others) // SHARE)]


@pytest.mark.slow
@pytest.mark.parametrize("slug", chosen())
def test_a_problem_is_proved_good(slug, sandbox):
    problem = find_problem(slug)
    proof = Verification(problem, sandbox, seeds=1, minimise=False, progress=lambda text: None).proof()
    assert [note.text for section in proof.sections for note in section.notes if not note.good] == []
    assert len(proof.sections) == 8
    assert len(proof.table) >= 3
    assert proof.killed >= 20
    assert proof.survived == 0


def test_a_sixth_is_chosen_at_least_and_another_one_by_another_commit(monkeypatch):
    found = set()
    for number in range(40):
        monkeypatch.setitem(globals(), "salt", lambda number=number: f"commit {number}".encode())
        some = chosen()
        assert len(some) >= -(-len(all_problems()) // SHARE) - 1
        found |= set(some)
    assert found == {problem.slug for problem in all_problems()}
