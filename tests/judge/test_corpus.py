"""Recorded cases: asked before all others where somebody waits, and worth as much as any other case."""

import shutil

import msgspec
import pytest

from judge.authoring.proof import Note, Proof, Section
from judge.authoring.recording import record
from judge.authoring.verification import Verification
from judge.cases import CaseSet, load_checks
from judge.cases.corpus import Recorded, drawn, read_corpus, write_corpus
from judge.cli import main
from judge.judging import Manner, Plan, judge_trial
from judge.settings import Configuration
from judge.source import submission_of
from judge.verdict import Kind, Outcome, ProblemError, Verdict
from problems import all_problems, find_problem
from problems.checks import Check
from problems.frameworks import TORCH
from problems.mistakes import mistaken, read_mistakes
from tests.judge.judging import trial_of

PROBLEM = find_problem("lstm")
WRONG = PROBLEM.solution.replace("i_BH, f_BH, g_BH, o_BH = gates", "i_BH, g_BH, f_BH, o_BH = gates")
SEED = 3
Word = tuple[str, str]


@pytest.fixture(scope="module")
def case_set() -> CaseSet:
    return CaseSet(PROBLEM, TORCH, SEED, kept=True)


def judged(
    source: str,
    sandbox,
    case_set: CaseSet,
    *,
    told: list[str] | None = None,
    kind_only: bool = False,
    minimise: bool = False,
    recorded: bool = True,
    **settings,
) -> Verdict:
    """What is said on the way goes into `told`; without it nobody waits."""
    submission = submission_of(source.encode(), "lstm.py", problem="lstm", framework="torch", stem="lstm")
    said = [] if told is None else told
    trial = trial_of(submission, sandbox, seed=SEED, case_set=case_set, configuration=Configuration(**settings))

    def noticed(check: Check, kind: str, sentence: str) -> None:
        said.append(f"noticed {check.name}: {kind}")

    tell = None if told is None else noticed
    manner = Manner(first_failure_only=kind_only, recorded=recorded, on_first_failure=tell)
    plan = Plan(manner, minimise=minimise, explain=not kind_only)
    return judge_trial(trial, plan, said.append).verdict


@pytest.mark.parametrize("slug", [problem.slug for problem in all_problems()])
def test_every_problem_has_a_few_that_its_checks_can_draw(slug: str):
    problem = find_problem(slug)
    recorded = read_corpus(problem)
    assert 1 <= len(recorded) <= len(read_mistakes(problem))
    found = drawn(recorded, load_checks(problem))
    assert sum(len(cases) for _, cases in found) == len(recorded)
    assert not any(check.own_process or check.timed for check, _ in found)


def test_a_usual_mistake_is_told_before_the_first_check_is_asked(sandbox, case_set: CaseSet):
    mistakes = [each for each in read_mistakes(PROBLEM) if "cost" not in each.id][::4]
    told_first = 0
    for mistake in mistakes:
        said: list[str] = []
        found = judged(mistaken(PROBLEM.solution, [mistake]) or "", sandbox, case_set, told=said)
        assert not found.accepted
        words = [line for line in said if line.startswith(("noticed", "check 1"))]
        assert sum(line.startswith("noticed") for line in words) == 1, "one word is enough"
        told_first += words[0].startswith("noticed")
    assert told_first == len(mistakes) >= 4


def test_a_right_answer_still_needs_all_the_checks_and_the_verdict_is_that_of_a_run_without(sandbox, case_set: CaseSet):
    said: list[str] = []
    assert judged(PROBLEM.solution, sandbox, case_set, told=said).accepted
    assert sum(line.startswith("check ") for line in said) == len(case_set.checks)
    assert not any(line.startswith("noticed") for line in said)

    def lasting(verdict: Verdict) -> list[Word]:
        return [(verdict.headline, str(verdict.seed)), *((check.name, check.message) for check in verdict.checks)]

    assert lasting(judged(WRONG, sandbox, case_set, told=[])) == lasting(judged(WRONG, sandbox, case_set))


def corpus_of(recorded: list[Recorded]) -> CaseSet:
    """The same case set with other recorded cases."""
    found = CaseSet(PROBLEM, TORCH, SEED)
    found._corpus = found.corpus_of(recorded)
    return found


