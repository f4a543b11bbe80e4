"""The fourth stage: what the mistake is, and in which line: from the catalogue, from edits of the reference, from a trace."""

from __future__ import annotations

import ast

import msgspec

from judge.explain import Named, Pointed, Pointing, diagnose, recognise_edit
from judge.explain.contracts import Contract, a_generator, broken_contract, crash, lost_digits, wrong_draws
from judge.explain.edits.repairs import Repair, Repairs
from judge.explain.edits.words import WORDS, place_words
from judge.judging.decision import Decision, decide
from judge.judging.evidence import check_of
from judge.judging.line_repairing import find_line_repair
from judge.judging.minimising import minimise
from judge.judging.pointing import conditions_of, watch_failure
from judge.judging.repairing import Repaired, changed_submission, find_repair
from judge.judging.run import Manner, Run, run_checks
from judge.judging.trial import Failure
from judge.source import Submission
from judge.verdict import Change, Diagnosis, ProblemError
from problems.kinds import Breach
from sandbox import SandboxRefused, SandboxUnavailable

MOST_TEXT = 200
MOST_LINES = 3
MOST_OTHERS = 2  # failures that are asked where the one that is reported shows nothing
CONTRACTS = frozenset({Breach.INPUT_CHANGED, Breach.STATE_KEPT, Breach.NOT_REGISTERED, Breach.NO_ERROR, Breach.RANDOM})


def explain(run: Run, decision: Decision) -> Diagnosis | None:
    """The mistake that agrees with all that the file answered, with the lines where it lies; None where nothing was found.

    A contract that is broken (an input is changed, an exception is missing) is seen by checks of its own. What is wrong beside it is
    looked for in all other evidence.

    Args:
        run: of the file.
        decision: with the failure that is reported.
    """
    problem, arrays = run.trial.problem, run.trial.case_set.arrays
    named = diagnose(problem, run.evidence, arrays, run.passed)
    try:
        found = _with_lines(run, decision, named)
        if named is not None or (found is not None and found.change is not None and found.change.whole):
            return found
        beside = _beside_contracts(run, decision)
        if beside is None:
            return found
        rest, rest_decision = beside
        other = _with_lines(rest, rest_decision, diagnose(problem, rest.evidence, arrays, rest.passed))
        return other if found is None else found if other is None else _together(found, other)
    except (SandboxRefused, SandboxUnavailable, ProblemError):
        raise
    except Exception as error:  # noqa: BLE001 - a verdict does not fail because its explanation does; and it is said
        said = f"The judge failed while it looked for the line of the mistake: {type(error).__name__}: {error}"
        lost = Diagnosis(mistake=None, explanation="", source="trace") if named is None else named.diagnosis
        return msgspec.structs.replace(lost, facts=(said[:MOST_TEXT],))


def _beside_contracts(run: Run, decision: Decision) -> tuple[Run, Decision] | None:
    """The run without the checks whose contract is broken, decided anew; None where nothing fails beside them, or no contract is broken."""
    failures = [each.failure for each in run.checks if each.failure is not None]
    broken = {each.check.name for each in failures if each.fault.breach in CONTRACTS}
    left = [each for each in failures if each.check.name not in broken and each.fault.breach is not Breach.RESOURCES]
    if decision.fault.breach not in CONTRACTS or not left:
        return None
    rest = msgspec.structs.replace(
        run,
        checks=tuple(each for each in run.checks if each.check.name not in broken),
        answered=tuple(each for each in run.answered if check_of(each).name not in broken),
    )
    return rest, minimise(run.trial, decide(rest))


def _together(first: Diagnosis, second: Diagnosis) -> Diagnosis:
    """Two mistakes in one file. The lines of what was tried or measured come before those that are only likely."""
    sure, likely = (second, first) if first.source == "check" else (first, second)
    titles = [each for each in (first.title, second.title) if each]
    return msgspec.structs.replace(
        sure,
        mistake="+".join(dict.fromkeys(filter(None, (first.mistake, second.mistake)))) or None,
        title="; ".join(dict.fromkeys(titles)),
        question=first.question or second.question,
        explanation="\n".join(filter(None, (first.explanation, second.explanation))),
        hint=first.hint or second.hint,
        lines=tuple(dict.fromkeys((*sure.lines, *likely.lines)))[:MOST_LINES],
        text=sure.text or likely.text,
        facts=(*sure.facts, *likely.facts),
    )


