"""`judge explain`: what the judge takes the last attempt's mistake for."""

from __future__ import annotations

from judge.commands.catalogue import problem_name
from judge.commands.parameters import Injected
from judge.reports.style import Painter
from judge.reports.terminal import pointed_lines
from judge.verdict import UsageError, Verdict, escaped, wrapped


def explain(name: str | None = None, /, *, streams: Injected) -> int:
    """Say what mistake your last attempt seems to hold, in full.

    Args:
        name: the problem, by its name or an alias; a solution's file name will do. Without it, whatever you tried last.
        streams: where to print.
    """
    problem = None if name is None else streams.catalogue.find(problem_name(name)).name
    with streams.store() as store:
        found = store.last_verdict(problem)
        if found is None:
            where = f" for {problem}" if problem else ""
            raise UsageError(f"There is no attempt{where} yet: `judge run FILE` makes one.")
    file, verdict = found
    streams.write(_words(file, verdict, min(streams.width, 100)))
    return 0


def _words(file: str, verdict: Verdict, width: int) -> str:
    problem = escaped(str(verdict.problem))
    head = f"{escaped(file)} ({problem})"
    if verdict.accepted:
        return f"{head} was accepted: there is nothing to explain.\n"
    diagnosis = verdict.diagnosis
    lines = [f"{head}: {escaped(verdict.headline)}", ""]
    if diagnosis is None or not (diagnosis.explanation or diagnosis.facts):
        failed = verdict.failed()
        said = failed.message.splitlines() if failed else verdict.details
        lines += ["None of the mistakes that this problem knows explains it. What was measured:", ""]
        lines += [part for line in said for part in wrapped(escaped(line), width)]
        return "\n".join([*lines, "", f"`judge trace {escaped(file)}` shows what each line computes."]) + "\n"
    if diagnosis.explanation:
        lines += [escaped(diagnosis.title or str(diagnosis.mistake)), ""]
        lines += [part for line in diagnosis.explanation.splitlines() for part in wrapped(escaped(line), width)]
    if diagnosis.facts:
        lines += [""] if diagnosis.explanation else []
        lines += pointed_lines(diagnosis, width, Painter(False))
        lines += ["", f"`judge trace {escaped(file)}` shows what each line computes."]
    if diagnosis.hint:
        lines += ["", f"`judge hint {problem} --number {diagnosis.hint}` shows the hint that helps here."]
    return "\n".join(lines) + "\n"
