"""What checks and exceptions say of themselves: the exceptions are those that torch, NumPy and Python raise here."""

from __future__ import annotations

import ast
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

from judge.authoring.alike import edit_notes
from judge.explain.contracts import BROKEN, broken_contract, crash, lost_digits, wrong_draws
from judge.isolation import Sandbox
from judge.judging import judge_submission
from problems import find_problem
from problems.kinds import Breach
from problems.patterns import OF_FLOAT32
from tests.case_sets import case_set_for
from tests.judge.answers import FOLDER
from tests.judge.judging import read_submission

SIZES = {"B": 2, "T": 5, "S": 7, "D": 6}


def leaf() -> torch.Tensor:
    return torch.zeros(3, requires_grad=True)


CRASHES: list[tuple[str, Callable[[], object]]] = [
    ("view", lambda: torch.zeros(2, 3).T.view(6)),
    ("reshape", lambda: torch.zeros(2, 3).reshape(4, 2)),
    ("reshape", lambda: np.zeros((2, 3)).reshape(4, 2)),
    ("sizes", lambda: torch.zeros(5) + torch.zeros(7)),
    ("sizes", lambda: torch.zeros(2, 5) @ torch.zeros(7, 2)),
    ("sizes", lambda: np.zeros(5) + np.zeros(7)),
    ("sizes", lambda: np.zeros((2, 5)) @ np.zeros((7, 2))),
    ("dtype", lambda: torch.zeros(2, 3) @ torch.zeros(3, 2, dtype=torch.float64)),
    ("in-place", lambda: leaf().add_(1)),
    ("gradient", lambda: torch.zeros(1).sum().backward()),
    ("attribute", lambda: nn.Linear(1, 1).heads),
    ("none", lambda: None + 1),  # type: ignore[operator]
    ("index", lambda: [1, 2][len(SIZES)]),
    ("index", lambda: torch.zeros(3)[torch.tensor(5)]),
    ("index", lambda: np.zeros(3)[5]),
]


@pytest.mark.parametrize(("kind", "fails"), CRASHES)
def test_a_common_exception_is_known_for_what_it_is(kind: str, fails: Callable[[], object]) -> None:
    with pytest.raises((RuntimeError, ValueError, TypeError, AttributeError, IndexError)) as raised:
        fails()
    found = crash(f"{raised.type.__name__}: {raised.value}", SIZES)
    assert found is not None
    assert found.id == f"crash-{kind}"


@pytest.mark.parametrize(
    "message", ["ValueError: heads", "RuntimeError", "KeyError: 'weight'", "ZeroDivisionError: division by zero"]
)
def test_of_another_exception_nothing_is_said(message: str) -> None:
    assert crash(message, SIZES) is None


def test_the_sizes_in_a_message_get_their_letters() -> None:
    found = crash("The size of tensor a (5) must match the size of tensor b (7) at non-singleton dimension 3", SIZES)
    assert found is not None
    assert found.fact == "Of the sizes in the message 5 is T, 7 is S."
    found = crash("shape '[2, 30]' is invalid for input of size 84", SIZES)
    assert found is not None
    assert "30 is D x T" in found.fact
    twice = crash("The size of tensor a (5) must match the size of tensor b (7)", {"T": 5, "S": 5})
    assert twice is not None
    assert twice.fact == ""


def test_a_contract_names_the_lines_that_can_break_it() -> None:
    tree = ast.parse("SEEN = {}\n\ndef f(x, y):\n    SEEN[0] = y\n    x.mul_(2)\n    y = y + 1\n    return y\n")
    changed, kept = broken_contract(Breach.INPUT_CHANGED, tree), broken_contract(Breach.STATE_KEPT, tree)
    assert changed is not None
    assert kept is not None
    assert (changed.id, changed.lines) == ("input-changed", (5,))
    assert (kept.id, kept.lines) == ("state-kept", (4,))
    many = ast.parse("def f(x):\n    x += 1\n    x -= 1\n    x *= 1\n")
    found = broken_contract(Breach.INPUT_CHANGED, many)
    assert found is not None
    assert found.lines == ()
    assert broken_contract(Breach.VALUES, tree) is None
    assert Breach.VALUES not in BROKEN


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("for row in x:\n        row -= 1", (3,)),
        ("flat = np.moveaxis(x, 0, 1).reshape(-1)\n    flat[0] = 1", (3,)),
        ("for n, (a, b) in enumerate(zip(x, y)):\n        b.append(n)", (3,)),
        ("a = x if y is None else y\n    a.mul_(2)", (3,)),
        ("a = x.copy()\n    a[0] = 1", ()),
        ("a = x + 1\n    a[0] = 1", ()),
    ],
)
def test_an_input_is_changed_under_another_name(body: str, lines: tuple[int, ...]) -> None:
    found = broken_contract(Breach.INPUT_CHANGED, ast.parse(f"def f(x, y=None):\n    {body}\n    return x\n"))
    assert found is not None
    assert found.lines == lines


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("return torch.multinomial(p, 1, generator=g)", (2,)),
        ("g = torch.Generator().manual_seed(0)\n    return torch.multinomial(p, 1, generator=g)", (2, 3)),
        ("u = torch.rand(1)\n    return p + torch.empty(3).exponential_(generator=g), u", (3, 2)),
        ("return p.argmax(-1)", ()),
        ("a = rand()\n    b = rand()\n    c = rand()\n    d = rand()\n    return rand()", ()),
    ],
)
def test_lines_that_draw_are_named(body: str, lines: tuple[int, ...]) -> None:
    assert wrong_draws(ast.parse(f"def f(p, g):\n    {body}\n")).lines == lines


