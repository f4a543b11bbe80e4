"""Sessions that come in a file: what goes on here must run nothing of the file's, and reach no file but a solution."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.judge.archive.exports import EVENTS, JUDGED, records, session
from tests.judge.archive.harmless import Judge, content, kept, take_in
from tests.judge.practice.hands import learning


def unfinished(**fields: Any) -> list[Any]:
    found = session("e" * 32, learning("lstm"), (JUDGED,), None)
    found["setup"]["tasks"][0] |= fields
    return [found]


@pytest.mark.parametrize("uid", ["../../escaped", "/tmp/escaped", "a/b", "..", "", "a" * 65, "a\0b", "a.b", "ü"])
def test_session_s_name_is_no_path_of_a_lock(judge: Judge, home: Path, uid: str):
    found = session(uid, learning("lstm"), (), None)
    assert take_in(judge, [found])[0] == 2
    kept(home, found)
    assert judge("resume", typed="quit\n")[0] == 2
    judge("practice", "lstm", typed="quit\n")
    assert not [path for path in home.parent.rglob("*.lock") if path.parent != home / "sessions"]
    assert not Path("/tmp/escaped.lock").exists()


@pytest.mark.parametrize(
    "file",
    [
        "/dev/zero",
        "/etc/passwd",
        "/root/.ssh/id_rsa",
        "lstm.py",
        "-c:!id.py",
        "+:!touch pwned.py",
        "",
        "/x\0.py",
        "~/lstm.py",
        "../x.py",
    ],
)
def test_session_s_file_is_a_solution_and_nothing_else(judge: Judge, home: Path, file: str):
    """It is read and judged where the session goes on, and handed to the person's editor."""
    found = unfinished(file=file)
    assert take_in(judge, found)[0] == 2
    kept(home, *found)
    status, out, errors = judge("resume", typed="submit\nquit\n")
    assert (status, out) == (2, "")
    assert "`judge history --mend`" in errors


def test_session_s_problem_is_no_path_to_checks(judge: Judge, home: Path, tmp_path: Path):
    """Somebody who can put a folder on the machine, as in a repository that is cloned, must not get its code run by a record."""
    from problems import find_problem

    real = find_problem("lstm")
    folder = tmp_path / "cloned" / "problems" / "evil"
    folder.mkdir(parents=True)
    (tmp_path / "cloned" / "reference").mkdir()
    for name in ("problem.toml", "statement.md", "hints.md", "starter.py", "starter_numpy.py"):
        (folder / name).write_text((real.folder / name).read_text())
    (folder / "statement.md").write_text("# It was reached")
    (tmp_path / "cloned" / "reference" / "evil.py").write_text(real.solution)
    (folder / "checks.py").write_text("")
    for name in (str(folder), "../cloned/problems/evil"):
        assert take_in(judge, [unfinished(problem=name)[0] | {"uid": f"{len(name):032}"}])[0] == 0
    status, out, errors = judge("resume", typed="statement\nquit\n")
    assert (status, "reached" in out) == (2, False)
    assert "there is no problem" in errors
    assert "--delete all" in errors
    for name in (str(folder), "../cloned/problems/evil"):
        assert judge("history", name, "--delete", "all", "--yes")[0] == 0
    assert "There is no session to go on with" in judge("resume")[2]


def test_session_of_an_unknown_problem_hides_no_other(judge: Judge):
    assert judge("practice", "lora", typed="quit\n")[0] == 130
    late = unfinished(problem="from/elsewhere")[0] | {"seen_at": "2199-01-01T00:00:00+00:00"}
    assert take_in(judge, [late])[0] == 0
    assert "lora goes on" in judge("resume", typed="quit\n")[1]
    assert judge("history", "from/elsewhere", "--delete", "all", "--yes")[0] == 0


def test_session_that_asks_for_no_sandbox_goes_on_in_one(judge: Judge, home: Path):
    found = session("e" * 32, learning("lstm", sandbox="process"), (), None)
    status, out, errors = take_in(judge, [found])
    assert (status, out) == (0, "1 record added; 0 were known already.\n")
    assert "1 session begun with --sandbox process goes on with --sandbox auto here" in errors
    assert [json.loads(str(row[3]))["sandbox"] for row in content(home)["sessions"]] == ["auto"]
    assert take_in(judge, [found])[1:] == ("0 records added; 1 was known already.\n", "")


def test_known_session_is_not_made_another_one(judge: Judge, home: Path):
    """An event that fits the setup in the file, and not the one that is known."""
    assert take_in(judge, [session("e" * 32, learning("lstm"), (JUDGED,), None)])[0] == 0
    before = content(home)
    other = session("e" * 32, learning("lstm", "lora"), (JUDGED, EVENTS[-1]), None)
    status, _, errors = take_in(judge, [*records()[:3], other])
    assert (status, ", line 5 can't be read: task is 1" in errors) == (2, True)
    assert content(home) == before
    assert judge("resume", typed="quit\n")[0] == 130


def test_counterexample_that_no_check_could_draw_is_not_tried() -> None:
    from judge.service.drawn import could_be_drawn
    from problems.cases import Case

    drawn = [
        Case(sizes={"B": 4, "T": 8}, options={"causal": True, "top_k": 5}),
        Case(sizes={"B": 1, "T": 16}, options={"causal": False, "top_k": 2}, dtype="float64"),
    ]
    good = Case(sizes={"B": 1, "T": 1}, options={"causal": False, "top_k": 1})
    assert could_be_drawn(good, drawn)
    assert all(could_be_drawn(each, drawn) for each in drawn)
    bad = [
        {"sizes": {"B": 10**12, "T": 1}}, {"sizes": {"B": 1, "T": 1, "X": 1}}, {"sizes": {"B": -1, "T": 1}}, {"dtype": "load"},
        {"kind": "huge"}, {"layout": "expanded"},
        {"seed": -1}, {"seed": 2**70}, {"options": {"causal": 1, "top_k": 10**9}}, {"options": {"causal": True, "other": 1}},
        {"options": {"causal": "__import__('os')", "top_k": 1}}, {"options": {"causal": [[]], "top_k": 1}},
    ]  # fmt: skip
    from msgspec.structs import replace

    for fields in bad:
        assert not could_be_drawn(replace(good, **fields), drawn), fields
    assert not could_be_drawn(good, [])


def test_counterexample_beyond_all_sizes_costs_the_judge_nothing() -> None:
    """The arrays of the case would have been made in the judge's own process, without a limit."""
    from judge.service.in_process import InProcess
    from judge.service.requests import Failing, Judged, Request, Settings, TriedAgain
    from problems import find_problem
    from tests.judge.service.hands import Heard

    sizes = {"B": 1 << 20, "T": 1 << 10, "I": 1 << 10, "H": 1 << 10}
    failing = Failing(check="agrees-with-reference", case={"sizes": sizes}, seed=7, sentence="It is so.")
    request = Request(
        source=find_problem("lstm").solution.encode(),
        filename="lstm.py",
        problem="lstm",
        framework="torch",
        seed=7,
        settings=Settings(sandbox="process"),
        earlier=failing,
        earlier_first=True,
    )
    judge, heard = InProcess(), Heard()
    judge.submit(request, heard)
    found = heard.final()
    judge.close()
    assert isinstance(found, Judged)
    assert (found.verdict.accepted, found.mended) == (True, None)
    assert not [event for event in heard.before if isinstance(event, TriedAgain)]
