"""Which process carries out which check, and what becomes of a solution that behaves differently in the second one."""

import msgspec
import pytest

from judge.cases import CaseSet, load_checks
from judge.judging import Plan, Trial, judge_trial
from judge.running import shared_out
from judge.source import submission_of
from judge.verdict import Kind, Outcome, Verdict
from problems import all_problems, find_problem
from problems.checks import Check
from problems.frameworks import NUMPY
from sandbox import Door
from tests.judge.judging import trial_of

PROBLEM = find_problem("rnn")


@pytest.fixture(scope="module")
def case_set() -> CaseSet:
    return CaseSet(PROBLEM, NUMPY, 3, kept=True)


def judged(source: str, sandbox, case_set: CaseSet) -> Verdict:
    submission = submission_of(source.encode(), "rnn.py", problem="rnn", framework="numpy", stem="rnn")
    trial = trial_of(submission, sandbox, seed=3, case_set=case_set)
    return judge_trial(trial, Plan(minimise=False), lambda text: None).verdict


def right(addition: str = "") -> str:
    """A right answer, with something more behind it that may use it as `right`."""
    source = (PROBLEM.folder / "accepted" / "numpy_loop.py").read_text()
    return f"{source}\nright = rnn\n{addition}"


@pytest.mark.parametrize("one_process", [True, False])
@pytest.mark.parametrize("slug", [problem.slug for problem in all_problems()])
def test_each_check_is_carried_out_once_or_half_and_half_and_what_must_be_alone_is(slug: str, one_process: bool):
    checks = list(load_checks(find_problem(slug)))
    queues = shared_out(checks, one_process=one_process)
    for check in checks:
        places = [place for place, queue in enumerate(queues) if check in queue]
        if check.own_process:
            assert len(places) == 1
            assert places[0] > 0
            assert queues[places[0]][0] is check, "what asks for a process of its own is the first in it"
        else:
            assert places == ([0] if one_process or check.gate or check.timed else [0, 1])
    for queue in queues:
        order = [checks.index(check) for check in queue if not check.own_process]
        assert order == sorted(order)
    if one_process:
        assert all(len(queue) == 1 for queue in queues[1:])


def test_one_process_is_enough_where_nothing_asks_for_more():
    checks = [msgspec.structs.replace(check, own_process=False, gate=True) for check in load_checks(PROBLEM)]
    assert shared_out(checks, one_process=False) == [checks]


DIES = """
CALLS = 0

def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    global CALLS
    CALLS += 1
    if CALLS > {calls}:
        print("that was call", CALLS, flush=True)
        raise SystemExit(3)
    return right(x, w_ih, w_hh, b_ih, b_hh, h0)
"""


@pytest.mark.parametrize("calls", [3, 40, 150])
def test_first_failure_in_the_order_of_the_checks_decides_wherever_it_happened(calls: int, sandbox, case_set: CaseSet):
    found = judged(right(DIES.replace("{calls}", str(calls))), sandbox, case_set)
    assert found.verdict is Kind.RUNTIME_ERROR
    names = [check.name for check in found.checks]
    assert names == [check.name for check in case_set.checks]
    outcomes = [check.outcome for check in found.checks]
    place = outcomes.index(Outcome.FAILED)
    assert all(outcome is Outcome.PASSED for outcome in outcomes[:place])
    assert f"that was call {calls + 1}" in found.output, "what was printed in the process that failed is shown"


def test_verdict_is_the_same_every_time_for_a_solution_that_counts_its_calls(sandbox, case_set: CaseSet):
    def lasting() -> list[tuple[str, str]]:
        found = judged(right(DIES.replace("{calls}", "150")), sandbox, case_set)
        return [(check.name, check.outcome.value) for check in found.checks]

    assert lasting() == lasting()


class Spoiled:
    """A door behind which another file is loaded."""

    def __init__(self, door, source: str) -> None:
        self._door = door
        self._source = source

    def post_load(self, spec):
        self._door.post_load(spec | {"source": self._source})

    def __getattr__(self, name: str):
        return getattr(self._door, name)


class SecondSpoiled:
    """A sandbox whose second process loads another file."""

    def __init__(self, sandbox, source: str) -> None:
        self._sandbox = sandbox
        self._source = source
        self.opened: list = []

    def open(self, *arguments):
        door = self._sandbox.open(*arguments)
        self.opened.append(door)
        return Spoiled(door, self._source) if len(self.opened) == 2 else door

    def __getattr__(self, name: str):
        return getattr(self._sandbox, name)


def test_a_file_that_loads_only_once_is_told_so(sandbox, case_set: CaseSet):
    spoiled = SecondSpoiled(sandbox, "raise ValueError('once is enough')")
    found = judged(right(), spoiled, case_set)
    failed = found.failed()
    assert failed is not None
    assert found.verdict is Kind.LOAD_ERROR
    assert found.headline.startswith("loaded a second time, your file fails: ")
    assert "once is enough" in found.headline
    assert failed.name == shared_out(case_set.checks, one_process=False)[1][1].name, (
        "the first check that both processes share"
    )
    assert all(door.end is not None or door._exit is not None for door in spoiled.opened), "no process is left"


def test_no_process_is_left_where_the_judge_itself_fails(sandbox, case_set: CaseSet, monkeypatch):
    kept = SecondSpoiled(sandbox, right())

    def broken(trial, told):
        if len(kept.opened) > 1:
            raise RuntimeError("the judge is broken")
        return

    monkeypatch.setattr(Trial, "examine", broken)
    with pytest.raises(RuntimeError, match="the judge is broken"):
        judged(right(), kept, case_set)
    assert len(kept.opened) == 2
    assert all(door._exit is not None for door in kept.opened)


class MeasuredEarly(CaseSet):
    """The same checks; what is measured stands among the first."""

    @property
    def checks(self) -> list[Check]:
        timed = [check for check in super().checks if check.timed]
        others = [check for check in super().checks if not check.timed]
        return [*others[:2], *timed, *others[2:]]


def test_other_processes_rest_while_a_cost_is_measured(sandbox, monkeypatch: pytest.MonkeyPatch):
    """They are asked several checks ahead; all of that must have come back."""
    doors = SecondSpoiled(sandbox, right())
    under_way: list[int] = []
    measure = Door.measure

    def watched(door: Door, steps):
        under_way.append(sum(len(each._posted) for each in doors.opened))
        return measure(door, steps)

    monkeypatch.setattr(Door, "measure", watched)
    assert judged(right(), doors, MeasuredEarly(PROBLEM, NUMPY, 3, kept=True)).accepted
    assert under_way
    assert set(under_way) == {0}
