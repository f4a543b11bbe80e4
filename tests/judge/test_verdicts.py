"""The whole way of a file, for every verdict there is, and the words that come with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from judge.isolation import Sandbox
from judge.judging import judge_submission
from judge.settings import Configuration
from judge.source import reject_unread
from judge.verdict import Kind, Outcome, SandboxUsed, Verdict, from_json, to_json
from problems import find_problem
from tests.case_sets import case_set_for
from tests.judge.judging import judge_file, read_submission

ATTENTION = """
import math
import torch
from torch import nn

class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads:
            raise ValueError("d_model must be a multiple of num_heads")
        self.heads, self.width = num_heads, d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(x.shape[0], x.shape[1], self.heads, self.width).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q_proj(query)), self.split(self.k_proj(key)), self.split(self.v_proj(value))
        scores = q @ k.transpose(-1, -2) / math.sqrt(self.width)
        if mask is not None:
            scores = scores.masked_fill(~mask, -math.inf)
        heads = torch.softmax(scores, dim=-1) @ v
        return self.o_proj(heads.transpose(1, 2).flatten(2))
"""
LSTM = """
import torch

def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    h, c, outputs = h0, c0, []
    for step in x.unbind(1):
        i, f, g, o = (step @ w_ih.T + b_ih + h @ w_hh.T + b_hh).chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        outputs.append(h)
    return torch.stack(outputs, 1), (h, c)
"""
NUMPY = """
import numpy as np

def sigmoid(z):
    return 0.5 * (1 + np.tanh(0.5 * z))

def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    h, c, outputs = h0, c0, []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ w_ih.T + b_ih + h @ w_hh.T + b_hh, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        outputs.append(h)
    return np.stack(outputs, 1), (h, c)
"""
SAMPLING = """
import torch

def filter_logits(logits, top_k=None, top_p=None):
    if top_k is not None and top_k < 1 or top_p is not None and not 0 < top_p <= 1:
        raise ValueError("out of range")
    ordered, order = logits.sort(dim=-1, descending=True, stable=True)
    kept = torch.ones_like(ordered, dtype=torch.bool)
    if top_k is not None:
        kept[..., top_k:] = False
    if top_p is not None:
        probabilities = ordered.masked_fill(~kept, -torch.inf).double().softmax(-1)
        kept &= probabilities.cumsum(-1) - probabilities < top_p
    removed = torch.empty_like(kept).scatter(-1, order, ~kept)
    return logits.masked_fill(removed, -torch.inf)

def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    filter_logits(logits[:0], top_k, top_p)
    if temperature < 0:
        raise ValueError("out of range")
    if temperature == 0:
        return logits.argmax(-1)
    return torch.multinomial(filter_logits(logits / temperature, top_k, top_p).softmax(-1), 1, generator=generator)[:, 0]
"""

RESULT = "return torch.stack(outputs, 1), (h, c)"
Judged = Callable[..., Verdict]


@pytest.fixture
def judged(sandbox: Sandbox, tmp_path: Path) -> Judged:
    """Judges source as `lstm` or another problem, briefly, with limits."""

    def judge(
        source: str | bytes,
        problem: str = "lstm",
        *,
        framework: str | None = None,
        seed: int = 3,
        first_failure_only: bool = True,
        **limits: Any,
    ) -> Verdict:
        path = tmp_path / f"{problem}.py"
        path.write_bytes(source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass"))
        submission = read_submission(path, problem=None, framework=framework)
        settings = Configuration(**limits)
        found = reject_unread(submission, seed) or judge_submission(
            submission,
            seed=seed,
            sandbox=sandbox,
            configuration=settings,
            first_failure_only=first_failure_only,
            case_set=case_set_for(submission, seed),
        )
        assert from_json(to_json(found)).headline == found.headline
        return found

    return judge


def edited(source: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    return source


def message(verdict: Verdict) -> str:
    failed = verdict.failed()
    assert failed is not None
    return failed.message


def in_the_call(statement: str) -> str:
    """The LSTM with a statement before its first step."""
    return edited(LSTM, ("    h, c, outputs = h0, c0, []\n", f"    {statement}\n    h, c, outputs = h0, c0, []\n"))


# accepted


@pytest.mark.parametrize(
    ("source", "problem"),
    [(LSTM, "lstm"), (NUMPY, "lstm"), (ATTENTION, "multi_head_attention"), (SAMPLING, "sampling")],
    ids=["lstm", "numpy", "attention", "sampling"],
)
def test_right_answers_are_accepted(judged: Judged, sandbox: Sandbox, source: str, problem: str) -> None:
    verdict = judged(source, problem)
    assert verdict.verdict is Kind.ACCEPTED, verdict.headline
    assert verdict.framework == ("numpy" if source is NUMPY else "torch")
    assert all(check.outcome is Outcome.PASSED for check in verdict.checks)
    assert verdict.headline == f"{len(verdict.checks)} checks passed"
    assert verdict.sandbox == SandboxUsed(kind=sandbox.kind, level=sandbox.level)
    assert verdict.locations == ()
    assert verdict.seed == 3


def test_a_whole_file_is_judged_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(LSTM)
    said: list[str] = []
    verdict = judge_file(path, seed=1, sandbox="process", progress=said.append)
    assert verdict.verdict is Kind.ACCEPTED
    assert verdict.problem == "lstm"
    assert verdict.cost is not None
    assert any("check 1 of" in line for line in said)


def test_what_a_solution_does_to_its_own_process_changes_nothing(judged: Judged) -> None:
    head = """