def test_draws_that_come_too_often_are_explained(sandbox: Sandbox) -> None:
    submission = read_submission(FOLDER / "sampling/wrong/fixed_seed.py", problem="sampling")
    said = judge_submission(submission, seed=1, sandbox=sandbox, case_set=case_set_for(submission, 1)).diagnosis
    assert said is not None
    assert (said.mistake, said.source, said.lines[0]) == ("check:draws", "check", 40)


@pytest.mark.parametrize(
    ("made", "later", "lines"),
    [
        ("self.base = base", "self.base.weight = nn.Parameter(self.base.weight + 1)", (5,)),
        ("self.base = base", "self.w.requires_grad_(False)", (5,)),
        ("base.requires_grad = False", "self.n = 1", (3,)),
        ("self.base = base", "return x", (3,)),
        ("pass", "return x", ()),
    ],
)
def test_lines_that_decide_what_is_trained(made: str, later: str, lines: tuple[int, ...]) -> None:
    tree = ast.parse(
        f"class M(nn.Module):\n    def __init__(self, base):\n        {made}\n    def forward(self, x):\n        {later}\n"
    )
    found = broken_contract(Breach.NOT_REGISTERED, tree)
    assert found is not None
    assert found.lines == lines


def test_digits_of_float32_are_told_with_the_lines_that_name_it() -> None:
    fact = f"{OF_FLOAT32}, while the inputs are float64: somewhere on the way it is float32"
    source = (
        '"""float32 in words."""\nimport torch\n\ndef f(x):\n    y = x.float()\n    return y.double() * torch.ones(3)\n'
    )
    found = lost_digits([fact], ast.parse(source))
    assert found is not None
    assert (found.id, found.lines) == ("digits", (5,))
    name = source.replace("x.float()", "x.shape[0] // 2").replace("y = ", "half = ").replace("y.double", "x.double")
    only_a_name = lost_digits([fact], ast.parse(name))
    assert only_a_name is not None
    assert (only_a_name.lines, only_a_name.leads) == ((6,), False)
    untold = lost_digits([fact], ast.parse(source.replace("x.float()", "x")))
    assert untold is not None
    assert untold.lines == (6,)
    assert lost_digits(["yours / expected = 2 everywhere"], ast.parse(source)) is None


@pytest.mark.parametrize(
    ("slug", "name", "seed", "mistake", "line"),
    [
        ("autograd", "float32_inside", 0, "check:digits", 13),
        ("beam_search", "as_a_generator", 0, "check:generator", 29),
    ],
)
def test_what_a_check_shows_is_explained(
    slug: str, name: str, seed: int, mistake: str, line: int, sandbox: Sandbox
) -> None:
    submission = read_submission(FOLDER / slug / "wrong" / f"{name}.py", problem=slug)
    said = judge_submission(submission, seed=seed, sandbox=sandbox, case_set=case_set_for(submission, seed)).diagnosis
    assert said is not None
    assert (said.mistake, said.lines[:1]) == (mistake, (line,))


@pytest.mark.parametrize("seed", [0, 3])
def test_what_is_wrong_beside_a_broken_contract_is_found_as_well(seed: int, sandbox: Sandbox) -> None:
    name = "mlp_backward/wrong/several_kink_open_bias_averaged_and_negative_targets.py"
    submission = read_submission(FOLDER / name, problem="mlp_backward")
    said = judge_submission(submission, seed=seed, sandbox=sandbox, case_set=case_set_for(submission, seed)).diagnosis
    assert said is not None
    assert said.mistake is not None
    assert said.mistake.split("+")[0] == "check:no-error"
    assert said.lines[0] in (13, 30, 31)
    assert len(said.mistake.split("+")) == len(said.title.split("; "))


def test_edits_that_no_case_tells_apart_are_named() -> None:
    notes = list(edit_notes(find_problem("lstm")))
    assert all(note.good for note in notes)
    assert notes[0].text.endswith("edits of the reference can explain a wrong answer")
    assert len(notes) <= 2
