"""Mutants: each operator changes what it says, and nothing else."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from judge.authoring.equivalents import read_equivalents
from judge.explain.edits.mutants import mutants
from problems import BrokenProblem, all_problems, find_problem
from problems.catalogue import read_problem


def changes(body: str) -> set[str]:
    """The changes that are made to the body of a function."""
    return {mutant.change for mutant in mutants(f"def f(x, y, mask, w):\n    {body}\n")}


@pytest.mark.parametrize(
    ("body", "change"),
    [
        ("return x * y", "x * y -> x"),
        ("return x * y", "x * y -> y"),
        ("return x * y", "x * y -> x * y * 2"),
        ("return x / y", "x / y -> x"),
        ("return x + y", "x + y -> x - y"),
        ("return x + y", "x + y -> y"),
        ("return x + y", "x + y -> x.add_(y)"),
        ("return x - y", "x - y -> x + y"),
        ("return x < y", "x < y -> x <= y"),
        ("return x >= y", "x >= y -> x > y"),
        ("return ~mask", "~mask -> mask"),
        ("return -x", "-x -> x"),
        ("return x.softmax(-1)", "-1 -> 0"),
        ("return x.softmax(-1)", "-1 -> -2"),
        ("return x.sum(dim=1)", "x.sum(dim=1) -> x.sum()"),
        ("return x.T", "x.T -> x"),
        ("return x.transpose(1, 2)", "x.transpose(1, 2) -> x"),
        ("return x[1:]", "1: -> :"),
        ("return x[:y]", ":y -> :y - 1"),
        ("return f(x, y)", "f(x, y) -> f(y, x)"),
        ("out_BT = x", "out_BT = x -> out_BT = x.detach()"),
        ("out_BT = x", "out_BT = x -> out_BT = x.float()"),
        ("return g(x, True)", "True -> False"),
        ("return x if mask else y", "x if mask else y -> y"),
        ("if mask: x = y", "if mask: x = y -> pass"),
        ("x += y", "x += y -> x = y"),
        ("return x and y", "x and y -> x or y"),
        ("return x + 1e-5", "1e-05 -> 0.01"),
        ("return x * 0.5", "0.5 -> 1.0"),
        ("out: Tensor = x", "out: Tensor = x -> out: Tensor = x.detach()"),
        ("out_BT = x", "out_BT = x -> what the first call of this shape had"),
        ("return x.masked_fill(~mask, 0.0)", "x.masked_fill(~mask, 0.0) -> x.masked_fill_(~mask, 0.0)"),
        ("return x.masked_fill(mask, 0.0)", "x.masked_fill(mask, 0.0) -> x.masked_fill(~mask, 0.0)"),
        ("return torch.where(mask, x, y)", "torch.where(mask, x, y) -> torch.where(~mask, x, y)"),
        ("return list(range(1, x))", "range(1, x) -> range(1, x - 1)"),
    ],
)
def test_an_operator_makes_its_change(body: str, change: str) -> None:
    assert change in changes(body)


def test_a_mutant_that_keeps_state_gives_the_first_result_of_a_shape_again() -> None:
    source = "def f(x):\n    y_B = x\n    return y_B\n"
    (mutant,) = [each for each in mutants(source) if "first call" in each.change]
    names: dict[str, Any] = {}
    exec(mutant.source, names)
    assert names["f"](np.array([1.0, 2.0])).tolist() == [1.0, 2.0]
    assert names["f"](np.array([3.0, 4.0])).tolist() == [1.0, 2.0]
    assert names["f"](np.array([5.0])).tolist() == [5.0]


def test_what_makes_no_difference_is_not_changed() -> None:
    assert not any("max(y, x)" in change for change in changes("return max(x, y)"))
    assert "f(x, y) -> f(y, x)" in changes("return f(x, y)")


def test_texts_annotations_and_exceptions_are_left_alone() -> None:
    source = '''
import torch
def f(x: int = 1) -> "tuple[int, 2]":
    """One plus 1."""
    if x < 1:
        raise ValueError(f"at least {1 + 1}")
    return x
'''
    found = {mutant.change for mutant in mutants(source)}
    assert found == {"if x < 1: raise ValueError(f'at least {1 + 1}') -> pass", "x < 1 -> x <= 1", "1 -> 2", "1 -> 0"}


def test_where_no_gradient_is_recorded_none_is_cut() -> None:
    source = "import torch\n@torch.no_grad()\ndef f(x):\n    y_BT = x\n"
    found = {mutant.change for mutant in mutants(source)}
    assert "y_BT = x -> y_BT = x.float()" in found
    assert not any("detach" in change for change in found)
    plain = "def f(x):\n    y_BT = x\n"
    assert [mutant.change for mutant in mutants(plain, gradients=False)] == [
        "y_BT = x -> y_BT = x.float()",
        "y_BT = x -> what the first call of this shape had",
    ]


PLAIN = {
    "kept.append(x)": {"kept.append(x) -> pass"},
    "kept = []": {"kept = [] -> what the first call made here"},
    "kept = set()": {"kept = set() -> what the first call made here"},
    "kept = [x]": set(),
    "kept: dict[str, int] = {}": {"kept: dict[str, int] = {} -> what the first call made here"},
    "x += y": {"x += y -> x = y", "x += y -> x -= y"},
    "return x is None": {"x is None -> x is not None"},
    "return x in y": {"x in y -> x not in y"},
    "return list(x)": {"list(x) -> x"},
    "return x.copy()": {"x.copy() -> x"},
    "return min(x, y)": {"min(x, y) -> max(x, y)"},
    "return sorted(x, key=lambda each: (each.a, each.b))": {
        "sorted(x, key=lambda each: (each.a, each.b)) -> sorted(x)",
        "lambda each: (each.a, each.b) -> lambda each: (each.b,)",
        "lambda each: (each.a, each.b) -> lambda each: (each.a,)",
    },
    "return [each for each in x if each]": {"for each in x if each -> for each in x"},
    "return x ** y": {"x ** y -> x"},
    "return x + y": {"x + y -> x", "x + y -> y", "x + y -> x - y"},
    "y_BT = x": set(),
    "return x[y:]": {"y: -> :", "y: -> y + 1:"},
}


@pytest.mark.parametrize("body", PLAIN)
def test_what_is_changed_in_plain_python(body: str) -> None:
    found = mutants(f"def f(x, y):\n    {body}\n", plain=True)
    assert {mutant.change for mutant in found} == PLAIN[body]


def test_a_container_that_is_kept_holds_what_the_first_call_left_in_it() -> None:
    source = "def f(x):\n    kept = []\n    kept.append(x)\n    return kept\n"
    (mutant,) = [each for each in mutants(source, plain=True) if "first call" in each.change]
    names: dict[str, Any] = {}
    exec(mutant.source, names)
    assert (names["f"](1), names["f"](2)) == ([1, 2], [1, 2])


def test_masks_positions_and_devices_are_left_alone() -> None:
    source = "import torch\ndef f(x):\n    at_T = torch.arange(x, device=x.device)\n    mask_T = at_T < x\n"
    assert {mutant.change for mutant in mutants(source)} == {
        "torch.arange(x, device=x.device) -> torch.arange(x - 1, device=x.device)",
        "at_T < x -> at_T <= x",
    }


@pytest.mark.parametrize(
    ("body", "change"),
    [
        ("return x + y", "x + y -> x.__iadd__(y)"),
        ("out_BT = x", "out_BT = x -> out_BT = x.astype('float32')"),
        ("out: np.ndarray = x", "out: np.ndarray = x -> out: np.ndarray = x.astype('float32')"),
        ("return np.tanh(x)", "np.tanh(x) -> x"),
        ("return np.maximum(x, 0)", "np.maximum(x, 0) -> x"),
        ("return x.reshape(y, -1)", "x.reshape(y, -1) -> x"),
        ("return x[:, y]", "x[:, y] -> x[:, y - 1]"),
        ("return x[y]", "x[y] -> x[y - 1]"),
        ("return [w[0] for y in reversed(x)]", "reversed(x) -> x"),
    ],
)
def test_a_file_in_numpy_has_changes_of_its_own(body: str, change: str) -> None:
    own = {each.change for each in mutants(f"import numpy as np\ndef f(x, y, mask, w):\n    {body}\n")}
    assert change in own
    assert change not in changes(body)
    assert not any(word in each for each in own for word in ("detach", ".float()", "add_("))


@pytest.mark.parametrize("slug", [problem.slug for problem in all_problems()])
def test_every_mutant_of_a_reference_is_another_program_that_compiles(slug: str) -> None:
    problem = find_problem(slug)
    source = problem.solution
    every = mutants(source, plain=problem.plain)
    assert len(every) >= 30
    assert len({mutant.source for mutant in every}) == len(every)
    plain = ast.unparse(ast.parse(source))
    for mutant in every:
        assert mutant.source != plain
        compile(mutant.source, "mutant", "exec")
        assert 1 <= mutant.line <= len(source.splitlines())


def test_a_mark_needs_a_mutant_and_a_reason(tmp_path: Path) -> None:
    lstm = find_problem("lstm")
    folder = Path(shutil.copytree(lstm.folder, tmp_path / "lstm"))
    problem, every = read_problem(folder, lstm.reference), mutants(lstm.solution)
    entry = '[[equivalent]]\nline = "{}"\nchange = "{}"\nreason = "{}"\n'
    line, change = "i_BH = torch.sigmoid(i_BH)", "i_BH = torch.sigmoid(i_BH) -> i_BH = torch.sigmoid(i_BH).float()"
    path = folder / "mutants.toml"
    path.write_text(entry.format(line, change, "it is only an example of a reason"))
    assert read_equivalents(problem, every).faults == ()
    (reason,) = read_equivalents(problem, every).reasons.values()
    assert reason == "it is only an example of a reason"
    path.write_text(entry.format(line, change, "because"))
    (fault,) = read_equivalents(problem, every).faults
    assert "no reason that says anything" in fault
    path.write_text(entry.format(line, "something else", "it is only an example of a reason"))
    assert read_equivalents(problem, every).reasons == {}
    (fault,) = read_equivalents(problem, every).faults
    assert "no mutant of 'i_BH = torch" in fault
    path.write_text(entry.format(line, change, "because") + entry.format(line, "something else", "because"))
    first, second, third = read_equivalents(problem, every).faults
    assert ("line 1: " in first, "line 5: " in second, "line 5: no mutant" in third) == (True, True, True)
    path.write_text("[[equal]]\n")
    with pytest.raises(BrokenProblem, match=r"mutants\.toml"):
        read_equivalents(problem, every)
