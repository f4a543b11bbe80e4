"""`judge trace`: what each line assigned, on wrong answers, right ones and hostile ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import msgspec
import pytest
from inline_snapshot import snapshot

from judge import cli
from judge.isolation import Sandbox
from judge.judging import judge_submission
from judge.reports.trace import render
from judge.source import submission_of
from judge.verdict import Alignment, Kind, Trace, TracedFunction, TracedLine, TracedValue
from sandbox import LinuxSandbox, SandboxUnavailable
from tests.judge.judging import trace_submission

ROOT = Path(__file__).parents[2]
ANSWERS = ROOT / "tests/answers"


Traced = Callable[..., Trace]


@pytest.fixture
def traced(sandbox: Sandbox) -> Traced:
    """The trace of a file, given by its path or its text."""

    def trace(source: Path | str, problem: str, *, seed: int = 3, framework: str | None = None) -> Trace:
        data = source.read_bytes() if isinstance(source, Path) else dedent(source).encode()
        submission = submission_of(data, "answer.py", problem=problem, framework=framework, stem="answer")
        return trace_submission(submission, seed=seed, sandbox=sandbox)

    return trace


def shown(trace: Trace, *, width: int = 80, colour: bool = False) -> str:
    return render(trace, file="answer.py", repeat="judge trace answer.py --seed 3", width=width, colour=colour)


def look_at(trace: Trace) -> str:
    """What the report says to look at, in one line."""
    blocks = shown(trace, width=120).split("\n\n")
    (block,) = [block for block in blocks if block.startswith("  Look at")]
    return " ".join(block.removeprefix("  Look at").split())


def line_of(trace: Trace, text: str) -> TracedLine:
    (line,) = [each for function in trace.functions for each in function.lines if each.text.startswith(text)]
    return line


def test_the_example(traced: Traced) -> None:
    assert shown(traced(ROOT / "examples/attention.py", "attention", seed=7)) == snapshot("""\
