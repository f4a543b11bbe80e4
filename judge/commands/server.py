"""`judge server`: the resident judge that makes the second `judge run` quick."""

from __future__ import annotations

import os
from typing import Literal

from judge.commands.parameters import Injected
from judge.console import Session, shown_path
from judge.settings import server_is_wanted
from judge.verdict import JudgeError

EXIT_DONE = 0
EXIT_NONE = 1


def server(what: Literal["status", "stop", "run"], /, *, session: Injected) -> int:
    """The resident judge: a process of yours that keeps everything loaded, so that `judge run` is quick.

    The first `judge run` starts it; it ends by itself after 15 minutes without work. `--no-server`, `server = false` in the settings
    or JUDGE_SERVER=false do without it; so does every run where CI is set.

    Args:
        what: status says how it is (exit status 1 where none runs), stop ends it, run is it, in this terminal.
        session: where to print.
    """
    match what:
        case "status":
            return _status(session)
        case "stop":
            return _stop(session)
        case "run":
            return _run(session)


def _status(session: Session) -> int:
    from judge.service.identity import identity
    from judge.service.resident_judge import ask_status

    found = ask_status(session.places.server_folder)
    if found is None:
        wanted = server_is_wanted(session.configuration(), session.environment)
        after = "the next `judge run` starts one." if wanted else "none is wanted here (--no-server, settings or CI)."
        session.write(f"No resident judge runs; {after}\n")
        return EXIT_NONE
    state = "judging" if found.busy else "ready" if found.ready else "starting"
    same = found.identity == identity(session.environment)
    rows = [
        ("state", state),
        ("process", f"{found.pid}, and {found.worker_pid} which judges"),
        ("judged", f"{found.judged} since it began {found.age_seconds / 60:.0f} minutes ago"),
        ("memory", f"{found.resident_bytes / (1 << 20):.0f} MiB"),
        ("ends", f"after {found.idle_seconds / 60:.0f} more minutes without work"),
        ("usable", "yes" if same else "no: of another version or environment; the next `judge run` replaces it"),
        ("socket", shown_path(session.places.server_folder)),
        ("log", shown_path(session.places.server_log)),
    ]
    session.write("".join(f"{name:9}{value}\n" for name, value in rows))
    return EXIT_DONE


def _stop(session: Session) -> int:
    from judge.service.resident_judge import ask_stop

    ended = ask_stop(session.places.server_folder)
    session.write("The resident judge has ended.\n" if ended else "No resident judge runs.\n")
    return EXIT_DONE


def _run(session: Session) -> int:
    from judge.service.requests import settings_of
    from judge.service.resident import run

    session.say(f"the resident judge, process {os.getpid()}; Ctrl-C ends it")
    try:
        if run(session.places.server_folder, settings_of(session.configuration(), own_code=True)):
            return EXIT_DONE
    except KeyboardInterrupt:
        session.say("ended.")
        return EXIT_DONE
    raise JudgeError("A resident judge runs already: `judge server status`.")
