"""`judge new` and `judge verify`: for those who write problems."""

from __future__ import annotations

import json
import shlex
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from judge.commands.parameters import Flag, Injected, Number, Sandbox
from judge.console import Session, shown_path
from judge.verdict import JudgeError, UsageError
from problems import Problem
from problems.packs import OWN

if TYPE_CHECKING:
    from judge.authoring.proof import Proof
    from judge.isolation import Sandbox as OpenSandbox

EXIT_GOOD = 0
EXIT_NOT_GOOD = 1
QUICK_SEEDS = 1


def new(name: str, /, *, dest: Path = Path(), session: Injected) -> int:
    """Begin a problem of your own: a complete one to change, which passes `judge verify` as it is.

    Args:
        name: of the problem, and of the function that a solution defines; small letters, digits and `_`.
        dest: the folder to write `problems/NAME` and `reference/NAME.py` to.
        session: where to print.
    """
    from judge.authoring.scaffold import write_problem

    others = _others_called(name, dest.resolve(), session)
    written = write_problem(name, dest)
    if others:
        session.say(
            f"{name} is the name of a problem already: {' and '.join(others)}. Once both are listed, yours must be written "
            f"{dest.resolve().name}/{name}, and `judge run {name}.py` wants --problem. Another name spares you that."
        )
    folder = dest / "problems" / name
    shown = shlex.quote(shown_path(folder if str(folder).startswith((".", "/")) else Path() / folder))
    listed = "".join(f"  {shown_path(path)}\n" for path in written)
    session.write(
        f"Written, in the order in which to read and change them:\n{listed}\n"
        f"Next:\n"
        f"  judge verify {shown} --quick    proves that it is good, and says what is missing where it is not\n"
        f"  judge run FILE --problem {shown}\n"
        f"                judges an answer to it\n\n"
        f"To have it listed, name its folder in {shown_path(session.places.config_file)}:\n"
        f"  packs = [{json.dumps(str(dest.resolve()))}]\n"
    )
    return 0


def _others_called(name: str, home: Path, session: Session) -> list[str]:
    """The problems elsewhere that go by this name, in full."""
    names = (
        (each, {part.replace("-", "_") for part in (each.slug, *each.aliases)}) for each in session.catalogue.problems
    )
    return [
        f"{each.pack or OWN}/{each.slug}" for each, mine in names if name in mine and each.folder.parents[1] != home
    ]


def verify(
    *names: str,
    all_: Annotated[bool, Parameter(name="--all", negative=(), show_default=False)] = False,
    seeds: Number = 20,
    quick: Flag = False,
    record: Flag = False,
    json: Flag = False,
    sandbox: Sandbox = None,
    session: Injected,
) -> int:
    """Prove problems good: right answers pass, mistakes and mutants are rejected, and mistakes are named.

    Exit status 1 where something is to be mended; every report says what and where.

    Args:
        names: the problems, by name or alias, or by their folders.
        all_: every problem there is.
        seeds: how many are tried for each answer.
        quick: one seed, and no look at how small counterexamples are.
        record: of those that are good, write the cases that `judge watch` asks first (opening.json).
        json: print one JSON object a problem and nothing else.
        sandbox: where answers run.
        session: where to print.
    """
    if not names and not all_:
        raise UsageError("Which problem? `judge verify NAME`, or `judge verify --all`.")
    if seeds is None or not 1 <= seeds <= 1000:
        raise UsageError("--seeds must be from 1 to 1000.")
    catalogue = session.catalogue
    problems = catalogue.problems if all_ else tuple(catalogue.find(name) for name in names)
    configuration = session.configuration(sandbox=sandbox)
    good = True
    from judge.isolation import open_sandbox
    from sandbox import SandboxUnavailable

    try:
        with open_sandbox(configuration.sandbox) as place:
            for problem in problems:
                proof = _proved(problem, place, QUICK_SEEDS if quick else seeds, session, minimise=not quick)
                good = good and proof.good
                if record and proof.good:
                    _record(problem, place, session)
                if json:
                    session.write_json(proof)
                else:
                    from judge.reports.proof import render

                    session.write(render(proof, width=session.width))
    except SandboxUnavailable as error:
        raise JudgeError(str(error)) from error
    return EXIT_GOOD if good else EXIT_NOT_GOOD


def _proved(problem: Problem, place: OpenSandbox, seeds: int, session: Session, *, minimise: bool) -> Proof:
    from judge.authoring.verification import Verification

    try:
        return Verification(
            problem,
            place,
            seeds=seeds,
            minimise=minimise,
            progress=session.progress() or (lambda stage: None),
            begins=partial(_say_part, session, problem.name),
        ).proof()
    finally:
        session.end_progress()


def _record(problem: Problem, place: OpenSandbox, session: Session) -> None:
    from judge.authoring.recording import record

    try:
        cases = record(problem, place, session.progress() or (lambda stage: None))
    finally:
        session.end_progress()
    session.say(f"{problem.name}: {len(cases)} cases are recorded in {shown_path(problem.folder)}/opening.json")


def _say_part(session: Session, name: str, title: str) -> None:
    """Where no stage is shown in place, say in a line which part of a proof is begun: all of it may take minutes."""
    if session.progress() is None:
        session.say(f"{name}: {title}")
