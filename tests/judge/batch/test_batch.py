import io
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from judge import cli
from judge.batch import batch as module
from judge.batch.batch import Batch, Options, Outcome
from judge.batch.results import Line
from judge.batch.submissions import Item
from judge.service.requests import Settings
from judge.verdict import JudgeError, Kind
from problems import own_catalogue
from tests.judge.batch.pools import Pool

WRONG = "def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):\n    return x\n"


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> type[Pool]:
    fresh = type("Fresh", (Pool,), {"judged": [], "jobs": []})
    monkeypatch.setattr(module, "PoolJudge", fresh)
    return fresh


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUDGE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def outcomes(*items: Item, jobs: int = 2, seen: Any = ()) -> dict[str, Outcome]:
    options = Options(seed=1, jobs=jobs, settings=Settings())
    return {each.item.id: each for each in Batch(items, options, own_catalogue(), seen).run()}


def item(id_: str, text: str, **more: Any) -> Item:
    return Item(id=id_, source=text.encode(), **{"problem": "lstm", **more})


def line(outcome: Outcome) -> Line:
    assert outcome.line is not None
    return outcome.line


def test_every_submission_gets_its_result_and_twins_are_judged_once(pool: type[Pool]):
    items = [item(str(n), "wrong" if n % 3 == 0 else f"right {n % 2}") for n in range(60)]
    found = outcomes(*items)
    assert sorted(pool.judged) == ["right 0", "right 1", "wrong"]
    assert len(found) == 60
    for n in range(60):
        assert line(found[str(n)]).verdict.accepted == (n % 3 != 0)
    originals = [each for each in found.values() if line(each).same_as is None]
    assert len(originals) == 3
    assert line(found["57"]).same_as in {each.item.id for each in originals}


def test_same_source_for_another_problem_or_framework_is_no_twin(pool: type[Pool]):
    outcomes(
        item("a", "x"), item("b", "x", problem="lora"), item("c", "x", framework="numpy"), item("d", "x", problem="LSTM"),
        item("e", "x", problem=None, stem="lora"), item("f", "x", problem=None, stem="ann"), item("g", "x", problem=None, stem="bob"),
    )  # fmt: skip
    assert len(pool.judged) == 5  # a with d, f with g


def test_process_that_ends_on_a_submission_costs_no_other_one_anything(pool: type[Pool]):
    found = outcomes(item("twice", "kills"), *(item(str(n), f"right {n}") for n in range(20)))
    assert line(found["twice"]).verdict.verdict is Kind.INTERNAL_ERROR
    assert "ended on it, twice: signal 9" in str(line(found["twice"]).verdict.error)
    assert all(line(found[str(n)]).verdict.accepted for n in range(20))


def test_what_can_not_be_judged_says_why(pool: type[Pool]):
    found = outcomes(
        item("usage", "usage"),
        item("problem", "problem"),
        item("failure", "failure"),
        item("unknown", "x", problem="nothing"),
        item("bad", "x", error="it is too large"),
        item("good", "right"),
    )
    assert {name: line(each).verdict.verdict for name, each in found.items()} == {
        "usage": None, "problem": Kind.INTERNAL_ERROR, "failure": Kind.INTERNAL_ERROR, "unknown": None, "bad": None,
        "good": Kind.ACCEPTED,
    }  # fmt: skip
    assert line(found["usage"]).verdict.error == "because of usage"
    assert "nothing" in str(line(found["unknown"]).verdict.error)
    assert line(found["bad"]).verdict.error == "it is too large"


@pytest.mark.parametrize(("source", "said"), [("sandbox", "because of sandbox"), ("stuck", "does not start")])
def test_batch_ends_where_nothing_can_be_judged(pool: type[Pool], source: str, said: str):
    with pytest.raises(JudgeError, match=said):
        outcomes(item("a", source))


