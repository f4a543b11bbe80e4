"""Wrong answers together in one run: those that are wrong are found, right ones are not taken for wrong, and none can spoil another."""

from __future__ import annotations

import msgspec
import pytest

from judge.authoring.selection import MOST_CASE_SETS, CaseSets, Selection
from judge.authoring.shared_run import SharedRun
from judge.cases import CaseSet
from judge.isolation import Sandbox
from judge.judging import KIND_ONLY, Failure, judge_trial
from judge.running import Fault
from judge.settings import Configuration
from judge.source import submission_of
from judge.verdict import Kind
from problems import find_problem
from problems.frameworks import NUMPY
from problems.mistakes import mistaken, read_mistakes
from tests.judge.judging import trial_of

PROBLEM = find_problem("mlp_backward")
RIGHT = PROBLEM.solution
ENDLESS = RIGHT.replace("    z_BH = x @ w1 + b1\n", "    while True:\n        pass\n")
MISTAKEN = [mistaken(RIGHT, [mistake]) or "" for mistake in read_mistakes(PROBLEM)]


@pytest.fixture(scope="module")
def case_set() -> CaseSet:
    return CaseSet(PROBLEM, NUMPY, 1, kept=True)


def rejected(sandbox: Sandbox, case_set: CaseSet, *sources: str, selection: Selection | None = None) -> frozenset[str]:
    shared_run = SharedRun(PROBLEM, sandbox, selection or Selection(), Configuration(call_seconds=0.5))
    return shared_run.rejected(sources, case_set)


def test_wrong_ones_are_rejected_and_right_ones_are_not(sandbox: Sandbox, case_set: CaseSet) -> None:
    accepted = [path.read_text() for path in sorted((PROBLEM.folder / "accepted").glob("*.py"))]
    assert len(accepted) >= 3
    found = rejected(sandbox, case_set, *MISTAKEN, RIGHT, *accepted)
    assert found <= frozenset(MISTAKEN)
    assert len(found) >= len(MISTAKEN) - 2  # what shows on few cases only is left to be judged alone


def test_one_that_does_not_load_or_lacks_what_is_asked_for_is_rejected(sandbox: Sandbox, case_set: CaseSet) -> None:
    unloadable, without = f"{RIGHT}\n1 / 0\n", RIGHT.replace("def mlp_backward", "def another")
    assert rejected(sandbox, case_set, unloadable, without, RIGHT) == {unloadable, without}


@pytest.mark.parametrize("ending", [ENDLESS, f"{RIGHT}\nimport os\nos._exit(3)\n"])
def test_one_that_ends_the_run_is_left_to_be_judged_alone(sandbox: Sandbox, case_set: CaseSet, ending: str) -> None:
    assert ending != RIGHT
    wrong = MISTAKEN[:3]
    assert rejected(sandbox, case_set, wrong[0], ending, *wrong[1:], RIGHT) == frozenset(wrong)


def test_where_one_spoils_the_others_nothing_counts(sandbox: Sandbox, case_set: CaseSet) -> None:
    spoiling = f"{RIGHT}\nnp.log = lambda x: x\n"
    assert rejected(sandbox, case_set, RIGHT.replace("* (z_BH > 0)", ""), spoiling, RIGHT) == frozenset()


def test_where_a_file_of_many_can_t_be_loaded_each_is_left_to_be_judged_alone(
    sandbox: Sandbox, case_set: CaseSet
) -> None:
    unnameable = msgspec.structs.replace(PROBLEM.entry[0], name="not a name")
    problem = msgspec.structs.replace(PROBLEM, entry=(unnameable,))
    shared_run = SharedRun(problem, sandbox, Selection(), Configuration(call_seconds=0.5))
    assert shared_run.rejected(MISTAKEN[:2], case_set) == frozenset()


def test_what_one_writes_into_its_inputs_is_not_seen_by_the_next(sandbox: Sandbox, case_set: CaseSet) -> None:
    writing = RIGHT.replace("    z_BH = x @ w1 + b1\n", "    w1 *= 2\n    z_BH = x @ w1 + b1\n")
    assert rejected(sandbox, case_set, writing, RIGHT) == {writing}


