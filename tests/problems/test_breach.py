"""What a finding shows to be broken: told by what was found, and by the kind of verdict where nothing more is known."""

from __future__ import annotations

import pytest
import torch

from judge.running import Fault
from problems.asks import SAME, Answer, Call, Failure, Handle, Program
from problems.cases import Case
from problems.checks import CaseAnswers
from problems.comparison import Layout
from problems.kinds import Breach, Kind
from problems.requirements import Agrees, Raises, SameWhenAskedAgain, Unchanged

CASE = Case(sizes={"B": 1})
RIGHT, WRONG = torch.tensor([1.0]), torch.tensor([2.0])
X = torch.tensor([0.5])
CALL = Call(target="f", args=(X,), arguments=("x",))


class Always:
    """The reference that gives 1."""

    def exact(self, step: int) -> Answer:
        return Answer(value=RIGHT.double())

    def single(self, step: int) -> Answer:
        return Answer(value=RIGHT)

    def rough(self, step: int, eps: float, runs: int) -> tuple[list[Answer], float]:
        return [Answer(value=RIGHT.double())] * runs, 1.0


def breach(requirement, program: Program, *answers: Answer) -> Breach | None:
    asked = CaseAnswers(case=CASE, program=program, answers=dict(enumerate(answers)), right=Always(), arrays="tensor")
    found = requirement.finding(asked)
    assert found is not None
    return found.breach


RESULT = Layout("result", "B")


def test_a_call_that_is_wrong_when_asked_again_shows_state() -> None:
    program = [CALL, CALL]
    assert breach(SameWhenAskedAgain(RESULT), program, Answer(value=RIGHT), Answer(value=WRONG)) is Breach.STATE_KEPT


def test_a_call_that_is_wrong_at_once_shows_values() -> None:
    program = [CALL, CALL]
    assert breach(SameWhenAskedAgain(RESULT), program, Answer(value=WRONG), Answer(value=WRONG)) is None


@pytest.mark.parametrize("requirement", [Agrees(RESULT), SameWhenAskedAgain(RESULT)])
def test_a_result_that_another_call_changed_shows_state(requirement) -> None:
    first = Call(target="f", args=(X,), arguments=("x",), into="first")
    program = [first, Call(target=SAME, args=(Handle("first"),), result=RESULT)]
    assert breach(requirement, program, Answer(value=RIGHT), Answer(value=WRONG)) is Breach.STATE_KEPT


def test_a_changed_input_and_a_missing_error_show_themselves() -> None:
    echo = Call(target="f", args=(X,), arguments=("x",), echo=True)
    assert breach(Unchanged(), [echo], Answer(value=RIGHT, echo=([WRONG], {}))) is Breach.INPUT_CHANGED
    may = Call(target="f", args=(X,), arguments=("x",), may_raise=True)
    assert breach(Raises(), [may], Answer(value=RIGHT)) is Breach.NO_ERROR
    other = Failure(type_name="KeyError", bases=("KeyError",), message="")
    assert breach(Raises(), [may], Answer(failure=other)) is Breach.NO_ERROR


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        (Kind.WRONG_ANSWER, Breach.VALUES),
        (Kind.WRONG_SHAPE, Breach.SHAPE),
        (Kind.RUNTIME_ERROR, Breach.EXCEPTION),
        (Kind.TIME_LIMIT, Breach.RESOURCES),
        (Kind.FORBIDDEN, Breach.RESOURCES),
    ],
)
def test_where_nothing_more_is_known_the_kind_says_it(kind: Kind, shown: Breach) -> None:
    assert Fault(kind=kind, sentence="").breach is shown
    assert Fault(kind=kind, sentence="", shows=Breach.STATE_KEPT).breach is Breach.STATE_KEPT


def test_what_tells_more_comes_first() -> None:
    assert [each.name for each in sorted(Breach)] == [
        "INPUT_CHANGED",
        "STATE_KEPT",
        "NOT_REGISTERED",
        "NO_ERROR",
        "RANDOM",
        "EXCEPTION",
        "SHAPE",
        "VALUES",
        "FREQUENCY",
        "RESOURCES",
    ]
