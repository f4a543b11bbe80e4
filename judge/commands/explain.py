"""`judge explain`: what the judge takes the last attempt's mistake for."""

from __future__ import annotations

from judge.commands.catalogue import problem_name
from judge.commands.parameters import Flag, Injected
from judge.console import Streams
from judge.reports.diagnosis import pointed_lines
from judge.reports.style import Painter
from judge.verdict import ASKED_FOR, Change, Diagnosis, UsageError, Verdict, escaped, wrapped
from problems.mistakes import right_lines

NOTHING_FOUND = "No mistake was recognised, and no line stands out. What was measured:"
INTERRUPTED = "Judging was interrupted before the mistake was looked for. Found by then:"
NO_CHANGE = "What belongs there is not known: neither the catalogue of mistakes nor a small change tells."


def explain(name: str | None = None, /, *, full: Flag = False, streams: Injected) -> int:
    """Say what mistake your last attempt seems to hold, in full.

    Args:
        name: the problem, by its name or an alias; a solution's file name will do. Without it, whatever you tried last.
        full: also what belongs there: the change that puts your file right, or the model answer's own line.
        streams: where to print.
    """
    problem = None if name is None else streams.catalogue.find(problem_name(name)).name
    with streams.store() as store:
        found = store.last_verdict(problem)
        if found is None:
            where = f" for {problem}" if problem else ""
            raise UsageError(f"There is no attempt{where} yet: `judge run FILE` makes one.")
    file, verdict = found
    width = min(streams.width, 100)
    text = _words(file, verdict, width, Painter(streams.colour))
    if not verdict.accepted:
        right = [] if verdict.diagnosis is None else _put_right(verdict, verdict.diagnosis, streams)
        if full:
            text += "\n" + "\n".join(right or wrapped(NO_CHANGE, width)) + "\n"
        elif right:
            text += f"\n`judge explain {escaped(str(verdict.problem))} --full` shows what belongs there.\n"
    streams.write(text)
    return 0


def _put_right(verdict: Verdict, diagnosis: Diagnosis, streams: Streams) -> list[str]:
    """What would put it right; nothing where that is not known."""
    change = diagnosis.change
    if change is not None:
        if change.whole:
            makes = "make your file right" if change.others else "makes your file right"
        else:
            makes = f"makes `{change.puts_right}` pass" if change.puts_right else "makes the value of its line right"
        shown = [part for each in (change, *change.others) for part in _shown(each)]
        return [f"{'These changes' if change.others else 'This change'} {makes}:", *shown]
    if diagnosis.source != "catalogue" or diagnosis.mistake is None:
        return []
    lines = right_lines(streams.catalogue.find(str(verdict.problem)), diagnosis.mistake)
    return ["In the model answer:", "", *(f"    {escaped(line)}" for line in lines)] if lines else []


def _shown(change: Change) -> list[str]:
    """A change of code, or a statement that is put in."""
    new = f"    {escaped(change.new)}"
    return ["", f"    {escaped(change.old)}", "becomes", new] if change.old else ["", "put in:", new]


def _words(file: str, verdict: Verdict, width: int, paint: Painter) -> str:
    problem = escaped(str(verdict.problem))
    head = f"{escaped(file)} ({problem})"
    if verdict.accepted:
        return f"{head} was accepted: there is nothing to explain.\n"
    diagnosis, failed = verdict.diagnosis, verdict.failed()
    lines = [f"{head}: {escaped(verdict.headline)}", ""]
    if diagnosis is None or not (diagnosis.explanation or diagnosis.facts):
        said = failed.message.splitlines() if failed else verdict.details
        lines += [NOTHING_FOUND if verdict.complete else INTERRUPTED, ""]
        lines += [part for line in said for part in wrapped(escaped(line), width)]
        if not verdict.complete:
            return "\n".join([*lines, "", f"`judge run {escaped(file)}` judges it whole."]) + "\n"
        return "\n".join([*lines, "", f"`judge trace {escaped(file)}` shows what each line computes."]) + "\n"
    rules = [] if failed is None else [line for line in failed.message.splitlines() if line.startswith(ASKED_FOR)]
    lines += [part for line in rules for part in wrapped(escaped(line), width)]
    if diagnosis.facts:
        lines += [""] if rules else []
        lines += pointed_lines(diagnosis, verdict.cells, width, paint, underlined=True)
    if diagnosis.explanation:
        lines += ["", escaped(diagnosis.title or str(diagnosis.mistake)), ""]
        lines += [part for line in diagnosis.explanation.splitlines() for part in wrapped(escaped(line), width)]
    lines += ["", f"`judge trace {escaped(file)}` shows what each line computes."]
    if diagnosis.hint:
        lines += ["", f"`judge hint {problem} --number {diagnosis.hint}` shows the hint that helps here."]
    return "\n".join(lines) + "\n"