def test_state_that_one_keeps_is_its_own(sandbox: Sandbox, case_set: CaseSet) -> None:
    counting = RIGHT.replace(
        "    z_BH = x @ w1 + b1\n", "    calls.append(1)\n    z_BH = x @ w1 + b1 + 0 * len(calls)\n"
    )
    keeping = counting.replace("0 * len(calls)", "(len(calls) > 1)")
    both = [f"{source}\ncalls = []\n" for source in (counting, keeping)]
    assert rejected(sandbox, case_set, *both) == {both[1]}


def test_what_showed_most_is_asked_first_after_the_gate(case_set: CaseSet) -> None:
    selection = Selection()
    names = [check.name for check in selection.few(case_set, 2).checks]
    assert names == [check.name for check in case_set.checks if not check.own_process and not check.timed]
    assert len(names) < len(case_set.checks)
    last, before = names[-1], names[-2]
    for case in (7, 7, 5, 5, 3):
        selection.note(1, last, case)
    selection.note(1, before, 4)
    selection.note(2, before, 9)  # another seed: another case
    few = selection.few(case_set, 2)
    assert [check.name for check in few.checks][:3] == [names[0], last, before]
    second = few.checks[1]
    assert [few.number(second, place) for place in (0, 1)] == [5, 7]
    assert few.prepare(second).cases == [case_set.prepare(second).cases[number] for number in (5, 7)]
    third = few.checks[2]
    assert [few.number(third, place) for place in (0, 1)] == [0, 4]
    assert len(selection.few(case_set, 2, costly=True).checks) == len(case_set.checks)


def test_what_failed_among_a_few_cases_is_remembered_as_a_case_of_the_deck(sandbox: Sandbox, case_set: CaseSet) -> None:
    selection = Selection()
    agreement = next(check for check in case_set.checks if check.name == "agrees-with-reference")
    selection.note(1, agreement.name, 20)
    few = selection.few(case_set, 2)  # of the agreement, cases 0 and 20
    case = few.prepare(agreement).cases[1]
    failed = Failure(agreement, 1, case, [], Fault(kind=Kind.WRONG_ANSWER, sentence=""))
    selection.note_failure(few, failed)
    selection.note_failure(case_set, msgspec.structs.replace(failed, number=31))
    again = selection.few(case_set, 2)
    assert [again.number(agreement, place) for place in (0, 1)] == [20, 31]
    alone = next(check for check in case_set.checks if check.own_process)
    selection.note_failure(case_set, msgspec.structs.replace(failed, check=alone))
    assert alone not in selection.few(case_set, 2).checks


def test_what_is_right_is_computed_once_for_a_deck_and_its_few_cases(case_set: CaseSet) -> None:
    few = Selection().few(case_set, 3)
    check = few.checks[0]
    assert few.prepare(check).rights[2] is case_set.prepare(check).rights[2]
    assert few.reference is case_set.reference


@pytest.mark.parametrize("source", [RIGHT, MISTAKEN[0]])
def test_a_few_cases_are_judged_like_any_others(sandbox: Sandbox, case_set: CaseSet, source: str) -> None:
    submission = submission_of(source.encode(), "a.py", problem=PROBLEM, framework="numpy", stem="a")
    few = Selection().few(case_set, 4)
    judgement = judge_trial(trial_of(submission, sandbox, seed=1, case_set=few), KIND_ONLY, lambda text: None)
    assert judgement.verdict.accepted == (source == RIGHT)


def test_decks_are_kept_until_there_are_too_many() -> None:
    case_sets = CaseSets(PROBLEM)
    first = case_sets.case_set(NUMPY, 0)
    for seed in range(1, MOST_CASE_SETS):
        case_sets.case_set(NUMPY, seed)
    assert case_sets.case_set(NUMPY, 0) is first
    second = case_sets.case_set(NUMPY, 1)
    case_sets.case_set(NUMPY, MOST_CASE_SETS)
    assert case_sets.case_set(NUMPY, 1) is second
    assert case_sets.case_set(NUMPY, 0) is first
    assert case_sets.case_set(NUMPY, 2) is not None
