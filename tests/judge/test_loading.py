"""The words for what can go wrong while a file is loaded."""

from __future__ import annotations

import msgspec
import pytest

from judge.cases import load_checks
from judge.oracle import load_module
from judge.running import Examiner, Fault
from judge.running.loading import asked_words, load_fault, load_spec
from judge.source import Submission, submission_of
from judge.verdict import Kind, ProblemError
from problems import all_problems, find_problem
from problems.frameworks import NUMPY, PYTHON, TORCH
from sandbox import End, EndKind, EntryFault, Loaded, Raised
from sandbox.answers import Frame

SOURCE = b"import torch\nimport cells\n"


def submission(framework: str = "torch") -> Submission:
    return submission_of(SOURCE, "lstm.py", problem="lstm", framework=framework, stem="lstm")


def fault(loaded: Loaded, framework: str = "torch") -> Fault | None:
    return load_fault(loaded, submission(framework), Examiner(SOURCE.decode(), "tensor"))


def raised(
    type_name: str, message: str = "", *, bases: tuple[str, ...] = (), memory: bool = False, missing: str = ""
) -> Loaded:
    frames = (Frame(2, "<module>"),)
    every = (type_name, *bases)
    return Loaded(
        raised=Raised(
            type_name=type_name, bases=every, message=message, memory=memory, frames=frames, missing_module=missing
        )
    )


def test_a_file_that_loads_has_no_fault() -> None:
    assert fault(Loaded(defined=("lstm",))) is None


def test_an_exception_is_a_load_error_with_its_line() -> None:
    found = fault(raised("KeyError", "'a'"))
    assert (found.kind, found.sentence) == (Kind.LOAD_ERROR, "your file can't be loaded: KeyError: 'a'")
    assert [(place.line, place.text) for place in found.locations] == [(2, "import cells")]
    assert found.facts == ()


def test_an_exception_without_a_message_is_named() -> None:
    assert fault(raised("StopIteration")).sentence == "your file can't be loaded: StopIteration"


def test_a_module_that_is_missing_comes_with_what_may_be_imported() -> None:
    missing = raised("ModuleNotFoundError", "No module named 'cells'", bases=("ImportError",), missing="cells.one")
    (fact,) = fault(missing).facts
    assert fact.startswith("A solution is one file: it can import the standard library, ")
    assert "torch" in fact
    assert fact.endswith("`cells` is none of these.")
    assert "torch" not in fault(missing, "numpy").facts[0]


def test_a_name_that_is_missing_in_a_module_is_no_missing_module() -> None:
    assert fault(raised("ImportError", "cannot import name 'x' from 'torch'", missing="torch")).facts == ()


def test_a_relative_import_comes_with_what_may_be_imported() -> None:
    found = fault(raised("ImportError", "attempted relative import with no known parent package"))
    assert found.facts[0].startswith("A solution is one file")


def test_a_refused_allocation_is_memory_limit() -> None:
    found = fault(raised("MemoryError", memory=True))
    assert (found.kind, found.sentence) == (
        Kind.MEMORY_LIMIT,
        "an allocation was refused while your file was loaded: MemoryError",
    )


@pytest.mark.parametrize(
    ("end", "kind", "words"),
    [
        (EndKind.EXITED, Kind.LOAD_ERROR, "while your file was loaded, it said"),
        (EndKind.CRASHED, Kind.LOAD_ERROR, "while your file was loaded, it said"),
        (EndKind.TIME_LIMIT, Kind.TIME_LIMIT, "it said"),
        (EndKind.MEMORY_LIMIT, Kind.MEMORY_LIMIT, "it said"),
        (EndKind.FORBIDDEN, Kind.FORBIDDEN, "your code used it said, which is forbidden here"),
        (EndKind.VIOLATION, Kind.SANDBOX_VIOLATION, "not permitted in the sandbox: it said"),
    ],
)
def test_a_run_that_ends_while_loading(end: EndKind, kind: Kind, words: str) -> None:
    found = fault(Loaded(end=End(kind=end, message="it said")))
    assert found.kind is kind
    assert found.sentence.startswith(words)


@pytest.mark.parametrize(
    ("entry", "defined", "sentence"),
    [
        (EntryFault("lstm", "missing", ""), (), "your file does not define lstm"),
        (EntryFault("lstm", "missing", ""), ("LSTM",), "your file defines LSTM; this problem asks for lstm"),
        (EntryFault("lstm", "missing", ""), ("lstms", "x"), "your file defines lstms; this problem asks for lstm"),
        (EntryFault("lstm", "missing", ""), ("gates",), "your file does not define lstm"),
        (EntryFault("lstm", "not a function", "int"), (), "`lstm` should be a function; in your file it is an int"),
        (EntryFault("lstm", "not a function", "type"), (), "`lstm` should be a function; in your file it is a class"),
        (
            EntryFault("lstm", "signature", "missing a required argument: 'y'"),
            (),
            "`lstm` does not take the arguments that are asked for: missing a required argument: 'y'",
        ),
    ],
)
def test_an_entry_point_that_is_not_as_asked(entry: EntryFault, defined: tuple[str, ...], sentence: str) -> None:
    found = fault(Loaded(faults=(entry,), defined=defined))
    assert (found.kind, found.sentence) == (Kind.LOAD_ERROR, sentence)
    assert found.facts == ("The problem asks for the function lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh).",)