answer.py: wrong answer — all 2 numbers in the result are wrong; the furthest off is at [0, 0, 1]: -0.00696272 instead of -0.0006707

  Case      H=2  Dh=1  B=1  Tq=1  Tk=2  D=2
            m = MultiHeadAttention(2, 2)
            # load into m: q_proj.weight, q_proj.bias, k_proj.weight,
            k_proj.bias, v_proj.weight, v_proj.bias, o_proj.weight, o_proj.bias
            m(query, key, value)

  Look at   line 29: scores has the shape of the reference's scores_BHTS, but
            other values: at [0, 0, 0, 0] it is 1.41421, there 2. Of what can be
            set side by side, it is the first that differs.

  __init__
  10 │ def __init__(self, d_model: int, num_heads: int) -> None:
     │   d_model         2
     │   num_heads       2
  14 │ self.num_heads = num_heads
     │   self.num_heads  2
  15 │ self.head_dim = d_model // num_heads
     │   self.head_dim   1

  forward
  25 │ def forward(self, query, key, value, mask=None):
     │   query    float32 [1, 1, 2]
     │   key      float32 [1, 2, 2]
     │   value    float32 [1, 2, 2]
     │   mask     None
  26 │ q = self.split(self.q_proj(query))
     │   q        float32 [1, 2, 1, 1]   = q_BHTK
  27 │ k = self.split(self.k_proj(key))
     │   k        float32 [1, 2, 2, 1]   = k_BHSK
  28 │ v = self.split(self.v_proj(value))
     │   v        float32 [1, 2, 2, 1]   = v_BHSK
  29 │ scores = q @ k.transpose(-2, -1) / math.sqrt(self.num_heads * self.head_…
     │   scores   float32 [1, 2, 1, 2]   ≠ scores_BHTS (the first that differs)
  32 │ weights = torch.softmax(scores, dim=-1)
     │   weights  float32 [1, 2, 1, 2]   ≠ weights_BHTS; rows sum to 1
  33 │ heads = weights @ v
     │   heads    float32 [1, 2, 1, 1]   ≠ heads_BHTK
  34 │ batch, _, length, _ = heads.shape
     │   batch    1
     │   length   1
  35 │ return self.o_proj(heads.transpose(1, 2).reshape(batch, length, -1))
     │   returns  float32 [1, 1, 2]   ≠ forward()

  split, called 3 times; the first is shown
  21 │ def split(self, x: torch.Tensor) -> torch.Tensor:
     │   x        float32 [1, 1, 2]   = features_BTD
  22 │ batch, length, _ = x.shape
     │   batch    1
     │   length   1
  23 │ return x.reshape(batch, length, self.num_heads, self.head_dim).transpose…
     │   returns  float32 [1, 2, 1, 1]   = q_BHTK

  =         the same values as in the reference under this name
  ≠         the shape of the reference's value of this name, and other values
  Repeat    judge trace answer.py --seed 3
""")


def test_an_lstm_in_numpy(traced: Traced) -> None:
    answer = ANSWERS / "lstm/mistakes/hidden-state-not-carried__numpy_wrong_name.py"
    assert shown(traced(answer, "lstm")) == snapshot("""\
answer.py: wrong answer — 1 of 2 numbers in outputs are wrong; the furthest off is at [0, 1, 0]: -0.12063 instead of -0.0905292

  Case      B=1  T=2  I=1  H=1
            lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh)

  Look at   line 19: i, the 2nd time, has the shape of the reference's i_BH, but
            other values: at [0, 0] it is 1, there 1.27529. Of what can be set
            side by side, it is the first that differs.

  lstm
  13 │ def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
     │   x              float32 [1, 2, 1] 1 T 1
     │   h0             float32 [1, 1]
     │   c0             float32 [1, 1]
     │   w_ih           float32 [4, 1]   all -1
     │   w_hh           float32 [4, 1]
     │   b_ih           float32 [4]
     │   b_hh           float32 [4]
  14 │ steps = x.shape[1]
     │   steps          2
  15 │ h_prev, c_prev = h0, c0
     │   h_prev         float32 [1, 1]   = h_BH
     │   c_prev         float32 [1, 1]   = c_BH
  16 │ hs = []
     │   hs             []
  17 │ for t in range(steps):  (2 times)
     │   t              0
  18 │ z = x[:, t] @ w_ih.T + h_prev @ w_hh.T + b_ih + b_hh  (2 times)
     │   z              float32 [1, 4]   = input_BG
  19 │ i, f, g, o = np.split(z, 4, axis=-1)  (2 times)
     │   i              float32 [1, 1]
     │                  the 2nd time ≠ i_BH (the first that differs)
     │   f              float32 [1, 1]   = f_BH
     │   g              float32 [1, 1]   = g_BH
     │   o              float32 [1, 1]   the 2nd time ≠ o_BH
  20 │ c_prev = sigmoid(f) * c_prev + sigmoid(i) * np.tanh(g)  (2 times)
     │   c_prev         float32 [1, 1]   the 2nd time ≠ c_BH
  21 │ h_next = sigmoid(o) * np.tanh(c_prev)  (2 times)
     │   h_next         float32 [1, 1]   the 2nd time ≠ h_BH
  22 │ hs.append(h_next)  (2 times)
     │   hs             [float32 [1, 1]]
  23 │ return np.stack(hs, axis=1), (h_next, c_prev)
     │   returns[0]     float32 [1, 2, 1] 1 T 1   ≠ lstm()[0]
     │   returns[1][0]  float32 [1, 1]   ≠ lstm()[1][0]
     │   returns[1][1]  float32 [1, 1]   ≠ lstm()[1][1]

  sigmoid, called 6 times; the first is shown
   9 │ def sigmoid(z):
     │   z        float32 [1, 1]   = c_BH
  10 │ return 1 / (1 + np.exp(-z))
     │   returns  float32 [1, 1]   = f_BH

  =         the same values as in the reference under this name
  ≠         the shape of the reference's value of this name, and other values
  times     this line was carried out several times; the first is shown
  Repeat    judge trace answer.py --seed 3