def test_submissions_are_read_as_they_are_needed(pool: type[Pool]):
    taken: list[int] = []
    more = threading.Event()

    def endless() -> Iterator[Item]:
        for n in range(10_000):
            taken.append(n)
            yield item(str(n), f"right {n}")
        more.set()

    work = Batch(endless(), Options(seed=1, jobs=2, settings=Settings()), own_catalogue())
    results = work.run()
    for _ in range(50):
        next(results)
    results.close()
    assert not more.is_set()
    assert len(taken) < 100


def test_reader_that_fails_ends_the_batch(pool: type[Pool]):
    def failing() -> Iterator[Item]:
        yield item("a", "right")
        raise OSError("the pipe broke")

    with pytest.raises(OSError, match="the pipe broke"):
        list(Batch(failing(), Options(seed=1, jobs=1, settings=Settings()), own_catalogue()).run())


Judge = Callable[..., tuple[int, str, str]]


@pytest.fixture
def judge(capsys: pytest.CaptureFixture[str]) -> Judge:
    def call(*arguments: str) -> tuple[int, str, str]:
        status = cli.main(["batch", *arguments])
        return (status, *capsys.readouterr())

    return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "class"
    found.mkdir()
    for name, text in (("ann", "wrong"), ("bob", "right"), ("cy", "wrong")):
        (found / f"{name}.py").write_text(text)
    return found


def test_results_go_to_standard_output_and_a_summary_beside_them(judge: Judge, pool: type[Pool], folder: Path):
    status, out, err = judge("class", "--problem", "lstm", "--seed", "7")
    assert status == 0
    rows = [json.loads(text) for text in out.splitlines()]
    assert {row["id"]: row["verdict"] for row in rows} == {
        "class/ann.py": "wrong_answer", "class/bob.py": "accepted", "class/cy.py": "wrong_answer",
    }  # fmt: skip
    assert {row["seed"] for row in rows} == {7}
    assert "seed 7" in err
    assert "wrong_answer      2     67%" in err
    assert "Gates swapped      2     67%" in err
    assert "1 of them have the same code as another file" in err


@pytest.mark.parametrize(("options", "effort"), [((), "full"), (("--effort", "verdict"), "verdict")])
def test_a_teacher_gets_the_mistake_of_each_unless_the_kind_is_enough(
    judge: Judge, pool: type[Pool], folder: Path, options: tuple[str, ...], effort: str
):
    pool.efforts.clear()
    assert judge("class", "--problem", "lstm", *options)[0] == 0
    assert set(pool.efforts) == {effort}
    assert judge("class", "--problem", "lstm", "--effort", "much")[0] == 2


@pytest.mark.parametrize("name", ["r.jsonl", "r.csv"])
def test_resumed_batch_judges_what_is_not_there_with_the_seed_that_is(
    judge: Judge, pool: type[Pool], folder: Path, name: str
):
    assert judge("class", "--problem", "lstm", "--out", name)[0] == 0
    whole = Path(name).read_bytes()
    seed = {row for row in [*whole.splitlines()[-1].split(b",")] if row.isdigit()}
    Path(name).write_bytes(whole[:-10])
    (folder / "dee.py").write_text("right, too")
    pool.judged.clear()
    status, _, err = judge("class", "--problem", "lstm", "--out", name, "--resume")
    assert status == 0
    assert len(pool.judged) == 2
    assert "2 were there already" in err
    assert len(Path(name).read_bytes().splitlines()) == len(whole.splitlines()) + 1
    assert all(row in Path(name).read_bytes().splitlines()[-1] for row in seed)
    assert judge("class", "--problem", "lstm", "--out", name, "--resume")[2].count("4 were there already") == 1
    (folder / "ann.py").write_text("right again")  # what was changed is judged again
    assert "3 were there already" in judge("class", "--problem", "lstm", "--out", name, "--resume")[2]


