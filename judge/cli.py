"""The command line: which commands there are, and the exit status of everything that can go wrong."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from cyclopts import App, CycloptsError, MissingArgumentError, UnknownCommandError, UnusedCliTokensError

from judge.commands.exits import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_USAGE
from judge.console import OutputError, Streams, current_streams, shown_path
from judge.service.interruption import quiet_interruptions
from judge.verdict import JudgeError, Kind, ProblemError, UsageError, Verdict, escaped, failure_words, to_json
from problems import AmbiguousProblem, BrokenProblem, UnknownProblem
from problems.trust import make_private

ABOUT = "A judge for machine-learning code written from scratch."

EXAMPLES = """\
Examples:

    judge list                       list the problems
    judge start attention            write attention.py, a file to fill in
    judge run attention.py           judge it
    judge run attention.py --seed 7  judge it on the same inputs again
    judge explain                    explain the mistake
    judge trace attention.py         show what each line assigned
    judge hint attention             show the next of three hints
    judge watch attention.py         judge it at every save
    judge batch FOLDER --out r.jsonl judge every file of a class
    judge practice attention         practise against the clock
    judge stats                      show your progress
    judge plan --weeks 8             make a study plan
    judge doctor                     test what protects your machine

Exit status: 0 accepted, 1 judged and not accepted, 2 wrong usage, 3 the judge failed, 130 interrupted.
"""

# Where each command is, below `judge.commands`: what is not called is not imported, for which the person would wait.
COMMANDS = {
    "list": "catalogue:list_problems",
    "search": "catalogue:search",
    "show": "catalogue:show",
    "start": "catalogue:start",
    "run": "judging:run",
    "watch": "watch:watch",
    "batch": "batch:batch",
    "server": "server:server",
    "prepare": "case_sets:prepare",
    "cache": "case_sets:cache",
    "explain": "explain:explain",
    "trace": "trace:trace",
    "hint": "hints:hint",
    "solution": "hints:solution",
    "practice": "practice:practice",
    "resume": "practice:resume",
    "stats": "progress:stats",
    "plan": "progress:plan",
    "history": "history:history",
    "export": "history:export",
    "import": "history:import_",
    "doctor": "doctor:doctor",
    "new": "authoring:new",
    "verify": "verifying:verify",
}
SANDBOX = ("build", "status", "clean")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    tokens = list(sys.argv[1:] if arguments is None else arguments)
    streams = current_streams()
    try:
        return _dispatch(tokens, streams)
    except KeyboardInterrupt:
        streams.end_progress()
        return _refuse("Interrupted.", EXIT_INTERRUPTED, tokens, streams)
    except CycloptsError as error:
        return _refuse(_usage_sentence(error, tokens), EXIT_USAGE, tokens, streams)
    except (UsageError, UnknownProblem, AmbiguousProblem) as error:
        return _refuse(str(error), EXIT_USAGE, tokens, streams)
    except (ProblemError, BrokenProblem) as error:
        return _refuse(f"A problem's folder is broken: {error}", EXIT_FAILED, tokens, streams)
    except JudgeError as error:
        sentence = str(error)
        if trace := getattr(error, "traceback", ""):
            sentence = _failure_sentence(sentence, trace, tokens, streams)
        return _refuse(sentence, EXIT_FAILED, tokens, streams)
    except Exception as error:  # noqa: BLE001 - whatever it is, it must be said in words
        import traceback

        streams.end_progress()
        sentence = failure_words(f"{type(error).__name__}: {error}")
        trace = "".join(traceback.format_exception(error))
        return _refuse(_failure_sentence(sentence, trace, tokens, streams), EXIT_FAILED, tokens, streams)


def lost() -> int:
    """Say that the process that carried out the command line was killed, and return the exit status."""
    sentence = "The process that carried out the command was killed. This says nothing about the solution. Please try once more."
    return _refuse(sentence, EXIT_FAILED, sys.argv[1:], current_streams())


def _examples(called: str) -> str:
    """The examples of a command that is called; all of them where none is."""
    if called not in COMMANDS:
        return EXAMPLES
    mine = [line for line in EXAMPLES.splitlines() if line.startswith(f"    judge {called} ")]
    return "\n".join(["Examples:", "", *mine]) + "\n" if mine else ""


def build(called: str = "") -> App:
    """The commands; only the one that is called is imported, where one is."""
    app = App(
        name="judge",
        help=ABOUT,
        help_epilogue=_examples(called),
        help_format="plaintext",
        version=_version,
    )
    for place, (name, command) in enumerate(COMMANDS.items()):
        app.command(f"judge.commands.{command}", name=name, sort_key=place)
    containers = App(name="sandbox", help="The image and the containers of the docker sandbox.", sort_key=len(COMMANDS))
    for name in SANDBOX:
        containers.command(f"judge.commands.sandbox:{name}", name=name)
    app.command(containers)
    if (
        called not in COMMANDS
    ):  # it may be a question what there is, and a command that is not imported does not say what it does
        for name in COMMANDS:
            app[name]
        for name in SANDBOX:
            containers[name]
        app.register_install_completion_command(help="Install completion for your shell.")
    return app


def _dispatch(tokens: list[str], streams: Streams) -> int:
    with quiet_interruptions():  # it imports the command
        app = build(tokens[0] if tokens else "")
        command, bound, injected = app.parse_args(tokens, exit_on_error=False, print_error=False)
    if "streams" in injected:
        return int(command(*bound.args, **bound.kwargs, streams=streams))
    # What cyclopts does by itself: help, version, completion. rich is imported for these only.
    console = streams.console()
    if "console" in bound.arguments:
        bound.arguments["console"] = console
    try:
        with console.capture() as captured:
            command(*bound.args, **bound.kwargs)
    except SystemExit as stopped:
        return EXIT_USAGE if stopped.code else 0
    streams.write(captured.get())
    return 0


def _refuse(sentence: str, status: int, tokens: list[str], streams: Streams) -> int:
    """Say why there is no verdict, as JSON where that was asked for."""
    if not _wants_json(tokens) or streams.out is None:
        streams.say(sentence)
        return status
    verdict = Verdict(
        problem=None,
        framework=None,
        verdict=Kind.INTERNAL_ERROR if status == EXIT_FAILED else None,
        seed=_typed_seed(tokens),
        seconds=0.0,
        error=sentence.encode("utf-8", "backslashreplace").decode(),
    )
    try:
        streams.write_bytes(to_json(verdict) + b"\n")
    except OutputError as error:
        streams.say(f"{sentence} {error}")
        return EXIT_FAILED
    return status


def _wants_json(tokens: list[str]) -> bool:
    options = tokens[: tokens.index("--")] if "--" in tokens else tokens
    return "--json" in options


def _typed_seed(tokens: list[str]) -> int:
    """The seed as typed, where there is one that can be read; a usage error may be about anything else."""
    for token, following in zip(tokens, [*tokens[1:], ""], strict=True):
        text = following if token == "--seed" else token.removeprefix("--seed=") if token.startswith("--seed=") else ""
        if text.isascii() and text.isdigit() and len(text) < 20:
            return int(text)
    return 0


def _usage_sentence(error: CycloptsError, tokens: list[str]) -> str:
    if isinstance(error, UnknownCommandError) and tokens and Path(tokens[0]).is_file():
        return f"There is no command {tokens[0]!r}. To judge the file: `judge run {tokens[0]}`."
    if (
        isinstance(error, MissingArgumentError)
        and tokens[0] in ("run", "trace", "watch")
        and all(each.startswith("-") for each in tokens[1:])
    ):
        return f"Which file? For example: `judge {tokens[0]} attention.py`."
    if isinstance(error, UnusedCliTokensError) and error.unused_tokens:
        files = [each for each in tokens[1:] if Path(each).suffix == ".py"]
        if tokens[0] == "run" and len(files) > 1 and set(error.unused_tokens) <= set(files):
            return f"`judge run` judges one file. For several: {escaped(shlex.join(['judge', 'batch', *files]))}"
        if tokens[0] == "run" and len(files) == 1 and tokens[1].startswith("-"):
            return f"There is no option {tokens[1]!r}. `judge run --help` shows what is possible."
        sentence = f"There is no place for {' '.join(map(repr, error.unused_tokens))}."
    else:
        sentence = " ".join(str(error).split())
    return f"{sentence} `judge --help` shows what is possible."


def _failure_sentence(what: str, trace: str, tokens: list[str], streams: Streams) -> str:
    """What failed, in one sentence, and where the traceback is."""
    if "-v" in tokens or "--verbose" in tokens:
        streams.say(trace)
        return f"{what} This says nothing about your solution."
    folder = streams.places.failures_folder
    path = folder / f"{streams.now():%Y%m%dT%H%M%S.%f}.txt"
    try:
        streams.require_own()
        make_private(folder)
        path.write_text(trace, encoding="utf-8", errors="backslashreplace")
    except (OSError, UsageError):
        return f"{what} This says nothing about your solution. `-v` shows the traceback."
    return f"{what} This says nothing about your solution. The traceback is in {shown_path(path)}."


def _version() -> str:
    from importlib import metadata

    try:
        return metadata.version("ml-judge")
    except metadata.PackageNotFoundError:
        return "unknown (not installed)"


if __name__ == "__main__":  # as the resident judge starts it
    from judge.service.fork_server import serve

    sys.exit(serve(Path(sys.argv[1]), main, COMMANDS))
