"""Proofs that are kept: what makes them stale, what settles them, and that no kill loses what was found."""

from __future__ import annotations

import datetime
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from judge.authoring import keeping
from judge.authoring.journal import Journal, key_of
from judge.authoring.keeping import FILE, KeptProof, Standing, keep, known, own_digest, seeds_for
from judge.authoring.proof import Caught, Note, Proof, Section
from judge.authoring.scaffold import write_problem
from judge.cli import main
from judge.verdict import Kind, Verdict
from problems import Problem, all_problems
from problems.catalogue import read_problem

NOW = datetime.datetime(2026, 11, 29, tzinfo=datetime.UTC)
GOOD = Proof(
    problem="mine",
    sections=(Section("files", (Note(True, "all there"),)),),
    table=(Caught("a-mistake", ("agrees-with-reference",)),),
    rejected=("line 3: a -> b",),
    case_counts={"agrees-with-reference": 100, "gradients": 50},
)


@pytest.fixture
def mine(tmp_path: Path) -> Problem:
    """A problem of one's own."""
    write_problem("mine", tmp_path)
    return read_problem(tmp_path / "problems" / "mine", tmp_path / "reference" / "mine.py")


def kept(problem: Problem, *, seeds: int = 20, quick: bool = False, proof: Proof = GOOD) -> str:
    return keep(problem, proof, own_digest(problem), seeds=seeds, quick=quick, now=NOW)


def test_a_problem_is_proved_by_what_was_kept_of_it(mine: Problem) -> None:
    assert known(mine).standing is Standing.NEVER
    assert "is kept in" in kept(mine)
    found = known(mine)
    assert found.standing is Standing.PROVED
    assert found.proof is not None
    assert found.proof.mistakes == {"a-mistake": ("agrees-with-reference",)}
    assert found.proof.figures.cases == 150
    assert found.proof.versions["torch"]


@pytest.mark.parametrize(
    "name",
    ["statement.md", "checks.py", "hints.md", "mistakes.toml", "mutants.toml", "starter.py", "accepted/another.py"],
)
def test_any_file_of_its_own_makes_it_stale(mine: Problem, name: str) -> None:
    kept(mine)
    path = mine.folder / name
    path.write_text((path.read_text() if path.exists() else "") + "\n# more\n")
    assert known(mine).standing is Standing.CHANGED
    assert seeds_for(known(mine)) == 20


def test_the_reference_makes_it_stale_and_a_cache_does_not(mine: Problem) -> None:
    kept(mine)
    (mine.folder / "__pycache__").mkdir(exist_ok=True)
    (mine.folder / "__pycache__" / "checks.pyc").write_bytes(b"x")
    (mine.folder / "corpus.json").write_text("[]")
    assert known(mine).standing is Standing.PROVED
    mine.reference.write_text(mine.reference.read_text() + "\n")
    assert known(mine).standing is Standing.CHANGED