def test_entry_points_are_told_as_they_are_asked_for() -> None:
    words = {problem.slug: asked_words(problem.entry[0]) for problem in all_problems()}
    assert words["lora"] == (
        "the class LoRALinear(base, rank, alpha=1.0, dropout=0.0) with forward(x), merge(), unmerge()"
    )
    assert words["sampling"] == "the function filter_logits(logits, top_k=None, top_p=None)"


def test_what_the_guest_is_told_holds_entry_points_and_what_is_forbidden() -> None:
    spec = load_spec(find_problem("lora"), TORCH, source="x", filename="mine.py", seed=4)
    assert spec["entry"][0]["parameters"][:2] == [
        {"name": "base", "required": True},
        {"name": "rank", "required": True},
    ]
    assert spec["entry"][0]["parameters"][2] == {"name": "alpha", "required": False}
    assert set(spec["entry"][0]["methods"]) == {"forward", "merge", "unmerge"}
    assert "peft" in spec["forbidden_packages"]
    assert "torch" not in spec["forbidden_packages"]


def test_torch_is_forbidden_in_a_numpy_file() -> None:
    spec = load_spec(find_problem("lstm"), NUMPY, source="x", filename="mine.py", seed=4)
    assert {"torch", "functorch"} <= set(spec["forbidden_packages"])


def test_arrays_are_forbidden_in_plain_python() -> None:
    spec = load_spec(find_problem("bpe"), PYTHON, source="x", filename="mine.py", seed=4)
    assert {"torch", "numpy", "einops", "tiktoken"} <= set(spec["forbidden_packages"])


def test_what_plain_python_may_import_is_said() -> None:
    raised = Raised(
        type_name="ModuleNotFoundError",
        bases=("ModuleNotFoundError", "ImportError"),
        message="No module named 'nltk'",
        memory=False,
        frames=(),
        missing_module="nltk",
    )
    submission = submission_of(b"import nltk", "bpe.py", problem="bpe", framework=None, stem="bpe")
    found = load_fault(Loaded(raised=raised), submission, Examiner("import nltk", "value"))
    assert found is not None
    (fact,) = found.facts
    assert "it can import the standard library, and neither files beside it nor other packages. `nltk` is none" in fact


def test_the_reference_is_no_part_of_what_the_guest_is_told() -> None:
    for problem in all_problems():
        spec = load_spec(problem, problem.offered[0], source="x", filename="mine.py", seed=4)
        lines = [line for line in problem.solution.splitlines() if len(line) > 40]
        assert not any(line in repr(spec) for line in lines)
        assert str(problem.reference) not in repr(spec)


# trusted files


def test_a_trusted_file_that_does_not_load_is_a_broken_problem(tmp_path) -> None:
    path = tmp_path / "broken.py"
    path.write_text("1 / 0\n")
    with pytest.raises(ProblemError, match=r"broken\.py does not load: ZeroDivisionError"):
        load_module(path, "_broken")
    with pytest.raises(ProblemError, match="does not load: FileNotFoundError"):
        load_module(tmp_path / "none.py", "_none")


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("from problems.checks import Asked\n", "Asked", "CaseAnswers"),
        ("import problems.checks\nproblems.checks.Asked\n", "Asked", "CaseAnswers"),
        ("from problems.checks import Check\nCheck(name='a', fresh=True)\n", "fresh", "own_process"),
        (
            "from problems.properties import raises_check\nraises_check(None, None, sentence='', random=True)\n",
            "random",
            "stochastic",
        ),
    ],
)
def test_a_file_written_for_old_names_is_told_the_new_ones(tmp_path, text: str, old: str, new: str):
    (tmp_path / "checks.py").write_text(text)
    problem = msgspec.structs.replace(find_problem("lstm"), folder=tmp_path)
    with pytest.raises(ProblemError, match=rf"`{old}` is called `{new}` now"):
        load_checks(problem)


def test_other_errors_are_told_nothing_of_new_names(tmp_path):
    problem = msgspec.structs.replace(find_problem("lstm"), folder=tmp_path)
    for text in ("from random import Asked\n", "import random\nrandom.fresh\n", "int.random\n"):
        (tmp_path / "checks.py").write_text(text)
        with pytest.raises(ProblemError, match="does not load") as raised:
            load_checks(problem)
        assert "is called" not in str(raised.value)
