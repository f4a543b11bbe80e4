"""`judge trace`: what each line of a file assigned on its smallest failing case."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from judge.commands.judging import exit_status, require_file, warn_of
from judge.commands.parameters import Flag, Framework, Injected, Sandbox
from judge.configuration import Configuration
from judge.errors import JudgeError
from judge.session import Session
from judge.text import escaped

if TYPE_CHECKING:
    from judge.trace import Tracing


def trace(
    file: Path,
    /,
    *,
    problem: str | None = None,
    framework: Framework = None,
    json: Flag = False,
    seed: str | None = None,
    sandbox: Sandbox = None,
    session: Injected,
) -> int:
    """Judge a file, and show what each of its lines assigned on the smallest input on which it is wrong.

    For every line: shapes and dtypes, and what strikes the eye, such as NaN.

    Beside it: the reference's intermediate that has the same values, or other ones.

    Of an accepted file an ordinary case is shown. The attempt is not remembered.

    For example: judge trace attention.py --seed 7

    Args:
        file: the solution, one file.
        problem: the problem, where neither the file's name nor what it defines tells.
        framework: torch, numpy or python, where the file's imports don't tell.
        json: print one JSON object and nothing else.
        seed: a whole number; repeats the cases of an earlier run. Without it they are drawn afresh.
        sandbox: where the file runs; auto takes the strongest that works here.
        session: where to print.
    """
    configuration = session.configuration(sandbox=sandbox, seed=seed)
    require_file(file, session.catalogue)
    if problem is not None:
        session.catalogue.find(problem)
    found = _traced(file, problem=problem, framework=framework, configuration=configuration, session=session)
    if json:
        session.write_json(found.trace)
    else:
        from judge.reports.trace import render

        options = {"problem": problem, "framework": framework, "sandbox": sandbox}
        words = ["judge", "trace", str(file), "--seed", str(found.trace.seed)]
        words += [word for name, value in options.items() if value is not None for word in (f"--{name}", value)]
        repeat = escaped(shlex.join(words))
        session.write(render(found.trace, file=file.name, repeat=repeat, width=session.width, colour=session.colour))
    if found.verdict.sandbox is not None and configuration.sandbox == "auto":
        warn_of(found.verdict.sandbox, session)
    return exit_status(found.verdict)


def _traced(
    file: Path, *, problem: str | None, framework: str | None, configuration: Configuration, session: Session
) -> Tracing:
    progress = session.progress()
    if progress is not None:
        progress("starting")
    from judge.tracing import trace_file
    from sandbox import SandboxUnavailable

    try:
        return trace_file(
            file,
            problem=problem,
            framework=framework,
            seed=configuration.seed,
            sandbox=configuration.sandbox,
            progress=progress,
            configuration=configuration,
            catalogue=session.catalogue,
        )
    except SandboxUnavailable as error:
        raise JudgeError(str(error)) from error
    finally:
        session.end_progress()
