"""The example in each statement is what the reference computes."""

import doctest
import importlib.util
import re

import pytest

from problems import all_problems

PROBLEMS = [problem for problem in all_problems() if (problem.folder / "statement.md").exists()]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def example_of(problem):
    """The statement's example: its one python block."""
    (block,) = BLOCK.findall(problem.statement)
    return block


def names_of_the_reference(problem):
    spec = importlib.util.spec_from_file_location(f"reference_of_{problem.slug}", problem.reference)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {entry.name: getattr(module, entry.name) for entry in problem.entry}


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.slug)
def test_example_is_what_the_reference_computes(problem):
    test = doctest.DocTestParser().get_doctest(
        example_of(problem), names_of_the_reference(problem), problem.slug, str(problem.folder / "statement.md"), 0
    )
    report = []
    result = doctest.DocTestRunner(verbose=False).run(test, out=report.append)
    assert result.attempted > 0
    assert result.failed == 0, "".join(report)


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.slug)
def test_example_shows_numbers(problem):
    examples = doctest.DocTestParser().get_examples(example_of(problem))
    assert any(re.search(r"\d", example.want) for example in examples)