def _with_lines(run: Run, decision: Decision, named: Named | None) -> Diagnosis | None:
    """What was named, or what an edit tells, of the file or of the reference, with the lines; None where nothing was found."""
    problem, arrays, submission = run.trial.problem, run.trial.case_set.arrays, run.trial.submission
    pointing, pointed = _pointed(run, decision, None if named is None else named.source)
    if named is None:
        reached = None if pointing is None else pointing.reached
        suspected = () if pointed is None else pointed.lines
        repaired = find_repair(run, decision, suspected, reached)
        if repaired is not None:
            whole = _of_repair(repaired, pointed, None) if repaired.whole else _of_part(run, repaired, pointed)
            return _at_lines(whole, submission)
        line_repair = None if pointing is None else find_line_repair(run.trial, pointing)
        if line_repair is not None:
            return _at_lines(_of_part(run, Repaired(line_repair, False, ""), pointed), submission)
        if pointing is not None:
            named = recognise_edit(problem, run.evidence, arrays, pointing.doubtful_lines(), run.passed)
            pointed = pointed if named is None else pointing.found(named.source) or pointed
    found = None if named is None else named.diagnosis
    if pointed is not None:
        found = Diagnosis(mistake=None, explanation="", source="trace") if found is None else found
        found = _at_lines(msgspec.structs.replace(found, lines=pointed.lines, facts=pointed.facts), submission)
    if found is None or found.mistake is None:
        return _of_raised(run, decision, _of_contract(run, decision, found))
    failure, tree = decision.failure, submission.tree
    contract = None if found.lines or failure is None or tree is None else _contract(failure, tree)
    if contract is None or not contract.lines:
        return found
    return _at_lines(msgspec.structs.replace(found, lines=contract.lines), submission)


def _pointed(run: Run, decision: Decision, suspect: str | None) -> tuple[Pointing | None, Pointed | None]:
    """What the lines make where the file fails, and what that shows; of another failure where the reported one shows nothing."""
    same = [each.failure for each in run.checks if each.failure is not None]
    same = [each for each in same if each.fault.breach is decision.fault.breach and each is not decision.failure]
    first = None
    for failure in [*filter(None, [decision.failure]), *same[:MOST_OTHERS]]:
        pointing = watch_failure(run, decision.on(failure))
        if pointing is None:
            continue
        pointed = pointing.found(suspect)
        if pointed is None and decision.fault.breach is Breach.SHAPE:
            pointed = pointing.of_another_kind()
        if pointed is not None:
            return pointing, pointed
        first = first or pointing
    return first, None


def _of_raised(run: Run, decision: Decision, found: Diagnosis | None) -> Diagnosis | None:
    """The same with the line that raises, where no line was found and Python's traceback has one."""
    submission, fault = run.trial.submission, decision.fault
    if (found is not None and found.lines) or fault.breach is not Breach.EXCEPTION or submission.tree is None:
        return found
    if not fault.locations:
        return found
    # What is called too deep is what calls itself; the innermost line only comes too late.
    deep = fault.sentence.startswith("RecursionError")
    calling = [each.line for each in fault.locations if deep and f"{each.function}(" in each.text]
    line = calling[-1] if calling else fault.locations[-1].line
    condition = conditions_of(submission.tree).get(line)
    lines = (line,) if condition is None else (condition, line)
    said = f"Line {line} raises the exception" + ("." if condition is None else f", because of line {condition}.")
    found = Diagnosis(mistake=None, explanation="", source="trace") if found is None else found
    return _at_lines(msgspec.structs.replace(found, lines=lines, facts=(*found.facts, said)), submission)


def _of_contract(run: Run, decision: Decision, found: Diagnosis | None) -> Diagnosis | None:
    """The same with what the check, or the exception, says of itself."""
    failure, submission = decision.failure, run.trial.submission
    if failure is None or submission.tree is None:
        return found
    contract = _contract(failure, submission.tree)
    if contract is None:
        return found
    words, facts = contract.words, tuple(filter(None, [contract.fact]))
    if found is not None and contract.leads and contract.lines:
        lines = tuple(dict.fromkeys((*contract.lines, *found.lines)))[:MOST_LINES]
        found = _at_lines(msgspec.structs.replace(found, lines=lines, facts=()), submission)
        facts += (f"Line {lines[0]} makes something of a dtype that may have fewer digits.",)
    elif found is None:
        lines = contract.lines or tuple(each.line for each in failure.fault.locations[-1:])
        found = Diagnosis(mistake=None, explanation="", source="check", lines=lines)
        found = _at_lines(found, submission) if lines else found
        facts += (
            (f"The check does not see lines; line {contract.lines[0]} is one that can be the cause.",)
            if contract.lines
            else ()
        )
    return msgspec.structs.replace(
        found,
        mistake=f"check:{contract.id}",
        title=words.title,
        question=words.question,
        explanation=words.explanation,
        facts=(*found.facts, *facts),
    )