def test_what_all_share_is_settled_with_few_seeds(mine: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(mine)
    monkeypatch.setattr(keeping, "shared_digest", lambda: "another")
    assert known(mine).standing is Standing.SHARED_CHANGED
    assert seeds_for(known(mine)) == 3
    assert "is settled in" in kept(mine, seeds=1, quick=True)
    found = known(mine)
    assert found.standing is Standing.PROVED
    assert found.proof is not None
    assert found.proof.settled is not None
    assert found.proof.seeds == 20


def test_a_quick_proof_is_none_of_its_own(mine: Problem) -> None:
    assert "has no proof, and --quick keeps none" in kept(mine, seeds=1, quick=True)
    assert not (mine.folder / FILE).exists()
    kept(mine)
    (mine.folder / "hints.md").write_text("other")
    assert "has changed since its proof, and --quick keeps none" in kept(mine, seeds=1, quick=True)
    assert known(mine).standing is Standing.CHANGED


def test_fewer_seeds_do_not_take_the_place_of_more(mine: Problem) -> None:
    kept(mine)
    assert kept(mine, seeds=3) == ""
    found = known(mine).proof
    assert found is not None
    assert found.seeds == 20


def test_a_proof_with_few_seeds_is_settled_with_many(mine: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(mine, seeds=3)
    monkeypatch.setattr(keeping, "shared_digest", lambda: "another")
    assert known(mine).standing is Standing.SHARED_CHANGED
    assert seeds_for(known(mine)) == 20


def test_few_seeds_are_a_proof_and_are_said_to_be_few(mine: Problem) -> None:
    kept(mine, seeds=3)
    assert known(mine).standing is Standing.FEW_SEEDS
    assert known(mine).standing.holds
    assert seeds_for(known(mine)) == 20
    kept(mine, seeds=20)
    assert known(mine).standing is Standing.PROVED


def test_what_came_out_badly_is_not_kept(mine: Problem) -> None:
    bad = msgspec.structs.replace(GOOD, sections=(Section("files", (Note(False, "no"),)),))
    assert kept(mine, proof=bad) == ""
    assert known(mine).standing is Standing.NEVER


def test_files_that_change_while_they_are_proved_are_not_proved(mine: Problem) -> None:
    before = own_digest(mine)
    (mine.folder / "hints.md").write_text("other")
    assert "have changed meanwhile" in keep(mine, GOOD, before, seeds=20, quick=False, now=NOW)
    assert not (mine.folder / FILE).exists()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_can_not_be_written_is_told(mine: Problem) -> None:
    mine.folder.chmod(0o555)
    try:
        assert "can't be written" in kept(mine)
    finally:
        mine.folder.chmod(0o755)


def test_a_damaged_proof_is_no_proof_and_says_what_to_do(mine: Problem) -> None:
    kept(mine)
    (mine.folder / FILE).write_text('{"own": ')
    found = known(mine)
    assert found.standing is Standing.NEVER
    assert "`judge verify mine` writes it anew" in found.trouble


def test_show_and_list_say_what_is_proved(
    mine: Problem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JUDGE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("JUDGE_PACKS", str(tmp_path))
    assert main(["show", "mine"]) == 0
    assert "It has no proof" in capsys.readouterr().out
    kept(mine)
    assert main(["show", "mine"]) == 0
    assert "proof" not in capsys.readouterr().out
    assert main(["list", "--proved"]) == 0
    (line,) = [each for each in capsys.readouterr().out.splitlines() if each.startswith("mine ")]
    assert line.split()[1:] == ["proved", "20", "2026-11-29", "1", "150"]
    (mine.folder / "hints.md").write_text("other")
    assert main(["show", "mine"]) == 0
    assert "changed since its proof" in capsys.readouterr().out
    assert main(["list", "--proved", "--json"]) == 0
    listed = {each["name"]: each for each in json.loads(capsys.readouterr().out)["problems"]}
    assert listed["mine"]["standing"] == "changed since its proof"


@pytest.mark.parametrize("problem", all_problems(), ids=lambda problem: problem.slug)
def test_every_problem_of_the_catalogue_is_proved_as_it_is(problem: Problem) -> None:
    """Where what they share has changed, that is settled with `judge verify --stale`; here it is only said."""
    found = known(problem)
    assert found.standing.holds, f"`judge verify {problem.slug}` proves it, and writes {FILE}"
    assert found.proof is not None
    assert found.proof.seeds >= 1
    assert len(found.proof.rejected) >= 20
    if found.standing is Standing.SHARED_CHANGED:
        pytest.skip(f"what {problem.slug} shares with others has changed since: `judge verify --stale` settles it")


# the journal


def verdict(kind: Kind) -> Verdict:
    return Verdict(problem="mine", framework="torch", verdict=kind, seed=0, seconds=1.0)


def length(problem: Problem, folder: Path) -> int:
    """How much a journal holds."""
    journal = Journal(problem, folder / "proofs")
    journal.close()
    return journal.length


def test_a_journal_takes_over_what_was_found(mine: Problem, tmp_path: Path) -> None:
    first = Journal(mine, tmp_path / "proofs")
    first.note(key_of("a"), verdict(Kind.ACCEPTED))
    first.note(key_of("b"), verdict(Kind.TIME_LIMIT))
    first.note_rejected(key_of("c"), ["x", "y"])
    first.close()
    second = Journal(mine, tmp_path / "proofs")
    found = second.verdict(key_of("a"))
    assert found is not None
    assert found.accepted
    assert second.verdict(key_of("b")) is None  # another day it may be in time
    assert second.rejected(key_of("c")) == frozenset(("x", "y"))
    second.close()
    assert length(mine, tmp_path) == 2
    Journal(mine, tmp_path / "proofs", anew=True).close()
    assert length(mine, tmp_path) == 0


def test_a_line_that_was_cut_off_is_left_out_and_the_next_is_whole(mine: Problem, tmp_path: Path) -> None:
    first = Journal(mine, tmp_path / "proofs")
    first.note(key_of("a"), verdict(Kind.ACCEPTED))
    first.note(key_of("b"), verdict(Kind.ACCEPTED))
    first.close()
    (path,) = (tmp_path / "proofs").glob("*.jsonl")
    path.write_bytes(path.read_bytes()[:-20])
    second = Journal(mine, tmp_path / "proofs")
    assert second.length == 1
    second.note(key_of("c"), verdict(Kind.ACCEPTED))
    second.close()
    assert length(mine, tmp_path) == 2


def test_other_checks_begin_a_journal_anew_and_other_mistakes_do_not(mine: Problem, tmp_path: Path) -> None:
    first = Journal(mine, tmp_path / "proofs")
    first.note(key_of("a"), verdict(Kind.ACCEPTED))
    first.close()
    (mine.folder / "mistakes.toml").write_text("")
    assert length(mine, tmp_path) == 1
    (mine.folder / "checks.py").write_text((mine.folder / "checks.py").read_text() + "\n")
    assert length(mine, tmp_path) == 0
    assert len(list((tmp_path / "proofs").glob("*.jsonl"))) == 1


def test_another_sandbox_has_a_journal_of_its_own(mine: Problem, tmp_path: Path) -> None:
    first = Journal(mine, tmp_path / "proofs", sandbox="linux")
    first.note(key_of("a"), verdict(Kind.FORBIDDEN))
    first.close()
    second = Journal(mine, tmp_path / "proofs", sandbox="process")
    assert second.verdict(key_of("a")) is None
    second.close()


def run(mine: Problem, home: Path, *more: str, own_group: bool = False) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "judge", "verify", str(mine.folder), "--sandbox", "process", *more],
        env={**os.environ, "JUDGE_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=own_group,
    )


@pytest.mark.slow
def test_a_proof_that_is_killed_again_and_again_ends_as_one_that_is_not(mine: Problem, tmp_path: Path) -> None:
    home, chance = tmp_path / "home", random.Random(5)
    for lines in (1, 3, 7):
        process = run(mine, home, "--seeds", "3", "--json")
        while process.poll() is None and written(home) < lines:
            time.sleep(0.02)
        time.sleep(chance.uniform(0, 0.5))
        assert process.poll() is None, "it ended before it could be killed"
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert not (mine.folder / FILE).exists()
    out, err = run(mine, home, "--seeds", "3", "--json").communicate()
    found = json.loads(out)
    assert all(note["good"] for section in found["sections"] for note in section["notes"])
    assert "are taken over" in err
    proof = msgspec.json.decode((mine.folder / FILE).read_bytes(), type=KeptProof)
    assert proof.seeds == 3
    assert sorted(proof.rejected) == sorted(found["rejected"])
    again, said = run(mine, home, "--seeds", "3", "--json").communicate()
    assert "are taken over" in said
    assert json.loads(again)["taken_over"] > 5
    assert "are taken over" not in run(mine, home, "--seeds", "3", "--json", "--anew").communicate()[1]


def written(home: Path) -> int:
    """How many lines stand in the journal."""
    return sum(path.read_bytes().count(b"\n") for path in (home / "proofs").glob("*.jsonl"))


@pytest.mark.slow
def test_watch_proves_again_at_every_change(mine: Problem, tmp_path: Path) -> None:
    process = run(mine, tmp_path / "home", "--watch")
    assert process.stderr is not None
    try:
        said = until(process, "waiting for a change")
        assert "mine is proved" not in said  # that goes to standard output
        (mine.folder / "hints.md").write_text("## one\nx\n")
        until(process, "waiting for a change")
    finally:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert "no longer watching" in err
    assert process.returncode == 0
    assert out.count("mine is proved with 1 seed\n") == 1
    assert "at least 3 hints" in out


def until(process: subprocess.Popen[str], words: str) -> str:
    """What is said up to these words."""
    assert process.stderr is not None
    said, begun = "", time.monotonic()
    while words not in said:
        line = process.stderr.readline()
        assert line, said
        assert time.monotonic() - begun < 120, said
        said += line
    return said


@pytest.mark.slow
def test_in_the_background_it_goes_on_after_the_command_has_ended(mine: Problem, tmp_path: Path) -> None:
    home = tmp_path / "home"
    out, _ = run(mine, home, "--seeds", "3", "--background").communicate(timeout=60)
    assert "is being proved in the background, in process" in out
    begun = time.monotonic()
    while not (mine.folder / FILE).exists():
        assert time.monotonic() - begun < 180, (home / "proofs" / "background.log").read_text()
        time.sleep(0.5)
    assert known(mine).standing is Standing.FEW_SEEDS


def test_stale_and_changed_choose_what_is_proved(
    mine: Problem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JUDGE_HOME", str(tmp_path / "home"))
    kept(mine)
    assert main(["verify", str(mine.folder), "--stale"]) == 0
    assert "every proof holds: there is nothing to prove" in capsys.readouterr().err
    monkeypatch.setattr(keeping, "shared_digest", lambda: "another")
    assert main(["verify", str(mine.folder), "--changed"]) == 0
    assert "nothing to prove" in capsys.readouterr().err
    assert main(["verify", str(mine.folder), "--stale", "--quick", "--sandbox", "process"]) == 0
    assert "is settled in" in " ".join(capsys.readouterr().out.split())
    assert main(["verify", str(mine.folder), "--stale"]) == 0


@pytest.mark.slow
def test_several_at_once_say_where_their_proofs_are(mine: Problem, tmp_path: Path) -> None:
    write_problem("other", tmp_path)
    other = read_problem(tmp_path / "problems" / "other", tmp_path / "reference" / "other.py")
    process = run(mine, tmp_path / "home", str(other.folder), "--seeds", "1", "--jobs", "2", "--record")
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    assert out.count("is proved with 1 seed\n") == 2
    assert out.count("recorded in corpus.json") == 2
    assert out.count("the proof is kept in") == 2
    assert known(mine).standing is known(other).standing is Standing.FEW_SEEDS


@pytest.mark.slow
def test_ctrl_c_ends_several_at_once_and_begins_none(mine: Problem, tmp_path: Path) -> None:
    names = ["second", "third", "fourth"]
    for name in names:
        write_problem(name, tmp_path)
    folders = [str(tmp_path / "problems" / name) for name in names]
    process = run(mine, tmp_path / "home", *folders, "--seeds", "20", "--jobs", "2", own_group=True)
    while written(tmp_path / "home") < 3:
        assert process.poll() is None
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted. The same command goes on from here" in err
    assert len(list((tmp_path / "home" / "proofs").glob("*.jsonl"))) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "judge verify --stale"),
        (["lstm", "--watch", "--stale"], "`judge verify NAME --watch`"),
        (["lstm", "rope", "--watch"], "Which problem is to be watched?"),
        (["lstm", "--seeds", "0"], "--seeds must be from 1 to 1000"),
        (["lstm", "--jobs", "65"], "--jobs must be from 1 to 64"),
        (["lstmm"], "Did you mean lstm"),
    ],
)
def test_wrong_use_says_what_to_type(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", *words]) == 2
    assert said in capsys.readouterr().err