@pytest.mark.parametrize("kind_only", [False, True])
def test_who_fails_on_a_recorded_case_alone_is_rejected_under_every_seed(sandbox, kind_only: bool):
    check = next(check for check in load_checks(PROBLEM) if check.name == "agrees-with-reference")
    every = drawn([Recorded(check.name, 77, number) for number in range(check.cases)], [check])[0][1]
    recorded, case = next((record, case) for record, case in every if case.kind == "ordinary")  # no number comes twice
    number = float(check.ask(case)[-1].args[0].flatten()[0])
    source = PROBLEM.solution.replace("def lstm(", "def right(") + (
        "\ndef lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):\n"
        "    output = right(x, h0, c0, w_ih, w_hh, b_ih, b_hh)\n"
        f"    return (output[0] + 1, *output[1:]) if float(x.flatten()[0]) == {number!r} else output\n"
    )
    assert judged(source, sandbox, CaseSet(PROBLEM, TORCH, SEED)).accepted
    said: list[str] = []
    found = judged(source, sandbox, corpus_of([recorded]), told=said, kind_only=kind_only)
    assert found.verdict is Kind.WRONG_ANSWER
    assert found.seed == SEED
    failed = found.failed()
    assert failed is not None
    assert failed.name == check.name
    assert failed.counterexample is not None
    assert "noticed agrees-with-reference: wrong_answer" in said
    shrunk = judged(source, sandbox, corpus_of([recorded]), minimise=True)
    assert shrunk.verdict is Kind.WRONG_ANSWER
    assert judged(source, sandbox, corpus_of([recorded]), recorded=False).accepted, "a proof asks drawn cases alone"


def test_what_hangs_in_a_recorded_case_is_not_waited_for_twice(sandbox, case_set: CaseSet):
    source = "def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):\n    print('here')\n    while True: pass\n"
    said: list[str] = []
    found = judged(source, sandbox, case_set, told=said, call_seconds=0.5)
    assert found.verdict is Kind.TIME_LIMIT
    assert found.output == "here\n"
    outcomes = [check.outcome for check in found.checks]
    assert outcomes.count(Outcome.FAILED) == 1
    assert outcomes.count(Outcome.SKIPPED) == len(outcomes) - 1
    assert not any(line.startswith("check ") for line in said)


def test_recording_finds_a_case_for_every_mistake_that_one_case_can_show(sandbox):
    problem = find_problem("rope")
    recorded = record(problem, sandbox, lambda text: None)
    assert recorded == record(problem, sandbox, lambda text: None)
    assert len(set(recorded)) == len(recorded) >= 1


def test_verify_records_the_cases_of_a_problem_that_is_good_and_of_no_other(tmp_path, monkeypatch, capsys):
    shutil.copytree(find_problem("rope").folder, tmp_path / "problems" / "rope")
    (tmp_path / "reference").mkdir()
    shutil.copy(find_problem("rope").reference, tmp_path / "reference" / "rope.py")
    path = tmp_path / "problems" / "rope" / "corpus.json"
    path.write_text("[]")
    monkeypatch.setenv("JUDGE_HOME", str(tmp_path / "home"))
    command = ["verify", str(path.parent), "--quick", "--record", "--sandbox", "process"]
    for good, status in ((False, 1), (True, 0)):
        section = Section("files", () if good else (Note(False, "broken"),), 0.1)
        proof = Proof(problem="rope", sections=(section,), table=(), checks=(), killed=1, marked=0, survived=0)
        monkeypatch.setattr(Verification, "proof", lambda self, proof=proof: proof)
        assert main(command) == status
        said = capsys.readouterr().out
        assert ("cases are recorded in" in said) == good
        assert (len(read_corpus(msgspec.structs.replace(PROBLEM, folder=path.parent))) > 0) == good


def test_the_file_is_read_back_and_a_broken_one_says_what_to_do(tmp_path):
    problem = msgspec.structs.replace(PROBLEM, folder=tmp_path)
    assert read_corpus(problem) == ()
    cases = (Recorded("gradients", 3, 17), Recorded("shape-and-dtype", 0, 0))
    write_corpus(problem, cases)
    assert read_corpus(problem) == cases
    (tmp_path / "corpus.json").write_text('[["gradients", 3]]')
    with pytest.raises(ProblemError, match="delete it, and let `judge verify lstm --record` write it anew"):
        read_corpus(problem)


def test_cases_of_checks_that_are_gone_or_smaller_are_left_out():
    checks = load_checks(PROBLEM)
    gone = [
        Recorded("no-such-check", 0, 0),
        Recorded(checks[0].name, 0, checks[0].cases),
        Recorded(checks[0].name, 0, -1),
    ]
    assert drawn(gone, checks) == []


def test_a_pack_may_still_have_the_file_under_its_old_name(tmp_path):
    problem = msgspec.structs.replace(PROBLEM, folder=tmp_path)
    old = (Recorded("gradients", 3, 17),)
    (tmp_path / "opening.json").write_text('[["gradients", 3, 17]]')
    assert read_corpus(problem) == old
    write_corpus(problem, (Recorded("gradients", 3, 18),))
    assert not (tmp_path / "opening.json").exists()
    assert read_corpus(problem) == (Recorded("gradients", 3, 18),)