import builtins, random, sys, warnings
import torch
warnings.simplefilter("error")
torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(False)
torch.manual_seed(0)
sys.setrecursionlimit(200)
builtins.len = lambda value: 0
builtins.isinstance = lambda *_: True
"""
    assert judged(head + LSTM).verdict is Kind.ACCEPTED


def test_the_main_guard_is_not_run(judged: Judged) -> None:
    verdict = judged(LSTM + '\nif __name__ == "__main__":\n    torch.nn.LSTM(2, 2)\n    raise SystemExit(3)\n')
    assert verdict.verdict is Kind.ACCEPTED


# load_error


def test_a_syntax_error_has_line_and_column(judged: Judged) -> None:
    verdict = judged("x = 1\ndef lstm(:\n    pass\n")
    assert verdict.verdict is Kind.LOAD_ERROR
    assert verdict.headline == "SyntaxError: invalid syntax"
    (place,) = verdict.locations
    assert (place.line, place.column, place.text) == (2, 10, "def lstm(:")
    assert verdict.sandbox is None
    assert verdict.checks == ()


def test_a_file_that_is_no_text_is_a_load_error(judged: Judged) -> None:
    verdict = judged(b"x = 1\ny = '\xff'\n")
    assert verdict.verdict is Kind.LOAD_ERROR
    assert verdict.headline == "The file is not valid utf-8: line 2 has bytes that don't fit. Save it as UTF-8."


@pytest.mark.parametrize("source", ["", "\n\n", "# only a comment\n"])
def test_an_empty_file_is_called_that(judged: Judged, source: str) -> None:
    verdict = judged(source)
    assert (verdict.verdict, verdict.headline) == (Kind.LOAD_ERROR, "The file is empty, or holds comments only.")


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("import argparse\np = argparse.ArgumentParser()\np.add_argument('--n', required=True)\np.parse_args()\n", 15),
        ("import unittest\nunittest.main()\n", 13),
        ("for epoch in range(10**9):\n    torch.zeros(3)\n", 12),
        ("assert_close = 3\nprint(lstm(1, 2, 3, 4, 5, 6, 7))\n", 13),
    ],
    ids=["argparse", "unittest", "a loop", "a call"],
)
def test_code_that_runs_while_the_file_is_loaded_is_told_where_it_belongs(judged: Judged, code: str, line: int) -> None:
    verdict = judged(LSTM + code, call_seconds=2.0)
    assert verdict.verdict in (Kind.LOAD_ERROR, Kind.TIME_LIMIT)
    assert verdict.details[-1] == (
        f"Line {line} runs while the file is loaded. If it is no part of the solution, "
        'put it under `if __name__ == "__main__":`, which is not run.'
    )


def test_the_line_of_a_syntax_error_is_shown_though_a_form_feed_stands_before_it(judged: Judged) -> None:
    (place,) = judged("x = 1\n\x0c\ny = '\u2028'\ndef lstm(:\n    pass\n").locations
    assert (place.line, place.text) == (4, "def lstm(:")


def test_a_misnamed_entry_point_is_told(judged: Judged) -> None:
    verdict = judged(ATTENTION.replace("MultiHeadAttention", "MultiheadAttention"), "multi_head_attention")
    assert verdict.verdict is Kind.LOAD_ERROR
    assert verdict.headline == "your file defines MultiheadAttention; this problem asks for MultiHeadAttention"


def test_a_missing_entry_point_is_told(judged: Judged) -> None:
    verdict = judged("import torch\n")
    assert verdict.verdict is Kind.LOAD_ERROR
    assert verdict.headline == "your file does not define lstm"
    assert verdict.details == ("The problem asks for the function lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh).",)


@pytest.mark.parametrize(
    ("source", "problem", "words"),
    [
        ("def lstm(x, h0):\n    pass\n", "lstm", "`lstm` does not take the arguments that are asked for"),
        ("lstm = 3\n", "lstm", "`lstm` should be a function; in your file it is an int"),
        ("class lstm:\n    pass\n", "lstm", "`lstm` should be a function; in your file it is a class"),
        (
            "def LoRALinear(base, rank):\n    pass\n",
            "lora",
            "`LoRALinear` should be a class; in your file it is a function",
        ),
        (
            "class LoRALinear:\n    def __init__(self, base, rank, alpha=1.0, dropout=0.0): pass\n",
            "lora",
            "`LoRALinear` should be a subclass of torch.nn.Module",
        ),
        (
            "from torch import nn\nclass LoRALinear(nn.Module):\n"
            "    def __init__(self, base, rank, alpha=1.0, dropout=0.0): pass\n    def forward(self, x): pass\n",
            "lora",
            "your class LoRALinear has no method `merge`",
        ),
        (
            ATTENTION.replace("query, key, value, mask=None", "query, key, value"),
            "multi_head_attention",
            "`MultiHeadAttention.forward` does not take the arguments that are asked for: too many positional arguments",
        ),
        (
            LSTM.replace("w_ih, w_hh, b_ih, b_hh)", "w_hh, w_ih, b_ih, b_hh)"),
            "lstm",
            "`lstm` does not take the arguments that are asked for: `w_hh` stands where `w_ih` is asked for",
        ),
    ],
)
def test_an_entry_point_of_another_kind_or_signature_is_a_load_error(
    judged: Judged, source: str, problem: str, words: str
) -> None:
    verdict = judged(source, problem)
    assert verdict.verdict is Kind.LOAD_ERROR
    assert verdict.headline.startswith(words)
    assert verdict.details[0].startswith("The problem asks for the ")


def decorated(source: str, function: str, wrapper: str) -> str:
    """The same file with one of its functions under a decorator, which takes what `wrapper` says."""
    return edited(
        source,
        (
            f"def {function}(",
            "import functools\n\ndef decorator(function):\n    @functools.wraps(function)\n"
            f"    def wrapper({wrapper}):\n        return function({wrapper})\n    return wrapper\n\n"
            f"@decorator\ndef {function}(",
        ),
    )


def test_a_decorator_that_takes_anything_is_right_where_the_call_is(judged: Judged) -> None:
    assert judged(decorated(LSTM, "lstm", "*args, **kwargs")).verdict is Kind.ACCEPTED


def test_where_the_call_of_a_decorated_function_fails_its_arguments_are_told(judged: Judged) -> None:
    source = edited(LSTM, ("b_ih, b_hh):", "b_ih, b_hh, dropout):"))
    verdict = judged(decorated(source, "lstm", "*args, **kwargs"))
    assert verdict.verdict is Kind.LOAD_ERROR
    assert verdict.headline == (
        "`lstm` does not take the arguments that are asked for: missing a required argument: 'dropout'"
    )


def test_what_a_function_wraps_does_not_count_where_the_wrapper_has_arguments(judged: Judged) -> None:
    verdict = judged(decorated(LSTM, "lstm", "x, h0"))
    assert verdict.verdict is Kind.LOAD_ERROR
    assert verdict.headline.startswith("`lstm` does not take the arguments that are asked for")


def test_an_exception_while_loading_has_the_users_line(judged: Judged) -> None:
    verdict = judged("def broken():\n    return 1 / 0\nbroken()\n" + LSTM)
    assert verdict.verdict is Kind.LOAD_ERROR
    assert verdict.headline == "your file can't be loaded: ZeroDivisionError: division by zero"
    assert [(place.line, place.text.strip()) for place in verdict.locations] == [(3, "broken()"), (2, "return 1 / 0")]


@pytest.mark.parametrize("words", ["import sys\nsys.exit(0)", "import os\nos._exit(0)", "raise SystemExit"])
def test_an_exit_while_loading_is_a_load_error(judged: Judged, words: str) -> None:
    verdict = judged(words + "\n" + LSTM)
    assert verdict.verdict is Kind.LOAD_ERROR
    assert verdict.headline.startswith(
        ("while your file was loaded, the process ended", "your file can't be loaded: SystemExit")
    )


def test_a_sibling_file_is_said_not_to_be_part_of_a_solution(judged: Judged, tmp_path: Path) -> None:
    (tmp_path / "cells.py").write_text("def step(): pass\n")
    verdict = judged("from cells import step\n" + LSTM)
    assert verdict.verdict is Kind.LOAD_ERROR
    assert verdict.headline == "your file can't be loaded: ModuleNotFoundError: No module named 'cells'"
    assert "A solution is one file" in verdict.details[0]
    assert "`cells` is none of these" in verdict.details[0]
    assert verdict.locations[0].line == 1


def test_a_relative_import_is_said_not_to_be_part_of_a_solution(judged: Judged) -> None:
    verdict = judged("from . import cells\n" + LSTM)
    assert verdict.verdict is Kind.LOAD_ERROR
    assert "A solution is one file" in verdict.details[0]


# wrong_shape


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            ("heads.transpose(1, 2).flatten(2)", "heads.transpose(1, 2).flatten(1)[:, : self.heads * self.width]"),
            "expected [B, Tq, D] = [",
        ),
        (("return self.o_proj(heads.transpose(1, 2).flatten(2))", "return heads"), "expected [B, Tq, D] = ["),
    ],
)
def test_a_wrong_shape_is_told_by_letters_and_numbers(judged: Judged, change: tuple[str, str], words: str) -> None:
    verdict = judged(edited(ATTENTION, change), "multi_head_attention")
    assert verdict.verdict is Kind.WRONG_SHAPE
    assert re.fullmatch(r"you returned \[[\d, ]+\]; expected \[B, Tq, D\] = \[\d, \d, \d+\]", verdict.headline)
    assert words in verdict.headline
    assert verdict.failed().name == "shape-and-dtype"
    assert all(check.outcome is Outcome.SKIPPED for check in verdict.checks[1:])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("(h, c)\n", "(h, c.double().half())\n", "c_n has dtype float16; expected float"),
        (RESULT, "return [torch.stack(outputs, 1), (h, c)]", "you returned a list of 2; expected a tuple"),
        (RESULT, "return torch.stack(outputs, 1), [h, c]", "you returned a list of 2; expected a tuple"),
        (RESULT, "return torch.stack(outputs, 1)", "you returned a tensor of shape"),
        (RESULT, "return", "you returned None; expected a tuple"),
        (RESULT, "yield torch.stack(outputs, 1), (h, c)", "you returned a generator"),
        ("def lstm", "async def lstm", "you returned a coroutine"),
        (RESULT, "return torch.stack(outputs, 1).detach().numpy(), (h, c)", "outputs is "),
        (RESULT, "return torch.stack(outputs, 1).to_sparse(), (h, c)", "outputs is "),
    ],
)  # fmt: skip
def test_a_result_of_another_kind_is_wrong_shape(judged: Judged, old: str, new: str, words: str) -> None:
    verdict = judged(edited(LSTM, (old, new)))
    assert verdict.verdict is Kind.WRONG_SHAPE, verdict.headline
    assert verdict.headline.startswith(words), verdict.headline


# wrong_answer


def test_nan_is_counted_with_its_first_place(judged: Judged) -> None:
    verdict = judged(edited(LSTM, ("return torch.stack(outputs, 1)", "return torch.stack(outputs, 1) * float('nan')")))
    assert verdict.verdict is Kind.WRONG_ANSWER
    assert re.match(r"(\d+) of \1 numbers in outputs are NaN, the first at \[0, 0, 0\]", verdict.headline)


WRONG = {
    "scale forgotten": ("multi_head_attention", ATTENTION, (" / math.sqrt(self.width)", "")),
    "scale by the model's width": ("multi_head_attention", ATTENTION, ("math.sqrt(self.width)", "math.sqrt(self.width * self.heads)")),
    "mask turned around": ("multi_head_attention", ATTENTION, ("~mask", "mask")),
    "mask ignored": ("multi_head_attention", ATTENTION, ("mask is not None", "False")),
    "softmax over queries": ("multi_head_attention", ATTENTION, ("dim=-1)", "dim=-2)")),
    "heads interleaved": (
        "multi_head_attention",
        ATTENTION,
        ("self.heads, self.width).transpose(1, 2)", "self.width, self.heads).permute(0, 3, 1, 2)"),
    ),
    "no output projection": ("multi_head_attention", ATTENTION, ("self.o_proj(heads.transpose", "(heads.transpose")),
    "gates in another order": ("lstm", LSTM, ("i, f, g, o =", "f, i, g, o =")),
    "no second bias": ("lstm", LSTM, (" + b_hh", "")),
    "tanh of c forgotten": ("lstm", LSTM, ("h = torch.sigmoid(o) * torch.tanh(c)", "h = torch.sigmoid(o) * c")),
    "outputs of a step too early": ("lstm", LSTM, ("outputs.append(h)", "outputs.append(h0)")),
    "top_p without what crosses the line": (
        "sampling",
        SAMPLING,
        ("probabilities.cumsum(-1) - probabilities < top_p", "probabilities.cumsum(-1) <= top_p"),
    ),
    "temperature times": ("sampling", SAMPLING, ("logits / temperature", "logits * temperature")),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_typical_wrong_answers_get_a_small_counterexample(judged: Judged, name: str) -> None:
    problem, source, change = WRONG[name]
    verdict = judged(edited(source, change), problem, first_failure_only=False)
    assert verdict.verdict is Kind.WRONG_ANSWER
    failed = verdict.failed()
    assert failed is not None
    example = failed.counterexample
    assert example is not None
    assert verdict.headline == failed.message.splitlines()[0]
    sizes = {
        letter: size for letter, size in example.sizes.items() if letter != "D"
    }  # D = H Dh follows from the others
    assert max(sizes.values()) <= (3 if name == "temperature times" else 2), sizes
    assert example.call
    assert example.inputs
    assert all(array.name for array in example.inputs)
    if example.expected is not None and example.actual is not None:
        assert example.expected.shape == example.actual.shape
        assert example.expected.dtype == example.actual.dtype


@pytest.mark.parametrize("name", ["mask ignored", "gates in another order", "top_p without what crosses the line"])
def test_the_same_seed_gives_the_same_verdict_and_counterexample(judged: Judged, name: str) -> None:
    problem, source, change = WRONG[name]
    first, second = (bare(judged(edited(source, change), problem, seed=9, first_failure_only=False)) for _ in range(2))
    assert first == second


def test_the_same_seed_gives_the_same_for_a_right_answer(judged: Judged) -> None:
    assert bare(judged(LSTM, seed=9)) == bare(judged(LSTM, seed=9))


def bare(verdict: Verdict) -> Any:
    """The JSON without its seconds."""

    def without(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: without(item) for key, item in value.items() if key != "seconds"}
        return [without(item) for item in value] if isinstance(value, list) else value

    return without(msgspec.json.decode(to_json(verdict)))


@pytest.mark.parametrize("seed", [0, 1, 2**32])
def test_another_seed_gives_the_same_verdict(judged: Judged, seed: int) -> None:
    problem, source, change = WRONG["mask ignored"]
    verdict = judged(edited(source, change), problem, seed=seed)
    assert (verdict.verdict, verdict.seed) == (Kind.WRONG_ANSWER, seed)


def test_brief_judging_gives_the_same_verdict(judged: Judged) -> None:
    problem, source, change = WRONG["gates in another order"]
    short, whole = (
        judged(edited(source, change), problem, first_failure_only=first_failure_only)
        for first_failure_only in (True, False)
    )
    assert short.verdict == whole.verdict


def test_where_no_error_is_raised_the_call_is_told(judged: Judged) -> None:
    verdict = judged(edited(ATTENTION, ("if d_model % num_heads:", "if False:")), "multi_head_attention")
    assert verdict.verdict is Kind.WRONG_ANSWER
    assert verdict.headline == "MultiHeadAttention(5, 2) raised no error; it must raise ValueError"


def test_where_another_error_is_raised_it_is_told(judged: Judged) -> None:
    verdict = judged(edited(ATTENTION, ("raise ValueError(", "raise TypeError(")), "multi_head_attention")
    assert verdict.verdict is Kind.WRONG_ANSWER
    assert verdict.headline.startswith(
        "MultiHeadAttention(5, 2) raised TypeError: d_model must be a multiple of num_heads; "
    )


def test_a_graph_that_is_cut_is_told(judged: Judged) -> None:
    verdict = judged(edited(LSTM, ("for step in x.unbind(1):", "for step in x.detach().unbind(1):")))
    assert verdict.verdict is Kind.WRONG_ANSWER
    assert verdict.headline.startswith("no gradient reaches x")


def test_an_input_that_is_changed_is_told(judged: Judged) -> None:
    verdict = judged(
        edited(
            NUMPY,
            ("    return np.stack(outputs, 1)", "    result = np.stack(outputs, 1)\n    x *= 2\n    return result"),
        )
    )
    assert verdict.verdict is Kind.WRONG_ANSWER
    assert verdict.headline == "your code changed its input `x`"


# runtime_error


def test_an_exception_has_the_users_frames_only_and_the_input_that_raised(judged: Judged) -> None:
    source = edited(
        LSTM,
        ("import torch\n", "import torch\n\ndef helper(values):\n    return torch.cat(values)[99]\n"),
        (
            "        outputs.append(h)\n",
            "        outputs.append(h)\n        if len(outputs) > 1:\n            helper(outputs)\n",
        ),
    )
    verdict = judged(source, first_failure_only=False)
    assert verdict.verdict is Kind.RUNTIME_ERROR
    assert verdict.headline.startswith("IndexError: index 99 is out of bounds")
    assert [place.function for place in verdict.locations] == ["lstm", "helper"]
    assert [place.text.strip() for place in verdict.locations] == ["helper(outputs)", "return torch.cat(values)[99]"]
    example = verdict.failed().counterexample
    assert example.sizes["T"] == 2
    assert {array.name for array in example.inputs} == {"x", "h0", "c0", "w_ih", "w_hh", "b_ih", "b_hh"}
    assert example.brief == "lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh)"


@pytest.mark.parametrize(
    "statement",
    [
        "import os; os._exit(0)",
        "import os; os._exit(7)",
        "import os, signal; signal.raise_signal(signal.SIGSEGV)",
        "import os; os.abort()",
    ],
)
def test_a_process_that_ends_in_a_call_is_a_runtime_error(judged: Judged, statement: str) -> None:
    verdict = judged(in_the_call(statement))
    assert verdict.verdict is Kind.RUNTIME_ERROR
    assert verdict.headline.startswith(("the process ended (exit code", "the process crashed ("))
    assert verdict.headline.endswith("in a call")


@pytest.mark.parametrize(
    "statement", ["raise SystemExit", "raise KeyboardInterrupt", "def f(): f()\n    f()", "raise BaseException"]
)
def test_exceptions_of_every_kind_are_runtime_errors(judged: Judged, statement: str) -> None:
    verdict = judged(in_the_call(statement))
    assert verdict.verdict is Kind.RUNTIME_ERROR
    assert verdict.failed().counterexample is not None


def test_an_exception_whose_message_raises_is_a_runtime_error(judged: Judged) -> None:
    source = "class Odd(Exception):\n    def __str__(self):\n        raise ValueError\n" + in_the_call("raise Odd()")
    verdict = judged(source)
    assert verdict.verdict is Kind.RUNTIME_ERROR
    assert verdict.headline.startswith("Odd: (its message can't be shown")


# limits


def test_an_endless_loop_is_ended(judged: Judged) -> None:
    verdict = judged(in_the_call("while True: pass"), call_seconds=0.5)
    assert verdict.verdict is Kind.TIME_LIMIT
    assert verdict.headline == "a call took more than 0.5 seconds"
    assert verdict.seconds < 10


def test_a_sleeper_is_ended(judged: Judged) -> None:
    verdict = judged(in_the_call("import time; time.sleep(60)"), call_seconds=0.5)
    assert verdict.verdict is Kind.TIME_LIMIT
    assert verdict.seconds < 10


def test_an_endless_loop_while_loading_is_ended(judged: Judged) -> None:
    verdict = judged("while True: pass\n" + LSTM, call_seconds=0.5)
    assert verdict.verdict is Kind.TIME_LIMIT
    assert verdict.headline == "loading the file took more than 0.5 seconds"


def test_the_time_of_all_calls_is_limited(judged: Judged) -> None:
    verdict = judged(in_the_call("import time; time.sleep(0.2)"), call_seconds=2, run_seconds=0.7)
    assert verdict.verdict is Kind.TIME_LIMIT
    assert verdict.headline == "the calls took more than 0.7 seconds in all"


@pytest.mark.parametrize("statement", ["torch.ones(1 << 28)", "bytearray(1 << 30)", "[0] * (1 << 27)"])
def test_an_allocation_that_is_refused_is_memory_limit(judged: Judged, statement: str) -> None:
    verdict = judged(in_the_call(statement), memory_mib=256)
    assert verdict.verdict is Kind.MEMORY_LIMIT
    assert verdict.headline.startswith("an allocation was refused")


def test_a_flood_of_output_is_cut_and_no_offence(judged: Judged) -> None:
    verdict = judged(in_the_call("print('x' * 100_000)"), output_kib=16)
    assert verdict.verdict is Kind.ACCEPTED
    assert verdict.output.startswith("xxx")
    assert len(verdict.output) < 20_000
    assert re.search(r"more bytes were printed and cut\)$", verdict.output)


def test_what_is_printed_is_shown(judged: Judged) -> None:
    verdict = judged("print('loaded é ∞ \\x1b[31mred\\x1b[0m')\n" + LSTM)
    assert verdict.verdict is Kind.ACCEPTED
    assert verdict.output == "loaded é ∞ \x1b[31mred\x1b[0m\n"


# forbidden


def test_a_forbidden_name_in_the_source_has_its_place(judged: Judged) -> None:
    verdict = judged("import torch\ncell = torch.nn.LSTM(2, 2)\n" + LSTM)
    assert verdict.verdict is Kind.FORBIDDEN
    assert verdict.sandbox is None
    place = verdict.locations[0]
    assert (place.line, place.text) == (2, "cell = torch.nn.LSTM(2, 2)")
    assert place.text[place.column - 1 : place.end_column - 1] == "torch.nn.LSTM"


@pytest.mark.parametrize("caught", [False, True])
def test_a_forbidden_function_that_is_reached_in_another_way_is_forbidden(judged: Judged, caught: bool) -> None:
    name = "''.join(chr(n) for n in (76, 83, 84, 77))"
    source = f"def other(x):\n    return vars(torch.nn)[{name}](x.shape[2], 4, batch_first=True).to(x.dtype)(x)\n"
    use = "other(x)" if not caught else "\n    try:\n        other(x)\n    except BaseException:\n        pass"
    verdict = judged(source + in_the_call(use))
    assert verdict.verdict is Kind.FORBIDDEN
    assert "forbidden" in verdict.headline


@pytest.mark.parametrize("place", ["import peft\n", "try:\n    import peft\nexcept ImportError:\n    pass\n"])
def test_an_import_of_a_forbidden_package_is_forbidden(judged: Judged, place: str) -> None:
    verdict = judged(place + "class LoRALinear: pass\n", "lora")
    assert verdict.verdict is Kind.FORBIDDEN
    assert "peft" in verdict.headline


def test_torch_in_a_numpy_file_is_forbidden(judged: Judged) -> None:
    source = edited(NUMPY, ("    h, c, outputs", "    __import__('tor' + 'ch')\n    h, c, outputs"))
    assert judged(source, framework="numpy").verdict is Kind.FORBIDDEN


# sandbox_violation


@pytest.mark.parametrize(
    "statement",
    [
        "open('/home/someone/notes.txt').read()",
        "open('stolen.txt', 'w')",
        "import socket; socket.socket()",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "import os; os.fork()",
        "import os; os.remove('anything')",
    ],
)
@pytest.mark.parametrize("caught", [False, True])
def test_files_network_and_processes_are_out_of_reach(judged: Judged, statement: str, caught: bool) -> None:
    if caught:
        statement = f"\n    try:\n        {statement}\n    except BaseException:\n        pass"
    verdict = judged(in_the_call(statement))
    assert verdict.verdict in (Kind.SANDBOX_VIOLATION, Kind.FORBIDDEN, Kind.RUNTIME_ERROR), verdict.headline
    assert verdict.headline


# words that travel


@pytest.mark.parametrize(
    "text",
    [
        "é ∞ 中文 😀",
        "\\ud800 alone",
        "\\x1b[2J\\x1b[31mred",
        "nul \\x00 and \\x07",
        "line\\nline\\rline\\u2028line",
    ],
)
def test_odd_messages_survive_to_json(judged: Judged, text: str) -> None:
    verdict = judged(in_the_call(f'raise RuntimeError("{text}")'))
    assert verdict.verdict is Kind.RUNTIME_ERROR
    assert verdict.headline.startswith("RuntimeError: ")
    assert len(to_json(verdict)) < 100_000


def test_an_endless_message_is_cut(judged: Judged) -> None:
    verdict = judged(in_the_call("raise RuntimeError('x' * 10_000_000)"))
    assert verdict.verdict is Kind.RUNTIME_ERROR
    assert len(to_json(verdict)) < 50_000


def test_an_odd_name_of_an_exception_survives(judged: Judged) -> None:
    source = in_the_call("raise type('Odd\\ud800\\x1b', (Exception,), {})('text')")
    verdict = judged(source)
    assert verdict.verdict is Kind.RUNTIME_ERROR
    assert to_json(verdict)


def test_a_lone_surrogate_that_is_printed_survives(judged: Judged) -> None:
    verdict = judged(in_the_call("import sys; sys.stdout.buffer.write(b'\\xed\\xa0\\x80 \\xff\\n')"))
    assert verdict.verdict is Kind.ACCEPTED
    assert to_json(verdict)


def test_an_import_at_the_top_that_nothing_uses_is_left_out_and_that_is_said(judged: Judged) -> None:
    top = "import matplotlib.pyplot as plt\nfrom tqdm import tqdm\nimport pandas as pd\n"
    plot = "\n\ndef plot(x):\n    plt.plot(pd.DataFrame(x))\n"
    verdict = judged(top + LSTM + plot)
    assert verdict.verdict is Kind.ACCEPTED
    assert verdict.details == tuple(
        f"Your file imports `{each}`, which a solution can't import. It was judged without the import."
        for each in ("matplotlib", "tqdm", "pandas")
    )


def test_one_that_is_used_in_a_call_is_a_load_error(judged: Judged) -> None:
    used = LSTM.replace("    h, c, outputs", "    pd.DataFrame(x)\n    h, c, outputs")
    verdict = judged("import pandas as pd\n" + used)
    assert verdict.verdict is Kind.LOAD_ERROR
    assert verdict.headline == "your code uses `pandas`, which a solution can't import"
    sibling = "from helpers import cell\n" + LSTM.replace("    h, c, outputs", "    cell(x)\n    h, c, outputs")
    assert judged(sibling).verdict is Kind.LOAD_ERROR


def test_a_starter_that_was_not_filled_in_is_told_so(judged: Judged) -> None:
    verdict = judged(find_problem("lstm").starter("torch"))
    failed = verdict.failed()
    assert verdict.verdict is Kind.RUNTIME_ERROR
    assert failed is not None
    assert "is still that of the starter: write your code in its place." in failed.message
    raised = judged(LSTM.replace("    h, c, outputs", "    raise NotImplementedError2('x')\n    h, c, outputs"))
    failed = raised.failed()
    assert failed is not None
    assert "starter" not in failed.message
