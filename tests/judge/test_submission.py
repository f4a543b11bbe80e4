"""From a path to a problem, a framework and a syntax tree, without running anything."""

from __future__ import annotations

import codecs
import os
from pathlib import Path

import pytest

from judge.source import MOST_SOURCE_BYTES, Submission, submission_of
from judge.verdict import UsageError
from problems import all_problems
from tests.judge.judging import read_submission

LSTM = "def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):\n    pass\n"
ATTENTION = "class MultiHeadAttention:\n    pass\n"
CACHE = "class CachedSelfAttention:\n    pass\n"


def of(
    source: str | bytes, stem: str = "mine", *, problem: str | None = None, framework: str | None = None
) -> Submission:
    data = source if isinstance(source, bytes) else source.encode()
    return submission_of(data, f"{stem}.py", problem=problem, framework=framework, stem=stem)


# the problem


@pytest.mark.parametrize(
    ("stem", "slug"),
    [
        ("lstm", "lstm"),
        ("attention", "multi_head_attention"),
        ("MHA", "multi_head_attention"),
        ("kv-cache", "kv_cache"),
        ("cached_attention", "kv_cache"),
        ("top_k_top_p", "sampling"),
    ],
)
def test_the_problem_is_told_from_the_files_name(stem: str, slug: str) -> None:
    assert of("x = 1\n", stem).problem.slug == slug


@pytest.mark.parametrize(
    ("source", "slug"),
    [
        (LSTM, "lstm"),
        (ATTENTION, "multi_head_attention"),
        ("def sample(logits): pass\n", "sampling"),
        ("def make():\n    return 1\nlstm = make()\n", "lstm"),
        ("if True:\n    class LoRALinear: pass\n", "lora"),
    ],
)
def test_the_problem_is_told_from_what_the_file_defines(source: str, slug: str) -> None:
    assert of(source).problem.slug == slug


def test_a_name_that_is_given_comes_first_then_the_files_name() -> None:
    assert of(LSTM, "lora", problem="mha").problem.slug == "multi_head_attention"
    assert of(LSTM, "lora").problem.slug == "lora"


def test_where_several_problems_fit_they_are_named() -> None:
    with pytest.raises(UsageError) as caught:
        of(ATTENTION + CACHE)
    assert "mine.py fits several problems" in str(caught.value)
    assert "--problem kv_cache or multi_head_attention" in str(caught.value)


def test_a_problem_of_which_all_is_defined_fits_better_than_one_of_which_a_part_is() -> None:
    assert of("def sample(): pass\n" + LSTM).problem.slug == "lstm"


@pytest.mark.parametrize("source", ["x = 1\n", "", "def lstm(:\n", b"\xff\xfe\xff"])
def test_where_none_fits_all_are_listed(source: str | bytes) -> None:
    with pytest.raises(UsageError) as caught:
        of(source)
    assert "--problem" in str(caught.value)
    assert ", ".join(problem.slug for problem in all_problems()) in str(caught.value)


def test_an_unknown_problem_is_a_wrong_call_with_a_suggestion() -> None:
    with pytest.raises(UsageError, match="Did you mean lstm"):
        of(LSTM, problem="lsmt")


# the framework


@pytest.mark.parametrize(
    ("source", "framework"),
    [
        ("import torch\n", "torch"),
        ("from torch import nn\n", "torch"),
        ("import torch.nn.functional as F\n", "torch"),
        ("import numpy as np\n", "numpy"),
        ("from numpy import exp\n", "numpy"),
        ("import numpy\nimport torch\n", "torch"),
        ("import math\n", "torch"),
        ("# import numpy\n", "torch"),
        ("'import numpy'\n", "torch"),
        ("def helper():\n    import numpy\n", "numpy"),
        ("import numpy\nif __name__ == '__main__':\n    import torch\n", "numpy"),
        ("import torch\nif __name__ == '__main__':\n    import numpy\n", "torch"),
    ],
)
def test_the_framework_is_the_one_that_the_file_imports(source: str, framework: str) -> None:
    assert of(source + LSTM, "lstm").framework.name == framework