""")


WRONG = {
    "multi_head_attention/mistakes/output-projection-missing__einsum.py": "joined_BTD",
    "multi_head_attention/mistakes/values-from-key__classic.py": "V has the shape of the reference's v_BHSK",
    "multi_head_attention/mistakes/assertion-instead-of-value-error__classic.py": "the reference raises ValueError",
    "kv_cache/mistakes/does-not-see-itself__einsum.py": "scores has the shape of the reference's scores_BHTS",
    "kv_cache/mistakes/no-gradient__detached.py": "out has the values of the reference's out_BTD, but carries no gradient",
    "lora/mistakes/merge-without-scale__functional.py": "update_OI",
    "lstm/wrong/gates_interleaved.py": "line 13: i has the shape of the reference's i_BH",
    "lstm/wrong/cell_clamped.py": "line 15: c, the ",
    "normalization/wrong/only_float16_is_widened.py": "line 12: c has the shape of the reference's normalized",
    "sampling/mistakes/top-k-keeps-one-more__rank.py": "filter_logits() is the reference's sorted_logits",
    "sampling/mistakes/top-p-zero-taken-for-none__truth_value.py": "top_p must be in (0, 1], not 0.0; your code goes on",
    "lstm/mistakes/outputs-in-float64__numpy_zeros.py": "out is float64, where the case is float32",
}


@pytest.mark.parametrize("answer", WRONG)
def test_where_a_wrong_answer_parts_from_the_reference(traced: Traced, answer: str) -> None:
    trace = traced(ANSWERS / answer, answer.split("/")[0])
    assert trace.verdict in (Kind.WRONG_ANSWER, Kind.WRONG_SHAPE)
    assert trace.repeated
    assert WRONG[answer] in look_at(trace)


def test_the_case_is_that_of_judge_run(sandbox: Sandbox, traced: Traced) -> None:
    answer = ANSWERS / "lstm/mistakes/sigmoid-on-the-candidate__numpy_all_at_once.py"
    submission = submission_of(answer.read_bytes(), "answer.py", problem="lstm", framework=None, stem="answer")
    failed = judge_submission(submission, seed=5, sandbox=sandbox).failed()
    trace = traced(answer, "lstm", seed=5)
    assert failed is not None
    assert failed.counterexample is not None
    assert (trace.check, trace.sizes, trace.call) == (
        failed.name,
        failed.counterexample.sizes,
        failed.counterexample.brief,
    )
    assert traced(answer, "lstm", seed=5) == trace


@pytest.mark.parametrize("answer", ["lstm/accepted/numpy_loop.py", "kv_cache/accepted/einsum.py"])
def test_of_an_accepted_file_an_ordinary_case_is_shown(traced: Traced, answer: str) -> None:
    trace = traced(ROOT / "problems" / answer, answer.split("/")[0])
    assert trace.verdict is Kind.ACCEPTED
    assert look_at(trace).startswith("nothing fails.")
    values = [value for function in trace.functions for line in function.lines for value in line.values]
    assert trace.first_difference is None
    assert any(value.likeness is not None and value.likeness.kind == "same" for value in values)
    assert all(value.likeness is None or value.likeness.kind != "differs" for value in values)
    assert any(value.letters for value in values)


def test_an_exception_marks_its_line_and_shows_what_it_used(traced: Traced) -> None:
    trace = traced(
        """
        import torch

        def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
            a = x @ w_ih.T
            b = torch.stack([h0, h0], dim=2)
            return helper(a, b)

        def helper(a, b):
            c = a + 1
            return torch.cat([c, b])
        """,
        "lstm",
    )
    assert trace.verdict is Kind.RUNTIME_ERROR
    assert look_at(trace).startswith("line 11 raises RuntimeError: ")
    line = line_of(trace, "return torch.cat")
    assert line.raised.startswith("RuntimeError")
    assert [value.name for value in line.values] == ["c", "b"]
    assert line_of(trace, "c = a + 1").values[0].shape is not None
    assert line_of(trace, "a = x").values[0].shape is not None
    assert not [each for each in trace.functions[0].lines if each.text.startswith("return")]


def test_a_run_that_ended_for_what_is_forbidden_says_so(traced: Traced) -> None:
    source = """
        from torch import nn
        def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
            made = vars(nn)["LS" + "TM"](3, 4)
            return made(x)
    """
    assert look_at(traced(source, "lstm")) == (
        "the run ended: your code used torch.nn.LSTM, which is forbidden here: it is to be written from scratch. "
        "What is shown was seen before."
    )


def test_a_file_that_can_not_be_called_says_why(traced: Traced) -> None:
    trace = traced("import nothing_of_that_name\nnothing_of_that_name.begin()\n", "lstm")
    assert trace.verdict is Kind.LOAD_ERROR
    assert trace.functions == ()
    assert "nothing_of_that_name" in shown(trace)
    assert "`judge run` says more" in look_at(trace)


def test_functions_called_often_nested_ones_and_comprehensions(traced: Traced) -> None:
    trace = traced(
        """
        import numpy as np

        def sigmoid(z):
            return 1 / (1 + np.exp(-z))

        def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
            def cell(row, h, c):
                gates = row @ w_ih.T + h @ w_hh.T + b_ih
                i, f, g, o = np.split(gates, 4, axis=-1)
                c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
                return sigmoid(o) * np.tanh(c), c

            h, c = h0, c0
            states = [step for step in range(0)]
            for t in range(x.shape[1]):
                h, c = cell(x[:, t], h, c)
                states.append(h)
            return np.stack([s for s in states], axis=1), (h, c)
        """,
        "lstm",
        framework="numpy",
    )
    calls = {function.name: function.times for function in trace.functions}
    steps = calls["cell"]
    assert list(calls) == ["lstm", "cell", "sigmoid"]
    assert calls == {"lstm": 1, "cell": steps, "sigmoid": 3 * steps}
    assert line_of(trace, "states = ").values[0].text == "[]"
    assert trace.first_difference is not None
    assert trace.first_difference.name in ("gates", "i", "f", "g", "o")  # the second bias is missing


HOSTILE = {
    "switches it off": "import sys\nsys.settrace(None)",
    "odd names": "ñ𝒻 = x; locals()['\\x1b[31m'] = 1",
    "control characters": "text = '\\x1b[31m\\r\\u202e' * 1000",
    "patched": "import builtins, numpy\nbuiltins.len = None; numpy.ndarray",
    "its own frame": "import sys\nsys._getframe().f_trace = lambda *a: 1 / 0",
}


@pytest.mark.parametrize("trick", HOSTILE)
def test_a_hostile_file_spoils_at_most_its_own_trace(traced: Traced, trick: str) -> None:
    body = "".join(f"    {line}\n" for line in HOSTILE[trick].split("\n"))
    source = (
        "import numpy as np\n\n\n"
        f"def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):\n    first = x + 1\n{body}"
        "    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)\n"
    )
    trace = traced(source, "lstm", framework="numpy")
    assert trace.verdict is Kind.WRONG_ANSWER
    assert line_of(trace, "first = x + 1").values[0].shape is not None
    text = shown(trace)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert max(map(len, text.splitlines()[1:])) <= 80


def test_narrow_and_coloured(traced: Traced) -> None:
    trace = traced(ROOT / "examples/attention.py", "attention", seed=7)
    narrow = shown(trace, width=40)
    assert max(map(len, narrow.splitlines()[1:])) <= 40 + len("judge trace answer.py --seed 3")
    assert max(len(line) for line in narrow.splitlines()[1:] if "Repeat" not in line) <= 40
    coloured = shown(trace, colour=True)
    assert "\x1b[31m" in coloured
    plain = coloured
    for code in ("\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m"):
        plain = plain.replace(code, "")
    assert plain == shown(trace)


def test_words_for_every_likeness() -> None:
    def value(name: str, **fields: object) -> TracedValue:
        given = {"name": "scores_BHTS", "line": 1, "shape": (1, 2)}
        return TracedValue(name=name, type="float32", shape=(2, 1), likeness=Alignment(**{**given, **fields}))  # type: ignore[arg-type]

    values = (
        value("a", kind="same"),
        value("b", kind="same", times=3),
        value("c", kind="transposed", axes=(1, 0)),
        value("d", kind="reshaped"),
        value("e", kind="differs", times=2),
        value("f", kind="other shape"),
        TracedValue(name="", type="int", text="3"),
    )
    line = TracedLine(line=7, text="x = \x1b[2J" + "y" * 200, event="assign", times=12, at_least=True, values=values)
    function = TracedFunction(name="f", step=0, times=1, lines=(line,))
    trace = Trace(
        problem="lstm",
        framework="torch",
        verdict=Kind.TIME_LIMIT,
        seed=1,
        check="c",
        functions=(function,),
        ended="it hung",
    )
    assert shown(trace, width=70) == snapshot("""\
