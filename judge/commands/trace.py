"""`judge trace`: what each line of a file assigned on its smallest failing case."""

from __future__ import annotations

import shlex
from pathlib import Path

from judge.commands.judging import exit_status, judged_now, require_file
from judge.commands.parameters import Flag, FrameworkName, Injected, Sandbox, known_frameworks, require_framework
from judge.commands.reporting import warn_of
from judge.service.look import request_of
from judge.service.worker_judge import WorkerJudge
from judge.verdict import escaped
from problems.frameworks import framework_named


def trace(
    file: Path,
    /,
    *,
    problem: str | None = None,
    framework: FrameworkName = None,
    json: Flag = False,
    seed: str | None = None,
    sandbox: Sandbox = None,
    streams: Injected,
) -> int:
    """Judge a file, and show what each of its lines assigned on the smallest input on which it is wrong.

    For every line: shapes and dtypes, and what strikes the eye, such as NaN.

    Beside it: the reference's intermediate that has the same values, or other ones.

    Of an accepted file an ordinary case is shown. The attempt is not remembered.

    For example: judge trace attention.py --seed 7

    Args:
        file: the solution, one file.
        problem: the problem, where neither the file's name nor what it defines tells.
        framework: torch, numpy, python or one of a pack, where the file's imports don't tell.
        json: print one JSON object and nothing else.
        seed: a whole number; repeats the cases of an earlier run. Without it they are drawn afresh.
        sandbox: where the file runs; auto takes the strongest that works here.
        streams: where to print.
    """
    configuration = streams.configuration(sandbox=sandbox, seed=seed)
    require_file(file, streams.catalogue)
    frameworks = known_frameworks(streams.catalogue, problem)
    require_framework(framework, frameworks)
    request = request_of(file, problem=problem, framework=framework, configuration=configuration, traced=True)
    found = judged_now(WorkerJudge(catalogue=streams.catalogue), request, streams)
    verdict, trace = found.verdict, found.traced()
    if json:
        streams.write_json(trace)
    else:
        from judge.reports.trace import render

        options = {"problem": problem, "framework": framework, "sandbox": sandbox}
        words = ["judge", "trace", str(file), "--seed", str(trace.seed)]
        words += [word for name, value in options.items() if value is not None for word in (f"--{name}", value)]
        repeat = escaped(shlex.join(words))
        written = framework_named(trace.framework or "", frameworks)
        streams.write(
            render(
                trace,
                file=file.name,
                repeat=repeat,
                framework=written,
                width=streams.width,
                colour=streams.colour,
            )
        )
    if verdict.sandbox is not None and configuration.sandbox == "auto":
        warn_of(verdict.sandbox, streams)
    return exit_status(verdict)