def test_a_framework_that_is_given_comes_first() -> None:
    assert of("import torch\n" + LSTM, framework="numpy").framework.name == "numpy"


def test_a_problem_in_one_framework_is_of_that() -> None:
    assert of("import numpy\n" + ATTENTION).framework.name == "torch"


def test_a_framework_that_is_not_offered_is_a_wrong_call() -> None:
    with pytest.raises(UsageError, match="multi_head_attention is offered in torch, not in numpy"):
        of(ATTENTION, framework="numpy")
    with pytest.raises(UsageError, match="lstm is offered in torch and numpy, not in jax"):
        of(LSTM, framework="jax")


# the text


@pytest.mark.parametrize(
    "data",
    [
        "name = 'é'\n".encode(),
        codecs.BOM_UTF8 + "name = 'é'\n".encode(),
        "# -*- coding: latin-1 -*-\nname = 'é'\n".encode("latin-1"),
        "# vim: set fileencoding=cp1252 :\nname = 'é'\n".encode("cp1252"),
    ],
)
def test_every_encoding_that_python_takes_is_read(data: bytes) -> None:
    found = of(data, "lstm")
    assert "name = 'é'" in found.source
    assert found.tree is not None
    assert found.broken == ""


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\n"])
def test_every_line_end_is_read(ending: str) -> None:
    found = of(ending.join(("x = 1", "y = 2", "")), "lstm")
    assert found.source == "x = 1\ny = 2\n"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"x = 1\n\ny = '\xff'\n", "The file is not valid utf-8: line 3 has bytes that don't fit."),
        (b"# coding: klingon\n", "unknown encoding"),
        ("x = 1\n".encode("utf-16"), "The file "),
    ],
)
def test_what_is_no_text_is_broken_and_says_why(data: bytes, words: str) -> None:
    found = of(data, "lstm")
    assert found.tree is None
    assert words in found.broken


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [
        ("x = 1\ny = (\n", 2, 5),
        ("def f():\nreturn 1\n", 2, 1),
        ("x = 'é' 1\n", 1, 9),
        ("return 1\n", 1, 1),
        ("x = '\x0c'\n\x0c\ny = = 1\n", 3, 5),
    ],
)
def test_a_syntax_error_has_its_place(source: str, line: int, column: int) -> None:
    found = of(source, "lstm")
    assert found.tree is None
    assert found.broken
    assert found.location is not None
    assert (found.location.line, found.location.column) == (line, column)
    assert found.location.text == source.split("\n")[line - 1]


def test_a_null_byte_is_broken_not_a_failure() -> None:
    found = of("x = 1\n\0\n", "lstm")
    assert found.tree is None
    assert found.broken


def test_code_that_is_nested_too_deeply_is_broken_not_a_failure() -> None:
    found = of("x = " + "(" * 5000 + ")" * 5000 + "\n", "lstm")
    assert found.tree is None
    assert found.broken


# the file


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(LSTM)
    found = read_submission(path, problem=None, framework=None)
    assert (found.problem.slug, found.filename, found.source) == ("lstm", "mine.py", LSTM)


def test_a_missing_file_a_folder_and_a_large_file_are_wrong_calls(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "none.py", "No such file"), (tmp_path, "directory")):
        with pytest.raises(UsageError, match=words) as caught:
            read_submission(path, problem="lstm", framework=None)
        assert str(path) in str(caught.value)
    large = tmp_path / "large.py"
    large.write_bytes(b"#" * (MOST_SOURCE_BYTES + 1))
    with pytest.raises(UsageError, match="has more than 1,048,576 bytes, the most that a solution may have"):
        read_submission(large, problem="lstm", framework=None)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_a_wrong_call(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(LSTM)
    path.chmod(0)
    with pytest.raises(UsageError, match="can't be read"):
        read_submission(path, problem=None, framework=None)
