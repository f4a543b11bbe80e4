"""`judge verify`: for those who write problems."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from judge.commands.parameters import Flag, Injected, Number, Sandbox
from judge.configuration import read_configuration
from judge.errors import JudgeError, UsageError
from problems import all_problems, find_problem

EXIT_GOOD = 0
EXIT_NOT_GOOD = 1


def verify(
    *names: str,
    all_: Annotated[bool, Parameter(name="--all", negative=(), show_default=False)] = False,
    seeds: Number = 20,
    quick: Flag = False,
    json: Flag = False,
    sandbox: Sandbox = None,
    session: Injected,
) -> int:
    """Prove problems good: right answers pass, mistakes and mutants are rejected, and mistakes are named.

    Exit status 1 where something is to be mended; every report says what and where.

    Args:
        names: the problems, by name or alias.
        all_: every problem there is.
        seeds: how many are tried for each answer.
        quick: two seeds, and no look at how small counterexamples are.
        json: print one JSON object a problem and nothing else.
        sandbox: where answers run.
        session: where to print.
    """
    if not names and not all_:
        raise UsageError("Which problem? `judge verify NAME`, or `judge verify --all`.")
    if seeds is None or not 1 <= seeds <= 1000:
        raise UsageError("--seeds must be from 1 to 1000.")
    problems = all_problems() if all_ else tuple(find_problem(name) for name in names)
    configuration = read_configuration(session.environment, session.places.config_file, {"sandbox": sandbox})
    good = True
    from judge.authoring.verification import Verification
    from judge.sandboxes import open_sandbox
    from sandbox import SandboxUnavailable

    try:
        with open_sandbox(configuration.sandbox) as place:
            for problem in problems:
                progress = session.progress() or (lambda stage: None)
                count = 2 if quick else seeds
                try:
                    proof = Verification(problem, place, seeds=count, shrink=not quick, progress=progress).proof()
                finally:
                    session.end_progress()
                good = good and proof.good
                if json:
                    import msgspec

                    session.write_bytes(msgspec.json.encode(proof) + b"\n")
                else:
                    from judge.reports.proof import render

                    session.write(render(proof, width=session.width))
    except SandboxUnavailable as error:
        raise JudgeError(str(error)) from error
    return EXIT_GOOD if good else EXIT_NOT_GOOD
