"""How what is forbidden is found among torch's names and files, and what is left of a function's source."""

from __future__ import annotations

import ast
import fnmatch
import json
import subprocess
import sys
import types
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.guest.exchange import exchange_body
from sandbox.guest.forbidden import Forbidden, _emptied, _fitting, _unloaded
from sandbox.guest.offences import EVERYWHERE, RULE, ForbiddenFunction, read, refusal

LETTERS = st.text("ab.*", max_size=6)
ROOT = Path(__file__).resolve().parents[2]


@given(st.lists(st.text("ab.", max_size=6), unique=True), LETTERS)
def test_a_pattern_fits_the_names_that_fnmatch_says(names: list[str], pattern: str) -> None:
    assert sorted(_fitting(names, pattern)) == sorted(fnmatch.filter(names, pattern))


def test_a_module_that_is_there_and_not_loaded_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "json.tool", raising=False)
    folder = json.__file__.removesuffix("__init__.py")
    assert list(_unloaded("json.tool.main")) == [(f"{folder}tool.py", "json.tool")]
    assert list(_unloaded("json.decoder.JSONDecoder")) == []
    assert list(_unloaded("json.nowhere.at_all")) == []
    assert list(_unloaded("nowhere.at.all")) == []


def test_a_function_keeps_its_head_and_loses_its_body() -> None:
    source = '@decorated(\n    1\n)\ndef f(x: int,\n      y: int) -> int:\n    """Adds."""\n    return (\n        x + y\n    )\n'
    lines = source.splitlines(keepends=True)
    left = _emptied(lines)
    assert len(left) == len(lines)
    (function,) = ast.parse("".join(left)).body
    assert isinstance(function, ast.FunctionDef)
    assert [type(each) for each in function.body] == [ast.Raise]
    assert ast.unparse(function.args) == "x: int, y: int"


def test_what_is_no_function_is_left_blank() -> None:
    assert _emptied(["x = (\n", "1\n"]) == ["\n", "\n"]


def test_an_exchanged_body_holds_for_every_reference_and_closure() -> None:
    kept = 7

    def function(x: int, *, y: int = 1) -> int:
        return x + y + kept

    other: types.FunctionType = function
    exchange_body(function, refusal(told := Told(), RULE, "the.function"))
    for call in (function, other):
        with pytest.raises(ForbiddenFunction, match=r"^the\.function is forbidden here$"):
            call(1, 2, z=3)
    assert told.offences == [(RULE, "the.function")] * 2


class Told:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.offences: list[tuple[str, str]] = []

    def __call__(self, kind: str, what: str) -> None:
        self.offences.append((kind, what))


def test_of_a_function_in_c_the_name_is_exchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("made_of_c")
    vars(module).update(forbidden=len, allowed=abs)
    monkeypatch.setitem(sys.modules, "made_of_c", module)
    Forbidden(["made_of_c.forbidden"], [], told := Told()).take_away(None)
    with pytest.raises(ForbiddenFunction):
        vars(module)["forbidden"]([])
    assert told.offences == [(RULE, "made_of_c.forbidden")]
    assert module.allowed is abs


def test_a_report_is_read_as_it_was_written() -> None:
    assert read(b"everywhere\ngc.get_objects") == (EVERYWHERE, "gc.get_objects")
    assert len(read(b"rule\n" + b"x" * 10_000)[1]) == 500


@pytest.mark.parametrize("broken", [b"", b"rule", b"else\nx", b"\xff\n"])
def test_what_is_no_report_is_not_read(broken: bytes) -> None:
    with pytest.raises(ValueError, match="a report that is none"):
        read(broken)


IN_C = {
    "a function of NumPy that calls one in Python": "sort",
    "a function of NumPy in C": "dot",
    "a ufunc": "exp",
    "a C function of a module within": "linalg.solve",
}


@pytest.mark.parametrize("name", IN_C.values(), ids=IN_C)
def test_a_forbidden_function_of_numpy_is_refused_however_it_is_reached_in_its_module(name: str) -> None:
    program = f"""
import numpy as np
from sandbox.guest.forbidden import Forbidden
from sandbox.guest.offences import ForbiddenFunction
kept = np.{name}
told = []
Forbidden(["numpy.{name}"], [], lambda kind, name: told.append(name)).take_away(None)
module, _, last = "{name}".rpartition(".")
module = getattr(np, module) if module else np
a = np.eye(2)
for found in (getattr(module, last), vars(module)[last], getattr(module, last[:1] + last[1:])):
    try:
        found(*[a, a][:2 if last in ("dot", "solve") else 1])
    except ForbiddenFunction:
        continue
    raise SystemExit("it was called")
assert told == ["numpy.{name}"] * 3, told
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_forbidden_class_in_c_is_refused() -> None:
    program = """
import collections
from sandbox.guest.forbidden import Forbidden
from sandbox.guest.offences import ForbiddenFunction
Forbidden(["collections.deque"], [], lambda kind, name: print(name)).take_away(None)
try:
    vars(collections)["deque"]([1])
except ForbiddenFunction:
    raise SystemExit(0)
raise SystemExit("it was called")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stdout, done.stderr) == (0, "collections.deque\n", "")