def _contract(failure: Failure, tree: ast.Module) -> Contract | None:
    """What a failure says of itself."""
    fault = failure.fault
    match fault.breach:
        case Breach.EXCEPTION:
            return crash(fault.sentence, failure.case.sizes)
        case Breach.SHAPE:
            return a_generator(fault.sentence, tree)
        case Breach.VALUES:
            return lost_digits(fault.facts, tree)
        case Breach.FREQUENCY:
            return wrong_draws(tree)
        case _:
            return broken_contract(fault.breach, tree)


def _asked_again(run: Run, repair: Repair) -> tuple[Run, Decision] | None:
    """All checks, asked of the changed file, and what they decide; None where it can't be asked, or its lines have other numbers."""
    source = run.trial.submission.source
    text = Repairs(source).text(repair)
    changed = changed_submission(run.trial, text)
    if changed is None or text.count("\n") != source.count("\n"):
        return None
    again = run_checks(msgspec.structs.replace(run.trial, submission=changed), Manner(), lambda words: None)
    return None if again.load_fault is not None else (again, decide(again))


def _second(run: Run, decision: Decision) -> Repaired | None:
    """The change that makes a file right which was changed before and is wrong still; None where there is none."""
    decision = minimise(run.trial, decision)
    pointing = watch_failure(run, decision)
    pointed = None if pointing is None else pointing.found(None)
    reached = None if pointing is None else pointing.reached
    found = find_repair(run, decision, () if pointed is None else pointed.lines, reached)
    return found if found is not None and found.whole else None


def _of_part(run: Run, repaired: Repaired, pointed: Pointed | None) -> Diagnosis:
    """The words for a change that puts a part right, and for the change that puts the rest right, where one does."""
    again = _asked_again(run, repaired.repair)
    if again is None:
        return _of_repair(repaired, pointed, None)
    if again[1].failure is None:
        return _of_repair(msgspec.structs.replace(repaired, whole=True), pointed, None)
    return _of_repair(repaired, pointed, _second(*again))


def _of_repair(repaired: Repaired, pointed: Pointed | None, second: Repaired | None) -> Diagnosis:
    """The words for a change that makes the file right, or less wrong; with what was measured in that line.

    Args:
        repaired: the change.
        pointed: what a trace shows.
        second: a further change with which the file is right.
    """
    found = _of_one(repaired, pointed)
    if second is None:
        return found
    other = _of_one(second, None)
    lines = sorted({found.lines[0], other.lines[0]})
    where = f"in line {lines[0]} and in line {lines[1]}" if len(lines) == 2 else f"both in line {lines[0]}"
    said = f"There are two mistakes: two small changes, {where}, make your file right."
    together = _together(found, other)
    assert found.change is not None
    assert other.change is not None
    both = msgspec.structs.replace(found.change, whole=True, others=(other.change,), puts_right="")
    return msgspec.structs.replace(together, facts=(said, *found.facts[1:]), change=both)


def _of_one(repaired: Repaired, pointed: Pointed | None) -> Diagnosis:
    """The same of one change."""
    repair, words = repaired.repair, WORDS[repaired.repair.operator]
    if not repaired.check and not repaired.whole:
        said = (
            f"With a small change in line {repair.line} {(repair.target and f'`{repair.target}`') or 'what it assigns'} "
            "is what right answers have there; more is wrong elsewhere."
        )
    elif repaired.whole and repair.old:
        said = f"One small change in line {repair.line} makes your file right."
    elif repaired.whole:
        said = f"With one more statement your file is right. It is about what line {repair.line} does."
    elif not repair.old:
        said = f"One more statement, about what line {repair.line} does, makes `{repaired.check}` pass; other checks fail still."
    else:
        said = f"A small change in line {repair.line} makes `{repaired.check}` pass; other checks fail still."
    same = pointed is not None and pointed.lines[0] == repair.line
    return Diagnosis(
        mistake=f"edit:{repair.operator.replace(' ', '-')}",
        title=words.title,
        question=words.question.format(what=place_words(repair.target)[1]),
        explanation=words.explanation.format(where=f"In line {repair.line}"),
        lines=repair.lines[:MOST_LINES],
        facts=(said, *(pointed.facts if pointed is not None and same else ())),
        source="edit",
        change=Change(
            old=repair.old,
            new=repair.new,
            whole=repaired.whole,
            puts_right="" if repaired.whole else repaired.check,
        ),
    )


def _at_lines(found: Diagnosis, submission: Submission) -> Diagnosis:
    """The same with the text of the first line."""
    lines = submission.source.split("\n")  # as Python counts them: a form feed ends no line
    return msgspec.structs.replace(found, text=lines[found.lines[0] - 1].strip()[:MOST_TEXT])
