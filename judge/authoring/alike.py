"""The generated edits of a reference that explain wrong answers: those that no input tells from it, and those without words."""

from __future__ import annotations

from collections.abc import Iterator

from judge.authoring.proof import Note
from judge.cases import CaseSet
from judge.explain import Evidence, edits_alike
from judge.explain.edits.mutants import Mutant
from judge.explain.edits.words import WORDS
from judge.verdict import counted
from problems import Problem

CASES_OF_EACH = 4  # of every check
MOST_NAMED = 12


def edit_notes(problem: Problem) -> Iterator[Note]:
    """How many edits there are, and which of them can explain nothing. None of it is a fault."""
    case_set = CaseSet(problem, problem.model, 0)
    evidence: list[Evidence] = []
    for check in case_set.checks:
        if check.timed or check.stochastic:
            continue
        ready = case_set.prepare(check)
        parts = zip(ready.cases[:CASES_OF_EACH], ready.programs, ready.rights, strict=False)
        for place, (case, program, right) in enumerate(parts):
            answers = case_set.reference.answers(program)
            evidence.append(Evidence(check, case, program, answers, right, failed=False, place=place))
    edits, alike = edits_alike(problem, evidence, case_set.arrays)
    without = [edit for edit in edits if edit.operator not in WORDS]
    yield Note(True, f"{counted(len(edits), 'edit')} of the reference can explain a wrong answer")
    if without:
        yield Note(False, f"without words: {_names(without)}")
    if alike:
        yield Note(True, f"no case tells {len(alike)} of them from it: {_names(alike)}")


def _names(edits: list[Mutant]) -> str:
    names, more = [_name(edit) for edit in edits[:MOST_NAMED]], len(edits) - MOST_NAMED
    return "; ".join(names) + (f"; and {more} more" if more > 0 else "")


def _name(edit: Mutant) -> str:
    """The change; of one in a whole block the kind."""
    whole = edit.change.startswith(("def ", "for ")) and edit.operator in WORDS
    return f"line {edit.line}: {WORDS[edit.operator].title}" if whole else edit.name
