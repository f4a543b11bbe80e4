"""`judge verify`: what it proves, and what it says where a problem is not good."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from inline_snapshot import snapshot

from judge.authoring.answers import AnswerJudge, Extent
from judge.authoring.example import example_faults
from judge.authoring.prohibitions import forbidden_faults, reaching
from judge.authoring.proof import Caught, Note, Proof, Section
from judge.authoring.signatures import signature_faults
from judge.authoring.verification import Verification
from judge.cli import main
from judge.console import Streams
from judge.explain.edits.mutants import mutants
from judge.isolation import Sandbox
from judge.reports.proof import render
from judge.settings import Configuration
from judge.verdict import ArrayData, CheckResult, Counterexample, Diagnosis, Kind, Outcome, Verdict
from problems import Problem, all_problems, find_problem
from problems.catalogue import read_problem
from problems.mistakes import mistaken, read_mistakes
from problems.problem import ForbiddenTable


def verdict(kind: Kind, *, named: str | None = None, shape: tuple[int, ...] = (2,), seconds: float = 1.0) -> Verdict:
    example = Counterexample(sizes={}, inputs=(ArrayData(name="x", dtype="float32", shape=shape, values=None),))
    outcome = Outcome.PASSED if kind is Kind.ACCEPTED else Outcome.FAILED
    check = CheckResult(name="agrees", outcome=outcome, message="", seconds=0.0, counterexample=example)
    diagnosis = Diagnosis(mistake=named, explanation="") if named else None
    return Verdict(
        problem="lstm", framework="torch", verdict=kind, seed=0, seconds=seconds, checks=(check,), diagnosis=diagnosis
    )


@pytest.fixture
def problem(tmp_path: Path) -> Problem:
    """A copy of a good problem."""
    lstm = find_problem("lstm")
    folder = Path(shutil.copytree(lstm.folder, tmp_path / "lstm"))
    return read_problem(folder, lstm.reference)


Judged = Callable[..., Verdict]


def prove(problem: Problem, judged: Judged, *, seeds: int = 2, minimise: bool = True) -> Proof:
    """The proof where `judged(source, seed)` gives the verdicts."""
    sandbox: Any = None
    verification = Verification(problem, sandbox, seeds=seeds, minimise=minimise, progress=lambda stage: None)
    verification._judge = lambda source, seed, **options: judged(source, seed)  # type: ignore[method-assign]
    verification._rejected = lambda sources, seed: frozenset()  # type: ignore[method-assign]
    return verification.proof()


def fair(problem: Problem) -> Judged:
    """Verdicts as they must be."""
    right = {problem.solution, *(path.read_text() for path in (problem.folder / "accepted").glob("*.py"))}
    right.add((problem.folder / problem.oracle).read_text())
    names = {mistaken(problem.solution, [mistake]): mistake.id for mistake in read_mistakes(problem)}

    def judged(source: str, seed: int) -> Verdict:
        if source in right:
            return verdict(Kind.ACCEPTED)
        if "reach(" in source:
            return verdict(Kind.FORBIDDEN)
        return verdict(Kind.WRONG_ANSWER, named=names.get(source))

    return judged


def bad(proof: Proof) -> list[str]:
    return [note.text for section in proof.sections for note in section.notes if not note.good]


def test_a_good_problem_is_proved(problem: Problem) -> None:
    proof = prove(problem, fair(problem))
    assert bad(proof) == []
    assert proof.good
    assert proof.killed == len(mutants(problem.solution))
    assert proof.survived == 0
    assert [caught.mistake for caught in proof.table] == [mistake.id for mistake in read_mistakes(problem)]
    assert "agrees-with-reference" in proof.checks


def test_everything_wrong_with_the_files_is_said_at_once(problem: Problem) -> None:
    good = fair(problem)
    (problem.folder / "hints.md").write_text("# Hints\n\n## One\n\nOnly.\n")
    (problem.folder / "checks.py").write_text("CHECKS = (\n")
    (problem.folder / "starter_numpy.py").unlink()
    (problem.folder / "mutants.toml").write_text("[[equivalent]]\nline = 1\n")
    shutil.rmtree(problem.folder / "accepted")
    proof = prove(problem, good)
    assert [section.title for section in proof.sections] == ["files", "the statement's example is true"]
    said = "\n".join(bad(proof))
    assert "checks.py, line 1" in said
    for words in ("hints.md: 1 of at least 3 hints", "checks.py", "starter for numpy", "mutants.toml"):
        assert words in said
    assert "accepted/: none of at least 1 right answers" in said
    (left_out,) = [note.text for note in proof.sections[0].notes if note.good]
    assert left_out == (
        "not tried until that is mended: what is forbidden is rejected; the reference agrees with the oracle; "
        "right answers are accepted; the starter is rejected; mistakes are rejected and named; mutants are rejected; "
        "what is wrong under one condition is rejected; edits that explain wrong answers"
    )


def test_every_fault_of_a_file_is_said_with_its_line(problem: Problem) -> None:
    good = fair(problem)
    path = problem.folder / "mistakes.toml"
    path.write_text(path.read_text().replace("hint = 1", "hint = 9", 2).replace("replace = ", 'replace = "none" # ', 1))
    table = problem.folder / "problem.toml"
    text = table.read_text().replace('kind = "function"', 'kind = "method"').replace('"numpy"]', '"jax"]')
    table.write_text(text + "\n[limits]\ncall_seconds = 0\n")
    said = bad(prove(read_problem(problem.folder, problem.reference), good))
    lines = [number for number, line in enumerate(path.read_text().splitlines(), 1) if line == "[[mistake]]"]
    assert [text for text in said if f"line {lines[0]}: " in text and "none" in text]
    assert len([text for text in said if "names hint 9; there are 3" in text]) == 2
    where = {word: number for number, line in enumerate(table.read_text().splitlines(), 1) for word in line.split()}
    assert any(text.startswith(f"problem.toml, line {where['call_seconds']}: ") for text in said)
    assert any("a framework is torch, numpy or python, not 'jax'" in text for text in said)
    assert any("an entry is of the kind class, object or function, not 'method'" in text for text in said)


def changed_reference(problem: Problem, tmp_path: Path, old: str, new: str) -> Problem:
    """The problem with another reference."""
    reference = tmp_path / "reference.py"
    assert old in problem.solution
    reference.write_text(problem.solution.replace(old, new))
    return read_problem(problem.folder, reference)


def test_edits_of_another_reference_are_all_listed_and_the_rest_is_proved(problem: Problem, tmp_path: Path) -> None:
    good = fair(problem)
    changed = changed_reference(problem, tmp_path, "torch.sigmoid(f_BH)", "f_BH.sigmoid()")
    broken = [each for each in read_mistakes(problem) if any("torch.sigmoid(f_BH)" in e.replace for e in each.places)]
    (problem.folder / "mutants.toml").write_text(
        '[[equivalent]]\nline = "gone"\nchange = "a -> b"\nreason = "there was such a line once"\n'
    )
    proof = prove(
        changed,
        lambda source, seed: verdict(Kind.ACCEPTED) if source == changed.solution else good(source, seed),
    )
    titles = [section.title for section in proof.sections]
    assert "right answers are accepted" in titles
    assert "mutants are rejected" in titles
    assert "mistakes are rejected and named" not in titles
    said = bad(proof)
    assert len(said) == len(broken) + 1
    for each in broken:
        assert any(f"mistakes.toml, line {each.line}: the mistake {each.id!r} replaces" in text for text in said)
    assert "mutants.toml, line 1: no mutant of 'gone' is 'a -> b'" in said[-1]
    assert proof.killed > 30


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("def lstm(x, h0, c0,", "def lstm(x, h0, state,", "missing a required argument: 'state'"),
        ("def lstm(x, h0, c0,", "def lstm(x, c0, h0,", "`c0` stands where `h0` is asked for"),
        ("def lstm(x, h0, c0,", "def lstm(x, h0, c0, more,", "missing a required argument: 'b_hh'"),
    ],
)
def test_a_reference_with_other_arguments_is_said_once(
    problem: Problem, tmp_path: Path, old: str, new: str, words: str
) -> None:
    text = problem.solution
    start, end = text.index("def lstm("), text.index(")", text.index("def lstm("))
    (asked_for,) = (entry.signature for entry in problem.entry)
    plain = text[:start] + f"def lstm{asked_for[:-1]}" + text[end:]
    assert old in plain
    reference = tmp_path / "reference.py"
    reference.write_text(plain)
    same = read_problem(problem.folder, reference)
    assert not any("takes" in text for text in bad(prove(same, fair(problem))))
    reference.write_text(plain.replace(old, new))
    asked: list[str] = []
    proof = prove(same, lambda source, seed: asked.append(source) or verdict(Kind.LOAD_ERROR))  # type: ignore[func-returns-value]
    said = [text for text in bad(proof) if "problem.toml asks for" in text]
    assert len(said) == 1
    assert words in said[0]
    assert asked == []  # nothing is judged, so nothing says it again


def test_a_method_with_other_arguments_is_said(tmp_path: Path) -> None:
    lora = find_problem("lora")
    tree = ast.parse(lora.solution)
    assert list(signature_faults(lora, tree)) == []
    tree = ast.parse(lora.solution.replace("def forward(self, x", "def forward(self"))
    assert any("`LoRALinear.forward` takes (self" in text for text in signature_faults(lora, tree))


def test_right_answers_that_fail_alike_are_said_once(problem: Problem) -> None:
    good = fair(problem)
    names = sorted(path.name for path in (problem.folder / "accepted").glob("*.py"))
    right = {(problem.folder / "accepted" / name).read_text() for name in names}
    proof = prove(problem, lambda source, seed: verdict(Kind.LOAD_ERROR) if source in right else good(source, seed))
    first, again = bad(proof)
    assert first.startswith(f"{' and '.join(names)} are right and are rejected with seed 0: load_error")
    assert names[0] in again


def test_while_the_reference_is_rejected_nothing_is_said_of_mistakes_and_mutants(problem: Problem) -> None:
    good = fair(problem)
    proof = prove(
        problem, lambda source, seed: verdict(Kind.LOAD_ERROR) if source == problem.solution else good(source, seed)
    )
    titles = {each.title for each in proof.sections}
    assert not {"mistakes are rejected and named", "mutants are rejected"} & titles
    assert "the starter is rejected" in titles
    notes = [note.text for section in proof.sections for note in section.notes]
    left_out = "mistakes are rejected and named; mutants are rejected; what is wrong under one condition is rejected"
    left_out = f"{left_out}; edits that explain wrong answers"
    assert f"not tried until the reference is accepted: {left_out}" in notes
    assert len(bad(proof)) == 2


def test_an_oracle_that_differs_is_said(problem: Problem) -> None:
    oracle, good = (problem.folder / problem.oracle).read_text(), fair(problem)
    proof = prove(problem, lambda source, seed: verdict(Kind.WRONG_ANSWER) if source == oracle else good(source, seed))
    (said,) = bad(proof)
    assert said.startswith("oracle.py and the reference differ in agrees, seed 0: ")
    assert "or the statement leaves open" in said


def test_without_an_oracle_it_is_said_that_nothing_else_speaks_for_the_reference(problem: Problem) -> None:
    bare = msgspec.structs.replace(problem, oracle="")
    proof = prove(bare, fair(problem))
    assert proof.good
    assert any("no oracle is named" in note.text for section in proof.sections for note in section.notes)


def test_an_example_that_is_not_true_is_shown_with_its_line(problem: Problem) -> None:
    path = problem.folder / "statement.md"
    path.write_text(path.read_text().replace("(-0.6851, -0.8565)", "(-0.6851, -0.8566)"))
    (said,) = example_faults(problem)
    line = next(n for n, text in enumerate(path.read_text().splitlines(), 1) if "round(h_n.item()" in text)
    assert said.startswith(f"statement.md, line {line}: ")
    assert "gives '(-0.6851, -0.8565)', and the statement says '(-0.6851, -0.8566)'" in said
    path.write_text(path.read_text().replace("= lstm(x,", "= lstm(x[0],"))
    assert any("raises" in fault for fault in example_faults(problem))
    path.write_text("# LSTM\n\nNo example.\n")
    assert list(example_faults(problem)) == [
        "statement.md has 0 blocks ```python; one is asked for: a call as in a session, and what it gives"
    ]


@pytest.mark.parametrize("slug", [problem.slug for problem in all_problems()])
def test_what_is_forbidden_exists_and_is_rejected(slug: str) -> None:
    assert list(forbidden_faults(find_problem(slug))) == []


def test_a_forbidden_name_that_does_not_exist_is_a_typo(problem: Problem) -> None:
    table = ForbiddenTable(
        packages=("torch.nn",), names=("torch.nn.LSTMM", "torch.nn.LSTM*"), operators=("aten::lsstm",)
    )
    said = list(forbidden_faults(msgspec.structs.replace(problem, forbidden=table)))
    assert [text.split(" is ")[0] for text in said] == [
        "forbidden.packages: 'torch.nn'",
        "forbidden.names: torch.nn.LSTMM",
        "forbidden.operators: aten::lsstm",
    ]
    assert all("a typo?" in text for text in said[1:])


def test_an_operator_that_can_be_called_all_the_same_is_said(problem: Problem) -> None:
    good = fair(problem)
    called = "reach('neta', 'mtsl')"
    proof = prove(problem, lambda source, seed: verdict(Kind.LOAD_ERROR) if called in source else good(source, seed))
    (said,) = bad(proof)
    assert "aten::lstm is not forbidden: load_error" in said


def test_a_right_answer_that_is_rejected_is_named_with_its_seed(problem: Problem) -> None:
    good = fair(problem)
    proof = prove(
        problem,
        lambda source, seed: verdict(Kind.WRONG_ANSWER) if "sigmoid" in source and seed == 1 else good(source, seed),
    )
    assert any("right and are rejected with seed 1: wrong_answer" in text for text in bad(proof))


def test_a_starter_that_is_accepted_is_said(problem: Problem) -> None:
    starter, good = problem.starter("torch"), fair(problem)
    proof = prove(problem, lambda source, seed: verdict(Kind.ACCEPTED) if source == starter else good(source, seed))
    assert bad(proof) == ["the starter for torch gets accepted"]


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (verdict(Kind.ACCEPTED), "it is accepted: add a property that sees it"),
        (verdict(Kind.WRONG_ANSWER), "it gets no name"),
        (verdict(Kind.WRONG_ANSWER, named="another"), "it is named another: no input tells the two apart"),
        (verdict(Kind.WRONG_ANSWER, named="", shape=(4, 4)), "its counterexample is large (x)"),
    ],
)
def test_a_mistake_that_is_not_caught_named_and_small_is_said(problem: Problem, outcome: Verdict, words: str) -> None:
    first, good = read_mistakes(problem)[0], fair(problem)
    source = mistaken(problem.solution, [first])
    if outcome.checks[0].counterexample and outcome.checks[0].counterexample.inputs[0].shape == (4, 4):
        outcome = verdict(Kind.WRONG_ANSWER, named=first.id, shape=(4, 4))
    proof = prove(problem, lambda each, seed: outcome if each == source else good(each, seed))
    (said,) = bad(proof)
    assert said.startswith(f"mistakes.toml, line {first.line}: {first.id}, seed 0: ")
    assert words in said


def test_a_mistake_may_say_that_it_needs_more_numbers(problem: Problem) -> None:
    good, every = fair(problem), read_mistakes(problem)
    (large,) = [mistake for mistake in every if mistake.numbers > 12]
    sources = {mistaken(problem.solution, [each]): each.id for each in (large, every[0])}
    proof = prove(
        problem,
        lambda source, seed: (
            verdict(Kind.WRONG_ANSWER, named=sources[source], shape=(4, 4)) if source in sources else good(source, seed)
        ),
    )
    (said,) = bad(proof)
    assert f": {every[0].id}, seed 0: its counterexample is large" in said


def test_a_mutant_that_survives_is_shown_with_its_line(problem: Problem) -> None:
    mutant, good = mutants(problem.solution)[5], fair(problem)
    proof = prove(problem, lambda each, seed: verdict(Kind.ACCEPTED) if each == mutant.source else good(each, seed))
    assert proof.survived == 1
    assert f"line {mutant.line} of the reference may be changed unseen: {mutant.change}" in bad(proof)


def test_a_reference_that_takes_too_much_of_the_limits_is_said(problem: Problem) -> None:
    good, third = fair(problem), problem.limits.run_seconds / 3
    sandbox: Any = None
    verification = Verification(problem, sandbox, seeds=1, minimise=False, progress=lambda stage: None)

    def judged(source: str, seed: int, configuration: Configuration | None = None, **options: Any) -> Verdict:
        return verdict(Kind.TIME_LIMIT) if configuration and configuration.run_seconds == third else good(source, seed)

    verification._judge = judged  # type: ignore[method-assign,assignment]
    verification._rejected = lambda sources, seed: frozenset()  # type: ignore[method-assign]
    (said,) = bad(verification.proof())
    assert said.startswith("within a third of the limits the reference gets time_limit: ")
    assert "Raise them in problem.toml" in said


def test_the_report_in_words() -> None:
    proof = Proof(
        problem="lstm",
        sections=(
            Section("files", (Note(True, "12 properties, 14 mistakes"),), 0.01),
            Section(
                "mutants are rejected", (Note(False, "line 3 of the reference may be changed unseen: x -> y"),), 31.2
            ),
        ),
        table=(Caught("gates-swapped", ("agrees", "gradients")), Caught("state-kept", ("twice",))),
        checks=("shape", "agrees", "gradients", "twice"),
    )
    assert render(proof, width=80) == snapshot("""\
