"""`judge new` and `judge verify`: for those who write problems."""

from __future__ import annotations

import json
import shlex
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from judge.commands.parameters import Flag, Injected, Number, Sandbox
from judge.console import Streams, shown_path
from judge.verdict import JudgeError, UsageError
from problems import Problem
from problems.packs import OWN

if TYPE_CHECKING:
    from judge.authoring.proof import Proof
    from judge.isolation import Sandbox as OpenSandbox

EXIT_GOOD = 0
EXIT_NOT_GOOD = 1
QUICK_SEEDS = 1


def new(
    name: str,
    /,
    *,
    dest: Path = Path(),
    from_: Annotated[str | None, Parameter(name="--from")] = None,
    streams: Injected,
) -> int:
    """Begin a problem of your own: a complete one to change, which passes `judge verify` as it is.

    Args:
        name: of the problem, and of the function that the template asks for; small letters, digits and `_`.
        dest: the folder to write `problems/NAME` and `reference/NAME.py` to.
        from_: a problem to begin from, by name, alias or folder; it keeps what a solution defines. Without it a small template.
        streams: where to print.
    """
    from judge.authoring.scaffold import write_problem

    others = _others_called(name, dest.resolve(), streams)
    written = write_problem(name, dest, None if from_ is None else streams.catalogue.find(from_))
    if others:
        streams.say(
            f"{name} is the name of a problem already: {' and '.join(others)}. Once both are listed, yours must be written "
            f"{dest.resolve().name}/{name}, and `judge run {name}.py` wants --problem. Another name spares you that."
        )
    folder = dest / "problems" / name
    shown = shlex.quote(shown_path(folder if str(folder).startswith((".", "/")) else Path() / folder))
    listed = "".join(f"  {shown_path(path)}\n" for path in written)
    streams.write(
        f"Written, in the order in which to read and change them:\n{listed}\n"
        f"Next:\n"
        f"  judge verify {shown} --quick    proves that it is good, and says what is missing where it is not\n"
        f"  judge run FILE --problem {shown}\n"
        f"                judges an answer to it\n\n"
        f"To have it listed, name its folder in {shown_path(streams.places.config_file)}:\n"
        f"  packs = [{json.dumps(str(dest.resolve()))}]\n"
    )
    return 0


def _others_called(name: str, home: Path, streams: Streams) -> list[str]:
    """The problems elsewhere that go by this name, in full."""
    names = (
        (each, {part.replace("-", "_") for part in (each.slug, *each.aliases)}) for each in streams.catalogue.problems
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
    streams: Injected,
) -> int:
    """Prove problems good: right answers pass, mistakes and mutants are rejected, and mistakes are named.

    Exit status 1 where something is to be mended; every report says what and where.

    Args:
        names: the problems, by name or alias, or by their folders.
        all_: every problem there is.
        seeds: how many are tried for each answer.
        quick: one seed, and no look at how small counterexamples are.
        record: of those that are good, write the cases that `judge watch` asks first (corpus.json).
        json: print one JSON object a problem and nothing else.
        sandbox: where answers run.
        streams: where to print.
    """
    if not names and not all_:
        raise UsageError("Which problem? `judge verify NAME`, or `judge verify --all`.")
    if seeds is None or not 1 <= seeds <= 1000:
        raise UsageError("--seeds must be from 1 to 1000.")
    catalogue = streams.catalogue
    problems = catalogue.problems if all_ else tuple(catalogue.find(name) for name in names)
    configuration = streams.configuration(sandbox=sandbox)
    good = True
    from judge.isolation import open_sandbox
    from sandbox import SandboxUnavailable

    try:
        with open_sandbox(configuration.sandbox) as place:
            for problem in problems:
                proof = _proved(problem, place, QUICK_SEEDS if quick else seeds, streams, minimise=not quick)
                good = good and proof.good
                if record and proof.good:
                    _record(problem, place, streams)
                if json:
                    streams.write_json(proof)
                else:
                    from judge.reports.proof import render

                    streams.write(render(proof, width=streams.width))
    except SandboxUnavailable as error:
        raise JudgeError(str(error)) from error
    return EXIT_GOOD if good else EXIT_NOT_GOOD


def _proved(problem: Problem, place: OpenSandbox, seeds: int, streams: Streams, *, minimise: bool) -> Proof:
    from judge.authoring.verification import Verification

    try:
        return Verification(
            problem,
            place,
            seeds=seeds,
            minimise=minimise,
            progress=streams.progress() or (lambda stage: None),
            begins=partial(_say_part, streams, problem.name),
        ).proof()
    finally:
        streams.end_progress()


def _record(problem: Problem, place: OpenSandbox, streams: Streams) -> None:
    from judge.authoring.recording import record

    try:
        cases = record(problem, place, streams.progress() or (lambda stage: None))
    finally:
        streams.end_progress()
    streams.say(f"{problem.name}: {len(cases)} cases are recorded in {shown_path(problem.folder)}/corpus.json")


def _say_part(streams: Streams, name: str, title: str) -> None:
    """Where no stage is shown in place, say in a line which part of a proof is begun: all of it may take minutes."""
    if streams.progress() is None:
        streams.say(f"{name}: {title}")