answer.py: time limit

  Look at   the run ended: it hung. What is shown was seen before.

  f
  7 │ x = \\x1b[2Jyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…  (at least 12 times)
    │   a        float32 [2, 1]   = scores_BHTS
    │   b        float32 [2, 1]   the 3rd time = scores_BHTS
    │   c        float32 [2, 1]   permute(1, 0) = scores_BHTS
    │   d        float32 [2, 1]   reshape(1, 2) = scores_BHTS
    │   e        float32 [2, 1]   the 2nd time ≠ scores_BHTS
    │   f        float32 [2, 1]
    │            the reference's scores_BHTS is [1, 2]
    │   returns  3

  =         the same values as in the reference under this name
  ≠         the shape of the reference's value of this name, and other
            values
  times     this line was carried out several times; the first is
            shown
  Repeat    judge trace answer.py --seed 3
""")


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("JUDGE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    wrong = ANSWERS / "lstm/mistakes/sigmoid-on-the-candidate__numpy_all_at_once.py"
    (tmp_path / "lstm.py").write_bytes(wrong.read_bytes())
    status = cli.main(["trace", "lstm.py", "--seed", "3", "--sandbox", "process"])
    text, errors = capsys.readouterr()
    assert (status, errors) == (1, "")
    assert text.startswith("lstm.py: wrong answer — ")
    assert text.rstrip().endswith("judge trace lstm.py --seed 3 --sandbox process")
    assert not (tmp_path / "home" / "judge.db").exists()
    status = cli.main(["trace", "lstm.py", "--seed", "3", "--sandbox", "process", "--json"])
    text, errors = capsys.readouterr()
    found = msgspec.convert(json.loads(text), Trace)
    assert (status, errors, found.schema, found.verdict, found.seed) == (1, "", 1, Kind.WRONG_ANSWER, 3)
    assert found.functions[0].name == "lstm"


def test_wrong_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("JUDGE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    assert cli.main(["trace", "nothing.py"]) == 2
    assert "There is no file nothing.py" in capsys.readouterr().err
    (tmp_path / "lstm.py").write_text("def lstm(:\n")
    assert cli.main(["trace", "lstm.py"]) == 1
    assert "load error" in capsys.readouterr().out
    assert cli.main(["trace", "lstm.py", "--problem", "nothing", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"].startswith("There is no problem")


def test_at_the_reduced_level(traced: Traced) -> None:
    try:
        with LinuxSandbox(["reduced"]) as place:
            source = (ANSWERS / "lstm/mistakes/sigmoid-on-the-candidate__numpy_all_at_once.py").read_bytes()
            submission = submission_of(source, "answer.py", problem="lstm", framework=None, stem="answer")
            trace = trace_submission(submission, seed=3, sandbox=place)
    except SandboxUnavailable as error:
        pytest.skip(str(error))
    assert trace.sandbox is not None
    assert trace.sandbox.level == "reduced"
    assert trace.functions == traced(source.decode(), "lstm").functions
