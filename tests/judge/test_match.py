"""Two answers of one program are told from two of different ones: exact ones but for rounding, drawn ones by their distribution."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from judge.cases import load_checks
from judge.explain.evidence import Evidence, Exhibit
from judge.explain.match import alike, same_answer
from judge.explain.suspects import Match, Suspect
from judge.oracle import Expected, Reference
from problems import find_problem
from problems.asks import Answer, Call, Construct, Failure, Handle, Program, Put
from problems.cases import Case
from problems.mistakes import mistaken, read_mistakes
from problems.sampling.calls import settled

GENERATOR = torch.Generator().manual_seed(1)
X = torch.randn(3, 4, generator=GENERATOR)


def double(x: torch.Tensor) -> torch.Tensor:
    return x * 2


def writes(x: torch.Tensor) -> torch.Tensor:
    return x.mul_(2)


STEP = Call(target="double", args=(X,))
EXPECTED = Expected(Reference({"double": double}, tolerant=True), [STEP], 0)


def same(mine: Any, own: Any) -> bool:
    return same_answer(Answer(value=mine), Answer(value=own), EXPECTED, 0, STEP, "float32")


def test_rounding_is_no_difference_and_more_than_rounding_is() -> None:
    assert same(X * 2, X * 2)
    assert same(X * 2 * (1 + 2e-7), X * 2)
    assert not same(X * 2.001, X * 2)
    assert not same(X * 3, X * 2)
    assert not same((X * 2).double(), X * 2)
    assert not same((X * 2)[:2], X * 2)
    assert not same((X * 2, X), (X * 2,))


def centred(x: torch.Tensor) -> torch.Tensor:
    return x - x.mean(-1, keepdim=True)


def test_two_styles_of_one_program_in_half_precision_are_alike_where_its_digits_are_few() -> None:
    x = torch.tensor([[64.0, 63.75]], dtype=torch.bfloat16)
    step = Call(target="centred", args=(x,))
    expected = Expected(Reference({"centred": centred}, tolerant=True), [step], 0)
    own = Answer(value=centred(x))  # its mean is rounded to 64
    for mine, right in ((x - 63.75, True), (centred(x.float()).bfloat16(), True), (x, False)):
        assert same_answer(Answer(value=mine), own, expected, 0, step, "bfloat16") == right


def test_an_exception_is_like_an_exception_only() -> None:
    failed = Answer(failure=Failure(type_name="KeyError", bases=("KeyError",), message=""))
    refused = Answer(failure=Failure(type_name="ValueError", bases=("ValueError",), message=""))
    may = Call(target="double", args=(X,), may_raise=True)
    assert same_answer(failed, refused, EXPECTED, 0, STEP, "float32")
    assert not same_answer(failed, refused, EXPECTED, 0, may, "float32")
    assert not same_answer(failed, Answer(value=X), EXPECTED, 0, STEP, "float32")


def dropped(share: float, *, rows: bool = False, scale: bool = True) -> torch.Tensor:
    """What dropout leaves of 4000 rows of ones: [4000, 2]."""
    kept = (torch.rand(4000, 1 if rows else 2, generator=GENERATOR) >= share).float().expand(4000, 2)
    return kept / (1 - share) if scale else kept


def test_samples_of_one_distribution_are_alike_and_of_others_not() -> None:
    assert alike(dropped(0.5), dropped(0.5))
    assert not alike(dropped(0.5), dropped(0.4))
    assert not alike(dropped(0.5), dropped(0.5, rows=True)), "each number comes as often: the rows tell"
    assert not alike(dropped(0.25), dropped(0.25, scale=False))
    normal = [torch.randn(4000, 3, generator=GENERATOR) for _ in range(2)]
    assert alike(*normal)
    assert not alike(normal[0], normal[1] * 1.5)
    assert not alike(normal[0], normal[1] + 0.2)
    tokens = [torch.randint(5, (4000,), generator=GENERATOR) for _ in range(2)]
    assert alike(*tokens)
    assert not alike(tokens[0], torch.randint(4, (4000,), generator=GENERATOR))


def test_few_draws_are_compared_by_shape_and_dtype_alone() -> None:
    assert alike(torch.tensor([1, 2]), torch.tensor([3, 3]))
    assert not alike(torch.tensor([1, 2]), torch.tensor([[1, 2]]))
    assert not alike(torch.tensor([1, 2]), torch.tensor([1.0, 2.0]))
    assert not alike((1, 2), torch.tensor([1, 2]))
    assert not alike(torch.tensor([1.0, 2.0]), torch.tensor([1.0, -torch.inf]))


def test_what_a_suspect_writes_into_its_input_stays_there() -> None:
    x = torch.ones(4)
    program: Program = [Call(target="writes", args=(x[:2],), echo=True), Call(target="double", args=(x,))]
    found = Reference({"double": double, "writes": writes}, tolerant=True).answers(program)
    assert torch.equal(x, torch.ones(4))
    assert found[0].echo[0][0].tolist() == [2, 2]
    assert found[1].value.tolist() == [4, 4, 2, 2], "the two share memory, as they do in the sandbox"


def test_a_suspect_is_asked_in_the_precision_that_was_asked() -> None:
    made = Construct(target="torch.nn.Linear", args=(2, 2), into="m", dtype="float32")
    program: Program = [made, Call(target="m", args=(torch.ones(1, 2),))]
    found = Reference({}, tolerant=True)
    assert found.answers(program)[1].value.dtype == torch.float32
    assert found.answers(program, torch.float64)[1].value.dtype == torch.float64


# where several answers are right


@pytest.mark.parametrize(
    ("logits", "options", "whether"),
    [
        ([[1.0, 2.0, 0.5]], {"top_k": 2}, True),
        ([[1.0, 2.0, 2.0]], {"top_k": 2}, False),
        ([[1.0, 2.0, 0.5]], {"top_p": 0.5}, True),
        ([[1.0, 1.0, 0.5]], {}, False),
        ([[0.0, 1.0], [1.0, 0.0]], {"top_p": float(torch.tensor([1.0, 0.0]).double().softmax(0)[0])}, False),
    ],
)
def test_ties_and_sums_at_the_border_settle_nothing(
    logits: list[list[float]], options: dict[str, Any], whether: bool
) -> None:
    given = torch.tensor(logits)
    assert settled([Call(target="filter_logits", args=(given,), kwargs=options)]) is whether
    held: Program = [Put(into="x", value=given), Call(target="filter_logits", args=(Handle("x"),), kwargs=options)]
    assert settled(held) is whether


def keeps_all_ties(logits: torch.Tensor, top_k: int) -> torch.Tensor:
    least = logits.sort(descending=True).values[..., top_k - 1 : top_k]
    return logits.masked_fill(logits < least, -torch.inf)


@pytest.mark.parametrize(
    ("logits", "mistake", "top_k", "expected"),
    [
        ([3.0, 2.0, 2.0, 1.0], "temperature-after-the-filters", 2, Match.FREE),  # the solution keeps both of 2.0
        ([3.0, 2.0, 2.5, 1.0], "top-k-keeps-one-more", 2, Match.OTHER),
        ([3.0, 2.0, 2.5, 1.0], "temperature-after-the-filters", 2, Match.SAME),
    ],
)
def test_where_several_answers_are_right_a_suspect_may_differ(
    logits: list[float], mistake: str, top_k: int, expected: Match
) -> None:
    problem = find_problem("sampling")
    check = next(each for each in load_checks(problem) if each.name == "top-k-keeps-the-right-set")
    given = torch.tensor(logits)
    options = {"dims": 1, "top_k": top_k, "top_p": None}
    case = Case(sizes={"B": 1, "V": 4}, options=options)
    program: Program = [Call(target="filter_logits", args=(given,), kwargs={"top_k": top_k, "top_p": None})]
    answers = {0: Answer(value=keeps_all_ties(given, top_k))}
    names: dict[str, Any] = {}
    exec(compile(problem.solution, "sampling", "exec"), names)
    right = Expected(Reference(names), program, case.seed)
    item = Exhibit(Evidence(check, case, program, answers, right, False), "tensor")
    edit = next(each for each in read_mistakes(problem) if each.id == mistake)
    source = mistaken(problem.solution, [edit])
    assert source is not None
    assert Suspect(source, problem).match(item) is expected
