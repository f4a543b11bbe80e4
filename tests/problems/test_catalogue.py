"""The catalogue is found by reading TOML, forgives spelling, and says which file is broken."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from judge.cases import load_checks
from judge.oracle import load_module
from judge.program import signature_parameters
from problems import BrokenProblem, Problem, UnknownProblem, all_problems, find_problem
from problems.catalogue import read_problem
from problems.checks import Check
from problems.frameworks import BUILT_IN

FIRST = {"kv_cache", "lora", "lstm", "multi_head_attention", "sampling"}
every_problem = pytest.mark.parametrize("problem", all_problems(), ids=lambda problem: problem.slug)


def test_the_catalogue_holds_the_five_problems_and_more_in_order() -> None:
    slugs = [problem.slug for problem in all_problems()]
    assert set(slugs) > FIRST
    assert slugs == sorted(set(slugs))


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("multi_head_attention", "multi_head_attention"),
        ("attention", "multi_head_attention"),
        ("mha", "multi_head_attention"),
        ("MHA", "multi_head_attention"),
        ("Multi-Head-Attention", "multi_head_attention"),
        ("cached_attention", "kv_cache"),
        ("kv-cache", "kv_cache"),
        ("top_k_top_p", "sampling"),
        ("LSTM", "lstm"),
        ("lora", "lora"),
    ],
)
def test_a_problem_is_found_by_name_and_alias_whatever_case_and_hyphens(name: str, slug: str) -> None:
    assert find_problem(name).slug == slug


@pytest.mark.parametrize(("name", "close"), [("atention", "attention"), ("lstmm", "lstm"), ("samplin", "sampling")])
def test_an_unknown_name_comes_with_suggestions(name: str, close: str) -> None:
    with pytest.raises(UnknownProblem) as caught:
        find_problem(name)
    assert close in caught.value.close
    assert f"There is no problem called {name!r}. Did you mean {caught.value.close[0]}" in str(caught.value)
    assert caught.value.name == name


def test_a_name_like_none_comes_without() -> None:
    with pytest.raises(UnknownProblem) as caught:
        find_problem("zebra crossing")
    assert caught.value.close == ()
    assert "Did you mean" not in str(caught.value)
    assert "`judge list`" in str(caught.value)


RIGHT = """
title = "A"
difficulty = "easy"
topics = []
minutes = 5
frameworks = ["torch"]
[[entry]]
kind = "function"
name = "f"
signature = "(x)"
"""


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (None, "can't be read"),
        ("title = ", ""),
        (b"title = '\xff'", ""),
        (RIGHT.replace('title = "A"', ""), "title"),
        (RIGHT.replace('"easy"', '"trivial"'), "difficulty"),
        (RIGHT.replace("minutes = 5", 'minutes = "5"'), "minutes"),
        (RIGHT + "colour = 1\n", "colour"),
        ("colour = 1\n" + RIGHT, "colour"),
    ],
)
def test_a_broken_problem_is_named_with_its_file(tmp_path: Path, text: str | bytes | None, what: str) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    if text is not None:
        (folder / "problem.toml").write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(BrokenProblem) as caught:
        read_problem(folder, tmp_path / "mine.py")
    assert str(folder / "problem.toml") in str(caught.value)
    assert what in str(caught.value)


def test_a_right_problem_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "problem.toml").write_text(RIGHT)
    problem = read_problem(folder, tmp_path / "mine.py")
    assert (problem.slug, problem.folder, problem.reference) == ("mine", folder, tmp_path / "mine.py")
    assert problem.limits.call_seconds == 10.0
    assert problem.limits.run_seconds == 60.0
    assert problem.limits.memory_mib == 2048
    assert problem.limits.output_kib == 1024


def test_reading_the_catalogue_imports_nothing_heavy() -> None:
    code = (
        "import sys; from problems import all_problems; all_problems();"
        "print([name for name in ('torch', 'numpy', 'hypothesis') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


# each problem of the catalogue


@every_problem
def test_a_problem_has_its_texts(problem: Problem) -> None:
    assert problem.title
    assert problem.topics
    assert 0 < problem.minutes <= 60
    assert len(problem.statement) > 300
    assert len(problem.hints) == 3
    assert all(len(hint) > 40 for hint in problem.hints)
    assert set(problem.frameworks) <= {each.name for each in BUILT_IN}
    assert problem.solution == problem.reference.read_text(encoding="utf-8")


@every_problem
def test_a_problem_has_a_starter_for_each_framework_that_names_its_entry_points(problem: Problem) -> None:
    for framework in problem.frameworks:
        tree = ast.parse(problem.starter(framework))
        defined = {node.name: node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
        for entry in problem.entry:
            node = defined[entry.name]
            assert isinstance(node, ast.ClassDef) == (entry.kind != "function")
            if isinstance(node, ast.FunctionDef):
                assert written(node) == signature_parameters(entry.signature)
            else:
                methods = {part.name: part for part in node.body if isinstance(part, ast.FunctionDef)}
                assert written(methods["__init__"])[1:] == signature_parameters(entry.signature)
                for name, signature in entry.methods.items():
                    assert written(methods[name])[1:] == signature_parameters(signature)


def written(node: ast.FunctionDef) -> list[tuple[str, bool]]:
    required = len(node.args.args) - len(node.args.defaults)
    return [(argument.arg, place < required) for place, argument in enumerate(node.args.args)]


@every_problem
def test_a_problem_has_at_least_three_accepted_answers(problem: Problem) -> None:
    files = sorted((problem.folder / "accepted").glob("*.py"))
    assert len([file for file in files if not file.name.startswith("numpy_")]) >= 3
    if {"torch", "numpy"} <= set(problem.frameworks):
        assert len([file for file in files if file.name.startswith("numpy_")]) >= 2
    for file in files:
        ast.parse(file.read_text(encoding="utf-8"))


@every_problem
def test_the_signatures_that_are_asked_for_are_those_of_the_reference(problem: Problem) -> None:
    names = vars(load_module(problem.reference, f"_signatures_{problem.slug}"))
    for entry in problem.entry:
        found = names[entry.name]
        assert real(found) == asked(entry.signature)
        for name, signature in entry.methods.items():
            method = getattr(found, name)
            assert real(method)[1:] == asked(signature)


def real(function: Any) -> list[tuple[str, Any]]:
    return [(name, parameter.default) for name, parameter in inspect.signature(function).parameters.items()]


def asked(signature: str) -> list[tuple[str, Any]]:
    names: dict[str, Any] = {}
    exec(f"def f{signature}: ...", names)
    return real(names["f"])


@every_problem
def test_the_entry_points_are_told_in_the_statement(problem: Problem) -> None:
    for entry in problem.entry:
        assert entry.name in problem.statement
        assert all(method in problem.statement for method in entry.methods if method != "forward")


@every_problem
def test_the_checks_are_named_apart_and_begin_with_the_shape(problem: Problem) -> None:
    checks = load_checks(problem)
    names = [check.name for check in checks]
    assert len(set(names)) == len(names)
    assert names[0] == ("types" if problem.plain else "shape-and-dtype")
    assert [check.gate for check in checks] == [True] + [False] * (len(checks) - 1)
    for check in checks:
        assert isinstance(check, Check)
        assert check.sentence.endswith(".")
        assert check.name == check.name.lower()
        assert " " not in check.name


@every_problem
def test_the_packages_and_names_that_are_forbidden_are_not_the_framework_as_a_whole(problem: Problem) -> None:
    assert not {"torch", "numpy"} & set(problem.forbidden.packages)
    assert all("." in name for name in problem.forbidden.names)
    assert all("::" in name for name in problem.forbidden.operators)
