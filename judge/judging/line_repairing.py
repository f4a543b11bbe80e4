"""A change of one line that gives it a value of right answers: for files in which more than one line is wrong."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Sequence

from judge.explain import Pointing
from judge.explain.edits.repairs import Repair, Repairs
from judge.explain.locating import Node
from judge.judging.changed_files import MOST_LINES, TOGETHER
from judge.judging.trial import Trial
from judge.program import to_answers, to_steps
from judge.source import parse
from problems.asks import Call

MOST_TRIED = 72  # changes of one line


def find_line_repair(trial: Trial, pointing: Pointing) -> Repair | None:
    """The first change that gives the suspected line a value which right answers have, and no line of the file has yet.

    Args:
        trial: of the file.
        pointing: that has found a line.
    """
    node = pointing.suspect
    if node is None or not pointing.is_entered_first(node) or not isinstance(pointing.program[node.seen.step], Call):
        return None
    repairs = Repairs(trial.submission.source)
    lines = range(node.place.first, node.place.last + 1)
    of_line = [each for each in repairs.found(tuple(lines), None) if each.lines == (each.line,) and each.line in lines]
    texts = _texts(trial, repairs, of_line, node)
    program = list(pointing.program[: node.seen.step + 1])
    steps = to_steps(program, arrays=trial.case_set.arrays)
    with trial.open_loaded() as door:
        while some := list(itertools.islice(texts, TOGETHER)):
            door.post_instead([text for _, text in some], [steps], lines=MOST_LINES)
            for (repair, _), replies in zip(some, door.collect(), strict=False):
                answer = to_answers(replies).get(node.seen.step)
                if answer is not None and answer.failure is None and pointing.makes_right(answer.value, node):
                    return repair
            if door.end is not None:
                return None
    return None


def _texts(trial: Trial, repairs: Repairs, found: Sequence[Repair], node: Node) -> Iterator[tuple[Repair, str]]:
    """Changed files that return what the line assigns, each once."""
    known = {shown(trial.submission.source, node)}
    for repair in found[:MOST_TRIED]:
        text = shown(repairs.text(repair), node)
        if text is not None and text not in known:
            known.add(text)
            yield repair, text


def shown(source: str, node: Node) -> str | None:
    """The file with a statement after a line that returns what it assigns; None where the line can't be found."""
    try:
        tree = parse(source, "solution.py")
    except SyntaxError:
        return None
    for owner in ast.walk(tree):
        blocks = [getattr(owner, name, None) for name in ("body", "orelse", "finalbody")]
        for block in (each for each in blocks if isinstance(each, list)):
            for number, statement in enumerate(block):
                if getattr(statement, "lineno", 0) == node.place.first and not hasattr(statement, "body"):
                    returned = ast.parse(f"return ({', '.join(node.place.paths)})").body[0]
                    block.insert(number + 1, ast.copy_location(returned, statement))
                    return ast.unparse(tree)
    return None