lstm is not good yet: 1 thing to mend

  yes  files (0.0 s)
       12 properties, 14 mistakes
  NO   mutants are rejected (31.2 s)
       - line 3 of the reference may be changed unseen: x -> y

  Which property catches which mistake:

    a  shape (0)
    b  agrees (1)
    c  gradients (1)
    d  twice (1)

                   abcd
    gates-swapped  .xx.
    state-kept     ...x

  Catching no mistake: shape.
""")
    few = render(msgspec.structs.replace(proof, cases=4), width=80)
    assert "  Which property catches which mistake on 4 cases of each (without --quick: on all):\n" in few
    assert "Catching no mistake" not in few


def test_the_command_wants_a_problem_and_a_possible_number(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify"]) == 2
    assert "judge verify --all" in capsys.readouterr().err
    assert main(["verify", "lstm", "--seeds", "0"]) == 2
    assert main(["verify", "lstmm"]) == 2
    assert "Did you mean lstm" in capsys.readouterr().err


@pytest.mark.parametrize("terminal", [False, True])
def test_where_no_terminal_is_attached_each_part_is_said_as_it_begins(
    terminal: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stages: list[str] = []
    monkeypatch.setenv("JUDGE_HOME", str(tmp_path))
    monkeypatch.setattr("judge.authoring.keeping.keep", lambda *args, **how: "")
    monkeypatch.setattr(Streams, "progress", lambda session: stages.append if terminal else None)
    monkeypatch.setattr(Streams, "end_progress", lambda session: None)

    def proof(self: Verification) -> Proof:
        self._begins("mutants are rejected")
        self._progress("mutant 3 of 71")
        return Proof(problem="lstm", sections=(), seeds=1)

    monkeypatch.setattr(Verification, "proof", proof)
    assert main(["verify", "lstm", "--quick"]) == 0
    out, errors = capsys.readouterr()
    assert out == "lstm is proved with 1 seed\n\n"
    assert errors == ("" if terminal else "judge: lstm: mutants are rejected\n")
    assert stages == (["mutant 3 of 71"] if terminal else [])


def test_every_part_says_that_it_begins(problem: Problem) -> None:
    sandbox: Any = None
    told: list[str] = []
    verification = Verification(
        problem, sandbox, seeds=1, minimise=False, progress=lambda stage: None, begins=told.append
    )
    judged = fair(problem)
    verification._judge = lambda source, seed, **options: judged(source, seed)  # type: ignore[method-assign]
    verification._rejected = lambda sources, seed: frozenset()  # type: ignore[method-assign]
    proof = verification.proof()
    assert told == [section.title for section in proof.sections]
    assert len(told) == 8


def test_what_is_rejected_in_a_shared_run_is_not_judged_again(problem: Problem) -> None:
    sandbox: Any = None
    good, asked = fair(problem), []
    verification = Verification(problem, sandbox, seeds=2, minimise=False, progress=lambda stage: None)
    every = mutants(problem.solution)
    mistakes = [mistaken(problem.solution, [each]) for each in read_mistakes(problem)]
    alone = {every[3].source, mistakes[0]}

    def judged(source: str, seed: int, **options: Any) -> Verdict:
        asked.append((source, seed, options.get("extent", Extent.ALL)))
        return verdict(Kind.ACCEPTED) if source == every[3].source else good(source, seed)

    verification._judge = judged  # type: ignore[method-assign,assignment]
    verification._rejected = lambda sources, seed: frozenset(sources) - alone  # type: ignore[method-assign]
    proof = verification.proof()
    assert (proof.killed, proof.survived) == (len(every) - 1, 1)
    assert [each for each in asked if each[0] in {mutant.source for mutant in every}] == [
        (every[3].source, 1, Extent.ALL)
    ]
    assert [each for each in asked if each[0] in mistakes and each[1] == 1] == [(mistakes[0], 1, Extent.ALL)]
    assert len([each for each in asked if each[0] in mistakes and each[1:] == (0, Extent.FEW)]) == len(mistakes)
    assert proof.cases == 4


@pytest.mark.parametrize("suffices", [Extent.FEW, Extent.FEW_OF_ALL, Extent.ALL])
def test_a_mistake_that_few_cases_do_not_name_is_asked_more(problem: Problem, suffices: Extent) -> None:
    sandbox: Any = None
    good, first = fair(problem), mistaken(problem.solution, read_mistakes(problem)[:1])
    verification = Verification(problem, sandbox, seeds=1, minimise=False, progress=lambda stage: None)
    tried: list[Extent] = []

    def judged(source: str, seed: int, extent: Extent = Extent.ALL, **options: Any) -> Verdict:
        if source != first:
            return good(source, seed)
        tried.append(extent)
        return good(source, seed) if extent is suffices else verdict(Kind.WRONG_ANSWER)

    verification._judge = judged  # type: ignore[method-assign,assignment]
    verification._rejected = lambda sources, seed: frozenset()  # type: ignore[method-assign]
    assert bad(verification.proof()) == []
    order = [Extent.FEW, Extent.FEW_OF_ALL, Extent.ALL]
    assert tried == order[: order.index(suffices) + 1]


@pytest.mark.parametrize("shows", [True, False])
def test_under_another_seed_what_caught_a_mistake_is_asked_first(problem: Problem, shows: bool) -> None:
    sandbox: Any = None
    good, first = fair(problem), mistaken(problem.solution, read_mistakes(problem)[:1])
    verification = Verification(problem, sandbox, seeds=2, minimise=False, progress=lambda stage: None)
    tried: list[tuple[str, ...]] = []

    def judged(source: str, seed: int, checks: tuple[str, ...] = (), **options: Any) -> Verdict:
        if source == first and seed == 1:
            tried.append(checks)
            return verdict(Kind.ACCEPTED) if checks and not shows else good(source, seed)
        return good(source, seed)

    verification._judge = judged  # type: ignore[method-assign,assignment]
    verification._rejected = lambda sources, seed: frozenset()  # type: ignore[method-assign]
    assert bad(verification.proof()) == []
    assert tried == ([("agrees",)] if shows else [("agrees",), ()])


def test_a_reference_is_really_judged(problem: Problem, sandbox: Sandbox) -> None:
    verification = Verification(problem, sandbox, seeds=1, minimise=False, progress=lambda stage: None)
    sources = dict(reaching(problem))
    for operator in ("aten::lstm", "aten::_cudnn_rnn"):
        assert verification._judge(sources[operator], 0, first_failure_only=True).verdict is Kind.FORBIDDEN
    assert verification._judge(problem.solution, 0, first_failure_only=True).accepted
    mutant = next(each for each in mutants(problem.solution) if "h_BH @ w_hh.T" in each.change)
    assert not verification._judge(mutant.source, 0, first_failure_only=True).accepted


def test_what_is_drawn_once_for_many_answers_gives_the_same_verdicts(sandbox: Sandbox) -> None:
    lora = find_problem("lora")
    wrong = mistaken(lora.solution, read_mistakes(lora)[:1]) or ""

    def words(verification: Verification, source: str, seed: int) -> bytes:
        found = verification._judge(source, seed, first_failure_only=True)
        checks = tuple(msgspec.structs.replace(check, seconds=0.0) for check in found.checks)
        return msgspec.json.encode(msgspec.structs.replace(found, seconds=0.0, checks=checks))

    shared = Verification(lora, sandbox, seeds=1, minimise=False, progress=lambda stage: None)
    first, second, again = (words(shared, source, 3) for source in (wrong, lora.solution, wrong))
    alone = Verification(lora, sandbox, seeds=1, minimise=False, progress=lambda stage: None)
    assert second == words(alone, lora.solution, 3)
    assert first == again


def test_a_part_of_the_checks_is_asked_as_told(sandbox: Sandbox) -> None:
    problem = find_problem("mlp_backward")
    wrong = problem.solution.replace("return loss, (d_x_BI,", "return loss, (2 * d_x_BI,")
    answers = AnswerJudge(problem, sandbox)

    def failed(**how: Any) -> tuple[list[str], list[str]]:
        found = answers.judge(wrong, 0, **how)
        return [c.name for c in found.checks], [c.name for c in found.checks if c.outcome is Outcome.FAILED]

    every, caught = failed()
    few, _ = failed(extent=Extent.FEW)
    of_all, _ = failed(extent=Extent.FEW_OF_ALL)
    assert set(few) < set(of_all) == set(every)
    assert failed(checks=caught[1:3]) == (caught[1:3], caught[1:3])
    passing = [name for name in every if name not in caught]
    assert failed(checks=passing, first_failure_only=True)[1] == []
