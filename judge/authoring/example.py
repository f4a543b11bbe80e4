"""The example in a statement: it must be what the reference computes."""

from __future__ import annotations

import doctest
import re
from collections.abc import Iterator

from judge.oracle import load_module
from judge.verdict import ProblemError
from problems import Problem

FILE = "statement.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def example_faults(problem: Problem) -> Iterator[str]:
    """What is wrong with the example, a sentence each, with the line of the statement; nothing where it is true."""
    text = problem.statement
    blocks = list(BLOCK.finditer(text))
    if len(blocks) != 1:
        yield f"{FILE} has {len(blocks)} blocks ```python; one is asked for: a call as in a session, and what it gives"
        return
    (block,) = blocks
    first = text.count("\n", 0, block.start(1)) + 1
    examples = doctest.DocTestParser().get_examples(block[1])
    if not any(re.search(r"\d", example.want) for example in examples):
        yield f"{FILE}, line {first}: the example shows no number; let it show what a call gives"
        return
    names = _names(problem)
    test = doctest.DocTest(examples, names, problem.slug, FILE, first - 1, block[1])
    runner = _Listening()
    runner.run(test, out=lambda text: None)
    yield from runner.faults


def _names(problem: Problem) -> dict[str, object]:
    """What the reference defines of what is asked for."""
    module = load_module(problem.reference, f"_example_{problem.slug}")
    missing = [entry.name for entry in problem.entry if not hasattr(module, entry.name)]
    if missing:
        raise ProblemError(f"{problem.reference} does not define {' and '.join(missing)}")
    return {entry.name: getattr(module, entry.name) for entry in problem.entry}


class _Listening(doctest.DocTestRunner):
    """Notes what differs and prints nothing."""

    def __init__(self) -> None:
        super().__init__(verbose=False)
        self.faults: list[str] = []

    def report_failure(self, out: object, test: doctest.DocTest, example: doctest.Example, got: str) -> None:
        """An example gives something else."""
        self._note(test, example, f"gives {got.strip()!r}, and the statement says {example.want.strip()!r}")

    def report_unexpected_exception(
        self, out: object, test: doctest.DocTest, example: doctest.Example, exc_info: tuple[object, ...]
    ) -> None:
        """An example raises."""
        self._note(test, example, f"raises {type(exc_info[1]).__name__}: {exc_info[1]}")

    def _note(self, test: doctest.DocTest, example: doctest.Example, words: str) -> None:
        line = (test.lineno or 0) + example.lineno + 1
        self.faults.append(f"{FILE}, line {line}: {example.source.strip()} {words}")
