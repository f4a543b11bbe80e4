"""Notebooks as solutions: which code counts, and how places in it are named."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from judge.batch import files_below
from judge.isolation import Sandbox
from judge.judging import judge_submission
from judge.source import code_of, reject_unread
from judge.source.notebook import first_lines, needed_only, readable_only
from judge.verdict import Kind, Location, place_in_cells
from tests.case_sets import case_set_for
from tests.judge.judging import read_submission

RNN = """\
def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    outputs, h = [], x.new_zeros(len(x), len(w_hh)) if h0 is None else h0
    for t in range(x.shape[1]):
        h = torch.tanh(x[:, t] @ w_ih.T + b_ih + h @ w_hh.T + b_hh)
        outputs.append(h)
    return torch.stack(outputs, 1), h
"""


def notebook(*cells: str, kinds: str = "") -> bytes:
    """A notebook of these cells; `kinds` has "m" where one is Markdown."""
    made = [
        {
            "cell_type": "markdown" if kinds[number : number + 1] == "m" else "code",
            "source": text.splitlines(keepends=True),
            "metadata": {},
        }
        for number, text in enumerate(cells)
    ]
    return json.dumps({"cells": made, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}).encode()


def code(*cells: str, kinds: str = "") -> str:
    return code_of("a.ipynb", notebook(*cells, kinds=kinds)).decode()


def test_code_cells_become_one_text_with_marks() -> None:
    assert code("# Title", "a = 1\nb = 2", "c = 3", kinds="m") == "# %% cell 1\na = 1\nb = 2\n# %% cell 2\nc = 3\n"
    assert code_of("a.py", b"{}") == b"{}"


def test_an_old_notebook_is_read() -> None:
    old = {"worksheets": [{"cells": [{"cell_type": "code", "input": ["a = 1\n", "b"]}]}], "nbformat": 3}
    assert code_of("a.ipynb", json.dumps(old).encode()) == b"# %% cell 1\na = 1\nb\n"


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"cells": 3}', b'{"cells": [{}]}', b"\xff", b"null"])
def test_what_is_no_notebook_stays_as_it_is(data: bytes) -> None:
    assert code_of("a.ipynb", data) == data


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("%matplotlib inline", "pass"),
        ("!pip install torch", "pass"),
        ("if True:\n    %time f(x)", "if True:\n    pass"),
        ("files = !ls", "files = None"),
        ("a, b = %timeit f()", "a, b = None"),
        ("torch.sum?", "pass"),
        ("get_ipython().system('pip install x')", "pass"),
        ("get_ipython().run_line_magic('matplotlib', 'inline')", "pass"),
        ("x = get_ipython().getoutput('ls')", "x = None"),
    ],
)
def test_what_only_ipython_understands_becomes_nothing(line: str, left: str) -> None:
    found = code(line).removeprefix("# %% cell 1\n").rstrip("\n")
    assert found.split("  #")[0] == left
    ast.parse(found)


@pytest.mark.parametrize(
    "text",
    [
        "x = y % z",
        "# really?",
        "x = (y\n     % z\n     %z)",
        'def f():\n    """Is this right?\n\n    %magic is not\n    What?\n    """',
        "x != y",
    ],
)
def test_python_stays_python(text: str) -> None:
    assert code(text) == f"# %% cell 1\n{text}\n"


def test_a_cell_of_another_language_is_left_out_and_a_timed_one_is_not() -> None:
    text = code("%%bash\nls -l", "%%time\na = 1")
    assert text == "# %% cell 1\n# %%bash\n# ls -l\n# %% cell 2\npass  # %%time\na = 1\n"


def test_only_what_the_entry_points_need_is_left() -> None:
    source = code(
        "import torch\nimport pandas as pd\nfrom math import sqrt",
        "frame = pd.read_csv('x.csv')\nwidth = 8\nscale = sqrt(width)",
        "def helper(x):\n    return x * scale",
        "@torch.no_grad()\ndef f(x):\n    return helper(x)\nf.calls = 0\nprint(f(frame))",
        "for epoch in range(10):\n    f(epoch)",
    )
    left = needed_only(source, ast.parse(source), ["f"])
    assert [line for line in left.split("\n") if line and not line.startswith("#")] == [
        "import torch",
        "from math import sqrt",
        "width = 8",
        "scale = sqrt(width)",
        "def helper(x):",
        "    return x * scale",
        "@torch.no_grad()",
        "def f(x):",
        "    return helper(x)",
        "f.calls = 0",
    ]
    assert left.count("\n") == source.count("\n"), "every line keeps its number"


NEEDED = {
    "a table that a loop fills": "table = []\nfor i in range(3):\n    table.append(i)\ndef f():\n    return table",
    "a dictionary that grows": "known = {}\nknown['a'] = 1\nknown.update(b=2)\ndef f():\n    return known",
    "a name that a helper reads": "eps = 1e-5\ndef g():\n    return eps\ndef f():\n    return g()",
    "a global that is counted": "count = 0\ndef f():\n    global count\n    count += 1",
    "a default": "width = 3\ndef f(x=width):\n    return x",
    "a base class": "class A: pass\nclass f(A): pass",
    "a method put in later": "class f: pass\ndef g(self): return 1\nf.g = g",
    "one of two in a line": "a = 1; b = 2\ndef f():\n    return b",
    "an optional import": "try:\n    import fast\nexcept ImportError:\n    fast = None\ndef f():\n    return fast",
    "a choice": "import os\nif os.sep:\n    x = 1\nelse:\n    x = 2\ndef f():\n    return x",
    "a comprehension": "sizes = [1, 2]\ndef f():\n    return [n for n in sizes]",
    "a lambda": "k = 2\nf = lambda x: x * k",
}


@pytest.mark.parametrize("text", NEEDED.values(), ids=NEEDED)
def test_what_is_needed_stays(text: str) -> None:
    assert needed_only(text, ast.parse(text), ["f"]) == text


NOT_NEEDED = {
    "a value that a parameter is called like": "x = open('data')",
    "a value that a local name is called like": "h = open('data')",
    "training": "for epoch in range(9):\n    loss = f(epoch)\n    loss.backward()",
    "a call of a package": "torch.save(1, 'x')",
    "a test": "assert f(1) == 2",
    "the main guard": "if __name__ == '__main__':\n    torch = None",
}


@pytest.mark.parametrize("text", NOT_NEEDED.values(), ids=NOT_NEEDED)
def test_what_is_not_needed_goes(text: str) -> None:
    solution = "import torch\ndef f(x):\n    h = torch.tanh(x)\n    return h\n"
    left = needed_only(solution + text, ast.parse(solution + text), ["f"])
    assert left.rstrip("\n") == solution.rstrip("\n")


def test_a_cell_that_does_not_parse_is_left_out_unless_it_defines_what_is_asked() -> None:
    source = code("a = 1", "this is (", "def f(x:\n    pass")
    assert "this is" not in readable_only(source)
    assert "def f" not in readable_only(source)
    assert "def f" in readable_only(source, ["f"])


def test_lines_are_told_by_their_cells() -> None:
    cells = first_lines(code("a\nb", "c"))
    assert cells == (1, 4)
    assert [place_in_cells(line, cells) for line in (2, 3, 5)] == [(1, 1), (1, 2), (2, 1)]
    assert place_in_cells(7, ()) == (0, 7)


def test_a_right_notebook_is_accepted_whatever_stands_beside_the_solution(tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "homework.ipynb"
    path.write_bytes(
        notebook(
            "# RNN",
            "%load_ext autoreload\nimport torch\nimport matplotlib.pyplot as plt",
            RNN,
            "plt.plot(rnn(*data))\nwhile True: pass",
            "nn.RNN(3, 4)",
            "oops (",
            kinds="m",
        )
    )
    submission = read_submission(path)
    assert submission.problem.slug == "rnn"
    assert reject_unread(submission, 1) is None
    verdict = judge_submission(submission, seed=1, sandbox=sandbox, case_set=case_set_for(submission, 1))
    assert verdict.verdict is Kind.ACCEPTED
    assert len(verdict.cells) == 5


def test_places_of_a_wrong_one_name_cell_and_line(tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "rnn.ipynb"
    path.write_bytes(notebook("import torch", RNN.replace("outputs.append(h)", "outputs.append(h[9999])")))
    submission = read_submission(path)
    verdict = judge_submission(submission, seed=1, sandbox=sandbox, case_set=case_set_for(submission, 1))
    assert verdict.verdict is Kind.RUNTIME_ERROR
    failed = verdict.failed()
    assert failed is not None
    assert verdict.locations == (Location(line=5, cell=2, text="        outputs.append(h[9999])", function="rnn"),)
    assert verdict.diagnosis is not None
    assert place_in_cells(verdict.diagnosis.lines[0], verdict.cells) == (2, 5)
    assert any("ine 5 of cell 2" in fact for fact in verdict.diagnosis.facts)


@pytest.mark.parametrize("data", [b"{", notebook("# only words", kinds="m")])
def test_what_can_not_be_read_is_said(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "rnn.ipynb"
    path.write_bytes(data)
    rejected = reject_unread(read_submission(path), 1)
    assert rejected is not None
    assert (rejected.verdict, rejected.locations) == (Kind.LOAD_ERROR, ())
    assert rejected.headline == "The notebook can't be read, or has no code cell."


def test_a_syntax_error_in_the_cell_of_the_solution_is_told_by_its_cell(tmp_path: Path) -> None:
    path = tmp_path / "rnn.ipynb"
    path.write_bytes(notebook("import torch", "def rnn(x:\n    return x"))
    rejected = reject_unread(read_submission(path), 1)
    assert rejected is not None
    assert rejected.verdict is Kind.LOAD_ERROR
    assert [(each.cell, each.line) for each in rejected.locations] == [(2, 1)]


def test_an_exported_notebook_is_judged_without_its_magics(tmp_path: Path) -> None:
    path = tmp_path / "rnn.py"
    path.write_text("get_ipython().run_line_magic('matplotlib', 'inline')\nimport torch\n" + RNN)
    assert reject_unread(read_submission(path), 1) is None
    assert read_submission(path).source.startswith("pass  # get_ipython()")


def test_an_import_of_what_is_forbidden_is_an_offence_in_any_cell(tmp_path: Path) -> None:
    path = tmp_path / "lora.ipynb"
    path.write_bytes(notebook("import torch", "class LoRALinear(torch.nn.Module): pass", "import peft"))
    rejected = reject_unread(read_submission(path), 1)
    assert rejected is not None
    assert rejected.verdict is Kind.FORBIDDEN
    assert [(each.cell, each.line) for each in rejected.locations] == [(3, 1)]


def test_a_batch_finds_notebooks(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("")
    (tmp_path / "b.ipynb").write_bytes(notebook(RNN))
    (tmp_path / "c.txt").write_text("")
    (tmp_path / "d.zip").write_text("")
    (tmp_path / "e.txt").write_text("")
    files = files_below([tmp_path])
    assert [each.path.name for each in files.found] == ["a.py", "b.ipynb"]
    assert files.remark == "Not judged, since only *.py and *.ipynb are: 2 x .txt, 1 x .zip."