def test_results_that_are_there_are_not_written_over(judge: Judge, pool: type[Pool], folder: Path):
    Path("r.jsonl").write_text("something\n")
    status, _, err = judge("class", "--out", "r.jsonl")
    assert status == 2
    assert "--resume goes on with it" in err
    assert Path("r.jsonl").read_text() == "something\n"
    assert pool.jobs == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "What shall be judged?"),
        (["nothing"], "no file or folder nothing"),
        (["class", "-"], "can't be mixed"),
        (["class", "--rezume"], "There is no option --rezume"),
        (["class", "--resume"], "say which one with --out"),
        (["class", "--jobs", "0"], "--jobs must be from 1"),
        (["class", "--problem", "nothing"], "no problem called"),
        (["class", "--out", "class"], "is a folder"),
        (["class", "--out", "no/r.csv"], "there is no folder"),
    ],
)
def test_wrong_usage_is_said_before_anything_is_judged(
    judge: Judge, pool: type[Pool], folder: Path, arguments: list[str], said: str
):
    status, out, err = judge(*arguments)
    assert status == 2
    assert out == ""
    assert said in err
    assert pool.jobs == []


def test_exit_status_tells_whether_all_were_judged(judge: Judge, pool: type[Pool], folder: Path):
    (folder / "eve.py").write_text("usage")
    status, out, err = judge("class", "--problem", "lstm", "--junit", "xml")
    assert (status, out) == (1, "")
    assert "1 could not be judged: their results say why" in err
    assert len(list(Path("xml").iterdir())) == 4
    (folder / "eve.py").write_text("failure")
    assert judge("class", "--problem", "lstm", "--junit", "xml")[0] == 3
    (folder / "eve.py").write_text("sandbox")
    status, _, err = judge("class", "--problem", "lstm", "--out", "r.csv")
    assert status == 3
    assert "because of sandbox What was judged is kept. `--resume` goes on from here." in err


def test_lines_are_read_from_standard_input(judge: Judge, pool: type[Pool], monkeypatch: pytest.MonkeyPatch):
    text = '{"id": 1, "problem": "lstm", "source": "wrong"}\nno line\n{"id": "b", "source": "right"}\n'
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    status, out, _ = judge("-")
    assert status == 1
    assert {row["id"]: row["verdict"] for row in map(json.loads, out.splitlines())} == {
        "1": "wrong_answer", "line 2": None, "b": "accepted",
    }  # fmt: skip


def start(*arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "judge", "batch", *arguments]
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored where tests run in the background
    )


def text_of(id_: str, source: str) -> bytes:
    return json.dumps({"id": id_, "problem": "lstm", "source": source}).encode() + b"\n"


def wait_for_lines(count: int, process: subprocess.Popen[bytes]) -> None:
    path = Path("r.jsonl")
    while not path.exists() or path.read_bytes().count(b"\n") < count:
        assert process.poll() is None
        time.sleep(0.05)


def test_batch_that_is_killed_goes_on_and_one_that_is_interrupted_says_how(tmp_path: Path):
    """The only one here with processes that judge."""
    killed = start("-", "--out", "r.jsonl", "--seed", "3", "--sandbox", "process")
    assert killed.stdin is not None
    killed.stdin.write(text_of("wrong", WRONG) + text_of("hangs", "while True: pass\ndef lstm(): ...\n"))
    killed.stdin.flush()
    wait_for_lines(1, killed)
    killed.kill()
    killed.communicate()
    with Path("r.jsonl").open("ab") as stream:
        stream.write(b'{"id": "half')
    again = start("-", "--out", "r.jsonl", "--sandbox", "process", "--resume")
    assert again.stdin is not None
    again.stdin.write(text_of("wrong", WRONG) + text_of("broken", "def lstm(:\n"))
    again.stdin.flush()
    wait_for_lines(2, again)
    again.stdin.write(text_of("hangs", "while True: pass\ndef lstm(): ...\n"))
    again.stdin.flush()
    again.send_signal(signal.SIGINT)
    _, err = again.communicate()
    assert again.returncode == 130
    assert b"Interrupted; what was judged is kept. `--resume` goes on from here." in err
    assert b"1 were there already" in err
    rows = [json.loads(text) for text in Path("r.jsonl").read_text().splitlines()]
    assert [(row["id"], row["verdict"]) for row in rows] == [("wrong", "wrong_shape"), ("broken", "load_error")]
    assert [row["seed"] for row in rows] == [3, 3]
